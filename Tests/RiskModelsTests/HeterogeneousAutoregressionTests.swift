import Foundation
import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Heterogeneous autoregression of variance")
struct HeterogeneousAutoregressionTests {
  /// Windows of one return a day, so that a test is short.
  private static func daily(sampleDays: Int) -> HeterogeneousWindows {
    var windows = HeterogeneousWindows(returnsPerDay: 1)
    windows.sampleDays = sampleDays
    return windows
  }

  @Test("known coefficients are recovered exactly from variances without noise")
  func exact() throws {
    var model = HeterogeneousAutoregression(Self.daily(sampleDays: 2_000))
    var generator = SplitMix64(seed: 70)
    var squares = (0..<30).map { _ in 1e-4 * (0.2 + generator.uniform()) }
    for s in squares { model.update(s.squareRoot()) }
    for _ in 0..<200 {
      let (d, w, m) = (
        squares[squares.count - 1], squares.suffix(7).reduce(0, +) / 7, squares.suffix(30).reduce(0, +) / 30
      )
      squares.append(2e-5 + 0.4 * d + 0.25 * w + 0.2 * m + 1e-6 * generator.uniform())
      model.update((squares.last ?? 0).squareRoot())
    }
    let fit = try #require(model.fit())
    #expect(fit.count == 200)
    for (b, truth) in zip(fit.coefficients, [2.05e-5, 0.4, 0.25, 0.2]) {
      #expect(agree(b, truth, within: 0.25))
    }
    let band = try #require(model.forecast(fit))
    #expect(band.upper >= band.mean)
    #expect(band.mean >= fit.leastObserved)
  }

  @Test(
    "the coefficients are those of plain least squares on days of BTC", .enabled(if: SharedData.isPresent))
  func bitcoin() throws {
    let bars = try SharedData.hourly.get().bars
    let returns = try #require(LogarithmicReturns.ofCloses(bars)).prefix(24 * 500)
    var windows = HeterogeneousWindows(returnsPerDay: 24)
    windows.sampleDays = 365
    var model = HeterogeneousAutoregression(windows)
    for r in returns { model.update(r) }
    let fit = try #require(model.fit())
    // the same design from sums made afresh, normal equations by hand
    let squares = returns.map { $0 * $0 }
    func sum(_ end: Int, _ count: Int) -> Double { squares[(end - count)..<end].reduce(0, +) }
    var rows: [[Double]] = []
    var targets: [Double] = []
    var end = squares.count - 24
    while rows.count < fit.count {
      rows.append([1, sum(end, 24), sum(end, 168) / 7, sum(end, 720) / 30])
      targets.append(sum(end + 24, 24))
      end -= 24
    }
    #expect(fit.count == 365)
    let design = try #require(Matrix(rows))
    let plain = try #require(LeastSquares(design: design, response: targets))
    for (a, b) in zip(fit.coefficients, plain.coefficients) { #expect(agree(a, b, within: 1e-8)) }
    #expect(agree(fit.residualDeviation, plain.residualVariance.squareRoot(), within: 1e-9))
  }

  @Test(
    "a replay with a fit each day covers most days and beats the mean of the month",
    .enabled(if: SharedData.isPresent))
  func replay() throws {
    let bars = try SharedData.hourly.get().bars
    let returns = try #require(LogarithmicReturns.ofCloses(bars))
    var model = HeterogeneousAutoregression(HeterogeneousWindows(returnsPerDay: 24))
    var bands: [(band: VarianceBand, month: Double)] = []
    var (covered, total) = (0, 0)
    var (loss, naive) = (0.0, 0.0)
    for (i, r) in returns.enumerated() {
      model.update(r)
      guard i % 24 == 23, let levels = model.levels else { continue }
      if let last = bands.last {
        total += 1
        if levels.day <= last.band.upper { covered += 1 }
        loss += HeterogeneousFit.quasiLikelihoodLoss(realized: levels.day, forecast: last.band.mean) ?? 0
        naive += HeterogeneousFit.quasiLikelihoodLoss(realized: levels.day, forecast: last.month) ?? 0
      }
      if let fit = model.fit(), let band = model.forecast(fit) { bands.append((band, levels.month)) }
    }
    #expect(total > 1_000)
    #expect(Double(covered) > 0.93 * Double(total))
    #expect(loss < naive)
  }

  @Test("the state forgets what left the window, to the bit")
  func forgetting() {
    var generator = SplitMix64(seed: 71)
    var windows = HeterogeneousWindows(returnsPerDay: 2)
    windows.sampleDays = 40
    let recent = (0..<140).map { _ in 0.01 * generator.normal() }
    var levels: Set<[Double]> = []
    var coefficients: Set<[Double]> = []
    for scale in [0, 1e-9, 0.3, 7] {
      var model = HeterogeneousAutoregression(windows)
      for _ in 0..<333 { model.update(scale * generator.normal()) }
      for r in recent { model.update(r) }
      if let l = model.levels { levels.insert([l.day, l.week, l.month]) }
      coefficients.insert(model.fit()?.coefficients ?? [])
    }
    #expect(levels.count == 1)
    #expect(coefficients.count == 1)
    #expect(coefficients.first?.count == 4)
  }

  @Test("there is no level before a month, no fit before thirty observations, and none of a still market")
  func tooFew() {
    var model = HeterogeneousAutoregression(Self.daily(sampleDays: 100))
    for i in 0..<29 {
      model.update(0.01 * Double(i))
      #expect(model.levels == nil)
    }
    model.update(0.01)
    #expect(model.levels != nil)
    #expect(model.fit() == nil)
    var still = HeterogeneousAutoregression(Self.daily(sampleDays: 100))
    for _ in 0..<200 { still.update(0) }

    #expect(still.levels?.month == 0)
    #expect(still.fit() == nil)
    still.update(.nan)
    still.update(.infinity)
    #expect(still.levels?.day == 0)
  }

  @Test("with the implied variance a market that follows it is foretold, and without one it is not asked for")
  func implied() throws {
    var generator = SplitMix64(seed: 73)
    var model = HeterogeneousAutoregression(Self.daily(sampleDays: 400))
    // tomorrow's variance is half of what options say today
    var said = 1e-4
    var known: [Double] = []
    for _ in 0..<300 {
      model.update((0.5 * said).squareRoot())
      said = 1e-4 * (0.2 + generator.uniform())
      known.append(said)
    }
    let fit = try #require(model.fit { back in known.dropLast(back).last })
    #expect(fit.usesImplied && fit.coefficients.count == 5)
    #expect(agree(fit.coefficients[4], 0.5, within: 1e-9))
    #expect(agree(model.forecast(fit, implied: said)?.mean, 0.5 * said, within: 1e-6))
    #expect(model.forecast(fit) == nil)
    // the tail without it cannot know
    let plain = try #require(model.fit())
    #expect(!plain.usesImplied && plain.residualDeviation > 100 * fit.residualDeviation)
    #expect(model.forecast(plain, implied: said) == model.forecast(plain))
    // observations without it are left out, and fewer than thirty make no fit
    #expect(model.fit { $0 < 100 ? known.dropLast($0).last : nil }?.count == 99)
    #expect(model.fit { $0 < 25 ? known.dropLast($0).last : nil } == nil)
  }

  @Test("the loss of a forecast is zero only when it is right")
  func loss() {
    #expect(HeterogeneousFit.quasiLikelihoodLoss(realized: 2, forecast: 2) == 0)
    #expect((HeterogeneousFit.quasiLikelihoodLoss(realized: 2, forecast: 1) ?? 0) > 0)
    #expect((HeterogeneousFit.quasiLikelihoodLoss(realized: 1, forecast: 2) ?? 0) > 0)
    #expect(HeterogeneousFit.quasiLikelihoodLoss(realized: 0, forecast: 2) == nil)
    #expect(HeterogeneousFit.quasiLikelihoodLoss(realized: 2, forecast: -1) == nil)
  }
}
