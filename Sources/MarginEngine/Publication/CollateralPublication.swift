internal import MarketData
internal import RiskModels

/// One asset of collateral as it is published (M30).
struct CollateralPublication {
  let asset: CollateralAsset
  let state: AssetState
  let steps: [TraceStep]

  /// - Parameters:
  ///   - prices: of the asset's own file; empty without one.
  ///   - measures: of the underlying that gives its price, if one does.
  init(
    _ listing: AssetListing, prices: ArraySlice<PriceObservation>, measures: UnderlyingMeasures?,
    configuration: EngineConfiguration, at time: Int64, last: AssetState, tracing: Tracing
  ) throws(PublicationError) {
    var (trace, state) = (Tracer(tracing), last)
    let target = OverrideTarget.asset(listing.id)
    func fraction(_ parameter: Parameter) -> Double { Rate.fraction(configuration[parameter, target]) }
    let priceTerms = PriceTerms(
      UnderlyingTerms(configuration, underlying: listing.underlying ?? listing.id))

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
      relaxation: configuration[.relaxation], deadBand: configuration[.deadBand])
    let bareMaintenance = weight.haircut(.maintenance, slippage: 0)
    let bareInitial = weight.haircut(.initial, slippage: 0)
    let maintenance =
      state.maintenance.step(toward: price.isStale ? nil : bareMaintenance, by: rule)
      ?? bareMaintenance
    let initial = max(
      maintenance, state.initial.step(toward: price.isStale ? nil : bareInitial, by: rule) ?? bareInitial)

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
    // With a stale price it backs nothing new.
    if price.isStale { for k in rows.indices { rows[k].initial = 0 } }
    let cap = configuration[.supplyCap, target]
    let sound = CollateralTranches.sound(rows, supplyCap: cap > 0 ? cap : nil)

    var asset = CollateralAsset(
      id: listing.id, lot: "\(listing.lot.text) \(listing.id)",
      tranches: CollateralTranches.tranches(sound, lotValue: lotFloor),
      debtIM: Quanta.charge(lotCeil, ppm: 1_000_000 + initial),
      debtMM: Quanta.charge(lotCeil, ppm: 1_000_000 + maintenance))
    asset.isolationCeiling = listing.isolationCeiling
    asset.maxBorrow = listing.maxBorrow
    self.asset = asset
    self.state = state

    trace.derived("price held", held, "USD", "p·(1 - c), rising by at most relaxingMoveCapPpm an epoch")
    trace.derived("collateral volatility", volatility, "per √year", "of the underlying, or of its own prices")
    trace.derived("move", weight.move, "of price", "z·σ·√h")
    trace.derived("loss of peg", weight.depeg, "of price", "slope·max(0, |p - 1| - threshold)")
    trace.integer(
      "maintenance haircut", maintenance, "ppm", "max(floor, move) + peg; tightens at once, relaxes slowly")
    trace.integer("initial haircut", initial, "ppm", "ratio · (max(floor, move) + peg); likewise")
    trace.integer("first weight", sound[0].maintenance, "ppm", "min(ceiling, 1 - haircut - slippage)")
    steps = trace.steps
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
