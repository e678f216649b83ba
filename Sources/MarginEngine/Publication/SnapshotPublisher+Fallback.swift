extension SnapshotPublisher {
  /// What is published while the engine fails (M22): the last good snapshot with wider margins. Nothing may be
  /// opened, and after some epochs everything may only be closed.
  ///
  /// Charges and losses are multiplied by `failureWideningPpm`, weights of collateral divided by it, always rounded
  /// against the account. What a lot gains stays. Widening does not add up: it is that of the last good snapshot
  /// however long the engine fails.
  ///
  /// - Parameters:
  ///   - good: the last snapshot that was not a fallback.
  ///   - previous: the digest of the last snapshot, fallback or not.
  /// - Throws: ``PublicationError/unsound(_:)`` when the result does not fit a snapshot.
  public func fallback(
    for good: RiskSnapshot, at time: Int64, state: EngineState, previous: Digest, beacon: Digest
  ) throws(PublicationError) -> Publication {
    guard time >= state.time else { throw .timeRunsBackwards(time, before: state.time) }
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
      configuration: configuration.canonicalBytes, state: state.digest,
      inputs: [InputDigest(name: "fallback", digest: good.digest)], time: time, beacon: beacon)
    let widening = configuration[.failureWidening]
    for index in draft.instruments.indices {
      draft.instruments[index].widen(by: widening)
      draft.instruments[index].flags = InstrumentFlags(
        openLong: false, openShort: false, closeOnly: true, stale: true)
    }
    for index in draft.collateral.indices { draft.collateral[index].widen(by: widening) }
    if next.failures > configuration[.failureEpochs] {
      draft.haltLevel = max(draft.haltLevel, 1)
    }
    do throws(SnapshotError) {
      return Publication(
        snapshot: try RiskSnapshot(draft), state: next,
        inputs: [InputDigest(name: "fallback", digest: good.digest)], trace: nil)
    } catch {
      throw .unsound(error)
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
