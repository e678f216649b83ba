/// The windows of a ``HeterogeneousAutoregression``.
public struct HeterogeneousWindows: Hashable, Sendable {
  /// Returns in a day; at least 1.
  public var returnsPerDay: Int
  /// Days in the middle window.
  public var weekDays = 7
  /// Days in the long window.
  public var monthDays = 30
  /// Days of observations that a fit is made from, the month before the first not counted.
  public var sampleDays = 365
  /// Returns from one observation to the next; a day's apart, targets do not overlap.
  public var stride: Int

  /// Windows for so many returns a day.
  public init(returnsPerDay: Int) {
    self.returnsPerDay = max(returnsPerDay, 1)
    stride = max(returnsPerDay, 1)
  }

  var week: Int { max(weekDays, 1) * returnsPerDay }
  var month: Int { max(monthDays, weekDays, 1) * returnsPerDay }
  var capacity: Int { month + max(sampleDays, 1) * returnsPerDay }
}

/// Realised variance per day over the last day, week and month.
public struct RealizedLevels: Hashable, Sendable {
  /// Σr² of the last day.
  public let day: Double
  /// Σr² of the last week over the days in it.
  public let week: Double
  /// Σr² of the last month over the days in it.
  public let month: Double
}

/// A forecast of the realised variance of the next day.
public struct VarianceBand: Hashable, Sendable {
  /// The expected variance.
  public let mean: Double
  /// The upper end of the two-sided 95 % band, not below what the last day realised.
  public let upper: Double
}

/// Tomorrow's realised variance from that of the last day, week and month (mechanism M40):
/// RV′ = b₀ + b₁·RV_day + b₂·RV_week + b₃·RV_month, and + b₄·IV where the variance that options imply is known.
///
/// Returns come one by one; what is kept is the squares of the window and three exact sums over them, so the memory
/// is linear in the window and the state does not depend on anything older. A fit reads the window afresh, when
/// the caller says so.
///
/// - SeeAlso: Corsi, "A simple approximate long-memory model of realized volatility", 2009.
public struct HeterogeneousAutoregression: Hashable, Sendable {
  /// The windows.
  public let windows: HeterogeneousWindows
  /// Squared returns in units of 2⁻⁸⁰, a ring: the oldest at `next` once it is full.
  private var squares: [Int128] = []
  private var next = 0
  private var day = RollingSum()
  private var week = RollingSum()
  private var month = RollingSum()

  /// Nothing observed.
  public init(_ windows: HeterogeneousWindows) {
    self.windows = windows
  }

  /// Takes a return in; what is not finite counts as no move.
  public mutating func update(_ r: Double) {
    let square = RollingSum.units(of: (r * r).isFinite ? r * r : 0)
    // the square that leaves each window is as far back as the window is long
    if let old = stored(back: windows.returnsPerDay) { day.remove(old) }
    if let old = stored(back: windows.week) { week.remove(old) }
    if let old = stored(back: windows.month) { month.remove(old) }
    day.add(square)
    week.add(square)
    month.add(square)
    if squares.count < windows.capacity {
      squares.append(square)
    } else {
      squares[next] = square
      next = next + 1 == squares.count ? 0 : next + 1
    }
  }

  /// The square so many returns ago: 1 for the last.
  private func stored(back steps: Int) -> Int128? {
    guard steps <= squares.count else { return nil }
    let index = next - steps
    return squares[index >= 0 ? index : index + squares.count]
  }

  /// The levels after the last return, or nil before the month is full.
  public var levels: RealizedLevels? {
    guard squares.count >= windows.month else { return nil }
    return Self.levels(day: day.units, week: week.units, month: month.units, windows)
  }

  private static func levels(
    day: Int128, week: Int128, month: Int128, _ windows: HeterogeneousWindows
  ) -> RealizedLevels {
    RealizedLevels(
      day: RollingSum.value(of: day),
      week: RollingSum.value(of: week) * Double(windows.returnsPerDay) / Double(windows.week),
      month: RollingSum.value(of: month) * Double(windows.returnsPerDay) / Double(windows.month))
  }

  /// Fits the coefficients to the window by least squares.
  ///
  /// - Returns: nil for fewer than 30 observations, or when the levels depend on each other linearly.
  public func fit() -> HeterogeneousFit? { fitted(implied: nil) }

  /// The same with the variance that options imply as one more regressor.
  ///
  /// - Parameter implied: the implied variance per day as it was known so many returns before the last; nil
  ///   where it was not, and such observations are left out.
  /// - Returns: nil also for fewer than 30 observations with an implied variance.
  public func fit(implied: (_ returnsBack: Int) -> Double?) -> HeterogeneousFit? {
    withoutActuallyEscaping(implied) { fitted(implied: $0) }
  }

  private func fitted(implied: ((Int) -> Double?)?) -> HeterogeneousFit? {
    // prefix sums S, so that Σ over (a, b] is S[b] − S[a]
    var sums: [Int128] = [0]
    sums.reserveCapacity(squares.count + 1)
    for i in squares.indices {
      let index = next + i
      sums.append(sums[i] + squares[index < squares.count ? index : index - squares.count])
    }
    var design: [Double] = []
    var targets: [Double] = []
    // the last observation's target ends at the last return
    var end = squares.count - windows.returnsPerDay
    while end >= windows.month {
      defer { end -= max(windows.stride, 1) }
      let known = implied?(squares.count - end)
      if implied != nil, known == nil { continue }
      let levels = Self.levels(
        day: sums[end] - sums[end - windows.returnsPerDay], week: sums[end] - sums[end - windows.week],
        month: sums[end] - sums[end - windows.month], windows)
      design += [1, levels.day, levels.week, levels.month]
      if let known { design.append(known) }
      targets.append(RollingSum.value(of: sums[end + windows.returnsPerDay] - sums[end]))
    }
    return HeterogeneousFit(design: design, columns: implied == nil ? 4 : 5, targets: targets)
  }

  /// The forecast of the next day's variance, or nil before the month is full, or when the fit needs an implied
  /// variance and there is none.
  ///
  /// - Parameter implied: the implied variance per day now.
  public func forecast(_ fit: HeterogeneousFit, implied: Double? = nil) -> VarianceBand? {
    if fit.usesImplied {
      guard let implied, implied.isFinite else { return nil }
      return levels.map { fit.forecast($0, implied: implied) }
    }
    return levels.map { fit.forecast($0) }
  }
}

/// Fitted coefficients of a ``HeterogeneousAutoregression``.
public struct HeterogeneousFit: Hashable, Sendable {
  /// b₀, b₁ (day), b₂ (week), b₃ (month), and b₄ of the implied variance in a fit that uses it.
  public let coefficients: [Double]
  /// The standard deviation of the residuals.
  public let residualDeviation: Double
  /// The least variance that a day of the sample had: the floor of forecasts.
  public let leastObserved: Double
  /// The number of observations.
  public let count: Int

  /// Whether the implied variance is one of the regressors.
  public var usesImplied: Bool { coefficients.count == 5 }

  fileprivate init?(design: [Double], columns: Int, targets: [Double]) {
    guard targets.count >= 30, let least = targets.min() else { return nil }
    var matrix = Matrix(rows: targets.count, columns: columns)
    matrix.entries = design
    guard let fit = LeastSquares(design: matrix, response: targets) else { return nil }
    coefficients = fit.coefficients
    residualDeviation = fit.residualVariance.squareRoot()
    leastObserved = least
    count = targets.count
  }

  /// The forecast from these levels: mean b·x, not below ``leastObserved``; upper end mean + 1.96·s.
  ///
  /// - Parameter implied: the implied variance per day; only a fit that uses it reads it.
  public func forecast(_ levels: RealizedLevels, implied: Double = 0) -> VarianceBand {
    let b = coefficients
    var raw = b[0] + b[1] * levels.day + b[2] * levels.week + b[3] * levels.month
    if usesImplied { raw += b[4] * implied }
    let mean = max(raw, leastObserved)
    // Φ⁻¹(0.975)
    return VarianceBand(mean: mean, upper: max(mean + 1.959963984540054 * residualDeviation, levels.day))
  }

  /// Patton's loss of a forecast f against what was realised: rv/f − ln(rv/f) − 1, zero only when they agree.
  /// Nil unless both are positive.
  public static func quasiLikelihoodLoss(realized: Double, forecast: Double) -> Double? {
    guard realized > 0, forecast > 0 else { return nil }
    let ratio = realized / forecast
    return ratio - DeterministicMath.log(ratio) - 1
  }
}
