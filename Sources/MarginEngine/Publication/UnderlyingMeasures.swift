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
  /// How long a position of the reference size takes to close, in seconds.
  let horizon: Double
  /// What the price may move before a liquidation is final, as a fraction.
  let gap: Double
  /// The cost of trading by the square-root law.
  let impact: ImpactCost
  /// The steps of the trace that all instruments on the underlying share.
  let steps: [TraceStep]
  /// What is remembered.
  let state: UnderlyingState

  init(
    _ view: UnderlyingView, at time: Int64, epoch: Int64, drought: Double, terms: UnderlyingTerms,
    last: UnderlyingState, tracing: Tracing
  ) throws(PublicationError) {
    var (trace, state) = (Tracer(tracing), last)
    id = view.id
    let before = last.held.flatMap { held in last.owed.map { (held, $0) } }
    guard
      let price = PriceMeasures(
        view.observations, at: time, terms: PriceTerms(terms), last: before, trace: &trace)
    else { throw .noPrice(id: view.id) }
    let smile = view.chain.flatMap { chain in
      time - chain.time <= terms[.impliedMaximumAge] ? VolatilitySmile(chain) : nil
    }
    volatility = VolatilityMeasures(
      bars: view.bars, interval: view.interval, implied: smile?.atTheMoney, drought: drought,
      terms: terms, last: last.fit, epoch: epoch, trace: &trace)
    liquidity = LiquidityMeasures(
      view, at: time, isPriceStale: price.isStale, terms: terms, limiter: &state.depth,
      trace: &trace)
    skew = SkewBuffers(smile, last: last, terms: terms)

    var breaker = last.breaker
    let deviation = volatility.barDeviation
    let move = volatility.lastReturn.magnitude
    breaker.step(
      CircuitBreaker.Signals(
        sigmas: deviation > 0 ? move / deviation : 0, move: move, depthShare: liquidity.depthShare,
        hasPrice: !price.isStale),
      terms.breaker)

    let delay = ReactionDelay(
      blockTime: Double(terms[.blockSeconds]), confirmations: Int(terms[.confirmations]),
      queueDelay: Double(terms[.queueSeconds]), ceiling: Double(terms[.latencyCeiling])
    ).total(oracleAge: price.age, congestion: terms.fraction(.congestion))
    gap = GapMargin.rate(
      quantile: terms.fraction(.gapMultiple), volatility: volatility.published, delay: delay)
    horizon = LiquidationHorizon.seconds(
      least: Double(terms[.liquidationHorizon]), greatest: Double(terms[.horizonCeiling]),
      latency: delay, notional: Double(terms[.referenceNotional]),
      dailyVolume: liquidity.dailyVolume, participation: terms.fraction(.participation))
    impact = ImpactCost(
      coefficient: terms.fraction(.impactCoefficient), band: terms.fraction(.depthBand),
      depth: liquidity.depth)

    state.held = price.held
    state.owed = price.owed
    state.breaker = breaker
    state.skewLong = skew.long
    state.skewShort = skew.short
    state.fit = volatility.fit
    self.price = price
    self.breaker = breaker
    self.state = state

    trace.integer("breaker", breaker.level, "level", "M46, left after breakerCoolDownEpochs quiet epochs")
    trace.input("risk reversal", smile?.skew, "of volatility", "(25-delta put - call) / at the money")
    trace.derived("skew buffer of longs", skew.long, "×", "clip(1 + slope·max(0, x), 1, cap)")
    trace.derived("skew buffer of shorts", skew.short, "×", "clip(1 + slope·max(0, -x), 1, cap)")
    trace.derived("latency", delay, "s", "age + blocks·confirmations + queue·congestion")
    trace.derived("gap", gap, "of price", "z·σ·√latency")
    trace.derived("horizon", horizon, "s", "max(least, latency, reference / (k·daily volume))")
    steps = trace.steps
  }

  /// What closing the reference position costs, and no less than the first bracket can hold, as a fraction.
  func referenceImpact(_ terms: UnderlyingTerms) -> Double {
    max(
      impact.meanCost(Double(terms[.referenceNotional])),
      impact.meanCost(terms.fraction(.firstBracket) * impact.depth))
  }
}
