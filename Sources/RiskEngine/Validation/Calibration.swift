public import MarketData

/// The search for parameters (M41): every combination of the values of some axes is replayed once, and judged
/// by what margin costs, what it lets through, and how fast it moves.
///
/// Walk-forward: the history is cut into folds. For each fold but the first the combination is chosen from
/// what lies before it, less a purge so that nothing that was still open then counts, and measured on the
/// fold. It says how well such a choice would have done; the choice itself is made from everything. The same
/// market and axes give the same choice.
public struct Calibration: Sendable {
  /// One parameter and the values that are tried.
  public struct Axis: Hashable, Sendable {
    /// The parameter.
    public var parameter: Parameter
    /// The values within its bounds.
    public var values: [Int64]

    /// An axis.
    public init(_ parameter: Parameter, _ values: [Int64]) {
      (self.parameter, self.values) = (parameter, values)
    }
  }

  /// What a stretch of history says of a combination: less is better in each.
  public struct Objectives: Hashable, Sendable {
    /// The mean initial rate of both sides.
    public var meanInitial: Double
    /// Bad debt of the synthetic population, of notional.
    public var badDebt: Double
    /// The greatest ratio of the initial rate within five days, of the worse side.
    public var fiveDayRatio: Double

    /// Whether it is no worse in any and better in one.
    public func dominates(_ other: Objectives) -> Bool {
      let (a, b) = (list, other.list)
      return zip(a, b).allSatisfy { $0 <= $1 } && a != b
    }

    var list: [Double] { [meanInitial, badDebt, fiveDayRatio] }
  }

  /// A combination and what became of it.
  public struct Candidate: Hashable, Sendable {
    /// The values, one for each axis.
    public let values: [Int64]
    /// Over everything.
    public let whole: Objectives
    /// Of each fold, and of what lies before each fold less the purge; nil where that is too short.
    public let folds: [Objectives]
    /// Of what lies before each fold, less the purge; nil where that is too short.
    public let before: [Objectives?]
    /// Breaches over those of the better benchmark at the same mean rate, the worst of the horizons.
    public let breachRatio: Double
    /// Spearman's correlation of the rate with the next day's volatility.
    public let rankCorrelation: Double
    /// Whether no other dominates it.
    public internal(set) var isEfficient = false
  }

  /// What a run came to.
  public struct Outcome: Sendable {
    /// The axes.
    public let axes: [Axis]
    /// Every combination in the order of the axes.
    public let candidates: [Candidate]
    /// Which one was chosen.
    public let chosen: Int
    /// For each fold but the first, which one was chosen from before it.
    public let walk: [Int?]
    /// The configuration: the one before, moved toward the choice as far as one step of governance lets it.
    public let configuration: EngineConfiguration
    /// What could not be moved all the way.
    public let held: [Parameter]
  }

  /// The axes of the standard search.
  public static let standardAxes: [Axis] = [
    Axis(.cycleWeight, [400_000, 500_000, 600_000]), Axis(.lossMultiple, [2_326_000, 2_500_000, 2_750_000]),
    Axis(.conditionalFastWeight, [500_000, 800_000]),
    Axis(.conditionalCap, [3_000_000, 3_500_000, 4_000_000]),
  ]

  /// What is searched over.
  public var axes: [Axis]
  /// How many folds.
  public var folds: Int
  /// Seconds between what a choice is made from and the fold that it is measured on.
  public var purge: Int64

  /// A search.
  public init(axes: [Axis] = Calibration.standardAxes, folds: Int = 4, purge: Int64 = 30 * 86_400) {
    self.axes = axes
    self.folds = max(2, folds)
    self.purge = purge
  }

  /// How many combinations there are.
  public var count: Int { axes.reduce(1) { $0 * max(1, $1.values.count) } }

  /// The values of the combination of a number: the last axis changes first.
  func values(_ number: Int) -> [Int64] {
    var (rest, values) = (number, [Int64]())
    for axis in axes.reversed() {
      values.append(axis.values[rest % axis.values.count])
      rest /= axis.values.count
    }
    return values.reversed()
  }

  /// Replays every combination and chooses.
  ///
  /// - Parameter progress: is told after each combination how many are done.
  /// - Throws: ``CalibrationError``.
  public func run(
    _ market: Market, _ base: EngineConfiguration, instrument: String, bars: BarSeries, times: Range<Int64>,
    step: Int64, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws(CalibrationError) -> Outcome {
    guard axes.allSatisfy({ !$0.values.isEmpty }) else { throw .emptyAxis }
    guard (times.upperBound - times.lowerBound) / Int64(folds) > purge + 30 * 86_400 else {
      throw .tooShort(days: (times.upperBound - times.lowerBound) / 86_400, folds: folds)
    }
    var candidates: [Candidate] = []
    for number in 0..<count {
      candidates.append(
        try candidate(values(number), market, base, instrument, bars, times, step))
      progress(number + 1, count)
    }
    for place in candidates.indices {
      candidates[place].isEfficient = !candidates.contains { $0.whole.dominates(candidates[place].whole) }
    }
    let walk = (1..<folds).map { fold in
      Self.best(candidates.map { $0.before[fold] })
    }
    // Only what nothing dominates is chosen, and what breaches no more than the benchmarks where there is
    // such a one.
    let sound = candidates.contains { $0.isEfficient && $0.breachRatio <= 1.1 }
    let chosen =
      Self.best(
        candidates.map { $0.isEfficient && (!sound || $0.breachRatio <= 1.1) ? $0.whole : nil }) ?? 0
    let (configuration, held) = Self.stepped(base, axes.map(\.parameter), candidates[chosen].values)
    return Outcome(
      axes: axes, candidates: candidates, chosen: chosen, walk: walk, configuration: configuration, held: held
    )
  }

  private func candidate(
    _ values: [Int64], _ market: Market, _ base: EngineConfiguration, _ instrument: String, _ bars: BarSeries,
    _ times: Range<Int64>, _ step: Int64
  ) throws(CalibrationError) -> Candidate {
    var configuration = base
    for (axis, value) in zip(axes, values) {
      do throws(ConfigurationError) {
        try configuration.set(axis.parameter, to: value)
      } catch {
        throw .configuration(error)
      }
    }
    let all: [MarginSeries]
    do throws(PublicationError) {
      all = try MarginReplay.series(
        of: market, configuration, strategy: .buffer, instruments: [instrument], times: times, step: step)
    } catch {
      throw .publication(error)
    }
    guard let series = all.first, !series.epochs.isEmpty else { throw .nothingPublished(instrument) }
    let next = FutureMoves(bars, within: max(step, bars.interval))
    let closing = FutureMoves(bars, within: max(step, 4 * 3_600))
    func objectives(_ range: Range<Int64>) -> Objectives? {
      let part = series.epochs.filter { range.contains($0.time) }
      guard part.count > 1 else { return nil }
      let count = Double(part.count)
      let instants = part.map(\.time)
      return Objectives(
        meanInitial: part.reduce(0) { $0 + $1.initial.mean } / count,
        badDebt: SyntheticPopulation(part, next: next, closing: closing, isFrozen: false).badDebtShare,
        fiveDayRatio: max(
          Procyclicality(times: instants, rates: part.map(\.initial.long)).fiveDays,
          Procyclicality(times: instants, rates: part.map(\.initial.short)).fiveDays))
    }
    let length = (times.upperBound - times.lowerBound) / Int64(folds)
    let starts = (0..<folds).map { times.lowerBound + Int64($0) * length }
    let nothing = Objectives(meanInitial: .infinity, badDebt: .infinity, fiveDayRatio: .infinity)
    let report = ValidationReport(series, bars)
    return Candidate(
      values: values, whole: objectives(times) ?? nothing,
      folds: starts.map { objectives($0..<($0 + length)) ?? nothing },
      before: starts.map { start in
        start - purge > times.lowerBound ? objectives(times.lowerBound..<(start - purge)) : nil
      },
      breachRatio: report.coverage.filter { $0.side == nil }.compactMap(\.breachRatio).max() ?? 0,
      rankCorrelation: report.rankCorrelation ?? 0)
  }

  /// The one with the least sum of objectives, each over its median; the first of equals.
  private static func best(_ list: [Objectives?]) -> Int? {
    let known = list.compactMap(\.self)
    guard let first = known.first else { return nil }
    let medians = first.list.indices.map { place in
      let sorted = known.map { $0.list[place] }.sorted()
      return max(sorted[sorted.count / 2], 1e-9)
    }
    var best: (place: Int, score: Double)?
    for (place, one) in list.enumerated() {
      guard let one else { continue }
      let score = zip(one.list, medians).reduce(0) { $0 + $1.0 / $1.1 }
      if best.map({ score < $0.score }) ?? true { best = (place, score) }
    }
    return best?.place
  }

  /// The configuration moved toward values, by one step of governance at most.
  static func stepped(
    _ base: EngineConfiguration, _ parameters: [Parameter], _ values: [Int64]
  ) -> (EngineConfiguration, held: [Parameter]) {
    var (configuration, held) = (base, [Parameter]())
    for (parameter, value) in zip(parameters, values) {
      let (now, step) = (base[parameter], parameter.descriptor.largestStep)
      let next = value.clamped(to: (now - step)...(now + step))
      if next != value { held.append(parameter) }
      do throws(ConfigurationError) {
        try configuration.set(parameter, to: next)
      } catch {
        held.append(parameter)
      }
    }
    return (configuration, held)
  }
}

/// Why nothing could be calibrated.
public enum CalibrationError: Error, Hashable, Sendable {
  /// An axis has no values.
  case emptyAxis
  /// The history has too few days for this number of folds.
  case tooShort(days: Int64, folds: Int)
  /// A value is out of bounds or contradicts another.
  case configuration(ConfigurationError)
  /// The engine fails.
  case publication(PublicationError)
  /// Nothing was published of the instrument.
  case nothingPublished(String)
}

extension CalibrationError: CustomStringConvertible {
  /// One line: what is wrong and what to do.
  public var description: String {
    switch self {
    case .emptyAxis: "an axis of the search has no values; name some"
    case .tooShort(let days, let folds):
      "\(days) days are too few for \(folds) folds of more than 60 days each; take a longer stretch or fewer folds"
    case .configuration(let error): "\(error)"
    case .publication(let error): "\(error)"
    case .nothingPublished(let id): "nothing was published of \(id)"
    }
  }
}
