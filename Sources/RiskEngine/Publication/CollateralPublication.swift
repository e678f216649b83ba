internal import MarginRules
internal import MarketData
internal import RiskModels

/// One asset of collateral as it is published (M30).
struct CollateralPublication {
  let asset: CollateralAsset
  let state: AssetState
  let notice: AssetNotice
  /// What one lot held is worth, in quanta, rounded down.
  let lotValue: Int64
  let steps: [TraceStep]

  /// - Parameters:
  ///   - usage: what all accounts hold and owe of it; nil where no file says.
  ///   - isUsageStale: whether that is too old: then nothing new is backed under a ceiling, and interest does
  ///     not fall.
  ///   - groups: the names of the scenario groups of the snapshot.
  ///   - lastTime: when the last snapshot was published.
  ///   - prices: of the asset's own file; empty without one.
  ///   - measures: of the underlying that gives its price, if one does.
  ///   - bars: of the same underlying.
  ///   - regime: of the market as a whole, for an asset without an underlying.
  init(
    _ listing: AssetListing, prices: ArraySlice<PriceObservation>, usage: AssetUsagePrint?,
    isUsageStale: Bool, measures: UnderlyingMeasures?, bars: UnderlyingView?, regime: Regime,
    groups: Set<String>,
    configuration: EngineConfiguration, at time: Int64, lastTime: Int64, last: AssetState, tracing: Tracing
  ) throws(PublicationError) {
    var (trace, state) = (Tracer(tracing), last)
    let target = OverrideTarget.asset(listing.id)
    func fraction(_ parameter: Parameter) -> Double { Rate.fraction(configuration[parameter, target]) }
    let terms = UnderlyingTerms(
      configuration, underlying: listing.underlying ?? listing.id,
      elapsed: lastTime > 0 ? time - lastTime : 0)
    let priceTerms = PriceTerms(terms)

    guard
      let price = Self.price(
        listing, prices, measures, at: time, terms: priceTerms, last: last, trace: &trace)
    else { throw .noPrice(id: listing.id) }
    // What is held may gain only so much in one epoch; what it loses counts at once.
    let held = ManipulationGuards.held(
      price.held, previous: last.held, cap: priceTerms.relaxingCap)
    let owed = ManipulationGuards.owed(
      price.owed, previous: last.owed, cap: priceTerms.relaxingCap)
    (state.held, state.owed) = (held, owed)
    guard let lotFloor = ExactQuanta.value(ofPrice: held, lot: listing.lot, rounding: .down),
      let lotCeil = ExactQuanta.value(ofPrice: owed, lot: listing.lot, rounding: .up)
    else { throw .valueOutOfRange(id: listing.id) }

    lotValue = lotFloor
    let volatility = measures?.volatility.published ?? Self.volatility(prices)
    let years = Double(configuration[.haircutHorizon, target]) / Double(Year.seconds)
    let weight = CollateralWeight(
      least: fraction(listing.isStable ? .stableHaircut : .haircutFloor),
      move: fraction(.haircutMultiple) * volatility * years.squareRoot(),
      depeg: listing.isStable
        ? CollateralWeight.depeg(
          price: held, threshold: fraction(.depegThreshold), slope: fraction(.depegSlope)) : 0,
      initialRatio: fraction(.initialHaircutRatio), ceiling: configuration[.weightCeiling, target])
    let rule = RateLimiter.Rule(
      relaxation: Pace.relaxation(configuration[.relaxation], seconds: terms.elapsed),
      deadBand: configuration[.deadBand])
    let blindness = measures?.blindness ?? .nothing
    let bareMaintenance = weight.haircut(.maintenance, slippage: 0)
    let bareInitial = weight.haircut(.initial, slippage: 0)
    let maintenance =
      state.maintenance.step(
        toward: price.isStale ? nil : blindness.target(bareMaintenance, from: state.maintenance.current),
        by: rule)
      ?? bareMaintenance
    let initial = max(
      maintenance,
      state.initial.step(
        toward: price.isStale ? nil : blindness.target(bareInitial, from: state.initial.current), by: rule)
        ?? bareInitial)

    var rows: [CollateralTranches.Row] = []
    if listing.isStable || measures == nil {
      rows.append(
        CollateralTranches.Row(
          width: nil, initial: weight.weight(haircut: initial),
          maintenance: weight.weight(haircut: maintenance)))
    } else if let measures {
      let ratio = configuration[.initialHaircutRatio, target]
      let share = Rate.fraction(configuration[.firstBracket, .underlying(measures.id)])
      let count = Int(configuration[.collateralTranches, target])
      var (node, filled) = (share * measures.impact.depth, Int64(0))
      for k in 1...max(1, count) {
        // The whole tranche is worth what its last lot brings on the average of all before it.
        let slippage = Rate.ceiling(measures.impact.meanCost(node))
        let lots = Quanta.lots(dollars: node, lotValue: lotCeil)
        rows.append(
          CollateralTranches.Row(
            width: k == count ? nil : lots - filled,
            initial: weight.weight(haircut: initial + Rate.product(slippage, ratio)),
            maintenance: weight.weight(haircut: maintenance + slippage)))
        (filled, node) = (lots, 2 * node)
      }
    }
    // Some time is left to close what a paused asset backs (M35).
    let pausedFor = listing.pausedSince.flatMap { $0 > time ? nil : time - $0 }
    let notice = configuration[.pauseNotice, target]
    // What fell below a share of its own slow average backs nothing until it is listed anew.
    let slow = Self.slowPrice(
      prices, bars, from: max(time - configuration[.collapseWindow, target], listing.listedSince ?? 0))
    if let listed = listing.listedSince, listed <= time, listed > state.collapsedAt ?? .max {
      state.collapsedAt = nil
    } else if state.collapsedAt == nil, let slow, !price.isStale,
      price.owed < fraction(.collapseShare) * slow
    {
      state.collapsedAt = time
    }
    let headroom = Self.isolation(listing, usage)?.headroom
    // With a stale price or at its ceiling it backs nothing new.
    let backsNothingNew =
      price.isStale || headroom == 0 || (isUsageStale && listing.isolationCeiling != nil)
    for k in rows.indices {
      rows[k].maintenance = PausedAsset.weight(rows[k].maintenance, pausedFor: pausedFor, notice: notice)
      rows[k].initial =
        backsNothingNew ? 0 : PausedAsset.weight(rows[k].initial, pausedFor: pausedFor, notice: notice)
      if state.collapsedAt != nil { (rows[k].maintenance, rows[k].initial) = (0, 0) }
    }
    let cap = configuration[.supplyCap, target]
    let sound = CollateralTranches.sound(rows, supplyCap: cap > 0 ? cap : nil)

    var asset = CollateralAsset(
      id: listing.id, lot: "\(listing.lot.text) \(listing.id)",
      tranches: CollateralTranches.tranches(sound, lotValue: lotFloor),
      debtIM: Quanta.charge(lotCeil, ppm: 1_000_000 + initial),
      debtMM: Quanta.charge(lotCeil, ppm: 1_000_000 + maintenance))
    asset.isolationCeiling = listing.isolationCeiling
    asset.maxBorrow = listing.maxBorrow
    asset.group = listing.group.flatMap { groups.contains($0) ? $0 : nil }

    // Interest of the time since the last snapshot at the rate that was published then.
    state.accrual.accrue(yearly: last.borrowRate, seconds: time - lastTime)
    let multiple = BorrowRate.multiple(
      in: measures?.volatility.regime ?? regime, stress: configuration[.borrowStress, target])
    let measured = usage.flatMap { usage in
      BorrowRate(
        base: fraction(.borrowBase), slope: fraction(.borrowSlope),
        steepSlope: fraction(.borrowSteepSlope), kink: fraction(.borrowKink)
      ).map { Rate.product(Rate.ppm($0.yearly(utilisation: usage.utilisation)), multiple) }
    }
    // An old report lets interest neither stop nor fall.
    let rate = isUsageStale ? max(measured ?? 0, last.borrowRate) : measured
    state.borrowRate = rate ?? 0
    self.notice = AssetNotice(
      id: listing.id, utilisation: usage.map { Rate.ppm($0.utilisation) }, borrowRate: rate,
      borrowRegime: multiple, accrual: state.accrual, headroom: headroom, isPaused: pausedFor != nil,
      haircut: 1_000_000 - sound[0].maintenance, hasCollapsed: state.collapsedAt != nil)
    self.asset = asset
    self.state = state

    trace.derived("price held", held, "USD", "p·(1 - c), rising by at most relaxingMoveCapPpm an epoch")
    trace.derived("collateral volatility", volatility, "per √year", "of the underlying, or of its own prices")
    trace.derived("move", weight.move, "of price", "z·σ·√h")
    trace.derived("loss of peg", weight.depeg, "of price", "slope·max(0, |p - 1| - threshold)")
    trace.integer(
      "maintenance haircut", maintenance, "ppm", "max(floor, move) + peg; tightens at once, relaxes slowly")
    trace.integer("initial haircut", initial, "ppm", "ratio · (max(floor, move) + peg); likewise")
    trace.input("utilisation", usage?.utilisation, "of supply", "borrowed / supplied, of the venue's file")
    trace.integer(
      "borrow rate", rate, "ppm a year",
      "(r₀ + r₁·min(u, u*)/u* + r₂·max(0, u - u*)/(1 - u*)) · of the regime")
    trace.integer("interest of the regime", multiple, "ppm", "1, 1 + s in stress, 1 + 2·s while extreme")
    trace.word("accrual", "\(state.accrual.value)", "10⁻¹⁸: index·e^(rate·t), rounded up")
    trace.integer("isolation headroom", headroom, "quanta", "max(0, ceiling - debt that it backs)")
    trace.word(
      "paused", pausedFor.map { $0 > notice ? "yes" : "its notice runs" } ?? "no", "of the listing")
    trace.input("slow price", slow, "USD", "mean over collapseWindowSeconds")
    trace.word(
      "collapsed", state.collapsedAt == nil ? "no" : "yes",
      "price < collapseSharePpm · slow price, until it is listed anew")
    trace.integer("first weight", sound[0].maintenance, "ppm", "min(ceiling, 1 - haircut - slippage)")
    steps = trace.steps
  }

  /// What it backs against what it may; nil without a ceiling, or where nobody says what it backs.
  private static func isolation(_ listing: AssetListing, _ usage: AssetUsagePrint?) -> Isolation? {
    guard let ceiling = listing.isolationCeiling, let usage else { return nil }
    let quanta = (usage.backedUSD * 1e6).rounded(.up)
    return Isolation(
      ceiling: ceiling, backed: quanta < 0x1p62 ? Int64(quanta) : SnapshotLimits.totals.upperBound)
  }

  private static func price(
    _ listing: AssetListing, _ prices: ArraySlice<PriceObservation>, _ measures: UnderlyingMeasures?,
    at time: Int64, terms: PriceTerms, last: AssetState, trace: inout Tracer
  ) -> PriceMeasures? {
    if listing.prices != nil {
      let before = last.held.flatMap { held in last.owed.map { (held, $0) } }
      return PriceMeasures(prices, at: time, terms: terms, last: before, trace: &trace)
    }
    if let measures {
      trace.input("price held", measures.price.held, "USD", "of the underlying \(measures.id)")
      return measures.price
    }
    guard listing.isStable else { return nil }
    // A stable asset without prices is worth one dollar by agreement.
    return PriceMeasures(held: 1, owed: 1)
  }

  /// The least seconds of prices of which an average is slow.
  private static let leastHistory: Int64 = 7 * 86_400

  /// The mean price since a time, of bars of the underlying or of an asset's own prices; nil for less than a
  /// week.
  private static func slowPrice(
    _ prices: ArraySlice<PriceObservation>, _ view: UnderlyingView?, from start: Int64
  ) -> Double? {
    var (sum, count, first, last) = (0.0, 0.0, Int64.max, Int64.min)
    func add(_ price: Double, _ time: Int64) {
      (sum, count) = (sum + price, count + 1)
      (first, last) = (min(first, time), max(last, time))
    }
    if let view, prices.isEmpty {
      for bar in view.bars.reversed() {
        guard bar.openTime >= start else { break }
        add(bar.close, bar.openTime)
      }
    } else {
      for one in prices.reversed().prefix(16_384) {
        guard one.timeMilliseconds / 1_000 >= start else { break }
        add(one.price, one.timeMilliseconds / 1_000)
      }
    }
    return count > 0 && last - first >= leastHistory ? sum / count : nil
  }

  /// √(Σ ln² / years) of an asset's own prices, by the source of the last one; 0 without two of them.
  private static func volatility(_ prices: ArraySlice<PriceObservation>) -> Double {
    guard let source = prices.last?.source else { return 0 }
    let series = prices.suffix(4_096).filter { $0.source == source && $0.price > 0 }
    guard let first = series.first, let last = series.last,
      last.timeMilliseconds > first.timeMilliseconds
    else { return 0 }
    let squares = zip(series, series.dropFirst()).reduce(0.0) { sum, pair in
      let r = DeterministicMath.log(pair.1.price / pair.0.price)
      return sum + r * r
    }
    let seconds = Double(last.timeMilliseconds - first.timeMilliseconds) / 1_000
    return (squares * Double(Year.seconds) / seconds).squareRoot()
  }
}

extension PriceMeasures {
  /// A price that is agreed upon.
  init(held: Double, owed: Double) {
    self.held = held
    self.owed = owed
    isStale = false
    diverges = false
    age = 0
  }
}
