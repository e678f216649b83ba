import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Exponentially weighted variance")
struct ExponentialVarianceTests {
  @Test(.enabled(if: SharedData.isPresent))
  func `G2: hours`() throws {
    let golden = try Golden.numbers("G2 EWMA hourly lam=.97 2020-02-01..2020-03-13 seed r0^2")
    let bars = try SharedData.hourly.get().bars
    let first = try #require(bars.firstIndex { $0.openTime >= startOfDay("2020-02-01") })
    let end = try #require(bars.firstIndex { $0.openTime >= startOfDay("2020-03-14") })
    let returns = try #require(LogarithmicReturns.ofCloses(bars[(first - 1)..<end]))
    #expect(Double(returns.count) == golden["n"])
    let variance = try #require(ExponentialVariance.of(returns, decay: 0.97))
    #expect(agree(variance, golden["var"]))
    #expect(agree((variance * Year.bars(of: 3600)).squareRoot(), golden["ann"]))
  }

  @Test(.enabled(if: SharedData.isPresent))
  func `G2b: days`() throws {
    let golden = try Golden.numbers("G2b RiskMetrics daily lam=.94 to 2020-03-11")
    let all = try SharedData.dailyReturns()
    let end = try #require(all.firstIndex { $0.day == startOfDay("2020-03-12") / 86_400 })
    let returns = all[..<end].suffix(650).map(\.value)
    let deviation = try #require(ExponentialVariance.of(returns, decay: 0.94)).squareRoot()
    #expect(agree(deviation, golden["sigma_day"]))
    #expect(agree(all[end].value / deviation, golden["z"]))
  }

  @Test("the first return is the first variance, and each next moves it by its weight")
  func recursion() {
    var state = ExponentialVariance(decay: 0.75)
    #expect(state.value == nil)
    state.update(2)
    #expect(state.value == 4)
    state.update(4)
    #expect(state.value == 0.75 * 4 + 0.25 * 16)
    state.update(.nan)
    state.update(.infinity)
    #expect(state.count == 2)
    #expect(ExponentialVariance.of([], decay: 0.9) == nil)
  }

  @Test("after a half-life half of the weight is left", arguments: [1.0, 12, 720])
  func halfLife(_ h: Double) {
    let decay = ExponentialVariance(halfLife: h).decay
    #expect(agree(DeterministicMath.power(decay, h), 0.5, within: 1e-12))
  }

  @Test("a greater return never gives a smaller variance")
  func monotone() {
    var generator = SplitMix64(seed: 22)
    let returns = generator.normals(100)
    for i in returns.indices {
      var greater = returns
      greater[i] *= 1.5
      let (a, b) = (
        ExponentialVariance.of(returns, decay: 0.94), ExponentialVariance.of(greater, decay: 0.94)
      )
      #expect((b ?? 0) >= (a ?? .infinity))
    }
  }
}

@Suite("Blended volatility")
struct VolatilityBlendTests {
  @Test("it is the floor, the blend or the fast one, whichever is greatest")
  func blend() {
    #expect(VolatilityBlend.blended(floor: 0.2, realized: 0.5, implied: 0.9, fast: 0.3, weight: 0.75) == 0.6)
    #expect(VolatilityBlend.blended(floor: 0.7, realized: 0.5, implied: 0.9, fast: 0.3, weight: 0.75) == 0.7)
    #expect(VolatilityBlend.blended(floor: 0.2, realized: 0.5, implied: 0.9, fast: 1.3, weight: 0.75) == 1.3)
  }

  @Test("what is missing or not a number is left out, and the floor stays")
  func missing() {
    #expect(VolatilityBlend.blended(floor: 0.2, realized: 0.5, implied: nil, fast: nil, weight: 0) == 0.5)
    #expect(VolatilityBlend.blended(floor: 0.2, realized: nil, implied: 0.9, fast: nil, weight: 1) == 0.9)
    #expect(
      VolatilityBlend.blended(floor: 0.2, realized: .nan, implied: -1, fast: .infinity, weight: 0.5) == 0.2)
  }

  @Test("it never falls when any of its parts rises")
  func monotone() {
    var generator = SplitMix64(seed: 23)
    for _ in 0..<2_000 {
      var parts = (0..<4).map { _ in generator.uniform() }
      let weight = generator.uniform()
      func value() -> Double {
        VolatilityBlend.blended(
          floor: parts[0], realized: parts[1], implied: parts[2], fast: parts[3], weight: weight)
      }
      let before = value()
      parts[Int(generator.next() % 4)] += generator.uniform()
      #expect(value() >= before)
    }
  }
}
