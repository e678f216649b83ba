package import CommandSupport
internal import Liquidation
internal import MarginRules
internal import ProofCore
internal import StressLab

/// What the laboratory and the planning of liquidations cost.
package struct StressBench {
  /// The size that the laboratory is made for.
  private static let (accounts, steps, underlyings) = (100_000, 1_000, 10)
  private static let legs = 60
  private let divisor: Int

  /// - Parameter isQuick: a tenth of the accounts and of the steps.
  package init(isQuick: Bool) { divisor = isQuick ? 10 : 1 }

  package func measurements() throws(ToolFailure) -> [Stopwatch.Measurement] {
    let (accounts, steps) = (Self.accounts / divisor, Self.steps / divisor)
    let whole = try run(accounts: accounts, steps: steps, seed: 1)
    let half = try run(accounts: accounts / 2, steps: steps, seed: 1)
    return [
      Stopwatch.Measurement(
        name: "stress, \(accounts) accounts, \(steps) steps, \(Self.underlyings) instruments", [whole]),
      Stopwatch.Measurement(name: "stress, half the accounts", [half]),
    ] + (try pair(accounts: accounts / 10, steps: steps / 2)) + [try planning()]
  }

  private func scenario(steps: Int) -> StressScenario {
    var scenario = StressScenario(
      id: "bench", title: "a fall, a rise and a fall", steps: steps, stepSeconds: 600)
    let end = Int64(steps) * 600
    scenario.paths = [
      "*": [
        PathKnot(0, 1), PathKnot(end / 4, 0.72), PathKnot(end / 2, 0.95), PathKnot(end * 3 / 4, 0.8),
        PathKnot(end, 0.9),
      ]
    ]
    scenario.noise = 0.02
    return scenario
  }

  /// One run on this thread, in its processor time.
  private func run(accounts: Int, steps: Int, seed: UInt64) throws(ToolFailure) -> Stopwatch.Sample {
    let market = LabMarket(seed: 1, underlyings: Self.underlyings)
    let start = Stopwatch.threadTime
    do throws(StressError) {
      let result = try StressRun.run(
        scenario(steps: steps), in: market, population: PopulationTerms(accounts: accounts), terms: .standard,
        seed: seed
      ) { step in
        if step % 10 == 9 { Console.progress("stress, \(accounts) accounts", step + 1, of: steps) }
      }
      Console.note(
        "\(result.cases) cases, \(StressBench.millions(result.deleveraged)) million USD deleveraged")
    } catch {
      throw ToolFailure(.internalFault, "bench", "the run failed: \(error)")
    }
    return Stopwatch.Sample(nanoseconds: (Stopwatch.threadTime - start).nanoseconds)
  }

  private static func millions(_ usd: Double) -> Int { Int(usd / 1e6) }

  /// Two runs one after the other, and side by side, by the clock on the wall.
  private func pair(accounts: Int, steps: Int) throws(ToolFailure) -> [Stopwatch.Measurement] {
    let market = LabMarket(seed: 1, underlyings: Self.underlyings)
    let scenario = scenario(steps: steps)
    @Sendable func one(_ seed: UInt64) {
      _ = try? StressRun.run(
        scenario, in: market, population: PopulationTerms(accounts: accounts), terms: .standard, seed: seed)
    }
    let start = ContinuousClock.now
    one(1)
    one(2)
    let middle = ContinuousClock.now
    _ = Parallel.map(count: 2) { one(UInt64($0) + 1) }
    let end = ContinuousClock.now
    return [
      Stopwatch.Measurement(
        name: "two scenarios one after the other, by the wall",
        [Stopwatch.Sample(nanoseconds: (middle - start).nanoseconds)]),
      Stopwatch.Measurement(
        name: "two scenarios side by side, by the wall",
        [Stopwatch.Sample(nanoseconds: (end - middle).nanoseconds)]),
    ]
  }

  /// The plan for a book of sixty legs that misses its maintenance margin by five percent.
  private func planning() throws(ToolFailure) -> Stopwatch.Measurement {
    let market = LabMarket(seed: 1, underlyings: Self.legs)
    do {
      let snapshot = try market.firstSnapshot()
      let table = MarginTable(snapshot)
      var book = Portfolio(
        positions: snapshot.instruments.enumerated().map { place, listed in
          let lots = max(1, 20_000_000_000 / listed.markCeil)
          return place % 3 == 0 ? -lots : lots
        }, holdings: snapshot.collateral.map { _ in 0 }, debts: snapshot.collateral.map { _ in 0 }, cash: 0)
      let health = try AccountHealth(of: book, under: snapshot, rule: .portfolioMargin)
      book.cash = Int64(health.requirement * 95 / 100 - health.equity)
      let portfolio = book
      var terms = LiquidationTerms.standard
      terms.dust = 0
      let plan = try ReductionPlan(for: portfolio, table, rule: .portfolioMargin, terms)
      guard plan.before.isLiquidatable, !plan.closings.isEmpty else {
        throw ToolFailure(.internalFault, "bench", "the book needs no plan")
      }
      return Stopwatch().measure("plan for \(Self.legs) legs") {
        try? ReductionPlan(for: portfolio, table, rule: .portfolioMargin, terms)
      }
    } catch {
      throw ToolFailure(.internalFault, "bench", "planning failed: \(error)")
    }
  }
}
