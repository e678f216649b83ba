import MarginRules
import RiskEngine
import TestSupport
import Testing

@Suite("Margin rates")
struct RateFormulaTests {
  private func rate(_ change: (inout MaintenanceRate) -> Void = { _ in }) -> MaintenanceRate {
    var rate = MaintenanceRate(
      lossMultiple: 2.326, cycle: 0.7, conditional: 0.8, cycleWeight: 0.5, horizonSeconds: 1_800,
      impact: 0.002, gap: 0.001148, fee: 0.0025, skewBuffer: 1.1,
      stress: StressBlend(weight: 0.25, worstMove: 0.13))
    change(&rate)
    return rate
  }

  @Test("the rate is the sum of its terms, rounded up")
  func closedForm() {
    // M03's closed form: 2.326·0.8·√(12/31536000) = 0.001148
    let gap = MaintenanceRate(
      lossMultiple: 2.326, cycle: 0, conditional: 0.8, cycleWeight: 0, horizonSeconds: 12, impact: 0, gap: 0,
      fee: 0)
    #expect(abs(gap.move - 0.001148) < 5e-7)
    let plain = MaintenanceRate(
      lossMultiple: 2, cycle: 1.5, conditional: 0.5, cycleWeight: 0.5, horizonSeconds: 31_536_000 / 4,
      impact: 0.125, gap: 0.0625, fee: 0.03125)
    #expect(plain.unbounded == 1.21875)
    #expect(plain.ppm(in: 0...2_000_000) == 1_218_750)
    #expect(plain.ppm(in: 0...500_000) == 500_000)
    #expect(
      rate {
        ($0.cycle, $0.conditional) = (0, 0)
        $0.stress.weight = 0
      }.ppm(in: 7_000...8_000) == 7_000)
    #expect(rate { $0.conditional = .nan }.ppm(in: 0...500_000) == 500_000)
  }

  @Test("no term that grows lowers the rate")
  func signs() {
    let grow: [(inout MaintenanceRate, Double) -> Void] = [
      { $0.cycle *= 1 + $1 }, { $0.conditional *= 1 + $1 },
      { $0.horizonSeconds *= 1 + $1 }, { $0.impact += $1 },
      { $0.gap += $1 }, { $0.fee += $1 }, { $0.skewBuffer += $1 }, { $0.stress.worstMove += $1 },
      { $0.stress.weight = min(1, $0.stress.weight + $1) }, { $0.lossMultiple += $1 },
    ]
    var random = SplitMix64(seed: 22)
    for change in grow {
      for _ in 0..<100 {
        let base = rate {
          $0.cycle = Double.random(in: 0.1...5, using: &random)
          $0.conditional = Double.random(in: 0.1...5, using: &random)
        }
        var more = base
        change(&more, Double.random(in: 0...1, using: &random))
        #expect(more.ppm(in: 0...2_000_000) >= base.ppm(in: 0...2_000_000))
      }
    }
  }

  @Test("initial margin is the greatest of its reasons and never below maintenance")
  func initial() {
    func ppm(_ maintenance: Int64, _ ratio: Int64, _ cap: Int64, _ insolvency: Int64 = 0) -> Int64 {
      InitialRate.ppm(
        maintenance: maintenance, cycle: maintenance, ratio: ratio, least: 1_000_000, leverageCap: cap,
        insolvency: insolvency)
    }
    #expect(ppm(20_000, 1_100_000, 100) == 22_000)
    #expect(ppm(5_000, 1_500_000, 30) == 33_334)
    #expect(ppm(5_000, 1_500_000, 30, 90_000) == 90_000)
    #expect(InitialRate.greatestLeverage(at: 33_334) == 29)
    #expect(InitialRate.greatestLeverage(at: 20_000) == 50)
    // CME asked for 1.10 times maintenance and 34 to 51 % of notional
    #expect(ppm(390_909, 1_100_000, 200) == 430_000)
  }

  @Test(
    "the buffer of initial margin is whole in calm, used up in a crash, and no more risk ever lowers the rate"
  )
  func buffer() {
    func ppm(_ maintenance: Int64, _ cycle: Int64) -> Int64 {
      InitialRate.ppm(
        maintenance: maintenance, cycle: cycle, ratio: 1_500_000, least: 1_100_000, leverageCap: 200,
        insolvency: 0)
    }
    // calm: half as much again; between: what it was through the cycle; in a crash a tenth is left
    #expect(ppm(80_000, 100_000) == 120_000)
    #expect(ppm(100_000, 100_000) == 150_000)
    #expect(ppm(120_000, 100_000) == 150_000)
    #expect(ppm(200_000, 100_000) == 220_000)
    for cycle in stride(from: 50_000, to: 200_000, by: 10_000) as StrideTo<Int64> {
      var before = Int64(0)
      for maintenance in stride(from: 10_000, to: 400_000, by: 5_000) as StrideTo<Int64> {
        let rate = ppm(maintenance, cycle)
        #expect(rate >= before && rate >= maintenance && rate <= ppm(maintenance, cycle + 10_000))
        before = rate
      }
    }
  }

  @Test("the horizon is that of trading, of the chain or the least, and without volume the greatest")
  func horizon() {
    func seconds(_ notional: Double, _ volume: Double, latency: Double = 60) -> Double {
      LiquidationHorizon.seconds(
        least: 1_800, greatest: 86_400, latency: latency, notional: notional, dailyVolume: volume,
        participation: 0.05)
    }
    #expect(seconds(1e6, 1e9) == 1_800)
    #expect(seconds(1e6, 1e9, latency: 3_000) == 3_000)
    #expect(seconds(1e7, 1e9) == 17_280)
    #expect(seconds(1e6, 0) == 86_400)
    #expect(seconds(1e12, 1e9) == 86_400)
  }

  @Test("the stress floor passes through what happened, rises with the horizon, and is one at most")
  func stressFloor() {
    let floor = StressFloor(worstMoves: [0.188, 0.245, 0.336, 0.374, 0.506])
    for (horizon, move) in zip(StressFloor.horizons, floor.worstMoves) {
      #expect(abs(floor.move(within: horizon) - move) < 1e-12)
    }
    #expect(abs(floor.move(within: 900) - 0.094) < 1e-12)
    let moves = stride(from: 0.0, through: 1e6, by: 997).map(floor.move)
    #expect(moves == moves.sorted())
    #expect(floor.move(within: 1e9) == 1)
    #expect(StressBlend(weight: 0.25, worstMove: 0.4).applied(to: 0.2) == 0.25)
    #expect(StressBlend(weight: 0.25, worstMove: 0.4).applied(to: 0.5) == 0.5)
  }

  @Test("leverage by probability of insolvency, in the closed form of the normal law")
  func insolvency() {
    // ε = 0.1 %: z = 3.0902; σ = 0.8, one day: 3.0902·0.8/√365 + 0.01 = 0.13940
    let rate = InsolvencyCap.ppm(quantile: 3.0902, volatility: 0.8, horizonSeconds: 86_400, cost: 0.01)
    #expect(abs(rate - 139_400) < 10)
    #expect(InsolvencyCap.ppm(quantile: 4, volatility: 0.8, horizonSeconds: 86_400, cost: 0.01) > rate)
  }

  @Test("the three generations order as they should")
  func strategies() {
    func volatility(
      _ strategy: MarginStrategy, forecast: Double?, drought: Double
    ) -> (Double, MarginStrategy) {
      strategy.volatility(fixed: 0.8, measured: 0.5, forecast: forecast, drought: drought)
    }
    #expect(volatility(.static, forecast: 2, drought: 1) == (0.8, .static))
    #expect(volatility(.buffer, forecast: 2, drought: 1) == (0.5, .buffer))
    #expect(volatility(.predictive, forecast: 0.6, drought: 0.5) == (0.8999999999999999, .predictive))
    #expect(volatility(.predictive, forecast: 0.1, drought: 0) == (0.1, .predictive))
    #expect(volatility(.predictive, forecast: nil, drought: 0) == (0.5, .buffer))
  }

  @Test("both sides of a scenario gain are rounded down")
  func gains() {
    for (value, move) in [(63_718_970, -160_000), (63_718_971, 40_000), (1, 1)] as [(Int64, Int64)] {
      let gain = ScenarioGain(markFloor: value, markCeil: value, move: move, weight: 1_000_000)
      #expect(gain.long + gain.short <= 0 && gain.long + gain.short >= -1)
    }
    let far = ScenarioGain(
      markFloor: 63_718_970, markCeil: 63_718_971, move: -660_000, weight: 250_000)
    #expect(far.long == -10_513_631 && far.short == 10_513_630)
    #expect(ScenarioGain(dollars: .nan, weight: 1).long == SnapshotLimits.coefficients.lowerBound)
    #expect(ScenarioGain(dollars: 1e300, weight: 1).long == SnapshotLimits.coefficients.upperBound)
    let up = ScenarioGain(dollars: 0.0000015, weight: 1_000_000)
    #expect(up.long == 1 && up.short == -2)
  }

  @Test("the grid is Deribit's: nine by three moves and six far ones")
  func grid() {
    let grid = ScenarioGrid(
      range: 160_000, steps: 4, farDown: 660_000, farUp: 3_000_000, farWeight: 1_000_000)
    #expect(grid.scenarios.count == 33)
    #expect(
      grid.scenarios.suffix(6).map(\.price)
        == [-660_000, -330_000, 500_000, 1_000_000, 2_000_000, 3_000_000])
    #expect(Set(grid.scenarios.prefix(27).map(\.price)).count == 9)
    #expect(ScenarioGrid(linearRange: 50_000).scenarios.map(\.price) == [-50_000, 50_000])
    let shock = VolatilityShock(up: 0.5, down: 0.25)
    #expect(shock.multiplier(vol: 1_000_000, term: 1) == 1.5)
    #expect(shock.multiplier(vol: -1_000_000, term: 2) == 0.5)
    #expect(shock.multiplier(vol: -1_000_000, term: 5) == 0.1)
    let least = VolatilityShock(up: 0.5, down: 0.25, upLeast: 0.5)
    #expect(least.shocked(0.2, vol: 1_000_000, term: 1) == 0.5)
    #expect(least.shocked(0.8, vol: 1_000_000, term: 1) == 0.8 * 1.5)
    #expect(
      least.shocked(0.2, vol: 0, term: 1) == 0.2
        && abs(least.shocked(0.2, vol: -1_000_000, term: 1) - 0.15) < 1e-12)
    // A far row asks no more of a linear position than the furthest near one.
    for scenario in grid.scenarios.suffix(6) {
      #expect(scenario.weight * abs(scenario.price) <= 160_000 * 1_000_000)
      #expect(scenario.weight * abs(scenario.price) > 160_000 * 999_000)
    }
  }
}
