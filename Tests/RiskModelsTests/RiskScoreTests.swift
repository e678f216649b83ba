import Foundation
import RiskModels
import TestSupport
import Testing

@Suite("Risk score")
struct RiskScoreTests {
  private static let score = RiskScore(
    utilizationWeight: 1_000_000, concentrationWeight: 500_000, correlationWeight: 250_000)

  @Test("no requirement, no concentration and no correlation score zero, no equity a thousand")
  func ends() {
    #expect(Self.score.score(requirement: 0, equity: 1, concentration: 0, correlation: 0) == 0)
    #expect(Self.score.score(requirement: -5, equity: 1, concentration: -1, correlation: -1) == 0)
    #expect(Self.score.score(requirement: 0, equity: 0, concentration: 0, correlation: 0) == 1_000)
    #expect(Self.score.score(requirement: 0, equity: .min, concentration: 0, correlation: 0) == 1_000)
    #expect(Self.score.score(requirement: .max, equity: .max, concentration: 0, correlation: 0) == 633)
    #expect(
      Self.score.score(requirement: .max, equity: 1, concentration: 2_000_000, correlation: .max) == 1_000)
    let none = RiskScore(utilizationWeight: -1, concentrationWeight: 0, correlationWeight: .min)
    #expect(none.score(requirement: 9, equity: 1, concentration: 9, correlation: 9) == 0)
  }

  @Test("it is 1000·(1 − e^−x), rounded up")
  func formula() {
    var generator = SplitMix64(seed: 180)
    for _ in 0..<5_000 {
      let requirement = Int128(generator.next() % 2_000_000_000)
      let equity = Int128(generator.next() % 1_000_000_000 + 1)
      let (h, ρ) = (Int64(generator.next() % 1_000_001), Int64(generator.next() % 1_000_001))
      let u = (Double(requirement) / Double(equity) * 1e6).rounded(.up) / 1e6
      let exact = 1_000 * (1 - Foundation.exp(-(u + 0.5 * Double(h) / 1e6 + 0.25 * Double(ρ) / 1e6)))
      let score = Double(
        Self.score.score(requirement: requirement, equity: equity, concentration: h, correlation: ρ))
      #expect(score >= exact - 2e-3 && score < exact + 1 + 1e-3)
    }
  }

  @Test("it never falls when risk rises")
  func monotone() {
    var generator = SplitMix64(seed: 181)
    for _ in 0..<5_000 {
      let requirement = Int128(generator.next()) << Int128(generator.next() % 60)
      let equity = (Int128(generator.next()) << Int128(generator.next() % 60)) + 2
      let (h, ρ) = (Int64(generator.next() % 1_000_000), Int64(generator.next() % 1_000_000))
      func score(_ dR: Int128, _ dE: Int128, _ dh: Int64, _ dρ: Int64) -> Int64 {
        Self.score.score(
          requirement: requirement + dR, equity: equity - dE, concentration: h + dh, correlation: ρ + dρ)
      }
      let here = score(0, 0, 0, 0)
      #expect(here >= 0 && here <= 1_000)
      let d = requirement / 100 + 1
      #expect(score(d, 0, 0, 0) >= here)
      #expect(score(0, min(equity / 100 + 1, equity), 0, 0) >= here)
      #expect(score(0, 0, 1, 0) >= here)
      #expect(score(0, 0, 0, 1) >= here)
    }
  }

  @Test("the exponential in integers is the real one to 2⁻⁵⁶, and never rises")
  func exponential() {
    var generator = SplitMix64(seed: 182)
    let one = Double(FixedPointExponential.one)
    #expect(FixedPointExponential.ofNegative(0) == FixedPointExponential.one)
    #expect(FixedPointExponential.ofNegative(.max) == 0)
    var last = FixedPointExponential.one
    var x: UInt64 = 0
    for _ in 0..<50_000 {
      x += generator.next() % (1 << 22)
      let e = FixedPointExponential.ofNegative(x)
      #expect(e <= last)
      last = e
      let exact = Foundation.exp(-Double(x) * 0x1p-32)
      // and the rounding of the comparison itself
      #expect((Double(e) / one - exact).magnitude <= 0x1p-56 + 0x1p-52 * exact)
      #expect(e >= FixedPointExponential.ofNegative(x + 1))
    }
  }
}
