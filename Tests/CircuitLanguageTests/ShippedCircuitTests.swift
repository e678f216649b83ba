import CircuitLanguage
import CircuitProofs
import ExactIntegers
import TestSupport
import Testing

@Suite("Shipped circuits")
struct ShippedCircuitTests {
  @Test(
    "the source as written, the statement and the margin definitions agree on random books",
    arguments: shippedNames, 1...4 as ClosedRange<UInt64>)
  func parity(_ name: String, _ seed: UInt64) throws {
    let market = try SyntheticMarket.random(seed: seed)
    let compiled = try shipped(name).compiled(with: market.tree, coordinates: market.coordinates)
    var random = SplitMix64(seed: seed &* 1000)
    var (admitted, provable) = (0, 0)
    for round in 0..<100 {
      let draw = randomBook(market, circuit: name, sparse: round % 3 == 0, &random)
      for cash in try cashBoundary(compiled, market, draw) {
        var values = draw
        if name != "collateral-ratio" { values["cash"] = cash }
        let book = market.book(values)
        let evaluation = try compiled.evaluate(book.span)
        guard evaluation.admission == .admitted else {
          #expect(throws: WitnessError.self) { _ = try compiled.witness(for: book.span) }
          continue
        }
        admitted += 1
        #expect(compiled.tapedValues(of: book) == compiled.interpretedValues(of: book))
        expectSlacks(
          evaluation, name, MarginOracle(tree: market.tree, book: values.mapValues { Integer($0) }))
        provable += evaluation.isProvable ? 1 : 0
        try expectAgreement(evaluation, compiled, book)
      }
    }
    #expect(admitted > 25)
    #expect(provable > 10)
    #expect(admitted - provable > 10)
  }

  /// The statement accepts the witness exactly if every requirement holds; else it names the first
  /// that does not.
  private func expectAgreement(
    _ evaluation: Evaluation, _ compiled: CompiledCircuit, _ book: [Int64]
  ) throws {
    let witness = try compiled.witnessWithoutRequirements(for: book.span)
    var violation: StatementViolation?
    do {
      try compiled.statement.check(witness)
    } catch {
      violation = error
    }
    let first = evaluation.requirements.firstIndex { $0.verdict != .holds }
    let expected = first.map {
      evaluation.requirements[$0].holds ? StatementViolation.rowAboveBound($0) : .rowFails($0)
    }
    #expect(violation == expected)
    var error: WitnessError?
    do {
      _ = try compiled.witness(for: book.span)
    } catch let thrown {
      error = thrown
    }
    if evaluation.isProvable {
      #expect(error == nil)
    } else if let binding = evaluation.binding, !binding.holds {
      #expect(error == .requirementFails(name: binding.name))
    }
  }

  private func expectSlacks(_ evaluation: Evaluation, _ name: String, _ oracle: MarginOracle) {
    func value(_ requirement: String) -> Integer? {
      evaluation.requirements.first { $0.name == requirement }?.value.asInteger()
    }
    switch name {
    case "collateral-ratio":
      #expect(value("collateral ratio") == oracle.collateralSlack)
    case "cross-margin":
      #expect(value("bracket margin") == oracle.bracketSlack)
    case "option-minimum":
      #expect(value("bracket margin") == oracle.bracketSlack)
      #expect(value("scenario margin") == oracle.scenarioSlack)
      #expect(value("short option minimum") == oracle.minimumSlack)
    case "portfolio-margin":
      #expect(value("bracket margin") == oracle.bracketSlack)
      #expect(value("portfolio margin") == oracle.portfolioSlack)
    default:
      #expect(value("equity is not negative") == oracle.equity)
      #expect(value("value at risk") == oracle.valueAtRiskSlack)
    }
  }

  /// Cash 0 and, for the margin circuits, the cash at which the book just passes, and one quantum less.
  private func cashBoundary(
    _ compiled: CompiledCircuit, _ market: SyntheticMarket, _ values: [String: Int64]
  ) throws -> [Int64] {
    var values = values
    values["cash"] = 0
    let oracle = MarginOracle(tree: market.tree, book: values.mapValues { Integer($0) })
    let least: Integer
    switch compiled.circuit.name {
    case "cross_margin":
      least = (-oracle.bracketSlack).ceilingDivided(by: 1_000_000)
    case "option_minimum":
      least = (-min(oracle.bracketSlack, oracle.scenarioSlack, oracle.minimumSlack))
        .ceilingDivided(by: 1_000_000)
    case "portfolio_margin":
      least = (-min(oracle.bracketSlack, oracle.portfolioSlack)).ceilingDivided(by: 1_000_000)
    case "value_at_risk":
      let squares = oracle.equity * oracle.equity - oracle.valueAtRiskSlack
      least = ceilingSquareRoot(squares) - oracle.equity
    default:
      return [0]
    }
    guard let cash = least.int64 else { return [0] }
    values["cash"] = cash
    if compiled.circuit.name != "value_at_risk" || cash < 1 << 61 {
      let passes = try compiled.evaluate(market.book(values).span)
      if passes.admission == .admitted { #expect(passes.isProvable) }
      values["cash"] = cash - 1
      let fails = try compiled.evaluate(market.book(values).span)
      if fails.admission == .admitted { #expect(!fails.isProvable) }
    }
    return [0, cash - 1, cash, cash + 1]
  }

  private func ceilingSquareRoot(_ value: Integer) -> Integer {
    var (low, high) = (Integer(-1), Integer.powerOfTwo(value.bitWidth / 2 + 1))
    while high - low > 1 {
      let middle = (low + high).floorDivided(by: 2)
      if middle * middle >= value { high = middle } else { low = middle }
    }
    return high
  }

  /// Amounts within what the circuit admits, often exactly at an edge, now and then beyond it.
  private func randomBook(
    _ market: SyntheticMarket, circuit: String, sparse: Bool, _ random: inout SplitMix64
  ) -> [String: Int64] {
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    func isIncluded() -> Bool { !sparse || draw(0...2) == 0 }
    var book: [String: Int64] = [:]
    let isBeyond = draw(0...9) == 0
    for asset in market.collateral {
      let isCollateralOnly = circuit == "collateral-ratio"
      if !isCollateralOnly || asset.id == "BTC", isIncluded() {
        let lots = isCollateralOnly ? min(asset.lots, 2_000) : asset.lots
        book["holding/\(asset.id)"] = Int64(draw(0...3) == 0 ? lots : draw(0...lots))
      }
      if !isCollateralOnly || asset.id == "USDC", isIncluded() {
        book["debt/\(asset.id)"] = Int64(draw(0...min(asset.maxBorrow, isCollateralOnly ? 5_000 : 20)))
      }
    }
    if circuit == "collateral-ratio" { return book }
    for instrument in market.instruments where isIncluded() {
      if circuit == "cross-margin", !instrument.isBracketed { continue }
      if circuit == "value-at-risk", !instrument.hasFactors { continue }
      let edges = instrument.longEdges.map { Int64($0) } + [-Int64(instrument.shortLots)]
      book["position/\(instrument.id)"] =
        draw(0...2) == 0
        ? edges[draw(0...edges.count - 1)] + (isBeyond ? 1 : 0)
        : Int64(draw(-instrument.shortLots...instrument.longLots))
    }
    return book
  }

  @Test("the same inputs give the same statement", arguments: shippedNames)
  func determinism(_ name: String) throws {
    let digests = try (0..<3).map { _ in
      let market = try SyntheticMarket.random(seed: 9)
      return try shipped(name).compiled(with: market.tree, coordinates: market.coordinates).statement.digest
    }
    #expect(Set(digests).count == 1)
  }

  @Test("what a circuit does not commit is proved to be 0")
  func uncommitted() throws {
    let market = try SyntheticMarket.random(seed: 3)
    let option = market.instruments[3].id
    let books: [(String, [String: Int64], String?)] = [
      ("collateral-ratio", ["cash": 1], "cash"), ("collateral-ratio", ["holding/ETH": 1], "holding/ETH"),
      ("collateral-ratio", ["debt/BTC": 1], "debt/BTC"),
      ("cross-margin", ["position/\(option)": -1], "position/\(option)"),
      ("value-at-risk", ["position/\(option)": 1], "position/\(option)"), ("portfolio-margin", [:], nil),
    ]
    for (name, book, coordinate) in books {
      let compiled = try shipped(name).compiled(with: market.tree, coordinates: market.coordinates)
      let admission = try compiled.evaluate(market.book(book).span).admission
      #expect(admission == coordinate.map { .notAdmitted(coordinate: $0) } ?? .admitted)
    }
  }

  @Test
  func `A25: a registry without one of the circuit's coordinates is refused, not a part of the account`()
    throws
  {
    let market = try SyntheticMarket.random(seed: 3)
    for missing in market.coordinates.names {
      let rest = try CoordinateMap(market.coordinates.names.filter { $0 != missing })
      let error = #expect(throws: CircuitError.self) {
        try shipped("portfolio-margin").compiled(with: market.tree, coordinates: rest)
      }
      #expect(error?.diagnostics.map(\.code) == [.unknownCoordinate])
    }
  }

  @Test("reports name cost and magnitudes")
  func report() throws {
    let market = try SyntheticMarket.random(seed: 3)
    for name in shippedNames {
      let report = try shipped(name).compiled(with: market.tree, coordinates: market.coordinates).report
      #expect(report.rows.count == report.rowCount)
      #expect(report.rows.allSatisfy { $0.magnitudeBits < 200 })
      #expect(report.description.contains("proof          \(report.proofByteCount) bytes"))
    }
  }
}
