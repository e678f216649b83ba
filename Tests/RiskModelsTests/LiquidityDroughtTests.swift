import RiskModels
import TestSupport
import Testing

@Suite("Liquidity drought")
struct LiquidityDroughtTests {
  @Test("the coefficients of simulated events are found", arguments: [100, 101])
  func recovery(_ seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let truth = try #require(LogisticModel(coefficients: [-1, 0.8, -0.5]))
    let features = (0..<20_000).map { _ in generator.normals(2) }
    let events = features.map { generator.uniform() < (truth.probability($0) ?? 0) }
    let fit = try #require(LogisticModel(features: features, events: events))
    for (a, b) in zip(fit.coefficients, truth.coefficients) { #expect((a - b).magnitude < 0.08) }
    // foresight is worth something
    let score = try #require(
      LogisticModel.brierScore(probabilities: features.compactMap(fit.probability), events: events))
    let rate = Double(events.count { $0 }) / 20_000
    #expect(score < rate * (1 - rate))
  }

  @Test("one feature by hand: a two-by-two table gives the logarithm of the odds")
  func byHand() throws {
    // of 10 without the mark 2 happened, of 20 with it 15 did
    let features = [[Double]](repeating: [0], count: 10) + [[Double]](repeating: [1], count: 20)
    let events = (0..<10).map { $0 < 2 } + (0..<20).map { $0 < 15 }
    let fit = try #require(LogisticModel(features: features, events: events))
    #expect(agree(fit.coefficients[0], DeterministicMath.log(0.25), within: 1e-10))
    #expect(agree(fit.coefficients[1], DeterministicMath.log(3) - DeterministicMath.log(0.25), within: 1e-10))
  }

  @Test("events that a feature tells apart perfectly have no plain fit, and a finite one with a ridge")
  func separated() throws {
    let features = (0..<40).map { [Double($0) - 19.5] }
    let events = (0..<40).map { $0 >= 20 }
    #expect(LogisticModel(features: features, events: events) == nil)
    let fit = try #require(LogisticModel(features: features, events: events, ridge: 0.1))
    #expect(fit.coefficients[1] > 0)
  }

  @Test("too little to fit")
  func edges() {
    #expect(LogisticModel(features: [], events: []) == nil)
    #expect(LogisticModel(features: [[1], [2], [3]], events: [true, true, true]) == nil)
    #expect(LogisticModel(features: [[1], [2, 3], [3]], events: [true, false, true]) == nil)
    #expect(LogisticModel(features: [[1], [.nan], [3]], events: [true, false, true]) == nil)
    #expect(LogisticModel(features: [[1], [1], [1], [1]], events: [true, false, true, false]) == nil)
    #expect(LogisticModel(coefficients: []) == nil)
    #expect(LogisticModel(coefficients: [.infinity]) == nil)
    #expect(LogisticModel(coefficients: [1, 2])?.probability([]) == nil)
    #expect(LogisticModel.brierScore(probabilities: [], events: []) == nil)
    #expect(LogisticModel.brierScore(probabilities: [1, 0.5], events: [true, false]) == 0.125)
  }

  @Test("a drought model learns which feature matters, takes missing ones as their mean, and caps its effect")
  func drought() throws {
    var generator = SplitMix64(seed: 102)
    var observations: [DroughtFeatures] = []
    var droughts: [Bool] = []
    for _ in 0..<4_000 {
      var features = DroughtFeatures()
      features.depthChangeHour = generator.normal()
      features.volatilityRatio = 1 + 0.3 * generator.normal()
      features.spreadScore = generator.normal()
      let p = DeterministicMath.sigmoid(-2 - 1.5 * (features.depthChangeHour ?? 0))
      observations.append(features)
      droughts.append(generator.uniform() < p)
    }
    let model = try #require(DroughtModel(fitting: observations, droughts: droughts))
    var falling = DroughtFeatures()
    falling.depthChangeHour = -2
    var rising = DroughtFeatures()
    rising.depthChangeHour = 2
    #expect(model.probability(falling) > 3 * model.probability(rising))
    let unknown = model.probability(DroughtFeatures())
    #expect(unknown > model.probability(rising) && unknown < model.probability(falling))
    #expect(model.rateFactor(falling, sensitivity: 1, cap: 1.2) == 1.2)
    #expect(model.rateFactor(rising, sensitivity: 1, cap: 1.2) >= 1)
    #expect(DroughtModel.isDrought(depths: [10, 4], medianBefore: 10))
    #expect(!DroughtModel.isDrought(depths: [10, 5], medianBefore: 10))
    #expect(DroughtModel.isDrought(depths: [], medianBefore: 10))
    var wild = DroughtFeatures()
    wild.depthChangeHour = -.infinity
    wild.spreadScore = .nan
    #expect(model.probability(wild) <= 1)
  }
}
