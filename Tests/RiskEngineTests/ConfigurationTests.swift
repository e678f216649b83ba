import CanonicalBytes
import RiskEngine
import Testing

@Suite("Engine configuration")
struct ConfigurationTests {
  @Test("the table has one row for each parameter, in order, with its standard value in bounds")
  func table() {
    #expect(Parameter.table.map(\.parameter) == Parameter.allCases)
    #expect(Set(Parameter.table.map(\.key)).count == Parameter.allCases.count)
    for row in Parameter.table {
      #expect(row.bounds.contains(row.standard), "\(row.key)")
      #expect(row.largestStep > 0 && row.timelock > 0, "\(row.key)")
      #expect(Parameter(key: row.key) == row.parameter)
      #expect(EngineConfiguration.documentation.contains("\(row.key) ["))
      switch row.unit {
      case .ppm: #expect(row.key.hasSuffix("Ppm"))
      case .seconds: #expect(row.key.hasSuffix("Seconds"))
      case .dollars: #expect(row.key.hasSuffix("USD"))
      case .lots: #expect(row.key.hasSuffix("Lots"))
      case .epochs, .count, .word: break
      }
    }
  }

  private func read(_ text: String) throws(ConfigurationError) -> EngineConfiguration {
    try EngineConfiguration(json: Array(text.utf8))
  }

  private func error(_ text: String) -> String? {
    do throws(ConfigurationError) {
      _ = try read(text)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("a file states what differs, and overrides count for what they name alone")
  func reading() throws {
    let configuration = try read(
      """
      {"version": 2, "parameters": {"leverageCap": 20, "strategy": "predictive"},
       "underlyings": {"BTC": {"leverageCap": 30, "volatilityFloorPpm": 400000}},
       "instruments": {"BTC-PERP": {"leverageCap": 40}}, "assets": {"USDC": {"stableHaircutPpm": 2000}}}
      """)
    #expect(configuration[.leverageCap] == 20)
    #expect(configuration[.leverageCap, .instrument("BTC-PERP"), .underlying("BTC")] == 40)
    #expect(configuration[.leverageCap, .instrument("BTC-1"), .underlying("BTC")] == 30)
    #expect(configuration[.leverageCap, .instrument("ETH-PERP"), .underlying("ETH")] == 20)
    #expect(configuration[.strategy] == 2)
    #expect(configuration[.stableHaircut, .asset("USDC")] == 2_000)
    #expect(configuration[.stableHaircut, .asset("USDT")] == EngineConfiguration.standard[.stableHaircut])
    #expect(try EngineConfiguration(json: configuration.json.encoded(.indented)) == configuration)
    #expect(try EngineConfiguration(json: configuration.canonicalBytes) == configuration)
    #expect(configuration.canonicalBytes != EngineConfiguration.standard.canonicalBytes)
  }

  @Test("an unknown key is refused with the nearest known one")
  func unknownKeys() {
    #expect(
      error(#"{"version": 2, "parameters": {"leverageCup": 20}}"#)
        == #"parameters: has the unknown key "leverageCup"; did you mean "leverageCap"?"#)
    #expect(
      error(#"{"version": 2, "assets": {"USDC": {"leverageCap": 20}}}"#)
        == #"assets.USDC: has the unknown key "leverageCap"; remove it"#)
    #expect(error(#"{"version": 2, "parameter": {}}"#)?.contains(#"did you mean "parameters""#) == true)
    #expect(
      error(#"{"version": 1}"#)
        == "version 1 of the configuration is not known here; this program reads version 2")
  }

  @Test("a value out of bounds is refused and named, for every parameter and both ends")
  func bounds() {
    for row in Parameter.table {
      if case .word(let words) = row.unit {
        #expect(
          error(#"{"version": 2, "parameters": {"\#(row.key)": "else"}}"#)?.contains(words[0]) == true)
        continue
      }
      for value in [row.bounds.lowerBound - 1, row.bounds.upperBound + 1] {
        let message = error(#"{"version": 2, "parameters": {"\#(row.key)": \#(value)}}"#)
        #expect(message?.contains("parameters.\(row.key)") == true, "\(row.key)")
        #expect(message?.contains("\(row.bounds.lowerBound) to \(row.bounds.upperBound)") == true)
        var configuration = EngineConfiguration.standard
        #expect(throws: ConfigurationError.self) { try configuration.set(row.parameter, to: value) }
        #expect(configuration == .standard)
      }
    }
  }

  @Test("values that contradict each other are refused, also when only one is overridden")
  func order() {
    #expect(
      error(#"{"version": 2, "parameters": {"callLeastSeconds": 8000}}"#)
        == "parameters.callLeastSeconds: 8000 is above callMostSeconds, which is 7200; exchange them")
    #expect(
      error(#"{"version": 2, "underlyings": {"X": {"farDownPpm": 200000, "priceRangePpm": 210000}}}"#)
        == "underlyings.X.priceRangePpm: 210000 is above farDownPpm, which is 200000; exchange them")
  }
}

@Suite("Governance")
struct GovernanceTests {
  private func changed(
    _ parameter: Parameter, by step: Int64, for target: OverrideTarget? = nil
  ) throws -> EngineConfiguration? {
    var configuration = EngineConfiguration.standard
    let value = configuration[parameter] + step
    guard parameter.descriptor.bounds.contains(value) else { return nil }
    do { try configuration.set(parameter, to: value, for: target) } catch { return nil }
    return configuration
  }

  @Test("each parameter may move by one step after its notice, and no further and no sooner")
  func steps() throws {
    for row in Parameter.table {
      for sign: Int64 in [-1, 1] {
        if let next = try changed(row.parameter, by: sign * row.largestStep) {
          #expect(
            Governance.violations(
              from: .standard, to: next, by: .announced(secondsBefore: row.timelock)) == [])
          let early = Governance.violations(
            from: .standard, to: next, by: .announced(secondsBefore: row.timelock - 1))
          #expect(early.count == 1, "\(row.key)")
        }
        if let next = try changed(row.parameter, by: sign * (row.largestStep + 1)) {
          let found = Governance.violations(
            from: .standard, to: next, by: .announced(secondsBefore: row.timelock))
          #expect(found.count == 1, "\(row.key)")
        }
      }
    }
    #expect(Governance.violations(from: .standard, to: .standard, by: .emergencyBrake) == [])
  }

  @Test("the emergency brake can tighten every parameter that has a tighter way, and relax none")
  func brake() throws {
    for row in Parameter.table {
      for sign: Int64 in [-1, 1] {
        guard let next = try changed(row.parameter, by: sign) else { continue }
        let tightens =
          row.tightening == .raise ? sign > 0 : row.tightening == .lower ? sign < 0 : false
        let found = Governance.violations(from: .standard, to: next, by: .emergencyBrake)
        #expect(found.isEmpty == tightens, "\(row.key) by \(sign)")
      }
    }
  }

  @Test("an override that appears or goes away is a change")
  func overrides() throws {
    var next = EngineConfiguration.standard
    try next.set(.leverageCap, to: 70, for: .instrument("X"))
    let there = Governance.changes(from: .standard, to: next)
    #expect(there.map(\.after) == [70])
    let back = Governance.changes(from: next, to: .standard)
    #expect(back.map(\.after) == [50])
    #expect(back.first?.tightens == true)
    #expect(!Governance.violations(from: .standard, to: next, by: .emergencyBrake).isEmpty)
  }
}
