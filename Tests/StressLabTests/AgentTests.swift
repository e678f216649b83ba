import CanonicalBytes
import Liquidation
import MarginRules
import RiskEngine
import StressLab
import TestSupport
import Testing

/// Agents in the loop: liquidators, arbitrageurs, whales and front-runners (mechanism M60).
@Suite("Agents in stress runs")
struct AgentTests {
  private static func crash(steps: Int = 16) -> StressScenario {
    var scenario = StressScenario(
      id: "crash", title: "a third in two hours", steps: steps, stepSeconds: 600)
    scenario.paths = [
      "*": [PathKnot(0, 1), PathKnot(3_600, 0.78), PathKnot(5_400, 0.66), PathKnot(7_200, 0.72)]
    ]
    scenario.noise = 0.01
    return scenario
  }

  private static func run(
    _ scenario: StressScenario = crash(), seed: UInt64 = 7, accounts: Int = 200, openInterest: Double? = 4e8,
    _ change: (inout LabTerms) -> Void
  ) throws -> StressResult {
    var (terms, population) = (LabTerms.standard, PopulationTerms(accounts: accounts))
    population.openInterest = openInterest
    change(&terms)
    let result = try StressRun.run(
      scenario, in: LabMarket(seed: 3, underlyings: 2, days: 14), population: population, terms: terms,
      seed: seed)
    #expect(result.conservationChecks == scenario.steps)
    return result
  }

  /// Without what only a run with agents has.
  private func figures(_ result: StressResult) -> [String] {
    result.steps.map { "\($0.prices) \($0.cases) \($0.forced) \($0.fund) \($0.losses) \($0.backlog)" }
      + ["\(result.waterfall)", "\(result.lossesByGroup)"]
  }

  @Test("arbitrageurs without capital change nothing; with capital without end no price deviates")
  func arbitrageLimits() throws {
    let without = try Self.run { _ in }
    let none = try Self.run { $0.agents.arbitrageCost = 0 }
    #expect(figures(none) == figures(without) && none.agents.arbitrageurs == 0)
    #expect(without.amplification > 1.01)
    let endless = try Self.run {
      ($0.agents.arbitrageCapital, $0.agents.arbitrageCost) = (1e9, 0)
    }
    for step in endless.steps {
      for (price, undisturbed) in zip(step.prices, step.undisturbed) {
        // Less than a lot of forced trades is left over.
        #expect((price / undisturbed - 1).magnitude < 1e-4)
      }
    }
    #expect(endless.steps.contains { $0.arbitrage > 0 })
  }

  @Test(
    "the more capital arbitrageurs have, the less prices deviate; they never hold more than what they have")
  func arbitrageCapital() throws {
    var deviations: [Double] = []
    for capital in [0, 0.5, 5, 1e9] {
      let result = try Self.run { ($0.agents.arbitrageCapital, $0.agents.arbitrageCost) = (capital, 0.0005) }
      deviations.append(
        result.steps.map { 1 - $0.prices[0] / $0.undisturbed[0] }.max() ?? 0)
    }
    #expect(deviations[0] > deviations[1] && deviations[1] > deviations[2] && deviations[2] >= deviations[3])
    // The cost is what they leave, and the second underlying's share of the first one's impact.
    #expect(deviations[3] < 0.0005 * 1.3)
    let market = LabMarket(seed: 3, underlyings: 2, days: 14)
    let depth = market.instruments.reduce(0) { $0 + $1.depth }
    let small = try Self.run { $0.agents.arbitrageCapital = 0.5 }
    let most = small.steps.map(\.arbitrage).max() ?? 0
    // At most equity when it bought; the price may rise before it is looked at.
    #expect(most > 0 && most < 0.5 * depth * 1.3)
  }

  @Test("liquidators that come too late, or have nothing, take nothing; without limit they are as before")
  func liquidators() throws {
    let usual = try Self.run { _ in }
    let rich = try Self.run { $0.agents.liquidatorCapital = 1e3 }
    #expect(figures(rich) == figures(usual))
    #expect(usual.agents.liquidators != 0)
    // Auctions of a step end with it.
    let late = try Self.run { $0.agents.liquidatorLatency = 86_400 }
    let poor = try Self.run { $0.agents.liquidatorCapital = 0 }
    let absent = try Self.run { $0.liquidatorCapacity = 0 }
    for result in [late, poor] {
      #expect(result.agents.liquidators == 0)
      #expect(figures(result) == figures(absent))
    }
    // Whoever comes later pays less: the auction's price has fallen to less of the mark.
    let slow = try Self.run { $0.agents.liquidatorLatency = 300 }
    #expect(slow.agents.liquidators >= usual.agents.liquidators)
  }

  @Test("whales hold the share that is asked, close at their own rule, and at their own pace")
  func whales() throws {
    let market = LabMarket(seed: 3, underlyings: 2, days: 14)
    let snapshot = try market.firstSnapshot()
    let (table, initial) = (MarginTable(snapshot), MarginTable(snapshot, kind: .initial))
    var whales = WhaleTerms()
    (whales.count, whales.share, whales.longShare) = (3, 0.25, 2.0 / 3)
    var terms = PopulationTerms(accounts: 100)
    let usual = Population(terms, seed: 1, market: market, table: table, initial: initial)
    func notional(_ population: Population, _ accounts: Range<Int>) -> Double {
      accounts.reduce(0) { sum, account in
        sum
          + population.legs[population.start[account]..<population.start[account + 1]].reduce(0.0) {
            $0 + Double(abs($1.lots)) * Double(snapshot.instruments[Int($1.instrument)].markCeil) / 1e6
          }
      }
    }
    let large = Population(
      terms, whales: whales, seed: 1, market: market, table: table, initial: initial)
    #expect(large.count == 103 && large.whales == 100..<103)
    // The others are those that there are without whales.
    #expect(Array(large.legs.prefix(usual.legs.count)) == usual.legs)
    let share = notional(large, 100..<103) / notional(large, 0..<103)
    #expect((share - 0.25).magnitude < 1e-3)
    #expect(large.legs.suffix(3).map { $0.lots.signum() } == [1, 1, -1])
    terms.openInterest = 1e8
    let scaled = Population(
      terms, whales: whales, seed: 1, market: market, table: table, initial: initial)
    let longs = scaled.legs.reduce(0.0) {
      $0 + Double(max(0, $1.lots)) * Double(snapshot.instruments[Int($1.instrument)].markCeil) / 1e6
    }
    #expect((longs / 1e8 - 1).magnitude < 0.05)
    // One that never closes by itself is liquidated; one that closes slowly moves the price for longer.
    func stopped(_ change: (inout WhaleTerms) -> Void) throws -> StressResult {
      try Self.run {
        $0.agents.whales.count = 2
        $0.agents.whales.share = 0.3
        change(&$0.agents.whales)
      }
    }
    let group = try stopped { _ in }.lossesByGroup.first { $0.name == "whales" }
    #expect(group?.accounts == 2)
    let fast = try stopped { ($0.stopLoss, $0.pace) = (0.1, 1e9) }
    let slow = try stopped { ($0.stopLoss, $0.pace) = (0.1, 0.05) }
    #expect(fast.lossesByGroup.first { $0.name == "whales" }?.liquidated == 0)
    #expect(slow.steps.first { $0.stopped > 0 } != fast.steps.first { $0.stopped > 0 })
    let deviation = { (result: StressResult) in
      result.steps.map { 1 - $0.prices[0] / $0.undisturbed[0] }.max() ?? 0
    }
    #expect(deviation(fast) > deviation(slow))
  }

  @Test("M37, M60: a front-runner earns on closings at known times, and next to nothing at random ones")
  func frontRunner() throws {
    var (fixed, random) = (0.0, 0.0)
    var hits = [0, 0]
    var trades = [0, 0]
    for seed in 1...4 as ClosedRange<UInt64> {
      for isRandom in [false, true] {
        let result = try Self.run(Self.crash(steps: 48), seed: seed) {
          $0.agents.publicationInterval = 8
          $0.agents.isPublicationRandom = isRandom
          $0.agents.frontRunnerSize = 0.02
          // Without others' reactions, so that only the rule differs.
          $0.liquidatorCapacity = 1e6
          $0.makersLeaveAt = 1e9
        }
        let place = isRandom ? 1 : 0
        hits[place] += result.agents.frontRunnerHits
        trades[place] += result.agents.frontRunnerTrades
        if isRandom { random += result.agents.frontRunner } else { fixed += result.agents.frontRunner }
      }
    }
    #expect(fixed > 0 && hits[0] == trades[0] && trades[0] > 0)
    #expect(random < fixed / 4)
  }

  @Test(
    "between snapshots nobody is newly closed; a rise of margins closes whom the market alone would not have")
  func publications() throws {
    let sparse = try Self.run(openInterest: nil) { $0.agents.publicationInterval = 4 }
    for step in sparse.steps where !step.isPublished { #expect(step.raisedCases == 0) }
    #expect(sparse.steps.count { $0.isPublished } == 4)
    let first = sparse.steps.first { $0.cases > 0 }
    #expect(first?.isPublished == true)
    // A fall, and then hours in which the price stays and margins come up to what the fall asks for.
    var after = StressScenario(id: "after", title: "after a fall", steps: 40, stepSeconds: 600)
    after.paths = ["*": [PathKnot(0, 1), PathKnot(3_000, 0.82)]]
    let usual = try Self.run(after, accounts: 400, openInterest: nil) { $0.impact = 0 }
    #expect(usual.raisedCases > 0 && usual.raisedCases <= usual.cases)
    #expect(usual.raisedForced <= usual.forced)
    let later = usual.steps.dropFirst(6)
    #expect(later.allSatisfy { $0.prices == $0.undisturbed && $0.prices[0] == later.first?.prices[0] })
    // Where the price stands still, every case is made by margins.
    #expect(later.map(\.raisedCases) == later.map(\.cases) && later.contains { $0.cases > 0 })
  }

  @Test("with everybody in the loop money and lots are conserved, and the same seed gives the same bytes")
  func everybody() throws {
    func all(_ seed: UInt64) throws -> StressResult {
      try Self.run(seed: seed) {
        $0.agents.liquidatorLatency = 60
        $0.agents.liquidatorCapital = 0.02
        $0.agents.arbitrageCapital = 0.3
        $0.agents.whales.count = 3
        $0.agents.publicationInterval = 3
        $0.agents.isPublicationRandom = true
        $0.agents.frontRunnerSize = 0.02
      }
    }
    func bytes(_ result: StressResult) throws -> [UInt8] {
      let outcome = try #require(StressOutcome([result]))
      return StressReport(subtitle: "", verdict: "", outcomes: [outcome]).json.encoded()
    }
    for seed in 1...3 as ClosedRange<UInt64> {
      let one = try all(seed)
      #expect(try bytes(one) == bytes(all(seed)))
    }
    #expect(try bytes(all(1)) != bytes(all(2)))
  }

  @Test(
    "random worlds: every loss has an owner, funds are what flowed in and out, and the same seed gives the same bytes",
    arguments: 1...6 as ClosedRange<UInt64>)
  func worlds(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func draw(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }
    var scenario = StressScenario(id: "world", title: "drawn", steps: 12, stepSeconds: 600)
    scenario.paths = [
      "*": [PathKnot(0, 1), PathKnot(3_600, draw(0.5...1.1)), PathKnot(7_200, draw(0.5...1.4))]
    ]
    (scenario.noise, scenario.correlation) = (draw(0...0.1), draw(0...1))
    scenario.depth = [PathKnot(0, 1), PathKnot(3_600, draw(0.05...1))]
    if draw(0...1) < 0.5 { scenario.keeperOutage = 3..<7 }
    let policies = DeleveragingPolicy.allCases
    let policy = policies[Int(random.next() % UInt64(policies.count))]
    let (fund, backstop, capacity) = (draw(0...0.01), draw(0...0.02), draw(0...4))
    let (arbitrage, latency, whales) = (draw(0...1), Int64(draw(0...300)), Int(draw(0...3)))
    func run() throws -> StressResult {
      try Self.run(scenario, seed: seed, accounts: 120) {
        ($0.deleveraging, $0.fundShare, $0.backstopShare) = (policy, fund, backstop)
        $0.liquidatorCapacity = capacity
        ($0.agents.arbitrageCapital, $0.agents.liquidatorLatency) = (arbitrage, latency)
        $0.agents.whales.count = whales
      }
    }
    let result = try run()
    // What accounts left is what the steps of the waterfall bore, to the quantum.
    let borne = result.waterfall.values.reduce(0, +)
    #expect((borne - result.losses).magnitude < 1e-5 * max(1, result.losses))
    #expect((result.waterfall["unpaid"] ?? 0) == 0 || result.unpaid > 0)
    for step in result.steps { #expect(step.fund >= 0 && step.backstop >= 0 && step.losses >= 0) }
    #expect(try run() == result)
  }

  @Test(
    "M55: absorption is what liquidators took over what depth absorbs in a step, and endless without depth")
  func absorption() throws {
    let market = LabMarket(seed: 3, underlyings: 2, days: 14)
    let depth = market.instruments.reduce(0) { $0 + $1.depth }
    let result = try Self.run {
      ($0.makersLeaveAt, $0.backstopShare, $0.liquidatorCapacity) = (1e9, 0, 2)
    }
    var closed = 0
    for step in result.steps where step.forced > 0 {
      // What winners took does not pass through the books.
      let taken = step.forced - step.deleveraged
      #expect((step.absorption * depth * 2 * 600 / 3_600 - taken).magnitude < 1e-6 * max(1, step.forced))
      closed += 1
    }
    #expect(closed > 0)
    // Over what it can: the longest stretch.
    var (longest, run) = (0, 0)
    for step in result.steps {
      run = step.absorption > 1 ? run + 1 : 0
      longest = max(longest, run)
    }
    #expect(result.overAbsorption == longest)
  }

  @Test("what is written of a result reads back as it was, to the last figure")
  func report() throws {
    let result = try Self.run { $0.agents.whales.count = 2 }
    let outcome = try #require(StressOutcome([result]))
    let report = StressReport(
      subtitle: "s", verdict: "v", outcomes: [outcome],
      remedies: [StressRemedyOutcome(name: "r", shortfalls: [outcome.shortfall])])
    let bytes = report.json.encoded()
    let read = try StressReport(json: bytes)
    #expect(read == report && read.json.encoded() == bytes)
    // A figure that contradicts the others is named.
    let text = String(decoding: bytes, as: UTF8.self)
    let forged = text.replacing(
      "\"cases\":\(result.cases),", with: "\"cases\":\(result.cases + 1),", maxReplacements: 1)
    #expect(forged != text)
    do {
      _ = try StressReport(json: Array(forged.utf8))
      Issue.record("read")
    } catch {
      #expect("\(error)".contains("cases"))
    }
  }
}
