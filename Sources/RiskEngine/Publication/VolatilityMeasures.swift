internal import MarginRules
internal import MarketData
internal import RiskModels

/// Volatility of one underlying at one instant, per √year, and what leads to it (M06, M07, M08, M40).
struct VolatilityMeasures {
  /// σ* of the strategy: what margin is computed from.
  var published: Double
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
  /// What was measured, before the strategy.
  private var measured: Double
  /// The expected volatility of the next day and the upper end of its band; nil without coefficients.
  var forecast: (mean: Double, upper: Double)?
  /// How many standard deviations fast volatility is above its mean over the window, day by day; nil for fewer than
  /// ``leastDays`` days.
  var deviationScore: Double?
  /// Fast over slow volatility; nil while unknown.
  var knownRatio: Double?

  /// The least number of days that a score is taken over.
  private static let leastDays = 30

  /// Measures the returns of bars.
  ///
  /// - Parameters:
  ///   - implied: volatility that options imply at the money, per √year, if it is known and fresh.
  ///   - index: the volatility index, likewise.
  ///   - history: what the index was before.
  ///   - phase: by how many epochs fits of this underlying come earlier than those of the first.
  ///   - last: the coefficients fitted before.
  init(
    bars: ArraySlice<Bar>, interval: Int64, implied: Double?, index: Double?, history: IndexHistory,
    terms: UnderlyingTerms, last: ModelFit?, epoch: Int64, phase: Int64, trace: inout Tracer
  ) {
    let window = bars.suffix(Int(terms[.windowBars]) + 1)
    let returns = LogarithmicReturns.ofCloses(window) ?? []
    let perYear = Year.bars(of: max(1, interval))
    let annual = perYear.squareRoot()

    var detector = RegimeDetector(Self.thresholds(interval: interval, terms), window: returns)
    let perDay = Int(clamping: max(1, 86_400 / max(1, interval)))
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

    // Fits of many underlyings are spread over the epochs between two fits, so that no epoch has them all.
    let period = terms[.refitEpochs]
    let isDue = last.map { (epoch - 1 + phase) / period > ($0.epoch - 1 + phase) / period } ?? true
    if isDue {
      fit = Self.fitted(
        bars: bars, returns: returns, interval: interval, history: history, terms: terms, epoch: epoch)
    } else {
      fit = last ?? ModelFit(epoch: epoch, garch: [], autoregression: [], tailLong: 0, tailShort: 0)
    }

    let garch = Self.garch(fit, returns: returns).map { $0.squareRoot() * annual }
    forecast = Self.forecast(fit, bars: bars, interval: interval, index: index)
    measured = VolatilityBlend.blended(
      floor: terms.fraction(.volatilityFloor),
      realized: VolatilityBlend.greatest(of: [fast, slow, garch]), implied: implied, fast: fast,
      weight: 1 - terms.fraction(.impliedWeight))
    // With too little history what was measured may only add to what is fixed.
    if returns.count < terms[.warmUpBars] { measured = max(measured, terms.fraction(.staticVolatility)) }
    published = measured

    trace.input("bars", Double(returns.count), "returns", "log returns of closes in the window")
    trace.input("last return", lastReturn, "", "ln(close / close before)")
    trace.derived("fast volatility", fast, "per √year", "EWMA of r², half-life fastHalfLifeSeconds")
    trace.derived("slow volatility", slow, "per √year", "EWMA of r², half-life slowHalfLifeSeconds")
    trace.derived("GARCH volatility", garch, "per √year", "√(ω + α·r² + β·h) of the next bar")
    trace.input("implied volatility", implied, "per √year", "at the money, 30 days")
    trace.input("volatility index", index, "per √year", "2/T·Σ ΔK/K²·Q(K) - (F/K₀ - 1)²/T, 30 days")
    trace.derived(
      "expected volatility", forecast?.mean, "per √year",
      fit.impliedAutoregression.isEmpty || index == nil
        ? "√ of HAR: b₀ + b₁·day + b₂·week + b₃·month"
        : "√ of HAR with the index: b₀ + b₁·day + b₂·week + b₃·month + b₄·index²/365")
    trace.derived("forecast volatility", forecast?.upper, "per √year", "√ of the upper end of its 95 % band")
    trace.derived(
      "measured volatility", measured, "per √year",
      "max(floor, w·max(fast, slow, GARCH) + (1 - w)·implied, fast)")
    trace.word("regime", regime.rawValue, "from fast / slow = \(ratio)")
    trace.derived(
      "score of volatility", deviationScore, "σ", "(fast - mean)/σ of fast over the days of the window")
  }

  /// Chooses σ* by the strategy.
  ///
  /// - Parameter droughtFactor: what the forecast is multiplied by, at least 1 (M39).
  mutating func choose(droughtFactor: Double, terms: UnderlyingTerms, trace: inout Tracer) {
    let strategy = MarginStrategy.allCases[Int(terms[.strategy])]
    let chosen = strategy.volatility(
      fixed: terms.fraction(.staticVolatility), measured: measured, forecast: forecast?.upper,
      drought: droughtFactor - 1)
    published = min(terms.fraction(.volatilityCeiling), chosen)
    trace.word("strategy", strategy.rawValue, "of the configuration")
    trace.derived("volatility", published, "per √year", "of the strategy, at most the ceiling")
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
    thresholds.fastHalfLife = Double(terms[.fastHalfLife]) / Double(interval)
    thresholds.slowHalfLife = Double(terms[.slowHalfLife]) / Double(interval)
    thresholds.calm = terms.fraction(.calmBelow)
    thresholds.stress = terms.fraction(.stressAbove)
    thresholds.extreme = terms.fraction(.extremeAbove)
    thresholds.extremeReturn = terms.fraction(.jumpSigmas)
    thresholds.patience = Int(terms[.leaveEpochs])
    return thresholds
  }

  // MARK: Models with coefficients

  private static func fitted(
    bars: ArraySlice<Bar>, returns: [Double], interval: Int64, history: IndexHistory,
    terms: UnderlyingTerms, epoch: Int64
  ) -> ModelFit {
    let sample = Array(returns.suffix(Int(terms[.fitBars])))
    let garch = GarchFit(sample).map { [$0.model.constant, $0.model.reaction, $0.model.memory] }
    var (autoregression, implied) = ([Double](), [Double]())
    // Only the strategy that forecasts needs the long history.
    if MarginStrategy.allCases[Int(terms[.strategy])] == .predictive {
      (autoregression, implied) = fittedAutoregressions(bars: bars, interval: interval, history)
    }
    let tail = TailMeasures(
      returns: returns, halfLife: Double(terms[.fastHalfLife]) / Double(max(1, interval)),
      probability: terms.fraction(.insolvencyProbability), tailShare: terms.fraction(.tailShare))
    return ModelFit(
      epoch: epoch, garch: garch ?? [], autoregression: autoregression, impliedAutoregression: implied,
      tailLong: tail.long, tailShort: tail.short)
  }

  private static func windows(interval: Int64) -> HeterogeneousWindows {
    HeterogeneousWindows(returnsPerDay: Int(clamping: 86_400 / max(1, interval)))
  }

  /// The autoregression without and with the index; empty where there is too little history.
  private static func fittedAutoregressions(
    bars: ArraySlice<Bar>, interval: Int64, _ index: IndexHistory
  ) -> ([Double], [Double]) {
    let windows = windows(interval: interval)
    let history = bars.suffix(windows.returnsPerDay * (windows.monthDays + windows.sampleDays) + 1)
    var model = HeterogeneousAutoregression(windows)
    for r in LogarithmicReturns.ofCloses(history) ?? [] { model.update(r) }
    func recorded(_ fit: HeterogeneousFit?) -> [Double] {
      fit.map { $0.coefficients + [$0.residualDeviation, $0.leastObserved] } ?? []
    }
    guard !index.entries.isEmpty else { return (recorded(model.fit()), []) }
    let implied = model.fit { back in
      // The bar whose close ends the return so many before the last.
      let place = history.endIndex - 1 - back
      guard place >= history.startIndex else { return nil }
      return index.variancePerDay(at: history[place].openTime + interval)
    }
    return (recorded(model.fit()), recorded(implied))
  }

  /// The variance of the next bar under coefficients that were fitted before, from its long-run level at the start
  /// of the window; nil without them.
  private static func garch(_ fit: ModelFit, returns: [Double]) -> Double? {
    guard fit.garch.count == 3, !returns.isEmpty,
      let model = GarchModel(constant: fit.garch[0], reaction: fit.garch[1], memory: fit.garch[2])
    else { return nil }
    return returns.reduce(model.longRunVariance) { model.next(after: $1, variance: $0) }
  }

  /// The forecast for the next day and the upper end of its band, per √year; nil without coefficients. The index counts
  /// where it is known and coefficients for it are.
  private static func forecast(
    _ fit: ModelFit, bars: ArraySlice<Bar>, interval: Int64, index: Double?
  ) -> (mean: Double, upper: Double)? {
    guard let plain = HeterogeneousFit(recorded: fit.autoregression) else { return nil }
    let windows = windows(interval: interval)
    var model = HeterogeneousAutoregression(windows)
    let month = bars.suffix(windows.returnsPerDay * windows.monthDays + 1)
    for r in LogarithmicReturns.ofCloses(month) ?? [] { model.update(r) }
    let withIndex = HeterogeneousFit(recorded: fit.impliedAutoregression).flatMap { fit in
      index.flatMap { model.forecast(fit, implied: IndexHistory.variancePerDay($0)) }
    }
    return (withIndex ?? model.forecast(plain)).map { band in
      ((band.mean * 365).squareRoot(), (band.upper * 365).squareRoot())
    }
  }
}

extension HeterogeneousFit {
  /// Coefficients, deviation and least variance in one list, as the engine's state has them.
  fileprivate init?(recorded list: [Double]) {
    guard list.count >= 6 else { return nil }
    self.init(
      coefficients: Array(list.dropLast(2)), residualDeviation: list[list.count - 2],
      leastObserved: list[list.count - 1])
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

/// The quantiles of losses in units of the volatility before them (M23): filtered historical simulation.
struct TailMeasures {
  /// For longs, of falls.
  let long: Double
  /// For shorts, of rises.
  let short: Double

  /// - Parameters:
  ///   - halfLife: of the variance that returns are divided by, in returns.
  ///   - probability: ε.
  ///   - tailShare: the share of the worst returns that a tail is fitted to.
  init(returns: [Double], halfLife: Double, probability: Double, tailShare: Double) {
    var variance = ExponentialVariance(halfLife: halfLife)
    var residuals: [Double] = []
    residuals.reserveCapacity(returns.count)
    for (index, r) in returns.enumerated() {
      if index >= 20, let deviation = variance.deviation, deviation > 0 {
        residuals.append(r / deviation)
      }
      variance.update(r)
    }
    long = Self.quantile(residuals.map { -$0 }, probability, tailShare)
    short = Self.quantile(residuals, probability, tailShare)
  }

  /// The quantile of the fitted tail; an order statistic, the higher neighbour, where no tail fits. Never below that of
  /// the normal law.
  private static func quantile(_ losses: [Double], _ probability: Double, _ share: Double) -> Double {
    let level = 1 - probability
    let fitted = ParetoTail(losses: losses, quantile: 1 - share)?.valueAtRisk(level)
    let observed = fitted ?? OrderStatistics.quantile(level, of: losses, rule: .higher)
    return max(NormalDistribution.quantile(level) ?? 0, observed ?? 0)
  }
}
