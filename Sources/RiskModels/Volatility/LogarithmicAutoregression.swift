/// What a ``LogarithmicAutoregression`` looks back over.
public struct VarianceWindows: Hashable, Sendable {
  /// Bars in a day; at least 1.
  public let barsPerDay: Int
  /// Days in the middle window.
  public var weekDays = 7
  /// Days in the long window.
  public var monthDays = 30
  /// Days of observations that a fit is made from, the month before the first not counted.
  public var sampleDays = 365

  /// Windows for a number of bars a day.
  public init(barsPerDay: Int) {
    self.barsPerDay = max(1, barsPerDay)
  }

  /// Whether a day has bars enough to tell jumps from the rest.
  var hasJumps: Bool { barsPerDay >= 6 }
  var week: Int { max(1, weekDays) * barsPerDay }
  var month: Int { max(1, monthDays, weekDays) * barsPerDay }
  /// How many bars a fit reads.
  public var capacity: Int { month + max(1, sampleDays) * barsPerDay }
}

/// Variance per day over the last day, week and month, and how much of the last day's came in jumps.
public struct VarianceLevels: Hashable, Sendable {
  /// Of the last day.
  public var day: Double
  /// Of the last week, a day.
  public var week: Double
  /// Of the last month, a day.
  public var month: Double
  /// max(0, ln(Σr² / bipower)) of the last day.
  public var jumps: Double

  /// The levels after the last of these bars; nil for fewer than a month.
  ///
  /// - Parameters:
  ///   - returns: from close to close.
  ///   - variances: of each bar; as many.
  public init?(returns: ArraySlice<Double>, variances: ArraySlice<Double>, _ windows: VarianceWindows) {
    guard variances.count >= windows.month, returns.count == variances.count else { return nil }
    func level(_ count: Int) -> Double {
      variances.suffix(count).reduce(0, +) * Double(windows.barsPerDay) / Double(count)
    }
    day = level(windows.barsPerDay)
    week = level(windows.week)
    month = level(windows.month)
    jumps = windows.hasJumps ? Self.jumps(returns.suffix(windows.barsPerDay)) : 0
  }

  /// ln(Σr² / (π/2·n/(n-1)·Σ|rᵢ|·|rᵢ₋₁|)), at least 0: Barndorff-Nielsen and Shephard, 2004.
  static func jumps(_ returns: ArraySlice<Double>) -> Double {
    var (squares, neighbours, last) = (0.0, 0.0, 0.0)
    for (place, r) in returns.enumerated() {
      squares += r * r
      if place > 0 { neighbours += r.magnitude * last }
      last = r.magnitude
    }
    let n = Double(returns.count)
    let bipower = max(0.5 * DeterministicMath.pi * neighbours * n / (n - 1), LogarithmicAutoregression.least)
    return max(0, DeterministicMath.log(max(squares, LogarithmicAutoregression.least) / bipower))
  }
}

/// A forecast of the variance of the next day.
public struct VarianceForecast: Hashable, Sendable {
  /// The expected variance.
  public let mean: Double
  /// The upper end of the two-sided 95 % band, which is a multiple of what the logarithm expects.
  public let upper: Double
}

/// Tomorrow's variance from that of the last day, week and month, in logarithms (M40):
///
///     ln v' = b₀ + b₁·ln v_day + b₂·ln v_week + b₃·ln v_month + b₄·jumps + b₅·ln v_implied + e
///     E v' = exp(b·x) · mean of exp(e),   band: exp(b·x ± 1.96·s)
///
/// In logarithms variance is nearly normal: a crash in the sample does not own the coefficients, the forecast
/// is never negative, and the band is a factor rather than a distance. Jumps, where a day has six bars or
/// more, do not last as other variance does. The factor mean of exp(e) is Duan's, which needs no law.
///
/// - SeeAlso: Corsi, "A simple approximate long-memory model of realized volatility", 2009; Andersen,
///   Bollerslev and Diebold, "Roughing it up", 2007; Duan, "Smearing estimate", 1983.
public enum LogarithmicAutoregression {
  /// Variances per day below this count as this: a hundred-thousandth of a price.
  static let least = 1e-10
  /// The least number of observations.
  public static let leastCount = 30

  /// Fits the coefficients to the last bars by least squares, one observation a day.
  ///
  /// - Parameters:
  ///   - returns, variances: of the bars, as many of both.
  ///   - implied: the implied variance per day as it was known after the bar at that distance before the
  ///     last; nil where it was not, and such observations are left out. Nil for a fit without.
  /// - Returns: nil for fewer than ``leastCount`` observations, or when a regressor is a combination of the
  ///   others.
  public static func fit(
    returns: ArraySlice<Double>, variances: ArraySlice<Double>, _ windows: VarianceWindows,
    implied: ((_ barsBack: Int) -> Double?)? = nil
  ) -> LogarithmicFit? {
    let count = min(variances.count, windows.capacity)
    guard returns.count == variances.count, count > windows.month + windows.barsPerDay else { return nil }
    let (r, v) = (Array(returns.suffix(count)), Array(variances.suffix(count)))
    // Prefix sums, so that Σ over (a, b] is S[b] - S[a].
    var sums = [0.0]
    sums.reserveCapacity(count + 1)
    for x in v { sums.append(sums[sums.count - 1] + x) }
    func level(_ end: Int, _ length: Int) -> Double {
      logarithm((sums[end] - sums[end - length]) * Double(windows.barsPerDay) / Double(length))
    }
    let perDay = windows.barsPerDay
    var (design, targets) = ([Double](), [Double]())
    var end = count - perDay
    while end >= windows.month {
      defer { end -= perDay }
      var row = [1, level(end, perDay), level(end, windows.week), level(end, windows.month)]
      if windows.hasJumps { row.append(VarianceLevels.jumps(r[(end - perDay)..<end])) }
      if let implied {
        guard let known = implied(count - end) else { continue }
        row.append(logarithm(known))
      }
      design += row
      targets.append(level(end + perDay, perDay))
    }
    guard targets.count >= leastCount else { return nil }
    var matrix = Matrix(rows: targets.count, columns: design.count / targets.count)
    matrix.entries = design
    guard let fit = LeastSquares(design: matrix, response: targets), let least = targets.min() else {
      return nil
    }
    var smear = 0.0
    for (row, target) in targets.enumerated() {
      let expected = fit.coefficients.indices.reduce(0.0) { $0 + fit.coefficients[$1] * matrix[row, $1] }
      smear += DeterministicMath.exp(target - expected)
    }
    return LogarithmicFit(
      coefficients: fit.coefficients, usesJumps: windows.hasJumps,
      deviation: fit.residualVariance.squareRoot(), smear: smear / Double(targets.count), least: least)
  }

  static func logarithm(_ variance: Double) -> Double { DeterministicMath.log(max(variance, least)) }
}

/// Fitted coefficients of a ``LogarithmicAutoregression``.
public struct LogarithmicFit: Hashable, Sendable {
  /// b₀, b₁ (day), b₂ (week), b₃ (month), then that of jumps and that of the implied variance in fits that
  /// use them.
  public let coefficients: [Double]
  /// Whether jumps are a regressor.
  public let usesJumps: Bool
  /// s, the standard deviation of the residuals.
  public let deviation: Double
  /// The mean of exp(residual).
  public let smear: Double
  /// The least logarithm observed: the floor of forecasts.
  public let least: Double

  /// Whether the implied variance is a regressor.
  public var usesImplied: Bool { coefficients.count == (usesJumps ? 6 : 5) }

  init(coefficients: [Double], usesJumps: Bool, deviation: Double, smear: Double, least: Double) {
    self.coefficients = coefficients
    self.usesJumps = usesJumps
    self.deviation = deviation
    self.smear = smear
    self.least = least
  }

  /// Coefficients, s, the smear and the least logarithm in one list.
  public var recorded: [Double] { coefficients + [deviation, smear, least] }

  /// From a list; nil unless it has the length of such a fit and all numbers are finite.
  ///
  /// - Parameter usesImplied: whether the implied variance is a regressor.
  public init?(recorded list: [Double], usesImplied: Bool) {
    let most = usesImplied ? 9 : 8
    guard (most - 1...most).contains(list.count), list.allSatisfy(\.isFinite) else { return nil }
    self.init(
      coefficients: Array(list.dropLast(3)), usesJumps: list.count == most, deviation: list[list.count - 3],
      smear: list[list.count - 2], least: list[list.count - 1])
  }

  /// The forecast from these levels; nil when an implied variance is needed and there is none.
  public func forecast(_ levels: VarianceLevels, implied: Double? = nil) -> VarianceForecast? {
    var row = [
      1, LogarithmicAutoregression.logarithm(levels.day), LogarithmicAutoregression.logarithm(levels.week),
      LogarithmicAutoregression.logarithm(levels.month),
    ]
    if usesJumps { row.append(levels.jumps) }
    if usesImplied {
      guard let implied, implied.isFinite else { return nil }
      row.append(LogarithmicAutoregression.logarithm(implied))
    }
    let expected = max(least, zip(coefficients, row).reduce(0.0) { $0 + $1.0 * $1.1 })
    // 1.959963984540054 = Φ⁻¹(0.975)
    return VarianceForecast(
      mean: DeterministicMath.exp(expected) * smear,
      upper: DeterministicMath.exp(expected + 1.959963984540054 * deviation))
  }
}

/// Patton's loss of a forecast f of a variance against what was realised: rv/f - ln(rv/f) - 1, zero only when
/// they agree.
///
/// It ranks forecasts the same way whether the variance is known or only estimated without bias.
///
/// - SeeAlso: Patton, "Volatility forecast comparison using imperfect volatility proxies", 2011.
public enum QuasiLikelihood {
  /// The loss; nil unless both are positive.
  public static func loss(realized: Double, forecast: Double) -> Double? {
    guard realized > 0, forecast > 0 else { return nil }
    let ratio = realized / forecast
    return ratio - DeterministicMath.log(ratio) - 1
  }
}
