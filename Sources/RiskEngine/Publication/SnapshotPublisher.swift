public import CanonicalBytes
internal import MarginRules
public import MarketData

/// The margin engine: from a market, a configuration and a little memory to a risk snapshot.
///
/// Publishing is a function. The same market up to the instant, configuration, state, previous digest and
/// beacon give the same bytes on every machine, so anyone who has them can check a snapshot by computing it
/// again.
///
///     let engine = try SnapshotPublisher(market: market, configuration: .standard)
///     let first = try engine.publish(at: time, state: .initial, previous: .zero, beacon: beacon)
///     let next = try engine.publish(
///       at: time + 3600, state: first.state, previous: first.snapshot.digest, beacon: another)
public struct SnapshotPublisher: Sendable {
  /// The market.
  public let market: Market
  /// The configuration.
  public let configuration: EngineConfiguration
  /// Whether publications say how their numbers came about.
  public var tracing: Tracing

  private let configurationBytes: [UInt8]

  /// An engine for a market.
  ///
  /// - Throws: ``PublicationError/unknownTarget(_:)`` if the configuration has values for something that is
  ///   not listed.
  public init(
    market: Market, configuration: EngineConfiguration, tracing: Tracing = .full
  ) throws(PublicationError) {
    self.market = market
    self.configuration = configuration
    self.tracing = tracing
    configurationBytes = configuration.canonicalBytes
    for target in configuration.targets {
      let isListed =
        switch target.kind {
        case .underlying: market.listing.underlyings.contains { $0.id == target.id }
        case .instrument: market.instruments.contains { $0.id == target.id }
        case .asset: market.listing.assets.contains { $0.id == target.id }
        }
      guard isListed else { throw .unknownTarget(target) }
    }
  }

  /// The snapshot of an instant.
  ///
  /// - Parameters:
  ///   - time: in seconds since 1970; nothing that the market knew later is looked at.
  ///   - state: what the last publication left; ``EngineState/initial`` for the first.
  ///   - previous: the digest of the last snapshot; zero for the first.
  ///   - beacon: the public randomness of the instant.
  /// - Throws: when the engine fails; see ``fallback(for:at:state:previous:beacon:because:)``.
  public func publish(
    at time: Int64, state: EngineState, previous: Digest, beacon: Digest
  ) throws(PublicationError) -> Publication {
    var ledger = InputLedger()
    return try publish(
      at: time, state: state, previous: previous, beacon: beacon, ledger: &ledger)
  }

  /// The same with a ledger that remembers the digests of blocks of rows, for many instants of one market.
  ///
  /// - Throws: ``PublicationError`` when the engine fails.
  public func publish(
    at time: Int64, state: EngineState, previous: Digest, beacon: Digest,
    ledger: inout InputLedger
  ) throws(PublicationError) -> Publication {
    guard time >= state.time else { throw .timeRunsBackwards(time, before: state.time) }
    let view = market.upTo(time)
    let inputs = ledger.digests(of: market, view)
    let epoch = state.epoch + 1
    var (next, trace, terms) = (state, Trace(), PublishedTerms())
    let fresh = Freshness(market, view, configuration)
    terms.exceptions += fresh.exceptions

    let elapsed = state.epoch > 0 ? time - state.time : 0
    var measured: [String: UnderlyingMeasures] = [:]
    for (index, underlying) in fresh.underlyings.enumerated() {
      let measures = try UnderlyingMeasures(
        underlying, moves: ledger.moves(of: underlying), place: (index, view.underlyings.count), at: time,
        insurance: fresh.insurance, blindness: fresh.blindness(underlying.id),
        terms: UnderlyingTerms(configuration, underlying: underlying.id, elapsed: elapsed),
        last: state.underlyings[underlying.id] ?? UnderlyingState(), tracing: tracing)
      measured[underlying.id] = measures
      next.underlyings[underlying.id] = measures.state
      terms.underlyings.append(measures.notice)
      if tracing == .full { trace.append(.underlying(underlying.id), measures.steps) }
    }

    let model = FactorModel(
      fresh.underlyings, measured, lossMultiple: Rate.fraction(configuration[.lossMultiple]))
    var (groups, instruments) = ([ScenarioGroup](), [Instrument]())
    for underlying in fresh.underlyings {
      guard let measures = measured[underlying.id] else { continue }
      let listed = market.instruments.filter { $0.underlying == underlying.id }
      let published = try publish(
        listed, underlying, measures, at: time, elapsed: elapsed, state: state)
      terms.exceptions += published.exceptions
      terms.ramps += published.ramps
      guard !published.instruments.isEmpty else { continue }
      groups.append(published.group)
      for item in published.instruments {
        var instrument = item.instrument
        if instrument.kind?.isLinear == true {
          instrument.factors = model.charges(
            underlying: underlying.id, lotValue: instrument.markCeil)
        }
        instruments.append(instrument)
        terms.fees.append(item.fees)
        next.instruments[item.instrument.id] = item.state
        if tracing == .full { trace.append(.instrument(item.instrument.id), item.steps) }
      }
    }

    var collateral: [CollateralAsset] = []
    let groupNames = Set(groups.map(\.id))
    let inOrder = fresh.underlyings.compactMap { measured[$0.id] }
    let regime = Self.regime(inOrder)
    for (index, listing) in market.listing.assets.enumerated() {
      let published = try CollateralPublication(
        listing, prices: index < view.assetPrices.count ? view.assetPrices[index] : [],
        usage: index < view.assetUsage.count ? view.assetUsage[index].last : nil,
        isUsageStale: fresh.isUsageStale(listing.id),
        measures: listing.underlying.flatMap { measured[$0] },
        bars: listing.underlying.flatMap { view.underlying($0) }, regime: regime, groups: groupNames,
        configuration: configuration, at: time, lastTime: state.time,
        last: state.assets[listing.id] ?? AssetState(), tracing: tracing)
      let isPrecise = try LotPrecision.check(
        listing.id, lot: listing.lot, value: published.lotValue,
        wasListed: state.assets[listing.id]?.held != nil)
      if !isPrecise { terms.exceptions.append(PublicationException(id: listing.id, reason: .lotTooSmall)) }
      collateral.append(published.asset)
      next.assets[listing.id] = published.state
      terms.assets.append(published.notice)
      if tracing == .full { trace.append(.asset(listing.id), published.steps) }
    }

    next.epoch = epoch
    next.time = time
    next.failures = 0
    var draft = header(at: time, epoch: epoch, inOrder)
    (draft.groups, draft.collateral, draft.instruments) = (groups, collateral, instruments)
    draft.declareAttributes(of: market)
    draft.factors = model.factors
    draft.prevHash = previous
    draft.beacon = beacon
    draft.inputRoot = InputDigest.root(
      configuration: configurationBytes, state: state.digest, inputs: inputs, time: time,
      beacon: beacon)
    if draft.haltLevel > 0 {
      for index in draft.instruments.indices {
        let isStale = draft.instruments[index].flags.stale
        draft.instruments[index].flags = InstrumentFlags(
          openLong: false, openShort: false, closeOnly: true, stale: isStale)
      }
    }
    let snapshot: RiskSnapshot
    do throws(SnapshotError) {
      snapshot = try RiskSnapshot(draft)
    } catch {
      throw .unsound(error)
    }
    terms.surcharge = IncreaseSurcharge(
      rate: configuration[.increaseSurcharge], multiplier: configuration[.healthyZone])
    return Publication(
      snapshot: snapshot, state: next, inputs: inputs, terms: terms, lastGood: nil,
      trace: tracing == .full ? trace : nil)
  }

  // MARK: Parts

  private func publish(
    _ listed: [InstrumentListing], _ view: UnderlyingView, _ measures: UnderlyingMeasures,
    at time: Int64, elapsed: Int64, state: EngineState
  ) throws(PublicationError) -> (
    group: ScenarioGroup, instruments: [PublishedInstrument], exceptions: [PublicationException],
    ramps: [MaintenanceRamp]
  ) {
    let terms = UnderlyingTerms(configuration, underlying: view.id, elapsed: elapsed)
    var (rates, ramps) = ([Int: FutureRates](), [MaintenanceRamp]())
    for (index, listing) in listed.enumerated() where !listing.kind.isOption {
      if let expiry = listing.expiry, expiry <= time { continue }
      rates[index] = try FutureRates(
        lot: listing.lot, measures: measures,
        terms: UnderlyingTerms(
          configuration, underlying: view.id, instrument: listing.id, elapsed: elapsed),
        last: state.instruments[listing.id] ?? InstrumentState(), id: listing.id, tracing: tracing)
      ramps += rates[index]?.ramps ?? []
    }
    let base = rates.values.reduce(terms[.maintenanceFloor]) { max($0, $1.base) }
    let hasOptions = listed.contains { $0.kind.isOption && ($0.expiry ?? 0) > time }
    let grid =
      hasOptions
      ? ScenarioGrid(
        range: max(terms[.priceRange], base), steps: terms[.priceSteps],
        farDown: max(terms[.farDown], base), farUp: terms[.farUp], farWeight: terms[.farWeight])
      : ScenarioGrid(linearRange: base)
    let scenarios = ScenarioTable(id: view.id, grid)

    var quotes: [OptionKey: OptionQuote] = [:]
    if let chain = view.chain, hasOptions {
      for quote in chain.quotes { quotes[OptionKey(quote)] = quote }
    }
    let isFresh = view.chain.map { time - $0.time <= terms[.optionMaximumAge] } ?? false
    let publication = InstrumentPublication(
      measures: measures, scenarios: scenarios, time: time, tracing: tracing)
    var (published, exceptions) = ([PublishedInstrument](), [PublicationException]())
    for (index, listing) in listed.enumerated() {
      let own = UnderlyingTerms(
        configuration, underlying: view.id, instrument: listing.id, elapsed: elapsed)
      if let rates = rates[index] {
        var future = publication.future(listing, rates, own)
        let isPrecise = try LotPrecision.check(
          listing.id, lot: listing.lot, value: rates.markFloor,
          wasListed: state.instruments[listing.id]?.long.initial.current != nil)
        if !isPrecise {
          future.closeOnly()
          exceptions.append(PublicationException(id: listing.id, reason: .lotTooSmall))
        }
        published.append(future)
      } else if listing.kind.isOption,
        let option = try publication.option(
          listing, quote: OptionKey(listing).flatMap { quotes[$0] }, isFresh: isFresh, terms: own,
          last: state.instruments[listing.id] ?? InstrumentState())
      {
        published.append(option)
        if let reason = option.exception {
          exceptions.append(PublicationException(id: listing.id, reason: reason))
        }
      } else {
        exceptions.append(PublicationException(id: listing.id, reason: .expired))
      }
    }
    return (scenarios.group, published, exceptions, ramps)
  }

  /// The regime of the market as a whole: half of the underlyings decide for all, the more cautious half on a
  /// tie.
  private static func regime(_ measures: [UnderlyingMeasures]) -> Regime {
    let regimes = measures.map(\.volatility.regime).sorted { $0.rank < $1.rank }
    return regimes.isEmpty ? .normal : regimes[measures.count / 2]
  }

  private func header(
    at time: Int64, epoch: Int64, _ measures: [UnderlyingMeasures]
  ) -> SnapshotDraft {
    let middle = measures.count / 2
    let volatilities = measures.map(\.volatility.published).sorted()
    let levels = measures.map(\.breaker.level).sorted()
    let regime = Self.regime(measures)
    let interval = MarginCallInterval.seconds(
      standard: configuration[.callSeconds],
      reference: Rate.fraction(configuration[.referenceVolatility]),
      volatility: volatilities.isEmpty ? 0 : volatilities[middle],
      range: configuration[.callLeast]...configuration[.callMost], regime: regime)
    var draft = SnapshotDraft(
      epoch: epoch, validFrom: time, validTo: time + interval,
      tiers: Tiers(
        maintenance: 1_000_000, initial: 1_000_000, closeOnly: configuration[.closeOnlyZone],
        healthy: configuration[.healthyZone]),
      groups: [], collateral: [], instruments: [])
    draft.regime = regime
    draft.haltLevel = levels.isEmpty ? 0 : levels[middle]
    draft.graceEpochs = configuration[.graceEpochs]
    draft.bufferPpm = configuration[.buffer]
    return draft
  }
}

/// What identifies an option of a chain.
private struct OptionKey: Hashable {
  let expiry: Int64
  let strike: Double
  let isCall: Bool

  init(_ quote: OptionQuote) {
    expiry = quote.expiry
    strike = quote.strike
    isCall = quote.kind == .call
  }

  init?(_ listing: InstrumentListing) {
    guard let expiry = listing.expiry, let strike = listing.strike else { return nil }
    self.expiry = expiry
    self.strike = strike
    isCall = listing.kind == .call
  }
}

extension Regime {
  /// Calm first.
  var rank: Int {
    switch self {
    case .calm: 0
    case .normal: 1
    case .stress: 2
    case .extreme: 3
    }
  }
}
