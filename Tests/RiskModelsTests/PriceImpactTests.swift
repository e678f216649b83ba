import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Price impact")
struct PriceImpactTests {
  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      ("G6 Amihud hourly Feb20", "2020-02-01", "2020-03-01"),
      ("G6 Amihud hourly 2020-03-12", "2020-03-12", "2020-03-13"),
    ])
  func `G6: illiquidity before a crash and on its day`(_ entry: String, _ from: String, _ to: String) throws {
    let golden = try Golden.numbers(entry)
    let bars = try SharedData.hourly.get().bars
    let first = try #require(bars.firstIndex { $0.openTime >= startOfDay(from) })
    let window = bars[first...].prefix { $0.openTime < startOfDay(to) }
    let returns = try #require(LogarithmicReturns.ofCloses(bars[(first - 1)..<window.endIndex]))
    let volumes = window.map(\.quoteVolume)
    #expect(agree(volumes.reduce(0, +), golden["volume_usd"], within: 1e-6))
    let amihud = try #require(PriceImpact.amihud(returns: returns, volumesUSD: volumes))
    #expect(agree(amihud * 1e6, golden["illiq_per_MUSD"], within: 1e-6))
  }

  @Test("bars without trades do not count, and without any trade there is no illiquidity")
  func amihud() {
    #expect(agree(PriceImpact.amihud(returns: [0.01, -0.02, 5], volumesUSD: [100, 100, 0]), 1.5e-4))
    #expect(PriceImpact.amihud(returns: [0.01], volumesUSD: [0]) == nil)
    #expect(PriceImpact.amihud(returns: [], volumesUSD: []) == nil)
  }

  @Test("Kyle's lambda of simulated trades is found within three standard errors", arguments: [82, 83, 84])
  func kyle(_ seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let lambda = 3e-10
    let volumes = generator.normals(5_000).map { 1e6 * $0 }
    let returns = volumes.map { 1e-5 + lambda * $0 + 1e-3 * generator.normal() }
    let fit = try #require(PriceImpact.kyle(returns: returns, signedVolumesUSD: volumes))
    #expect((fit.lambda - lambda).magnitude < 3 * fit.standardError)
    #expect(agree(fit.standardError, 1e-3 / (1e6 * 5_000.0.squareRoot()), within: 0.05))
  }

  @Test("Kyle's lambda needs three trades of different size")
  func kyleEdges() {
    #expect(PriceImpact.kyle(returns: [1, 2], signedVolumesUSD: [1, 2]) == nil)
    #expect(PriceImpact.kyle(returns: [1, 2, 3], signedVolumesUSD: [1, 1, 1]) == nil)
    #expect(PriceImpact.kyle(returns: [1, 2, 3], signedVolumesUSD: [0, 0, 0]) == nil)
    #expect(PriceImpact.kyle(returns: [1, 2, 3], signedVolumesUSD: [1, 2]) == nil)
  }

  @Test("the square-root law: four times the size moves twice as far and costs eight times as much")
  func squareRoot() throws {
    let one = try #require(PriceImpact.squareRoot(usd: 1e6, dailyVolatility: 0.04, dailyVolumeUSD: 1e8))
    #expect(agree(one, 0.004))
    #expect(agree(PriceImpact.squareRoot(usd: 4e6, dailyVolatility: 0.04, dailyVolumeUSD: 1e8), 2 * one))
    #expect(
      agree(PriceImpact.squareRootCost(usd: 1e6, dailyVolatility: 0.04, dailyVolumeUSD: 1e8), one * 2 / 3))
    #expect(PriceImpact.squareRoot(usd: 1e6, dailyVolatility: 0.04, dailyVolumeUSD: 0) == nil)
    #expect(PriceImpact.squareRoot(usd: 1e6, dailyVolatility: .nan, dailyVolumeUSD: 1) == nil)
    #expect(PriceImpact.squareRoot(usd: -5, dailyVolatility: 0.04, dailyVolumeUSD: 1e8) == 0)
  }
}
