/// The volatility state of a market (mechanism M08), the calmest first.
public enum VolatilityRegime: Int, CaseIterable, Comparable, Hashable, Sendable {
  /// Fast volatility is well below slow.
  case calm
  /// Neither.
  case normal
  /// Fast volatility is well above slow.
  case stress
  /// It is far above, or a single return was beyond what slow volatility allows.
  case extreme

  /// Lower volatility states before higher ones.
  public static func < (a: VolatilityRegime, b: VolatilityRegime) -> Bool { a.rawValue < b.rawValue }
}

/// When a ``RegimeDetector`` changes its mind. Defaults are those of mechanism M08.
public struct RegimeThresholds: Hashable, Sendable {
  /// Returns in which the fast variance halves its weights; one day of them.
  public var fastHalfLife: Double
  /// Returns in which the slow variance halves its weights; thirty days of them.
  public var slowHalfLife: Double
  /// Returns to see before the regime is calmer than stress; thirty days of them.
  public var warmUp: Int
  /// Calm is entered below this ratio.
  public var calm = 0.8
  /// Stress is entered above this ratio.
  public var stress = 1.5
  /// The extreme is entered above this ratio.
  public var extreme = 1.9
  /// The extreme is entered after a return of more than this number of slow deviations.
  public var extremeReturn = 6.0
  /// A state above normal is left below its entry times this; at most 1.
  public var exitFactor = 0.9
  /// How many returns in a row must be below the exit level before a state is left for a calmer one.
  public var patience: Int

  /// The thresholds for a number of returns a day.
  public init(returnsPerDay: Int) {
    let day = max(returnsPerDay, 1)
    fastHalfLife = Double(day)
    slowHalfLife = Double(30 * day)
    warmUp = 30 * day
    patience = max(day / 2, 1)
  }
}

/// A state machine that tells the regime return by return.
///
/// x = σ_fast/σ_slow. A higher volatility state is entered at once; a lower one only after
/// ``RegimeThresholds/patience`` returns in a row that would belong there, so the regime does not flap. The
/// state is a few numbers, so it can be recorded and resumed.
///
/// - SeeAlso: Hamilton 1989 for regimes as such; the thresholds are the engine's own.
public struct RegimeDetector: Hashable, Sendable {
  /// The thresholds.
  public let thresholds: RegimeThresholds
  /// The regime after the last return.
  public private(set) var regime: VolatilityRegime
  /// The variance with fast weights.
  public private(set) var fast: ExponentialVariance
  /// The variance with slow weights.
  public private(set) var slow: ExponentialVariance
  /// How many returns in a row called for a calmer regime.
  private var calmerCount: Int
  /// The highest volatility state that they called for.
  private var calmerRegime: VolatilityRegime

  /// A detector that has seen nothing, and says stress: a market without history has shown nothing yet.
  public init(_ thresholds: RegimeThresholds) {
    self.thresholds = thresholds
    regime = .stress
    fast = ExponentialVariance(halfLife: thresholds.fastHalfLife)
    slow = ExponentialVariance(halfLife: thresholds.slowHalfLife)
    calmerCount = 0
    calmerRegime = .calm
  }

  /// A detector for a window of returns, both variances starting from the mean square of the window.
  public init(_ thresholds: RegimeThresholds, window returns: [Double]) {
    self.init(thresholds)
    let squares = returns.lazy.map { $0 * $0 }.filter(\.isFinite)
    let (sum, count) = squares.reduce((0.0, 0.0)) { ($0.0 + $1, $0.1 + 1) }
    guard count > 0 else { return }
    fast = ExponentialVariance(halfLife: thresholds.fastHalfLife, from: sum / count)
    slow = ExponentialVariance(halfLife: thresholds.slowHalfLife, from: sum / count)
  }

  /// σ_fast/σ_slow, or nil before the first return or when nothing ever moved.
  public var ratio: Double? {
    guard let f = fast.deviation, let s = slow.deviation, s > 0 else { return nil }
    return f / s
  }

  /// Takes a return in and tells the regime after it. What is not finite changes nothing.
  @discardableResult
  public mutating func update(_ r: Double) -> VolatilityRegime {
    guard (r * r).isFinite else { return regime }
    let deviationBefore = slow.deviation
    fast.update(r)
    slow.update(r)
    guard slow.count > thresholds.warmUp, let x = ratio else { return regime }
    let entered = entry(x, r: r, deviation: deviationBefore)
    if entered >= regime {
      regime = entered
      calmerCount = 0
      calmerRegime = .calm
      return regime
    }
    let held = stay(x, entered: entered)
    guard held < regime else {
      calmerCount = 0
      calmerRegime = .calm
      return regime
    }
    calmerCount += 1
    calmerRegime = max(calmerRegime, held)
    if calmerCount >= thresholds.patience {
      regime = calmerRegime
      calmerCount = 0
      calmerRegime = .calm
    }
    return regime
  }

  /// The regime that a ratio and a return enter.
  private func entry(_ x: Double, r: Double, deviation: Double?) -> VolatilityRegime {
    if x > thresholds.extreme { return .extreme }
    if let deviation, deviation > 0, r.magnitude > thresholds.extremeReturn * deviation { return .extreme }
    if x > thresholds.stress { return .stress }
    return x < thresholds.calm ? .calm : .normal
  }

  /// The calmest regime that this ratio allows when exits are lower than entries.
  private func stay(_ x: Double, entered: VolatilityRegime) -> VolatilityRegime {
    if regime == .extreme, x > thresholds.extreme * thresholds.exitFactor { return .extreme }
    if regime >= .stress, x > thresholds.stress * thresholds.exitFactor { return max(entered, .stress) }
    return entered
  }
}
