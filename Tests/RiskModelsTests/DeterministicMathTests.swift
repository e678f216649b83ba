import Foundation
import RiskModels
import TestSupport
import Testing

/// The error of a value in units of the last place of the exact one.
private func ulps(_ value: Double, _ exact: Double) -> Double {
  guard value != exact else { return 0 }
  return (value - exact).magnitude / exact.ulp
}

@Suite("Elementary functions")
struct DeterministicMathTests {
  /// Numbers spread evenly over an interval, with random last bits.
  private static func spread(_ range: ClosedRange<Double>, count: Int, seed: UInt64) -> [Double] {
    var generator = SplitMix64(seed: seed)
    let step = (range.upperBound - range.lowerBound) / Double(count)
    return (0..<count).map {
      range.lowerBound + step * (Double($0) + Double.random(in: 0..<1, using: &generator))
    }
  }

  @Test("the exponential differs from the library's by at most one unit of the last place")
  func exponential() {
    for range in [-707.0...709.7, -40...40, -1...1, -1e-3...1e-3] {
      let worst = Self.spread(range, count: 100_000, seed: 1)
        .map { ulps(DeterministicMath.exp($0), Foundation.exp($0)) }.max()
      #expect((worst ?? .infinity) <= 1)
    }
    for x in Self.spread(-745...(-708), count: 10_000, seed: 2) {
      #expect((DeterministicMath.exp(x) - Foundation.exp(x)).magnitude <= 0x1p-1074)
    }
    #expect(DeterministicMath.exp(0) == 1)
    #expect(DeterministicMath.exp(710) == .infinity)
    #expect(DeterministicMath.exp(.infinity) == .infinity)
    #expect(DeterministicMath.exp(-746) == 0)
    #expect(DeterministicMath.exp(-.infinity) == 0)
    #expect(DeterministicMath.exp(.nan).isNaN)
    #expect(DeterministicMath.exp(709.78) == Foundation.exp(709.78))
  }

  @Test("the logarithm differs from the library's by at most one unit of the last place")
  func logarithm() {
    for range in [0.5...2.0, 0.99...1.01, 1e-9...1, 1...1e9, 1e100...1e300] {
      let worst = Self.spread(range, count: 100_000, seed: 3)
        .map { ulps(DeterministicMath.log($0), Foundation.log($0)) }.max()
      #expect((worst ?? .infinity) <= 1)
    }
    for k in -1074...1023 {
      let x = Double(sign: .plus, exponent: k, significand: 1)
      #expect(ulps(DeterministicMath.log(x), Foundation.log(x)) <= 1)
    }
    #expect(DeterministicMath.log(1) == 0)
    #expect(DeterministicMath.log(0) == -.infinity)
    #expect(DeterministicMath.log(.infinity) == .infinity)
    #expect(DeterministicMath.log(-1).isNaN)
    #expect(DeterministicMath.log(.nan).isNaN)
  }

  @Test("near zero, eˣ − 1 and ln(1 + x) keep their digits")
  func nearZero() {
    for range in [-0.9...2.0, -0.4...0.5, -1e-3...1e-3, -1e-12...1e-12] {
      let points = Self.spread(range, count: 50_000, seed: 4)
      #expect((points.map { ulps(DeterministicMath.expMinusOne($0), expm1($0)) }.max() ?? .infinity) <= 4)
      #expect((points.map { ulps(DeterministicMath.logOnePlus($0), log1p($0)) }.max() ?? .infinity) <= 4)
    }
  }

  @Test("powers keep the stated error, and small integers and roots are products")
  func powers() {
    var generator = SplitMix64(seed: 5)
    for _ in 0..<50_000 {
      let x = Foundation.exp(Double.random(in: -30...30, using: &generator))
      let y = Double.random(in: -8...8, using: &generator)
      let exact = Foundation.pow(x, y)
      let bound = 0x1p-52 * (2 + (y * Foundation.log(x)).magnitude)
      #expect((DeterministicMath.power(x, y) - exact).magnitude <= bound * exact)
    }
    #expect(DeterministicMath.power(3, 4) == 81)
    #expect(DeterministicMath.power(2, -3) == 0.125)
    #expect(DeterministicMath.power(-2, 3) == -8)
    #expect(DeterministicMath.power(2, 0.5) == 2.0.squareRoot())
    #expect(DeterministicMath.power(0, 0.7) == 0)
    #expect(DeterministicMath.power(7, 0) == 1)
  }

  @Test("the sigmoid is symmetric and stays between zero and one")
  func sigmoid() {
    for x in Self.spread(-700...700, count: 20_000, seed: 6) + Self.spread(-5...5, count: 20_000, seed: 7) {
      let s = DeterministicMath.sigmoid(x)
      #expect(s >= 0 && s <= 1)
      let exact = x < 0 ? Foundation.exp(x) / (1 + Foundation.exp(x)) : 1 / (1 + Foundation.exp(-x))
      #expect(ulps(s, exact) <= 4)
      #expect((s + DeterministicMath.sigmoid(-x) - 1).magnitude <= 0x1p-52)
    }
  }

  @Test("the error function and its complement differ from the library's by at most eight units")
  func errorFunction() {
    for range in [-6.0...26, -0.6...0.6, 0.4...3, -1e-5...1e-5] {
      let points = Self.spread(range, count: 100_000, seed: 8)
      #expect((points.map { ulps(ErrorFunction.erf($0), Foundation.erf($0)) }.max() ?? .infinity) <= 8)
      #expect((points.map { ulps(ErrorFunction.erfc($0), Foundation.erfc($0)) }.max() ?? .infinity) <= 8)
    }
    #expect(ErrorFunction.erf(0) == 0)
    #expect(ErrorFunction.erfc(.infinity) == 0)
    #expect(ErrorFunction.erfc(-.infinity) == 2)
    #expect(ErrorFunction.erf(40) == 1)
    #expect(ErrorFunction.erf(.nan).isNaN)
  }

  @Test("the same bits come out as on the machine that wrote these")
  func sameBits() {
    var generator = SplitMix64(seed: 9)
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    func absorb(_ x: Double) { digest = (digest ^ x.bitPattern) &* 0x100_0000_01B3 }
    for _ in 0..<100_000 {
      let x = 60 * (Double(generator.next() >> 11) * 0x1p-53) - 30
      absorb(DeterministicMath.exp(x))
      absorb(DeterministicMath.log(x.magnitude))
      absorb(NormalDistribution.cumulative(x))
      absorb(NormalDistribution.quantile(x.magnitude / 30) ?? 0)
      absorb(DeterministicMath.power(x.magnitude, 0.3))
      absorb(ErrorFunction.erf(x / 10))
    }
    #expect(digest == 0xC37D_AD11_5415_8C99)
  }
}

@Suite("Normal distribution")
struct NormalDistributionTests {
  @Test("the cumulative probability matches the library's complementary error function")
  func cumulative() {
    var worst = 0.0
    for i in 0...400_000 {
      let x = -8 + Double(i) * 4e-5
      let exact = 0.5 * Foundation.erfc(-x / 2.0.squareRoot())
      // x/√2 is rounded, which costs x²·2⁻⁵³ of the tail on the library's side
      let allowed = 0x1p-53 * (8 + (x < 0 ? 2 * x * x : 0)) * exact
      worst = max(worst, (NormalDistribution.cumulative(x) - exact).magnitude / allowed)
    }
    #expect(worst <= 1)
  }

  @Test(
    "known values",
    arguments: [
      (0.0, 0.5), (1.0, 0.8413447460685429), (-1.0, 0.15865525393145707), (-10.0, 7.619853024160527e-24),
      (-30.0, 4.906713927148187e-198), (-37.0, 5.725571222524577e-300),
    ])
  func known(_ x: Double, _ p: Double) {
    #expect((NormalDistribution.cumulative(x) - p).magnitude <= 1e-15 * p)
    #expect((NormalDistribution.survival(-x) - p).magnitude <= 1e-15 * p)
  }

  @Test("the quantile undoes the cumulative probability")
  func roundTrip() {
    for i in 1..<20_000 {
      let x = -37 + Double(i) * 37 / 20_000
      let back = NormalDistribution.quantile(NormalDistribution.cumulative(x))
      #expect(((back ?? .infinity) - x).magnitude <= max(4e-15 * x.magnitude, 5e-16))
    }
  }

  @Test(
    "known quantiles",
    arguments: [
      (0.975, 1.959963984540054), (0.99, 2.3263478740408408), (0.999, 3.090232306167813),
      (0.9999, 3.719016485455709), (0.25, -0.6744897501960817), (1e-10, -6.361340902404056),
    ])
  func knownQuantiles(_ p: Double, _ x: Double) {
    #expect(((NormalDistribution.quantile(p) ?? .nan) - x).magnitude <= 4e-15 * x.magnitude)
  }

  @Test("there is no quantile outside zero to one", arguments: [0, 1, -0.1, 1.1, Double.nan])
  func outside(_ p: Double) {
    #expect(NormalDistribution.quantile(p) == nil)
  }

  @Test("the density is the slope of the cumulative probability")
  func density() {
    for i in -50...50 {
      let x = Double(i) / 10
      let exact = Foundation.exp(-x * x / 2) / (2 * Double.pi).squareRoot()
      #expect(ulps(NormalDistribution.density(x), exact) <= 8)
    }
  }

  @Test("chi-square tails", arguments: [(3.841458820694124, 0.05), (6.6348966010212145, 0.01), (0, 1)])
  func chiSquare(_ x: Double, _ p: Double) {
    #expect((ErrorFunction.chiSquareOneSurvival(x) - p).magnitude < 1e-14)
  }
}
