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
    long = Self.side(.long, measures, terms, ceil, &state.long, &trace)
    short = Self.side(.short, measures, terms, ceil, &state.short, &trace)
    base = max(long.rows[0].maintenance, short.rows[0].maintenance)
    self.state = state
    steps = trace.steps
  }

  private enum Side: String {
    case long, short
  }

  private static func side(
    _ side: Side, _ measures: UnderlyingMeasures, _ terms: UnderlyingTerms, _ lotValue: Int64,
    _ state: inout SideState, _ trace: inout Tracer
  ) -> BracketTable {
    let isLong = side == .long
    let impact = measures.referenceImpact(terms)
    let stress = StressBlend(
      weight: terms.fraction(.stressWeight),
      worstMove: terms.stressFloor.move(within: measures.horizon))
    let rate = MaintenanceRate(
      lossMultiple: terms.fraction(.lossMultiple), volatility: measures.volatility.published,
      horizonSeconds: measures.horizon, impact: impact, gap: measures.gap,
      fee: terms.fraction(.liquidationFee),
      skewBuffer: isLong ? measures.skew.long : measures.skew.short, stress: stress)
    let bounds = terms[.maintenanceFloor]...terms[.maintenanceCeiling]
    let widening = measures.breaker.level > 0 ? terms[.breakerWidening] : 1_000_000
    let maintenance = Rate.product(rate.ppm(in: bounds), widening)

    let fit = measures.volatility.fit
    let insolvency = InsolvencyCap.ppm(
      quantile: isLong ? fit.tailLong : fit.tailShort, volatility: measures.volatility.published,
      horizonSeconds: measures.horizon, cost: impact + terms.fraction(.liquidationFee))
    let bare = InitialRate.ppm(
      maintenance: maintenance, ratio: terms[.initialRatio], leverageCap: terms[.leverageCap],
      insolvency: insolvency)
    let crowding = isLong ? measures.liquidity.crowdingLong : measures.liquidity.crowdingShort
    let crowded = Rate.product(bare, crowding)
    let scaled = OpenInterestScaling(
      lower: terms[.openInterestLower], upper: terms[.openInterestUpper]
    ).ppm(crowded, openInterest: measures.liquidity.openInterest)
    let initial = max(maintenance, min(scaled, terms[.initialCeiling]))

    // A stale price says nothing new, so rates hold.
    let isStale = measures.price.isStale
    let publishedMaintenance =
      state.maintenance.step(toward: isStale ? nil : maintenance, by: terms.maintenanceRule)
      ?? maintenance
    let publishedInitial = max(
      publishedMaintenance,
      state.initial.step(toward: isStale ? nil : initial, by: terms.limiterRule) ?? initial)

    trace.derived("move (\(side))", rate.move, "of price", "z·σ·√h")
    trace.derived(
      "stressed move (\(side))", stress.applied(to: rate.move), "of price",
      "max(move, (1 - w)·move + w·worst)")
    trace.derived("impact (\(side))", impact, "of notional", "⅔·Y·b·√(Q/D)")
    trace.integer(
      "maintenance target (\(side))", maintenance, "ppm",
      "clip((stressed move + impact + gap)·skew + fee) · breaker")
    trace.integer("insolvency rate (\(side))", insolvency, "ppm", "q(1-ε)·σ·√h + cost")
    trace.integer(
      "initial before crowding (\(side))", bare, "ppm", "max(r·maintenance, 1/leverageCap, insolvency)")
    trace.integer(
      "initial target (\(side))", initial, "ppm", "min(· crowding, scaled by open interest, ceiling)")
    trace.integer(
      "maintenance rate (\(side))", publishedMaintenance, "ppm", "tightens at once, relaxes slowly")
    trace.integer("initial rate (\(side))", publishedInitial, "ppm", "tightens at once, relaxes slowly")
    trace.integer(
      "greatest leverage (\(side))", InitialRate.greatestLeverage(at: publishedInitial), "×",
      "⌊1 / initial rate⌋")

    return DepthBrackets(firstShare: terms.fraction(.firstBracket), count: Int(terms[.brackets])).table(
      base: BracketTable.Rates(initial: publishedInitial, maintenance: publishedMaintenance),
      cost: measures.impact, ratio: terms[.initialRatio], lotValue: lotValue)
  }
}
