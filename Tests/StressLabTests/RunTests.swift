import Liquidation
import MarginRules
import RiskEngine
import StressLab
import TestSupport
import Testing

@Suite("Stress runs")
struct RunTests {
  private static func crash(_ change: (inout StressScenario) -> Void = { _ in }) -> StressScenario {
    var scenario = StressScenario(id: "crash", title: "a third in two hours", steps: 12, stepSeconds: 600)
    scenario.paths = [
      "*": [PathKnot(0, 1), PathKnot(3_600, 0.78), PathKnot(5_400, 0.66), PathKnot(7_200, 0.72)]
    ]
    scenario.noise = 0.02
    change(&scenario)
    return scenario
  }

  private static func run(
    _ scenario: StressScenario, seed: UInt64 = 7, accounts: Int = 300, all: Bool = false,
    _ change: (inout LabTerms, inout PopulationTerms) -> Void = { _, _ in }
  ) throws -> StressResult {
    var terms = LabTerms.standard
    var population = PopulationTerms(accounts: accounts)
    change(&terms, &population)
    return try StressRun.run(
      scenario, in: LabMarket(seed: 3, underlyings: 2, days: 14), population: population, terms: terms,
      seed: seed,
      isWatchingAll: all)
  }

  @Test("money, lots and collateral are conserved in every step, and the same seed gives the same result")
  func conserved() throws {
    let one = try Self.run(Self.crash())
    #expect(one.conservationChecks == one.steps.count && one.steps.count == 12)
    #expect(one.cases > 10 && one.forced > 0)
    let (again, other) = (try Self.run(Self.crash()) == one, try Self.run(Self.crash(), seed: 8) == one)
    #expect(again && !other)
  }

  @Test("passing accounts over misses nobody: looking at all in every step gives the same result")
  func watch() throws {
    for seed in [1, 2] as [UInt64] {
      let few = try Self.run(Self.crash(), seed: seed, accounts: 120)
      let all = try Self.run(Self.crash(), seed: seed, accounts: 120, all: true)
      let same = few == all
      let first = zip(few.steps, all.steps).first { $0 != $1 }
      #expect(same, "\(String(describing: first))")
    }
  }

  @Test("without leverage nobody is liquidated; without impact the price is the undisturbed one")
  func limits() throws {
    let calm = try Self.run(Self.crash()) { _, population in
      population.leverages = [LeverageWeight(1, 1)]
      population.longShare = 1
      population.stopShare = 0
    }
    #expect(calm.cases == 0 && calm.forced == 0 && calm.isCovered)
    let dry = try Self.run(Self.crash()) { terms, _ in terms.impact = 0 }
    for step in dry.steps { #expect(step.prices == step.undisturbed) }
    #expect(dry.amplification == 1)
    let wet = try Self.run(Self.crash()) { terms, _ in terms.impact = 3 }
    #expect(wet.amplification > 1)
  }

  @Test("zero impact: accounts are independent, and half the population loses what its half loses")
  func independent() throws {
    // With no impact, no funds and boundless liquidators the case of an account depends on nobody else.
    func isolated(_ terms: inout LabTerms, _ population: inout PopulationTerms) {
      (terms.impact, terms.liquidatorCapacity, terms.makersLeaveAt) = (0, 1e9, 1e9)
    }
    let large = try Self.run(Self.crash(), accounts: 200, isolated)
    let small = try Self.run(Self.crash(), accounts: 100, isolated)
    #expect(small.cases < large.cases && small.cases > 0)
    #expect(large.steps.map(\.prices) == small.steps.map(\.prices))
  }

  @Test("an outage of keepers leaves a backlog and greater losses; policies differ in who gives what")
  func machinery() throws {
    let kept = try Self.run(Self.crash())
    let left = try Self.run(Self.crash { $0.keeperOutage = 2..<9 })
    #expect(left.greatestBacklog > kept.greatestBacklog)
    #expect(left.losses >= kept.losses)
    // Nobody bids and there is no backstop: winners are closed against.
    func alone(_ policy: DeleveragingPolicy) -> (inout LabTerms, inout PopulationTerms) -> Void {
      { terms, _ in
        (terms.liquidatorCapacity, terms.backstopShare, terms.fundShare, terms.deleveraging) = (
          0, 0, 0, policy
        )
      }
    }
    let queue = try Self.run(Self.crash(), alone(.queue))
    let rata = try Self.run(Self.crash(), alone(.proRata))
    let only = try Self.run(Self.crash(), alone(.deficitOnly))
    #expect(queue.deleveraged > 0 && rata.deleveraged > 0 && only.deleveraged == 0)
    #expect(queue.conservationChecks == 12 && rata.conservationChecks == 12 && only.conservationChecks == 12)
  }

  @Test("late and silent oracles, a lost peg and thin books are gone through")
  func faults() throws {
    let result = try Self.run(
      Self.crash {
        ($0.oracleDelay, $0.oracleOutage) = (1, 5..<8)
        $0.depth = [PathKnot(0, 1), PathKnot(1_200, 0.1)]
        $0.peg = [PathKnot(0, 1), PathKnot(3_600, 0.9)]
        ($0.venueFailure, $0.venueFailureShare) = (4, 0.8)
      })
    #expect(result.steps.count == 12 && result.conservationChecks == 12)
  }

  @Test("forecasts are scored on everybody who was told")
  func forecasts() throws {
    let result = try Self.run(Self.crash { $0.steps = 16 }, accounts: 400)
    #expect(result.forecasts.total > 50)
    let brier = try #require(result.forecasts.brierScore)
    #expect((0...1).contains(brier))
    var record = ForecastRecord()
    record.add(0.8, happened: true)
    record.add(0.8, happened: false)
    record.add(0, happened: false)
    #expect((try #require(record.brierScore) - (0.04 + 0.64) / 3).magnitude < 1e-12)
    #expect(record.reliability.map(\.happened) == [0, 0.5])
    #expect(EarlyNotice(0.6) == .auction && EarlyNotice(0.04) == .none && EarlyNotice(0.2) == .offer)
    #expect(HazardFlow.ratio([(notional: 100, probability: 0.5)], depth: 25) == 2)
    #expect(HazardFlow.ratio([(notional: 100, probability: 0.5)], depth: 0) == .infinity)
  }

  @Test(
    "scenarios are read as they are written, and what is wrong is named",
    arguments: [
      #"{"version":2,"id":"a","title":"t","steps":1,"stepSeconds":1}"#,
      #"{"version":1,"id":"a b","title":"t","steps":1,"stepSeconds":1}"#,
      #"{"version":1,"id":"a","title":"t","steps":0,"stepSeconds":1}"#,
      #"{"version":1,"id":"a","title":"t","steps":1,"stepSeconds":1,"paths":{"*":[[5,1],[5,1]]}}"#,
      #"{"version":1,"id":"a","title":"t","steps":1,"stepSeconds":1,"paths":{"*":[[5,-1]]}}"#,
      #"{"version":1,"id":"a","title":"t","steps":1,"stepSeconds":1,"noise":1e9}"#,
      #"{"version":1,"id":"a","title":"t","steps":1,"stepSeconds":1,"keeperOutage":[5,4]}"#,
      #"{"version":1,"id":"a","title":"t","steps":1,"stepSeconds":1,"oops":1}"#, "", "[]",
    ])
  func malformed(text: String) throws {
    #expect(throws: (any Error).self) { try StressScenario(json: Array(text.utf8)) }
    let path = [PathKnot(10, 1), PathKnot(20, 3)]
    #expect(StressScenario.value(path, after: 0, otherwise: 9) == 1)
    #expect(StressScenario.value(path, after: 15, otherwise: 9) == 2)
    #expect(StressScenario.value(path, after: 99, otherwise: 9) == 3)
    #expect(StressScenario.value([], after: 99, otherwise: 9) == 9)
  }
}
