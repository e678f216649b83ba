public import CanonicalBytes
public import MarginRules
internal import MarketData

extension SnapshotPublisher {
  /// What is published while the engine fails (M22): the last good snapshot with wider margins. Nothing may
  /// be opened, and after some epochs everything may only be closed.
  ///
  /// Charges and losses are multiplied by `failureWideningPpm`, weights of collateral divided by it, always
  /// rounded against the account. What a lot gains stays. Widening does not add up: it is that of the last
  /// good snapshot however long the engine fails.
  ///
  /// The inputs are those on which the engine failed, and after them the last good snapshot, so that anyone
  /// who has them can see that it fails on them.
  ///
  /// - Parameters:
  ///   - good: the last snapshot that was not a fallback.
  ///   - previous: the digest of the last snapshot, fallback or not.
  ///   - error: why the engine failed, for the trace.
  /// - Throws: ``PublicationError/unsound(_:)`` when the result does not fit a snapshot.
  public func fallback(
    for good: RiskSnapshot, at time: Int64, state: EngineState, previous: Digest, beacon: Digest,
    because error: PublicationError? = nil
  ) throws(PublicationError) -> Publication {
    var ledger = InputLedger()
    return try fallback(
      for: good, at: time, state: state, previous: previous, beacon: beacon, because: error,
      ledger: &ledger)
  }

  /// The same with a ledger that remembers the digests of blocks of rows.
  ///
  /// - Throws: ``PublicationError`` if time runs backwards, or the fallback makes no snapshot.
  public func fallback(
    for good: RiskSnapshot, at time: Int64, state: EngineState, previous: Digest, beacon: Digest,
    because error: PublicationError?, ledger: inout InputLedger
  ) throws(PublicationError) -> Publication {
    guard time >= state.time else { throw .timeRunsBackwards(time, before: state.time) }
    let inputs =
      ledger.digests(of: market, market.upTo(time)) + [InputDigest(name: "fallback", digest: good.digest)]
    var next = state
    next.epoch += 1
    next.time = time
    next.failures += 1
    var draft = good.draft
    let length = good.validTo - good.validFrom
    draft.epoch = next.epoch
    (draft.asOf, draft.validFrom, draft.validTo) = (good.asOf, time, time + length)
    (draft.prevHash, draft.beacon) = (previous, beacon)
    draft.inputRoot = InputDigest.root(
      configuration: configuration.canonicalBytes, state: state.digest, inputs: inputs, time: time,
      beacon: beacon)
    let widening = configuration[.failureWidening]
    for index in draft.instruments.indices {
      draft.instruments[index].widen(by: widening)
      draft.instruments[index].flags = InstrumentFlags(
        openLong: false, openShort: false, closeOnly: true, stale: true)
    }
    for index in draft.collateral.indices { draft.collateral[index].widen(by: widening) }
    if time - good.asOf > configuration[.failureTime] {
      draft.haltLevel = max(draft.haltLevel, 1)
    }
    do throws(SnapshotError) {
      return Publication(
        snapshot: try RiskSnapshot(draft), state: next, inputs: inputs, terms: PublishedTerms(),
        lastGood: good,
        trace: tracing == .full ? Trace(fallback: draft, of: good, widening, next.failures, error) : nil)
    } catch {
      throw .unsound(error)
    }
  }
}

extension Trace {
  /// How a fallback follows from the last good snapshot.
  fileprivate init(
    fallback: SnapshotDraft, of good: RiskSnapshot, _ widening: Int64, _ failures: Int64,
    _ error: PublicationError?
  ) {
    self.init()
    func begin() -> Tracer {
      var trace = Tracer(.full)
      trace.word("fallback", error?.description ?? "the engine failed", "the last good snapshot, wider (M22)")
      trace.integer("last good epoch", good.epoch, "epoch", "\(good.digest)")
      trace.integer(
        "failures in a row", failures, "epochs", "failureSeconds after the last good one everything halts")
      trace.integer("widening", widening, "ppm", "failureWideningPpm")
      return trace
    }
    for (before, after) in zip(good.instruments, fallback.instruments) {
      var trace = begin()
      for (side, old, new) in [("long", before.long, after.long), ("short", before.short, after.short)] {
        guard let old = old.first, let new = new.first else { continue }
        trace.integer(
          "last good maintenance (\(side))", old.mmPerLot, "quanta per lot", "of its first bracket")
        trace.integer("first \(side) bracket", new.mmPerLot, "quanta per lot", "⌈last good · widening⌉")
      }
      trace.integer("last good worst long gain", before.pnlLong.min(), "quanta per lot", "of all scenarios")
      trace.integer("worst long gain", after.pnlLong.min(), "quanta per lot", "⌊losses · widening⌋")
      trace.integer("last good worst short gain", before.pnlShort.min(), "quanta per lot", "of all scenarios")
      trace.integer("worst short gain", after.pnlShort.min(), "quanta per lot", "⌊losses · widening⌋")
      append(.instrument(before.id), trace.steps)
    }
    for (before, after) in zip(good.collateral, fallback.collateral) {
      var trace = begin()
      trace.integer("last good value", before.tranches[0].valMM, "quanta per lot", "of the first tranche")
      trace.integer("value", after.tranches[0].valMM, "quanta per lot", "⌊last good / widening⌋")
      trace.integer("last good debt", before.debtMM, "quanta per lot", "for maintenance margin")
      trace.integer("debt", after.debtMM, "quanta per lot", "⌈last good · widening⌉")
      append(.asset(before.id), trace.steps)
    }
  }
}

extension Instrument {
  fileprivate mutating func widen(by ppm: Int64) {
    func widened(_ charge: Int64) -> Int64 { Quanta.charge(charge, ppm: ppm) }
    func deepened(_ gain: Int64) -> Int64 {
      guard gain < 0 else { return gain }
      return floorQuotient(Int128(gain) * Int128(ppm), 1_000_000).clamped(
        to: SnapshotLimits.coefficients)
    }
    for index in long.indices { long[index].widen(widened) }
    for index in short.indices { short[index].widen(widened) }
    contLong = widened(contLong)
    contShort = widened(contShort)
    pnlLong = pnlLong.map(deepened)
    pnlShort = pnlShort.map(deepened)
  }
}

extension Bracket {
  fileprivate mutating func widen(_ widened: (Int64) -> Int64) {
    imPerLot = widened(imPerLot)
    mmPerLot = widened(mmPerLot)
  }
}

extension CollateralAsset {
  fileprivate mutating func widen(by ppm: Int64) {
    for index in tranches.indices {
      // ⌊value / widening⌋
      tranches[index].valIM = floorQuotient(
        Int128(tranches[index].valIM) * 1_000_000, Int128(ppm))
      tranches[index].valMM = floorQuotient(
        Int128(tranches[index].valMM) * 1_000_000, Int128(ppm))
    }
    debtIM = Quanta.charge(debtIM, ppm: ppm)
    debtMM = Quanta.charge(debtMM, ppm: ppm)
  }
}
