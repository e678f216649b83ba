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

  /// Measures the returns of bars.
  ///
  /// - Parameters:
  ///   - implied: volatility that options imply, per √year, if it is known and fresh.
  ///   - drought: what raises the forecast, ≥ 0 (M39).
  ///   - last: the coefficients fitted before.
  init(
    bars: ArraySlice<Bar>, interval: Int64, implied: Double?, drought: Double, terms: UnderlyingTerms,
    last: ModelFit?, epoch: Int64, trace: inout Tracer
  ) {
    let window = bars.suffix(Int(terms[.windowBars]) + 1)
    let returns = LogarithmicReturns.ofCloses(window) ?? []
    let perYear = Year.bars(of: max(1, interval))
    let annual = perYear.squareRoot()

    var detector = RegimeDetector(Self.thresholds(interval: interval, terms), window: returns)
    for r in returns { detector.update(r) }
    let fast = detector.fast.deviation.map { $0 * annual }
    let slow = detector.slow.deviation.map { $0 * annual }
    ratio = detector.ratio ?? 1
    regime = Regime(detector.regime)
    barDeviation = detector.slow.deviation ?? 0
    lastReturn = returns.last ?? 0

    let isDue = last.map { epoch - $0.epoch >= terms[.refitEpochs] } ?? true
    if isDue {
      fit = Self.fitted(
        bars: bars, returns: returns, interval: interval, terms: terms, epoch: epoch)
    } else {
      fit = last ?? ModelFit(epoch: epoch, garch: [], autoregression: [], tailLong: 0, tailShort: 0)
    }

    let garch = Self.garch(fit, returns: returns).map { $0.squareRoot() * annual }
    let forecast = Self.forecast(fit, bars: bars, interval: interval)
    let fixed = terms.fraction(.staticVolatility)
    var measured = VolatilityBlend.blended(
      floor: terms.fraction(.volatilityFloor),
      realized: VolatilityBlend.greatest(of: [fast, slow, garch]), implied: implied, fast: fast,
      weight: 1 - terms.fraction(.impliedWeight))
    // With too little history what was measured may only add to what is fixed.
    if returns.count < terms[.warmUpBars] { measured = max(measured, fixed) }
    let strategy = MarginStrategy.allCases[Int(terms[.strategy])]
    let chosen = strategy.volatility(
      fixed: fixed, measured: measured, forecast: forecast, drought: drought)
    published = min(terms.fraction(.volatilityCeiling), chosen)

    trace.input("bars", Double(returns.count), "returns", "log returns of closes in the window")
    trace.input("last return", lastReturn, "", "ln(close / close before)")
    trace.derived("fast volatility", fast, "per √year", "EWMA of r², half-life fastHalfLifeSeconds")
    trace.derived("slow volatility", slow, "per √year", "EWMA of r², half-life slowHalfLifeSeconds")
    trace.derived("GARCH volatility", garch, "per √year", "√(ω + α·r² + β·h) of the next bar")
    trace.input("implied volatility", implied, "per √year", "at the money, 30 days")
    trace.derived(
      "forecast volatility", forecast, "per √year",
      "√ of the upper 95 % end of HAR: b₀ + b₁·day + b₂·week + b₃·month")
    trace.derived(
      "measured volatility", measured, "per √year",
      "max(floor, w·max(fast, slow, GARCH) + (1 - w)·implied, fast)")
    trace.word("strategy", strategy.rawValue, "of the configuration")
    trace.derived("volatility", published, "per √year", "of the strategy, at most the ceiling")
    trace.word("regime", regime.rawValue, "from fast / slow = \(ratio)")
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
    bars: ArraySlice<Bar>, returns: [Double], interval: Int64, terms: UnderlyingTerms, epoch: Int64
  ) -> ModelFit {
    let sample = Array(returns.suffix(Int(terms[.fitBars])))
    let garch = GarchFit(sample).map { [$0.model.constant, $0.model.reaction, $0.model.memory] }
    var autoregression: [Double] = []
    // Only the strategy that forecasts needs the long history.
    if MarginStrategy.allCases[Int(terms[.strategy])] == .predictive {
      autoregression = fittedAutoregression(bars: bars, interval: interval)
    }
    let tail = TailMeasures(
      returns: returns, halfLife: Double(terms[.fastHalfLife]) / Double(max(1, interval)),
      probability: terms.fraction(.insolvencyProbability), tailShare: terms.fraction(.tailShare))
    return ModelFit(
      epoch: epoch, garch: garch ?? [], autoregression: autoregression, tailLong: tail.long,
      tailShort: tail.short)
  }

  private static func windows(interval: Int64) -> HeterogeneousWindows {
    HeterogeneousWindows(returnsPerDay: Int(clamping: 86_400 / max(1, interval)))
  }

  private static func fittedAutoregression(bars: ArraySlice<Bar>, interval: Int64) -> [Double] {
    let windows = windows(interval: interval)
    let history = bars.suffix(windows.returnsPerDay * (windows.monthDays + windows.sampleDays) + 1)
    var model = HeterogeneousAutoregression(windows)
    for r in LogarithmicReturns.ofCloses(history) ?? [] { model.update(r) }
    guard let fit = model.fit() else { return [] }
    return fit.coefficients + [fit.residualDeviation, fit.leastObserved]
  }

  /// The variance of the next bar under coefficients that were fitted before, from its long-run level at the start
  /// of the window; nil without them.
  private static func garch(_ fit: ModelFit, returns: [Double]) -> Double? {
    guard fit.garch.count == 3, !returns.isEmpty,
      let model = GarchModel(constant: fit.garch[0], reaction: fit.garch[1], memory: fit.garch[2])
    else { return nil }
    return returns.reduce(model.longRunVariance) { model.next(after: $1, variance: $0) }
  }

  /// The upper end of the forecast for the next day, per √year; nil without coefficients.
  private static func forecast(
    _ fit: ModelFit, bars: ArraySlice<Bar>, interval: Int64
  ) -> Double? {
    guard fit.autoregression.count == 6,
      let recorded = HeterogeneousFit(
        coefficients: Array(fit.autoregression[..<4]), residualDeviation: fit.autoregression[4],
        leastObserved: fit.autoregression[5])
    else { return nil }
    let windows = windows(interval: interval)
    var model = HeterogeneousAutoregression(windows)
    let month = bars.suffix(windows.returnsPerDay * windows.monthDays + 1)
    for r in LogarithmicReturns.ofCloses(month) ?? [] { model.update(r) }
    return model.forecast(recorded).map { ($0.upper * 365).squareRoot() }
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
