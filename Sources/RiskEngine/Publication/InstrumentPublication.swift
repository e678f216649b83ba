internal import MarginRules
internal import MarketData
internal import RiskModels

/// Instruments of a snapshot from what was measured.
struct InstrumentPublication {
  let measures: UnderlyingMeasures
  let scenarios: ScenarioTable
  let time: Int64
  let tracing: Tracing

  /// A perpetual, a future or the asset itself.
  func future(_ listing: InstrumentListing, _ rates: FutureRates, _ terms: UnderlyingTerms)
    -> PublishedInstrument
  {
    var (state, trace) = (rates.state, Tracer(tracing))
    let gains = scenarios.gains(markFloor: rates.markFloor, markCeil: rates.markCeil)
    var instrument = Instrument(
      id: listing.id, lot: "\(listing.lot.text) \(listing.underlying)", group: listing.underlying,
      markFloor: rates.markFloor, markCeil: rates.markCeil, pnlLong: gains.map(\.long),
      pnlShort: gains.map(\.short))
    instrument.kind = InstrumentKind(listing.kind)
    instrument.long = rates.long.brackets(lotValue: rates.markCeil)
    instrument.short = rates.short.brackets(lotValue: rates.markCeil)
    let basis = Contingency.basis(lotValue: rates.markCeil, share: terms[.basisCharge])
    if listing.kind == .future { (instrument.contLong, instrument.contShort) = (basis, basis) }
    instrument.feeExit = fee(rates.markCeil, terms)
    setLimits(&instrument, &state, lotValue: rates.markCeil, terms, &trace)
    instrument.flags = flags(isStale: measures.price.isStale)
    trace.integer(
      "first long bracket", instrument.long[0].mmPerLot, "quanta per lot", "⌈mark ceil · maintenance rate⌉")
    let fees = fees(listing.id, brackets: max(instrument.long.count, instrument.short.count), terms, &trace)
    return PublishedInstrument(
      instrument: instrument, state: state, fees: fees,
      steps: measures.steps + rates.steps + trace.steps)
  }

  /// A call or a put, fully revalued in each scenario; nil once it has expired. As long as nothing was ever
  /// known of its volatility it stands at its arbitrage bounds.
  func option(
    _ listing: InstrumentListing, quote: OptionQuote?, isFresh: Bool, terms: UnderlyingTerms,
    last: InstrumentState
  ) throws(PublicationError) -> PublishedInstrument? {
    guard let expiry = listing.expiry, let strike = listing.strike, expiry > time, strike > 0 else {
      return nil
    }
    var (state, trace) = (last, Tracer(tracing))
    let years = ImpliedVolatility.years(from: time, to: expiry)
    let isCall = listing.kind == .call
    let forward = quote?.forward ?? (measures.price.held + measures.price.owed) / 2
    let quoted = quote.flatMap { $0.mark ?? ImpliedVolatility.middle(of: $0) }
    let observed = quote.flatMap { ImpliedVolatility.of($0, at: time) }
    guard let volatility = observed ?? last.volatility,
      let option = Black76(
        forward: forward, strike: strike, years: years, volatility: volatility,
        kind: isCall ? .call : .put)
    else {
      return try boundsOnly(
        listing, OptionBounds(forward: forward, strike: strike, isCall: isCall), state, terms)
    }
    state.volatility = volatility
    let mark = quoted ?? option.price
    let spread = terms.fraction(.optionSpread)
    guard
      let floor = ExactQuanta.value(
        ofPrice: mark * (1 - spread), lot: listing.lot, rounding: .down),
      let ceil = ExactQuanta.value(ofPrice: mark * (1 + spread), lot: listing.lot, rounding: .up),
      let whole = ExactQuanta.value(ofPrice: measures.price.owed, lot: listing.lot, rounding: .up)
    else { throw .valueOutOfRange(id: listing.id) }

    let term = ScenarioTable.term(
      years: years, short: terms.fraction(.volatilityPower), long: terms.fraction(.volatilityPowerLong))
    let gains = scenarios.gains(
      option, size: listing.lot.size,
      shock: VolatilityShock(
        up: terms.fraction(.volatilityUp), down: terms.fraction(.volatilityDown),
        upLeast: terms.fraction(.volatilityUpLeast)),
      term: term)
    var instrument = Instrument(
      id: listing.id, lot: "\(listing.lot.text) \(listing.underlying)", group: listing.underlying,
      markFloor: floor, markCeil: ceil, pnlLong: gains.map(\.long), pnlShort: gains.map(\.short))
    instrument.kind = InstrumentKind(listing.kind)
    let closing = Contingency.closing(
      mark: mark, vega: option.greeks.vega, size: listing.lot.size,
      spread: terms.fraction(.optionSpreadCharge),
      points: terms.fraction(.optionVegaCharge))
    let minimum = Contingency.shortOption(underlyingValue: whole, share: terms[.shortOptionMinimum])
    instrument.contLong = closing.clamped(to: SnapshotLimits.charges)
    // A short position pays the larger: the minimum, or what closing costs.
    instrument.contShort = max(minimum, instrument.contLong)
    instrument.feeExit = fee(whole, terms)
    setLimits(&instrument, &state, lotValue: whole, terms, &trace)
    instrument.flags = flags(isStale: measures.price.isStale || !isFresh || observed == nil)
    trace.input("quoted mark", quoted, "USD", "of the venue, or the middle of bid and offer")
    trace.input("forward", forward, "USD", "of the quote, or the price")
    trace.derived("option volatility", volatility, "per √year", "of bid and ask, or of the mark")
    trace.derived("term of shocks", term, "×", "(30/days)^p, p by whether days are less than 30")
    trace.integer("mark floor", floor, "quanta per lot", "⌊mark·(1 - spread)·lot⌋")
    trace.integer("mark ceil", ceil, "quanta per lot", "⌈mark·(1 + spread)·lot⌉")
    trace.integer(
      "worst long gain", instrument.pnlLong.min(), "quanta per lot", "least of ⌊ΔV·lot·weight⌋ over scenarios"
    )
    trace.integer(
      "worst short gain", instrument.pnlShort.min(), "quanta per lot",
      "least of ⌊-ΔV·lot·weight⌋ over scenarios")
    trace.integer(
      "long contingency", instrument.contLong, "quanta per lot",
      "⌈(optionSpreadCharge·mark + optionVegaCharge·vega)·lot⌉")
    trace.integer(
      "short contingency", instrument.contShort, "quanta per lot",
      "max(⌈underlying·shortOptionMinimum⌉, long contingency)")
    let fees = fees(listing.id, brackets: 0, terms, &trace)
    return PublishedInstrument(
      instrument: instrument, state: state, fees: fees, steps: measures.steps + trace.steps)
  }

  /// An option of which nothing but its terms is known, for accounts that hold it already: every listed
  /// instrument has a place in what they prove (margin B.3). It may only be closed.
  private func boundsOnly(
    _ listing: InstrumentListing, _ bounds: OptionBounds, _ last: InstrumentState, _ terms: UnderlyingTerms
  ) throws(PublicationError) -> PublishedInstrument {
    var (state, trace) = (last, Tracer(tracing))
    let spread = terms.fraction(.optionSpread)
    guard
      let floor = ExactQuanta.value(
        ofPrice: bounds.least * (1 - spread), lot: listing.lot, rounding: .down),
      let ceil = ExactQuanta.value(
        ofPrice: bounds.most * (1 + spread), lot: listing.lot, rounding: .up),
      let whole = ExactQuanta.value(ofPrice: measures.price.owed, lot: listing.lot, rounding: .up)
    else { throw .valueOutOfRange(id: listing.id) }
    let gains = scenarios.gains(bounds, size: listing.lot.size)
    var instrument = Instrument(
      id: listing.id, lot: "\(listing.lot.text) \(listing.underlying)", group: listing.underlying,
      markFloor: floor, markCeil: ceil, pnlLong: gains.map(\.long), pnlShort: gains.map(\.short))
    instrument.kind = InstrumentKind(listing.kind)
    instrument.contShort = Contingency.shortOption(
      underlyingValue: whole, share: terms[.shortOptionMinimum])
    instrument.feeExit = fee(whole, terms)
    setLimits(&instrument, &state, lotValue: whole, terms, &trace)
    instrument.flags = flags(isStale: true)
    trace.input("forward", bounds.forward, "USD", "of the quote, or the price")
    trace.input("option volatility", nil, "per √year", "never known: the option stands at its bounds")
    trace.integer(
      "mark floor", floor, "quanta per lot", "⌊max(0, ±(F - K))·(1 - spread)·lot⌋, what exercising it gives")
    trace.integer(
      "mark ceil", ceil, "quanta per lot", "⌈F·(1 + spread)·lot⌉ of a call, K of a put: the most it can be")
    let fees = fees(listing.id, brackets: 0, terms, &trace)
    return PublishedInstrument(
      instrument: instrument, state: state, fees: fees, steps: measures.steps + trace.steps,
      exception: .boundsOnly)
  }

  /// What trading and leverage cost (M36).
  private func fees(
    _ id: String, brackets: Int, _ terms: UnderlyingTerms, _ trace: inout Tracer
  ) -> InstrumentFees {
    func open(_ imbalance: Double) -> Int64 {
      DynamicFee.trading(
        base: terms[.takerFee], slope: terms.fraction(.takerFeeSlope), ratio: measures.volatility.ratio,
        skewPremium: Rate.ceiling(terms.fraction(.skewPremium) * max(0, imbalance)),
        cap: terms[.takerFeeCap])
    }
    let imbalance = measures.liquidity.imbalance ?? 0
    let leverage = (1...max(1, brackets)).prefix(brackets).map { tier in
      DynamicFee.leverage(
        base: terms[.leverageFee], deviation: measures.volatility.deviationScore ?? 0, tier: tier,
        cap: terms[.leverageFeeCap])
    }
    let fees = InstrumentFees(
      id: id, close: open(0), openLong: open(imbalance), openShort: open(-imbalance), leverage: leverage)
    trace.integer("fee of closing", fees.close, "ppm", "min(cap, base·(1 + a·max(0, fast/slow - 1)))")
    trace.integer("fee of opening a long", fees.openLong, "ppm", "likewise + skewPremium·max(0, imbalance)")
    trace.integer(
      "fee of opening a short", fees.openShort, "ppm", "likewise + skewPremium·max(0, -imbalance)")
    for (index, fee) in leverage.enumerated() {
      trace.integer(
        "leverage fee in bracket \(index + 1)", fee, "ppm a day",
        "min(cap, leverageFee·max(0, score of volatility)·bracket)")
    }
    return fees
  }

  private func fee(_ value: Int64, _ terms: UnderlyingTerms) -> Int64 {
    let rate = DynamicFee.trading(
      base: terms[.takerFee], slope: terms.fraction(.takerFeeSlope),
      ratio: measures.volatility.ratio, cap: terms[.takerFeeCap])
    return Quanta.charge(value, ppm: rate)
  }

  /// The largest position, as a share of depth, less where forecasts say so (M26). It shrinks no faster than
  /// margin relaxes.
  private func setLimits(
    _ instrument: inout Instrument, _ state: inout InstrumentState, lotValue: Int64,
    _ terms: UnderlyingTerms, _ trace: inout Tracer
  ) {
    let most = SnapshotLimits.amounts.upperBound
    let target = Quanta.lots(
      dollars: terms.fraction(.positionLimit) * measures.positionShare * measures.liquidity.depth,
      lotValue: lotValue)
    let rule = RateLimiter.Rule(relaxation: terms.relaxation, deadBand: 0)
    instrument.maxLongLots = min(most, state.long.limit.step(toward: target, by: rule) ?? target)
    instrument.maxShortLots = min(most, state.short.limit.step(toward: target, by: rule) ?? target)
    trace.integer(
      "position limit", instrument.maxLongLots, "lots",
      "positionLimitPpm · share that forecasts leave · depth / lot, falling slowly")
  }

  private func flags(isStale: Bool) -> InstrumentFlags {
    let closeOnly =
      isStale || measures.price.diverges || measures.liquidity.isSilent
      || measures.liquidity.isManipulable || measures.blindness.closesOnly
    let isOpen = !closeOnly && measures.liquidity.depth > 0
    return measures.breaker.flags(
      InstrumentFlags(
        openLong: isOpen && measures.liquidity.opensLong,
        openShort: isOpen && measures.liquidity.opensShort, closeOnly: closeOnly, stale: isStale))
  }
}

/// An instrument as it is published and how that came about.
struct PublishedInstrument {
  private(set) var instrument: Instrument
  let state: InstrumentState
  let fees: InstrumentFees
  let steps: [TraceStep]
  var exception: PublicationException.Reason?

  /// Lets positions only be closed.
  mutating func closeOnly() {
    instrument.flags = InstrumentFlags(
      openLong: false, openShort: false, closeOnly: true, stale: instrument.flags.stale)
  }
}

extension InstrumentKind {
  /// The kind of the same name.
  init(_ kind: ContractKind) {
    self =
      switch kind {
      case .perpetual: .perpetual
      case .future: .future
      case .call: .call
      case .put: .put
      case .spot: .spot
      }
  }
}
