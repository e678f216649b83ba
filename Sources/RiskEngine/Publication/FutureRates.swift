internal import MarketData

/// The rates and brackets of a perpetual, a future or the asset itself (M22 to M27).
struct FutureRates {
  /// Long brackets in ppm.
  let long: BracketTable
  /// Short brackets in ppm.
  let short: BracketTable
  /// The larger maintenance rate of the first brackets, in ppm.
  let base: Int64
  /// The value of one lot in quanta, rounded down and up.
  let markFloor: Int64
  let markCeil: Int64
  let state: InstrumentState
  /// The sides whose maintenance margin is still tightening.
  let ramps: [MaintenanceRamp]
  let steps: [TraceStep]

  init(
    lot: Lot, measures: UnderlyingMeasures, terms: UnderlyingTerms, last: InstrumentState,
    id: String, tracing: Tracing
  ) throws(PublicationError) {
    var (trace, state) = (Tracer(tracing), last)
    guard let floor = ExactQuanta.value(ofPrice: measures.price.held, lot: lot, rounding: .down),
      let ceil = ExactQuanta.value(ofPrice: measures.price.owed, lot: lot, rounding: .up), ceil > 0
    else { throw .valueOutOfRange(id: id) }
    markFloor = floor
    markCeil = ceil
    trace.integer("mark floor", floor, "quanta per lot", "⌊price held · lot⌋")
    trace.integer("mark ceil", ceil, "quanta per lot", "⌈price owed · lot⌉")
    var ramps: [MaintenanceRamp] = []
    long = Self.side(.long, id, measures, terms, ceil, &state.long, &ramps, &trace)
    short = Self.side(.short, id, measures, terms, ceil, &state.short, &ramps, &trace)
    self.ramps = ramps
    base = max(long.rows[0].maintenance, short.rows[0].maintenance)
    self.state = state
    steps = trace.steps
  }

  private enum Side: String {
    case long, short
  }

  private static func side(
    _ side: Side, _ id: String, _ measures: UnderlyingMeasures, _ terms: UnderlyingTerms, _ lotValue: Int64,
    _ state: inout SideState, _ ramps: inout [MaintenanceRamp], _ trace: inout Tracer
  ) -> BracketTable {
    let isLong = side == .long
    let impact = measures.referenceImpact(terms)
    let stress = StressBlend(
      weight: terms.fraction(.stressWeight),
      worstMove: (isLong ? measures.falls : measures.rises).move(within: measures.horizon))
    let rate = MaintenanceRate(
      lossMultiple: terms.fraction(.lossMultiple), cycle: measures.volatility.cycle,
      conditional: measures.volatility.conditional, cycleWeight: terms.fraction(.cycleWeight),
      horizonSeconds: measures.horizon, impact: impact, gap: measures.gap,
      fee: terms.fraction(.liquidationFee),
      skewBuffer: isLong ? measures.skew.long : measures.skew.short, stress: stress)
    let bounds = terms[.maintenanceFloor]...terms[.maintenanceCeiling]
    let widening = measures.breaker.level > 0 ? terms[.breakerWidening] : 1_000_000
    let maintenance = Rate.product(rate.ppm(in: bounds), widening)
    let cycle = Rate.product(rate.throughTheCycle.ppm(in: bounds), widening)

    let fit = measures.volatility.fit
    let insolvency = InsolvencyCap.ppm(
      quantile: isLong ? fit.tailLong : fit.tailShort, volatility: measures.volatility.published,
      horizonSeconds: measures.horizon, cost: impact + terms.fraction(.liquidationFee))
    let bare = InitialRate.ppm(
      maintenance: maintenance, cycle: cycle, ratio: terms[.initialRatio],
      // Below the multiple from which on an account may only close it cannot show initial margin (M32).
      least: max(terms[.initialLeastRatio], terms[.closeOnlyZone]),
      leverageCap: terms[.leverageCap], insolvency: insolvency)
    let crowding = isLong ? measures.liquidity.crowdingLong : measures.liquidity.crowdingShort
    let crowded = Rate.product(bare, crowding)
    let scaled = OpenInterestScaling(
      lower: terms[.openInterestLower], upper: terms[.openInterestUpper]
    ).ppm(crowded, openInterest: measures.liquidity.openInterest)
    let initial = max(maintenance, min(scaled, terms[.initialCeiling]))

    // A stale price or silent books say nothing new, so rates hold; without bars or funding they do not
    // relax. The first rate is remembered even so: it was published, and what was published does not fall at
    // once. Only without any depth, when brackets ask for everything whatever the rate, there is none.
    let isHeld = measures.price.isStale || measures.liquidity.isSilent
    func target(_ asked: Int64, _ limiter: RateLimiter) -> Int64? {
      guard isHeld else { return measures.blindness.target(asked, from: limiter.current) }
      return limiter.current == nil && measures.liquidity.depth > 0 ? asked : nil
    }
    let publishedMaintenance =
      state.maintenance.step(toward: target(maintenance, state.maintenance), by: terms.maintenanceRule)
      ?? maintenance
    let publishedInitial = max(
      publishedMaintenance,
      state.initial.step(toward: target(initial, state.initial), by: terms.limiterRule) ?? initial)
    if publishedMaintenance < maintenance, !isHeld {
      ramps.append(
        MaintenanceRamp(
          id: id, isLong: isLong, rate: publishedMaintenance, target: maintenance, perHour: terms[.ramp]))
    }

    trace.input("worst move (\(side))", stress.worstMove, "of price", "known by now, within the horizon")
    trace.derived(
      "move through the cycle (\(side))", rate.cycleMove, "of price",
      "max(x, (1 - s)·x + s·worst) of x = z·σ·√h through the cycle")
    trace.derived("conditional move (\(side))", rate.conditionalMove, "of price", "z·σ·√h as expected now")
    trace.derived("move (\(side))", rate.move, "of price", "w·through the cycle + (1 - w)·conditional")
    trace.derived("impact (\(side))", impact, "of notional", "⅔·Y·b·√(Q/D)")
    trace.integer(
      "maintenance target (\(side))", maintenance, "ppm",
      "clip((move + impact + gap)·skew + fee) · breaker")
    trace.integer(
      "maintenance through the cycle (\(side))", cycle, "ppm", "the same of the part through the cycle alone")
    trace.integer("insolvency rate (\(side))", insolvency, "ppm", "q(1-ε)·σ·√h + cost")
    trace.integer(
      "initial before crowding (\(side))", bare, "ppm",
      "max(r₀·maintenance, r·min(maintenance, through the cycle), 1/leverageCap, insolvency)")
    trace.integer(
      "initial target (\(side))", initial, "ppm", "min(· crowding, scaled by open interest, ceiling)")
    trace.integer(
      "maintenance rate (\(side))", publishedMaintenance, "ppm",
      "tightens by maintenanceRampPerHourPpm at most, relaxes slowly")
    trace.integer("initial rate (\(side))", publishedInitial, "ppm", "tightens at once, relaxes slowly")
    trace.integer(
      "greatest leverage (\(side))", InitialRate.greatestLeverage(at: publishedInitial), "×",
      "⌊1 / initial rate⌋")

    return DepthBrackets(firstShare: terms.fraction(.firstBracket), count: Int(terms[.brackets])).table(
      base: BracketTable.Rates(initial: publishedInitial, maintenance: publishedMaintenance),
      cost: measures.impact, ratio: terms[.initialRatio], lotValue: lotValue)
  }
}
