import RiskModels
import TestSupport
import Testing

@Suite("Probability of liquidation")
struct TouchProbabilityTests {
  private static func long(
    _ price: Double, _ barrier: Double, _ σ: Double = 0.8, _ T: Double = 1.0 / 365, drift: Double = 0
  ) -> TouchProbability? {
    TouchProbability(.long, price: price, liquidationPrice: barrier, volatility: σ, years: T, drift: drift)
  }

  @Test
  func `G19: the probability of touching a price`() throws {
    let golden = try Golden.numbers("G19 touch prob", file: "margin/golden2.json")
    #expect(agree(Self.long(1.1, 1)?.probability, golden["closed"], within: 1e-12))
  }

  @Test("simulation agrees, with drift too and for both sides", arguments: [0.0, -5, 5])
  func simulation(_ drift: Double) throws {
    var generator = SplitMix64(seed: 170)
    let (σ, T, steps) = (0.8, 4.0 / 365, 100)
    let dt = T / Double(steps)
    for side in PositionSide.allCases {
      let barrier = side == .long ? 1 / 1.08 : 1.08
      let a = DeterministicMath.log(barrier)
      var touched = 0.0
      for _ in 0..<10_000 {
        var x = 0.0
        // the chance that a bridge between two points, both short of the barrier, reached it
        var missed = 1.0
        for _ in 0..<steps {
          let y = x + drift * dt + σ * dt.squareRoot() * generator.normal()
          let (u, v) = (side.sign * (x - a), side.sign * (y - a))
          missed *= v <= 0 ? 0 : 1 - DeterministicMath.exp(-2 * u * v / (σ * σ * dt))
          if missed == 0 { break }
          x = y
        }
        touched += 1 - missed
      }
      let exact = try #require(
        TouchProbability(
          side, price: 1, liquidationPrice: barrier, volatility: σ, years: T, drift: drift))
      #expect((touched / 10_000 - exact.probability).magnitude < 0.02)
    }
  }

  @Test("a vanishing drift gives what none gives, and a strong one away from the barrier nothing")
  func drift() throws {
    let none = try #require(Self.long(1.1, 1)).probability
    #expect(agree(Self.long(1.1, 1, drift: 1e-9)?.probability, none, within: 1e-8))
    #expect(try #require(Self.long(1.1, 1, drift: 1_000)).probability < 1e-6)
    #expect(agree(Self.long(1.1, 1, drift: -1_000)?.probability, 1))
    #expect(try #require(Self.long(1.1, 1, drift: -1e6)).probability <= 1)
  }

  @Test("more volatility, more time and less distance never make it less likely")
  func monotone() throws {
    var last = (0.0, 0.0, 0.0)
    for k in 1...200 {
      let x = Double(k) / 100
      let byVolatility = try #require(Self.long(1.1, 1, x)).probability
      let byTime = try #require(Self.long(1.1, 1, 0.8, x / 100)).probability
      let byDistance = try #require(Self.long(3, 1 + x, 0.8, 0.05)).probability
      #expect(byVolatility >= last.0 && byTime >= last.1 && byDistance >= last.2)
      last = (byVolatility, byTime, byDistance)
    }
  }

  @Test("at the barrier it is certain, without time or volatility impossible")
  func edges() throws {
    #expect(Self.long(1, 1)?.probability == 1)
    #expect(Self.long(0.9, 1)?.probability == 1)
    #expect(Self.long(1, 1, 0)?.probability == 1)
    #expect(Self.long(1.1, 1, 0)?.probability == 0)
    #expect(Self.long(1.1, 1, 0.8, 0)?.probability == 0)
    #expect(Self.long(1.1, 0)?.probability == 0)
    #expect(Self.long(1.1, 1, 0, 1, drift: -1)?.probability == 1)
    #expect(Self.long(0, 1) == nil)
    #expect(Self.long(1, .nan) == nil)
    #expect(Self.long(1, 1, -1) == nil)
    let short = TouchProbability(.short, price: 1, liquidationPrice: 1, volatility: 1, years: 1)
    #expect(short?.probability == 1)
    #expect(Self.long(1, 1)?.priceSensitivity == 0)
  }

  @Test("sensitivities are the differences of probabilities", arguments: PositionSide.allCases)
  func sensitivities(_ side: PositionSide) throws {
    func probability(_ price: Double, _ σ: Double) -> Double {
      TouchProbability(
        side, price: price, liquidationPrice: side == .long ? 90 : 110, volatility: σ, years: 0.01)?
        .probability
        ?? .nan
    }
    let touch = try #require(
      TouchProbability(
        side, price: 100, liquidationPrice: side == .long ? 90 : 110, volatility: 0.8, years: 0.01))
    let byPrice = (probability(100.001, 0.8) - probability(99.999, 0.8)) / 0.002
    #expect(agree(touch.priceSensitivity, byPrice, within: 1e-6))
    #expect(touch.priceSensitivity * side.sign < 0)
    let byVolatility = (probability(100, 0.80001) - probability(100, 0.79999)) / 0.00002
    #expect(agree(touch.volatilitySensitivity, byVolatility, within: 1e-6))
  }

  @Test("the engine's Greeks of a cubic are its derivatives")
  func engine() throws {
    let greeks = try #require(EngineSensitivity(atPrice: 2) { $0 * $0 * $0 })
    #expect(greeks.value == 8)
    #expect(agree(greeks.first, 12, within: 1e-6))
    #expect(agree(greeks.second, 12, within: 1e-6))
    #expect(EngineSensitivity(atPrice: 0) { $0 } == nil)
    #expect(EngineSensitivity(atPrice: 1) { _ in .nan } == nil)
  }
}
