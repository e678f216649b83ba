internal import MarginRules
internal import MarketData
internal import RiskModels

/// Volatility of one underlying at one instant, per √year, and what leads to it (M06, M07, M08, M40).
struct VolatilityMeasures {
  /// σ* of the strategy: through the cycle and conditional by their weights. What is not a rate is computed
  /// from it.
  var published: Double
  /// The volatility through the cycle.
  var cycle: Double
  /// The conditional volatility of the strategy.
  var conditional: Double
  /// The strategy in effect, and what that of the configuration lacked.
  var strategy: (effective: MarginStrategy, lacked: String)
  /// Fast over slow volatility, 1 while unknown.
  var ratio: Double
  /// The regime.
  var regime: Regime
  /// The slow standard deviation of one bar, 0 while unknown.
  var barDeviation: Double
  /// The return of the last bar, 0 without one.
  var lastReturn: Double
  /// The coefficients used.
  var fit: ModelFit
  /// The conditional volatility that was measured, before the strategy.
  private var measured: Double
  /// The expected volatility of the next day and the upper end of its band; nil without coefficients.
  var forecast: (mean: Double, upper: Double)?
  /// How many standard deviations fast volatility is above its mean over the window, day by day; nil for
  /// fewer than ``leastDays`` days.
  var deviationScore: Double?
  /// Fast over slow volatility; nil while unknown.
  var knownRatio: Double?

  /// The least number of days that a score is taken over.
  private static let leastDays = 30
  /// Half-lives of the conditional variance have at least this number of bars.
  private static let leastBars = 3.0

  /// Measures the moves of bars.
  ///
  /// - Parameters:
  ///   - bars: as the market knows them.
  ///   - moves: of the same bars.
  ///   - implied: volatility that options imply at the money, per √year, if it is known and fresh.
  ///   - index: the volatility index, likewise.
  ///   - history: what the index was before.
  ///   - phase: by how many seconds fits of this underlying come earlier than those of the first.
  ///   - last: the coefficients fitted before.
  init(
    bars: ArraySlice<Bar>, moves: BarMoves, interval: Int64, implied: Double?, index: Double?,
    history: IndexHistory, terms: UnderlyingTerms, last: ModelFit?, time: Int64, phase: Int64,
    trace: inout Tracer
  ) {
    let interval = max(1, interval)
    let perYear = Year.bars(of: interval)
    let annual = perYear.squareRoot()
    // The first bar has no return.
    let count = min(terms.bars(in: .window, interval: interval), max(0, moves.returns.count - 1))
    let (returns, variances) = (moves.returns.suffix(count), moves.variances.suffix(count))

    var detector = RegimeDetector(Self.thresholds(interval: interval, terms), window: Array(returns))
    let perDay = Int(clamping: max(1, 86_400 / interval))
    var (days, untilDay) = ([Double](), perDay)
    for r in returns {
      detector.update(r)
      untilDay -= 1
      if untilDay == 0 {
        if let deviation = detector.fast.deviation { days.append(deviation) }
        untilDay = perDay
      }
    }
    deviationScore = Self.score(detector.fast.deviation, among: days)
    let fast = detector.fast.deviation.map { $0 * annual }
    let slow = detector.slow.deviation.map { $0 * annual }
    knownRatio = detector.ratio
    ratio = knownRatio ?? 1
    regime = Regime(detector.regime)
    barDeviation = detector.slow.deviation ?? 0
    lastReturn = returns.last ?? 0

    // Fits of many underlyings are spread over the time between two fits, so that no epoch has them all.
    let period = terms[.refit]
    let isDue = last.map { (time + phase) / period > ($0.time + phase) / period } ?? true
    if isDue {
      fit = Self.fitted(
        bars: bars, moves: moves, interval: interval, history: history, terms: terms, time: time)
    } else {
      fit =
        last
        ?? ModelFit(
          time: time, cycleVariance: 0, cycleSeconds: 0, autoregression: [], tailLong: 0, tailShort: 0)
    }

    // √(w·fast + (1 - w)·slow) of variances of bars
    func average(_ halfLife: Parameter) -> Double? {
      ExponentialAverage.last(
        of: variances, halfLife: max(Self.leastBars, Double(terms[halfLife]) / Double(interval)))
    }
    let w = terms.fraction(.conditionalFastWeight)
    let observed = average(.conditionalFast).flatMap { quick in
      average(.conditionalSlow).map { ((w * quick + (1 - w) * $0) * perYear).squareRoot() }
    }
    let share = Self.autoregressionWeight(fit, interval: interval)
    forecast = Self.forecast(fit, moves: moves, interval: interval, index: index).map { band in
      // Both in logarithms by their weights: they do not err in the same days (Bates and Granger, "The
      // combination of forecasts", 1969), and coefficients of few days err far more than averages do.
      let factor = observed.map { DeterministicMath.power($0 / band.mean, 1 - share) } ?? 1
      return (band.mean * factor, band.upper * factor)
    }
    measured = VolatilityBlend.blended(
      floor: terms.fraction(.volatilityFloor), realized: observed, implied: implied, fast: observed,
      weight: 1 - terms.fraction(.impliedWeight))
    // What is observed through the cycle, and some time of the fixed volatility beside it.
    let fixed = terms.fraction(.staticVolatility)
    cycle = Self.throughTheCycle(fit.cycleVariance, seconds: fit.cycleSeconds, terms)
    // With too little history what was measured may only add to what is fixed.
    if Int64(count) * interval < terms[.warmUp] {
      measured = max(measured, fixed)
      cycle = max(cycle, fixed)
    }
    published = measured
    conditional = measured
    strategy = (effective: .buffer, lacked: "")

    trace.input("bars", Double(returns.count), "returns", "log returns of closes in the window")
    trace.input("last return", lastReturn, "", "ln(close / close before)")
    trace.derived("fast volatility", fast, "per √year", "EWMA of r², half-life fastHalfLifeSeconds")
    trace.derived("slow volatility", slow, "per √year", "EWMA of r², half-life slowHalfLifeSeconds")
    trace.derived(
      "observed volatility", observed, "per √year",
      "√(w·fast + (1 - w)·slow), averages of Garman-Klass variances by conditionalFast- and -SlowSeconds")
    trace.input("implied volatility", implied, "per √year", "at the money, 30 days")
    trace.input("volatility index", index, "per √year", "2/T·Σ ΔK/K²·Q(K) - (F/K₀ - 1)²/T, 30 days")
    trace.derived(
      "expected volatility", forecast?.mean, "per √year",
      fit.impliedAutoregression.isEmpty || index == nil
        ? "observed^(1 - w) · h^w, w = n/(n + 365), h = √E of b₀ + b₁·day + b₂·week + b₃·month + b₄·jumps in logarithms"
        : "observed^(1 - w) · h^w, h = √E of … + b₄·jumps + b₅·ln(index²/365) in logarithms, w = n/(n + 365)")
    trace.derived(
      "forecast volatility", forecast?.upper, "per √year", "√ of the upper end of its 95 % band, a multiple")
    trace.derived(
      "measured volatility", measured, "per √year",
      "max(floor, observed, w·observed + (1 - w)·implied)")
    trace.derived(
      "volatility through the cycle", cycle, "per √year",
      "√((T·σ² + prior·static²)/(T + prior)) of cycleSeconds, known at the last fit")
    trace.word("regime", regime.rawValue, "from fast / slow = \(ratio)")
    trace.derived(
      "score of volatility", deviationScore, "σ", "(fast - mean)/σ of fast over the days of the window")
  }

  /// Chooses the conditional volatility by the strategy.
  ///
  /// - Parameter droughtFactor: what the forecast is multiplied by, at least 1 (M39).
  mutating func choose(droughtFactor: Double, terms: UnderlyingTerms, trace: inout Tracer) {
    let asked = MarginStrategy.allCases[Int(terms[.strategy])]
    let fixed = terms.fraction(.staticVolatility)
    let ceiling = terms.fraction(.volatilityCeiling)
    let chosen = asked.volatility(
      fixed: fixed, measured: measured, forecast: forecast?.mean, drought: droughtFactor - 1)
    let lacked = chosen.effective == asked ? "" : "two months of bars, six or more a day, to fit to"
    strategy = (effective: chosen.effective, lacked: lacked)
    if asked == .static { cycle = fixed }
    cycle = min(ceiling, cycle)
    conditional = min(ceiling, chosen.volatility, cycle * terms.fraction(.conditionalCap))
    let weight = terms.fraction(.cycleWeight)
    published = weight * cycle + (1 - weight) * conditional
    trace.word("strategy", asked.rawValue, "of the configuration")
    trace.word(
      "effective strategy", strategy.effective.rawValue, "buffer where predictive lacks its coefficients")
    trace.derived(
      "conditional volatility", conditional, "per √year",
      "of the strategy, at most conditionalCapPpm of that through the cycle")
    trace.derived("volatility", published, "per √year", "cycleWeight·through the cycle + rest·conditional")
  }

  /// √((T·σ² + prior·static²)/(T + prior)), no less than the least volatility: what was observed for some
  /// time, and some time of the fixed volatility beside it.
  private static func throughTheCycle(
    _ variance: Double, seconds: Int64, _ terms: UnderlyingTerms
  ) -> Double {
    let (seen, prior) = (Double(seconds), Double(terms[.cyclePrior]))
    let fixed = terms.fraction(.staticVolatility)
    let blend =
      seen + prior > 0 ? ((seen * variance + prior * fixed * fixed) / (seen + prior)).squareRoot() : fixed
    return max(blend, terms.fraction(.volatilityFloor))
  }

  private static func score(_ deviation: Double?, among days: [Double]) -> Double? {
    guard let deviation, days.count >= leastDays, let moments = Moments(of: days),
      let spread = moments.sampleDeviation, spread > 0
    else { return nil }
    return (deviation - moments.mean) / spread
  }

  private static func thresholds(interval: Int64, _ terms: UnderlyingTerms) -> RegimeThresholds {
    let interval = max(1, interval)
    var thresholds = RegimeThresholds(returnsPerDay: Int(clamping: 86_400 / interval))
    // One bar alone makes no volatility: with bars of a day every other day would be extreme.
    thresholds.fastHalfLife = max(leastBars, Double(terms[.fastHalfLife]) / Double(interval))
    thresholds.slowHalfLife = max(leastBars, Double(terms[.slowHalfLife]) / Double(interval))
    thresholds.calm = terms.fraction(.calmBelow)
    thresholds.stress = terms.fraction(.stressAbove)
    thresholds.extreme = terms.fraction(.extremeAbove)
    thresholds.extremeReturn = terms.fraction(.jumpSigmas)
    thresholds.patience = terms.bars(in: .leave, interval: interval)
    return thresholds
  }

  // MARK: Models with coefficients

  private static func fitted(
    bars: ArraySlice<Bar>, moves: BarMoves, interval: Int64, history: IndexHistory, terms: UnderlyingTerms,
    time: Int64
  ) -> ModelFit {
    let known = max(0, moves.returns.count - 1)
    let sample = moves.returns.suffix(min(known, terms.bars(in: .fitWindow, interval: interval)))
    var (autoregression, implied) = ([Double](), [Double]())
    // Only the strategy that forecasts needs the long history.
    if MarginStrategy.allCases[Int(terms[.strategy])] == .predictive {
      (autoregression, implied) = fittedAutoregressions(bars, moves, interval: interval, history)
    }
    let cycle = moves.variances.suffix(min(known, terms.bars(in: .cycleWindow, interval: interval)))
    let mean = cycle.isEmpty ? 0 : cycle.reduce(0, +) / Double(cycle.count)
    let perYear = Year.bars(of: interval)
    let seconds = Int64(cycle.count) * interval
    func halfLife(_ parameter: Parameter) -> Double {
      max(leastBars, Double(terms[parameter]) / Double(interval))
    }
    let tail = TailMeasures(
      returns: sample, variances: moves.variances.suffix(sample.count),
      deviation: FilterTerms(
        cycle: throughTheCycle(mean * perYear, seconds: seconds, terms) / perYear.squareRoot(),
        cycleWeight: terms.fraction(.cycleWeight), cap: terms.fraction(.conditionalCap),
        fast: halfLife(.conditionalFast), slow: halfLife(.conditionalSlow),
        fastWeight: terms.fraction(.conditionalFastWeight)),
      span: max(1, Int(clamping: terms[.liquidationHorizon] / interval)),
      probability: terms.fraction(.insolvencyProbability), tailShare: terms.fraction(.tailShare))
    return ModelFit(
      time: time, cycleVariance: mean * perYear, cycleSeconds: seconds,
      autoregression: autoregression, impliedAutoregression: implied, tailLong: tail.long,
      tailShort: tail.short)
  }

  /// How much of the expected volatility is that of the autoregression: n/(n + 365), n the days that it is
  /// fitted to.
  private static func autoregressionWeight(_ fit: ModelFit, interval: Int64) -> Double {
    let windows = windows(interval: interval)
    let days = Int(clamping: fit.cycleSeconds / 86_400) - windows.monthDays - 1
    let count = Double(min(max(0, days), windows.sampleDays))
    return count / (count + Double(windows.sampleDays))
  }

  private static func windows(interval: Int64) -> VarianceWindows {
    VarianceWindows(barsPerDay: Int(clamping: 86_400 / max(1, interval)))
  }

  /// The autoregression without and with the index; empty where there is too little history, or where a day
  /// has fewer bars than tell its variance.
  private static func fittedAutoregressions(
    _ bars: ArraySlice<Bar>, _ moves: BarMoves, interval: Int64, _ index: IndexHistory
  ) -> ([Double], [Double]) {
    let windows = windows(interval: interval)
    guard interval <= 14_400 else { return ([], []) }
    let (returns, variances) = (moves.returns.dropFirst(), moves.variances.dropFirst())
    let plain = LogarithmicAutoregression.fit(returns: returns, variances: variances, windows)
    guard !index.entries.isEmpty else { return (plain?.recorded ?? [], []) }
    let implied = LogarithmicAutoregression.fit(returns: returns, variances: variances, windows) { back in
      // The bar that many before the last.
      let place = bars.endIndex - 1 - back
      guard place >= bars.startIndex else { return nil }
      return index.variancePerDay(at: bars[place].openTime + interval)
    }
    return (plain?.recorded ?? [], implied?.recorded ?? [])
  }

  /// The forecast for the next day and the upper end of its band, per √year; nil without coefficients. The
  /// index counts where it is known and coefficients for it are.
  private static func forecast(
    _ fit: ModelFit, moves: BarMoves, interval: Int64, index: Double?
  ) -> (mean: Double, upper: Double)? {
    guard let plain = LogarithmicFit(recorded: fit.autoregression, usesImplied: false),
      let levels = VarianceLevels(
        returns: moves.returns.dropFirst(), variances: moves.variances.dropFirst(),
        windows(interval: interval))
    else { return nil }
    let withIndex = LogarithmicFit(recorded: fit.impliedAutoregression, usesImplied: true).flatMap { fit in
      index.flatMap { fit.forecast(levels, implied: IndexHistory.variancePerDay($0)) }
    }
    return (withIndex ?? plain.forecast(levels)).map { band in
      ((band.mean * 365).squareRoot(), (band.upper * 365).squareRoot())
    }
  }
}

extension Regime {
  /// The regime of the same name.
  init(_ regime: VolatilityRegime) {
    self =
      switch regime {
      case .calm: .calm
      case .normal: .normal
      case .stress: .stress
      case .extreme: .extreme
      }
  }
}
