internal import MarginRules
internal import MarketData
internal import RiskModels

/// Everything that is measured of one underlying at one instant, before any rate.
struct UnderlyingMeasures {
  let id: String
  let price: PriceMeasures
  let volatility: VolatilityMeasures
  let liquidity: LiquidityMeasures
  let breaker: CircuitBreaker
  let skew: SkewBuffers
  /// What is not known because series do not count.
  let blindness: Blindness
  /// How long a position of the reference size takes to close, in seconds.
  let horizon: Double
  /// What the price may move before a liquidation is final, as a fraction.
  let gap: Double
  /// What forecasts leave of the largest position, at most 1 (M26).
  let positionShare: Double
  /// The cost of trading by the square-root law.
  let impact: ImpactCost
  /// The worst falls and rises known by now, by horizon.
  let falls: StressFloor
  let rises: StressFloor
  /// The steps of the trace that all instruments on the underlying share.
  let steps: [TraceStep]
  /// What is remembered.
  let state: UnderlyingState
  /// What is published beside the snapshot.
  let notice: UnderlyingNotice

  /// - Parameters:
  ///   - moves: of the bars of the view.
  ///   - place: which of how many underlyings it is.
  ///   - insurance: what the insurance fund holds over what it should hold; nil where no file says.
  ///   - blindness: what is not known because series do not count.
  init(
    _ view: UnderlyingView, moves: BarMoves, place: (index: Int, count: Int), at time: Int64,
    insurance: Double?, blindness: Blindness, terms: UnderlyingTerms,
    last: UnderlyingState, tracing: Tracing
  ) throws(PublicationError) {
    var (trace, state) = (Tracer(tracing), last)
    id = view.id
    self.blindness = blindness
    let before = last.held.flatMap { held in last.owed.map { (held, $0) } }
    guard
      let price = PriceMeasures(
        view.observations, at: time, terms: PriceTerms(terms), last: before, trace: &trace)
    else { throw .noPrice(id: view.id) }
    let chain = view.chain.flatMap { time - $0.time <= terms[.impliedMaximumAge] ? $0 : nil }
    let smile = chain.flatMap { VolatilitySmile($0) }
    let index = chain.flatMap { VarianceIndex.volatility($0) }
    var volatility = VolatilityMeasures(
      bars: view.bars, moves: moves, interval: view.interval, implied: smile?.atTheMoney, index: index,
      history: last.index, terms: terms, last: last.fit, time: time,
      phase: terms[.refit] * Int64(place.index) / Int64(max(1, place.count)), trace: &trace)
    liquidity = LiquidityMeasures(
      view, at: time, isPriceStale: price.isStale, isBlind: blindness.holdsMargin, terms: terms,
      limiter: &state.depth, trace: &trace)
    let drought = DroughtMeasures(
      view, at: time, depth: liquidity.books, effectiveDepth: liquidity.depth,
      volatilityRatio: volatility.knownRatio, fundingScore: liquidity.fundingScore,
      openInterest: liquidity.openInterest, terms: terms, trace: &trace)
    volatility.choose(droughtFactor: drought.factor, terms: terms, trace: &trace)
    // What is not known is not a calm market.
    if blindness.toBars, volatility.regime.rank < Regime.stress.rank { volatility.regime = .stress }
    self.volatility = volatility
    positionShare = Self.positionShare(
      cycle: volatility.cycle, forecast: volatility.forecast?.mean, drought: drought.factor,
      weight: terms.fraction(.positionForecast))
    skew = SkewBuffers(smile, hasChain: view.chain != nil, last: last, terms: terms)

    var breaker = last.breaker
    let deviation = volatility.barDeviation
    // A bar that has not ended yet counts as far as it has come.
    let sinceHour = DeterministicMath.log(view.moveSinceHour).magnitude
    let move = max(volatility.lastReturn.magnitude, sinceHour)
    let load = Self.liquidationLoad(view, at: time, depth: liquidity.depth, terms)
    breaker.step(
      CircuitBreaker.Signals(
        sigmas: deviation > 0 ? move / deviation : 0, move: move, depthShare: liquidity.depthShare,
        liquidationLoad: load ?? 0, hasPrice: !price.isStale, insuranceShare: insurance ?? 1,
        isExtreme: volatility.regime == .extreme),
      terms.breaker, elapsed: terms.elapsed)

    let delay = ReactionDelay(
      blockTime: Double(terms[.blockSeconds]), confirmations: Int(terms[.confirmations]),
      queueDelay: Double(terms[.queueSeconds]), ceiling: Double(terms[.latencyCeiling])
    ).total(oracleAge: price.age, congestion: terms.fraction(.congestion))
    horizon = LiquidationHorizon.seconds(
      least: Double(terms[.liquidationHorizon]), greatest: Double(terms[.horizonCeiling]),
      latency: delay, notional: Double(terms[.referenceNotional]),
      dailyVolume: liquidity.dailyVolume, participation: terms.fraction(.participation))
    // What the delay adds to the move while the position is closed: variances add up, so z·σ·(√(h + delay) -
    // √h). The age of the last bar so hardly shows, and the same market asks the same at any cadence.
    func reach(_ seconds: Double) -> Double {
      GapMargin.rate(
        quantile: terms.fraction(.gapMultiple), volatility: volatility.published, delay: seconds)
    }
    gap = max(0, reach(horizon + delay) - reach(horizon))
    impact = ImpactCost(
      coefficient: terms.fraction(.impactCoefficient), band: terms.fraction(.depthBand),
      depth: liquidity.depth)

    state.stress.update(view.bars, interval: view.interval)
    let table = terms.configuration.stress
    falls = table.floor(of: view.id, .fall, knownAt: time).deepened(by: state.stress.floor(.fall))
    rises = table.floor(of: view.id, .rise, knownAt: time).deepened(by: state.stress.floor(.rise))

    state.held = price.held
    state.owed = price.owed
    state.breaker = breaker
    state.skewLong = skew.long
    state.skewShort = skew.short
    state.fit = volatility.fit
    if let index { state.index.note(index, at: time) }
    var notice = UnderlyingNotice(id: view.id)
    notice.strategy = volatility.strategy.effective
    notice.lacked = volatility.strategy.lacked
    notice.cycle = Rate.ppm(volatility.cycle)
    notice.conditional = Rate.ppm(volatility.conditional)
    notice.index = index.map { Rate.ppm($0) }
    notice.forecast = volatility.forecast.map { Rate.ppm($0.mean) }
    notice.forecastUpper = volatility.forecast.map { Rate.ppm($0.upper) }
    notice.drought = drought.probability.map { Rate.ppm($0) }
    notice.droughtFactor = Rate.ppm(drought.factor)
    notice.positionShare = Rate.floor(positionShare)
    notice.breaker = breaker.level
    notice.liquidationLoad = load.map { Rate.ppm($0) }
    // Rounded down: less insurance is worse.
    notice.insuranceShare = insurance.map { Int64(clamping: Int128(min($0, 1e9) * 1e6)) }
    self.notice = notice
    self.price = price
    self.breaker = breaker
    self.state = state

    trace.input("liquidation load", load, "×", "Σ liquidated over liquidationWindowSeconds / (k·depth) (M55)")
    trace.input("insurance share", insurance, "×", "what the fund holds / what it should hold")
    trace.derived(
      "share of the position limit", positionShare, "×",
      "1 - k·(1 - min(1, through the cycle / expected) / drought factor)")
    trace.integer(
      "breaker", breaker.level, "level",
      "M46, left after breakerCoolDownSeconds without cause, never while extreme")
    trace.input("risk reversal", smile?.skew, "of volatility", "(25-delta put - call) / at the money")
    trace.derived("skew buffer of longs", skew.long, "×", "clip(1 + slope·max(0, x) + tails, 1, cap)")
    trace.derived("skew buffer of shorts", skew.short, "×", "clip(1 + slope·max(0, -x) + tails, 1, cap)")
    trace.derived("latency", delay, "s", "age + blocks·confirmations + queue·congestion")
    trace.derived("gap", gap, "of price", "z·σ·(√(horizon + latency) - √horizon)")
    trace.derived("horizon", horizon, "s", "max(least, latency, reference / (k·daily volume))")
    steps = trace.steps
  }

  /// What forecasts leave of the largest position: less where more volatility is expected than there is
  /// through the cycle, and where depth is likely to go.
  ///
  ///     1 - k·(1 - min(1, σ_cycle/σ_expected)/drought factor)
  ///
  /// - Parameter weight: k.
  static func positionShare(cycle: Double, forecast: Double?, drought: Double, weight: Double) -> Double {
    let calm = forecast.map { $0 > cycle ? cycle / $0 : 1 } ?? 1
    return 1 - weight * (1 - calm / max(1, drought))
  }

  /// Liquidations of the last seconds over what depth absorbs (M55): ∞ without depth, nil where no file says.
  private static func liquidationLoad(
    _ view: UnderlyingView, at time: Int64, depth: Double, _ terms: UnderlyingTerms
  ) -> Double? {
    guard !view.liquidations.isEmpty else { return nil }
    var sum = 0.0
    for print in view.liquidations.reversed() {
      guard time - print.time < terms[.liquidationWindow] else { break }
      sum += print.notionalUSD
    }
    let absorbed = terms.fraction(.absorption) * depth
    return sum == 0 ? 0 : absorbed > 0 ? sum / absorbed : .infinity
  }

  /// What closing the reference position costs, and no less than the first bracket can hold, as a fraction.
  func referenceImpact(_ terms: UnderlyingTerms) -> Double {
    max(
      impact.meanCost(Double(terms[.referenceNotional])),
      impact.meanCost(terms.fraction(.firstBracket) * impact.depth))
  }
}
