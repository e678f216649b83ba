internal import MarginRules
public import MarketData
internal import RiskModels

/// What a model-validation report says of one strategy of one instrument.
public struct ValidationReport: Sendable {
  /// The horizons of coverage in seconds.
  public static let horizons: [Int64] = [3_600, 8 * 3_600, 86_400]
  /// The level that maintenance margin should cover moves at.
  public static let level = 0.99

  /// The instrument, the strategy, and the epochs behind everything.
  public let instrument: String
  /// The strategy asked for.
  public let strategy: MarginStrategy
  /// How many epochs are behind everything.
  public let epochs: Int
  /// The first and the last epoch.
  public let times: ClosedRange<Int64>?
  /// In how many epochs the strategy lacked what it needs and another was in effect.
  public let lacking: Int
  /// How many epochs had no price, and how many fell back.
  public let skipped: Int
  /// How many epochs fell back on the snapshot before.
  public let fallbacks: Int
  /// Mean maintenance and initial rates under all rules, of both sides.
  public let meanMaintenance: Double
  /// The mean initial rate under all rules, of both sides.
  public let meanInitial: Double
  /// Coverage by horizon: both sides together, then longs, then shorts.
  public let coverage: [CoverageComparison]
  /// Spearman's correlation of the maintenance rate with the realised volatility of the next day, and of how
  /// many days.
  public let rankCorrelation: Double?
  /// Over how many epochs that is.
  public let days: Int
  /// Mean losses of forecasts of the next day's variance.
  public let forecasts: [ForecastLoss]
  /// How initial rates of longs and of shorts move.
  public let longInitial: Procyclicality
  /// The same of shorts.
  public let shortInitial: Procyclicality
  /// How maintenance rates of longs move.
  public let longMaintenance: Procyclicality
  /// The synthetic population under live rates, and under those of entry.
  public let live: SyntheticPopulation
  /// The same population under the rates of entry.
  public let frozen: SyntheticPopulation
  /// The least, median and greatest leverage of longs under all rules.
  public let leverage: (least: Double, median: Double, greatest: Double)
  /// The share of epochs in which nothing may be opened.
  public let closedShare: Double

  /// The mean loss of one forecast.
  public struct ForecastLoss: Hashable, Sendable {
    /// The name of the forecast that is published.
    public static let expected = "expected volatility"

    /// What forecasts: "expected volatility", "EWMA of r², half-life a day".
    public let name: String
    /// Mean QLIKE; nil without forecasts.
    public let loss: Double?
    /// How many were compared: of epochs at which every forecast is there.
    public let count: Int
  }

  /// Measures a series against the bars of its underlying.
  public init(_ series: MarginSeries, _ bars: BarSeries) {
    instrument = series.instrument
    strategy = series.strategy
    let list = series.epochs
    epochs = list.count
    if let first = list.first, let last = list.last { times = first.time...last.time } else { times = nil }
    lacking = list.count { $0.effective != series.strategy }
    (skipped, fallbacks) = (series.skipped, series.fallbacks)
    let count = Double(max(1, list.count))
    meanMaintenance = list.reduce(0) { $0 + $1.maintenance.mean } / count
    meanInitial = list.reduce(0) { $0 + $1.initial.mean } / count

    let benchmark = Benchmarks(bars, list)
    var compared: [CoverageComparison] = []
    for horizon in Self.horizons where horizon >= bars.interval || horizon == Self.horizons.last {
      compared += Self.coverage(list, FutureMoves(bars, within: horizon), horizon, benchmark)
    }
    coverage = compared

    let realised = NextDay(bars)
    var (rates, variances) = ([Double](), [Double]())
    for epoch in list {
      guard let variance = realised.variance(at: epoch.time), variance > 0 else { continue }
      rates.append(epoch.maintenance.mean)
      variances.append(variance)
    }
    rankCorrelation = RankCorrelation.of(rates, variances)
    days = variances.count
    forecasts = Self.losses(list, realised, benchmark)

    let instants = list.map(\.time)
    longInitial = Procyclicality(times: instants, rates: list.map(\.initial.long))
    shortInitial = Procyclicality(times: instants, rates: list.map(\.initial.short))
    longMaintenance = Procyclicality(times: instants, rates: list.map(\.maintenance.long))

    let step = list.count > 1 ? list[1].time - list[0].time : 3_600
    let next = FutureMoves(bars, within: max(step, bars.interval))
    let closing = FutureMoves(bars, within: max(step, 4 * 3_600))
    live = SyntheticPopulation(list, next: next, closing: closing, isFrozen: false)
    frozen = SyntheticPopulation(list, next: next, closing: closing, isFrozen: true)
    let sorted = list.map(\.initial.long).filter { $0 > 0 }.map { 1 / $0 }.sorted()
    leverage = (
      sorted.first ?? 0, sorted.isEmpty ? 0 : sorted[sorted.count / 2], sorted.last ?? 0
    )
    closedShare = Double(list.count { !$0.isOpen }) / count
  }

  private static func coverage(
    _ list: [MarginSeries.Epoch], _ moves: FutureMoves, _ horizon: Int64, _ benchmark: Benchmarks
  ) -> [CoverageComparison] {
    var found: [CoverageComparison] = []
    for side in LinearRate.Side.allCases {
      var (own, flat, fast, slow) = (Coverage(), Coverage(), Coverage(), Coverage())
      var (exceeded, nextTest) = ([Bool](), Int64.min)
      for (place, epoch) in list.enumerated() {
        guard let index = moves.index(at: epoch.time) else { continue }
        let move = side == .long ? moves.falls[index] : moves.rises[index]
        own.add(move: move, rate: epoch.maintenance[side], at: epoch.time)
        flat.add(move: move, rate: benchmark.flat, at: epoch.time)
        fast.add(move: move, rate: benchmark.fast[place], at: epoch.time)
        slow.add(move: move, rate: benchmark.slow[place], at: epoch.time)
        if epoch.time >= nextTest {
          exceeded.append(move > epoch.maintenance[side])
          nextTest = epoch.time + horizon
        }
      }
      found.append(
        CoverageComparison(
          horizon: horizon, side: side, own: own, flat: flat, exponential: fast, slowExponential: slow,
          test: CoverageTest(exceeded: exceeded, level: level)))
    }
    let both = CoverageComparison(
      horizon: horizon, side: nil, own: found[0].own + found[1].own, flat: found[0].flat + found[1].flat,
      exponential: found[0].exponential + found[1].exponential,
      slowExponential: found[0].slowExponential + found[1].slowExponential, test: nil)
    return [both] + found
  }

  private static func losses(
    _ list: [MarginSeries.Epoch], _ realised: NextDay, _ benchmark: Benchmarks
  ) -> [ForecastLoss] {
    var sums = [Double](repeating: 0, count: 5)
    var count = 0
    let needsForecast = list.contains { $0.forecast != nil }
    for (place, epoch) in list.enumerated() {
      guard let variance = realised.variance(at: epoch.time), variance > 0 else { continue }
      if needsForecast, epoch.forecast == nil { continue }
      let own = epoch.forecast.map { $0 * $0 / 365 }
      let all: [Double?] = [
        own, epoch.conditional * epoch.conditional / 365, benchmark.fastVariance[place],
        benchmark.slowVariance[place], benchmark.rangeVariance[place],
      ]
      let losses = all.map { forecast in
        forecast.flatMap { QuasiLikelihood.loss(realized: variance, forecast: $0) }
      }
      guard losses.dropFirst().allSatisfy({ $0 != nil }) else { continue }
      count += 1
      for (place, loss) in losses.enumerated() { sums[place] += loss ?? 0 }
    }
    let names = [
      ForecastLoss.expected, "conditional volatility of the rate", "EWMA of r², half-life a day",
      "EWMA of r², half-life 11 days", "EWMA of ranges, half-life a day",
    ]
    return zip(names, sums).enumerated().compactMap { place, item in
      if place == 0, !needsForecast { return nil }
      return ForecastLoss(name: item.0, loss: count > 0 ? item.1 / Double(count) : nil, count: count)
    }
  }
}

/// Rates of the same mean, by epoch.
private struct Benchmarks {
  let flat: Double
  let fast: [Double]
  let slow: [Double]
  /// Variances a day of the same averages, and of that of ranges.
  let fastVariance: [Double]
  let slowVariance: [Double]
  let rangeVariance: [Double]

  init(_ bars: BarSeries, _ epochs: [MarginSeries.Epoch]) {
    let moves = BarMoves(bars.bars[...])
    let perDay = Double(86_400) / Double(max(1, bars.interval))
    let squares = moves.returns.map { $0 * $0 }
    func fading(_ numbers: [Double], _ days: Double) -> [Double] {
      var values: [Double] = []
      values.reserveCapacity(numbers.count)
      let decay = DeterministicMath.power(0.5, 1 / max(1, days * perDay))
      // It starts from the mean of what is before the first epoch, or of the first month.
      let first = numbers.dropFirst().prefix(Int(30 * perDay))
      var value = first.isEmpty ? 0 : first.reduce(0, +) / Double(first.count)
      for x in numbers {
        value = decay * value + (1 - decay) * x
        values.append(value * perDay)
      }
      return values
    }
    let (quick, long, range) = (fading(squares, 1), fading(squares, 11.2), fading(moves.variances, 1))
    // The last bar that ended by an epoch.
    var (places, next) = ([Int](), 0)
    for epoch in epochs {
      while next < bars.bars.count, bars.bars[next].openTime + bars.interval <= epoch.time { next += 1 }
      places.append(max(0, next - 1))
    }
    func at(_ values: [Double]) -> [Double] { places.map { values.isEmpty ? 0 : values[$0] } }
    (fastVariance, slowVariance, rangeVariance) = (at(quick), at(long), at(range))
    let mean =
      epochs.isEmpty ? 0 : epochs.reduce(0) { $0 + $1.maintenance.mean } / Double(epochs.count)
    flat = mean
    func scaled(_ variances: [Double]) -> [Double] {
      let roots = variances.map { $0.squareRoot() }
      let average = roots.isEmpty ? 0 : roots.reduce(0, +) / Double(roots.count)
      return roots.map { average > 0 ? $0 * mean / average : mean }
    }
    (fast, slow) = (scaled(fastVariance), scaled(slowVariance))
  }
}

/// The variance that the day after an instant realised: Σr² of its bars, or of what whole bars show where a
/// day has fewer than six, since one return says next to nothing of the variance that it came from.
private struct NextDay {
  /// The least number of bars a day whose returns tell its variance.
  private static let leastBars = 6

  private let sums: [Double]
  private let times: [Int64]
  private let interval: Int64

  init(_ bars: BarSeries) {
    var sums = [0.0]
    interval = max(1, bars.interval)
    let moves = BarMoves(bars.bars[...])
    let isFine = 86_400 / interval >= Self.leastBars
    for (r, v) in zip(moves.returns, moves.variances) {
      sums.append(sums[sums.count - 1] + (isFine ? r * r : v))
    }
    self.sums = sums
    times = bars.bars.map(\.openTime)
  }

  /// The sum over the bars that begin within a day; nil where they are not all there.
  func variance(at time: Int64) -> Double? {
    func first(_ time: Int64) -> Int {
      var (lower, upper) = (0, times.count)
      while lower < upper {
        let middle = lower + (upper - lower) / 2
        if times[middle] < time { lower = middle + 1 } else { upper = middle }
      }
      return lower
    }
    let (start, end) = (first(time), first(time + max(86_400, interval)))
    let expected = Int(max(1, 86_400 / interval))
    guard end - start >= expected, start > 0 else { return nil }
    return sums[end] - sums[start]
  }
}
