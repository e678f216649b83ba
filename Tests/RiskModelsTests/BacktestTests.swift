import Foundation
import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Back-tests")
struct BacktestTests {
  @Test(.enabled(if: SharedData.isPresent))
  func `G4c: Kupiec's test of a rolling value at risk`() throws {
    let golden = try Golden.numbers("G4c Kupiec POF rolling 500d 99% hist VaR")
    let losses = try SharedData.dailyReturns()
      .filter { $0.day >= startOfDay("2018-06-01") / 86_400 && $0.day < startOfDay("2022-03-01") / 86_400 }
      .map { -$0.value }
    var forecasts: [Double] = []
    for t in 500..<losses.count {
      forecasts.append(
        try #require(ValueAtRisk.historical(Array(losses[(t - 500)..<t]), level: 0.99, rule: .linear)))
    }
    let test = try #require(Backtest(losses: Array(losses[500...]), forecasts: forecasts, level: 0.99))
    #expect(Double(test.count) == golden["n"])
    #expect(Double(test.exceedances) == golden["exceed"])
    #expect(agree(test.coverage.statistic, golden["LR"], within: 1e-9))
    #expect(agree(test.coverage.pValue, golden["p"], within: 1e-10))
    #expect(test.trafficLight == .green)
  }

  private static func exceeded(_ x: Int, of n: Int) -> [Bool] {
    (0..<n).map { i in (i + 1) * x / n > i * x / n }
  }

  @Test(
    "Basel's lights for 250 days at 99 %",
    arguments: [
      (0, TrafficLight.green), (4, .green), (5, .yellow), (9, .yellow), (10, .red), (250, .red),
    ])
  func basel(_ x: Int, _ light: TrafficLight) throws {
    let test = try #require(Backtest(exceeded: Self.exceeded(x, of: 250), level: 0.99))
    #expect(test.exceedances == x)
    #expect(test.trafficLight == light)
  }

  @Test("no exceedance, and nothing but exceedances, have statistics too")
  func ends() throws {
    let none = try #require(Backtest(exceeded: Self.exceeded(0, of: 100), level: 0.99))
    #expect(agree(none.coverage.statistic, -200 * Foundation.log(0.99), within: 1e-12))
    #expect(none.independence.statistic == 0)
    #expect(none.independence.pValue == 1)
    let all = try #require(Backtest(exceeded: Self.exceeded(100, of: 100), level: 0.99))
    #expect(agree(all.coverage.statistic, -200 * Foundation.log(0.01), within: 1e-12))
    #expect(all.coverage.pValue < 1e-100)
    #expect(Backtest(exceeded: [], level: 0.99) == nil)
    #expect(Backtest(exceeded: [true], level: 1) == nil)
    #expect(Backtest(losses: [1], forecasts: [], level: 0.99) == nil)
  }

  @Test("exceedances in one cluster fail independence, evenly spread ones do not")
  func independence() throws {
    let spread = try #require(Backtest(exceeded: Self.exceeded(10, of: 1_000), level: 0.99))
    let cluster = try #require(
      Backtest(exceeded: (0..<1_000).map { $0 >= 500 && $0 < 510 }, level: 0.99))
    #expect(spread.coverage.statistic == cluster.coverage.statistic)
    #expect(spread.independence.pValue > 0.5)
    #expect(cluster.independence.pValue < 1e-10)
    #expect(cluster.conditionalCoverage.pValue < 1e-9)
    // by hand: transitions 00 988, 01 1, 10 1, 11 9
    func l(_ x: Double, _ n: Double) -> Double {
      x * Foundation.log(x / n) + (n - x) * Foundation.log(1 - x / n)
    }
    #expect(agree(cluster.independence.statistic, 2 * (l(1, 989) + l(9, 10) - l(10, 999)), within: 1e-10))
  }

  @Test("exceedances of a true model are seldom refused")
  func size() throws {
    var generator = SplitMix64(seed: 160)
    var refused = 0
    for _ in 0..<1_000 {
      let exceeded = (0..<1_000).map { _ in generator.uniform() < 0.05 }
      let test = try #require(Backtest(exceeded: exceeded, level: 0.95))
      if test.coverage.pValue < 0.05 { refused += 1 }
    }
    #expect(refused > 20 && refused < 90)
  }
}
