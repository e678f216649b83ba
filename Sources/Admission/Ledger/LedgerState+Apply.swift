public import CanonicalBytes
internal import MarginRules
internal import Ristretto
internal import Solvency

extension LedgerState {
  /// Lets an event happen.
  ///
  /// - Parameter time: when it happens; not before the event before it (A34).
  /// - Throws: ``LedgerError``; the state is then as it was.
  public mutating func apply(_ event: LedgerEvent, at time: Timestamp) throws(LedgerError) {
    if case .checkpointed(let record) = event, record.state != digest { throw .checkpointDiffers }
    try applyUncompared(event, at: time)
  }

  /// Lets an event happen; a checkpoint is taken to state what it should.
  mutating func applyUncompared(_ event: LedgerEvent, at time: Timestamp) throws(LedgerError) {
    guard time >= clock else { throw .timeRunsBackwards(clock: clock, event: time) }
    try checkTime(of: event, at: time)
    switch event {
    case .chartered(let record): try adopt(record, at: time)
    case .registryPublished(let record): try publish(record)
    case .epochPublished(let record): try publish(record, at: time)
    case .accountOpened(let record): try open(record, at: time)
    case .attestationRenewed(let record): try renew(record, at: time)
    case .filled(let record): try fill(record, at: time)
    case .challengeIssued(let record): try challenge(record, at: time)
    case .proofAccepted(let record): try accept(record, at: time)
    case .refused(let record): Self.count(&refusalsThisEpoch, try slot(of: record.account))
    case .charged(let record): try charge(record, at: time)
    case .escrowed(let record): try deposit(record)
    case .withdrawn(let record): try withdraw(record)
    case .liquidationRulesAdopted(let record): try adopt(record)
    case .fundMoved(let record): try move(record)
    case .liquidationOpened(let record): try open(record, at: time)
    case .liquidationStepped(let record): try step(record, at: time)
    case .winnersCalled(let record): try call(record, at: time)
    case .bandProven(let record): try answer(record, at: time)
    case .solvencyRollPublished(let record): try state(record, at: time)
    case .ticked, .checkpointed: break
    case .rolled(let roll): try settle(roll, at: time)
    }
    note(event)
    eventCount += 1
    clock = time
    pruneNonces()
  }

  /// A count that stops at the end of its range.
  private static func count(_ counts: inout [Int: UInt32], _ slot: Int) {
    let (sum, overflow) = counts[slot, default: 0].addingReportingOverflow(1)
    counts[slot] = overflow ? .max : sum
  }

  /// The last moment at which something may happen to a ledger with a charter: the end of the epoch in force,
  /// and its grace. A clock that is ahead of that is wrong, or the venue has not published what to decide by
  /// (A61).
  public var timeLimit: Timestamp? {
    guard let charter, let current = currentEpoch else { return nil }
    return current.validTo.advanced(by: charter.record.snapshotGrace)
  }

  private func checkTime(of event: LedgerEvent, at time: Timestamp) throws(LedgerError) {
    if case .chartered = event {} else if charter == nil { return }
    guard time.seconds <= UInt64(SnapshotLimits.times.upperBound) else { throw .implausible }
    guard let charter else { return }
    if case .epochPublished(let record) = event {
      let limit = record.validTo.advanced(by: charter.record.snapshotGrace)
      guard time <= limit else { throw .clockJumps(limit: limit) }
    } else if let limit = timeLimit, time > limit, time > clock {
      throw .clockJumps(limit: limit)
    }
  }

  /// Remembers where documents were published.
  private mutating func note(_ event: LedgerEvent) {
    switch event {
    case .registryPublished(let record):
      documents.append(DocumentPlace(index: eventCount, name: record.registry, isSnapshot: false))
    case .epochPublished(let record):
      documents.append(DocumentPlace(index: eventCount, name: record.snapshot, isSnapshot: true))
      if documents.count(where: \.isSnapshot) > Self.snapshotLimit,
        let oldest = documents.firstIndex(where: \.isSnapshot)
      {
        documents.remove(at: oldest)
      }
    default: break
    }
  }

  private func slot(of account: AccountID) throws(LedgerError) -> Int {
    guard let slot = accounts.slot(of: account) else { throw .unknownAccount }
    return slot
  }

  func slot(of account: AccountID, in sequence: UInt64) throws(LedgerError) -> Int {
    let slot = try slot(of: account)
    let current = accounts.records[slot].sequence
    guard current == sequence else { throw .wrongSequence(current: current) }
    return slot
  }

  private mutating func publish(_ record: RegistryRecord) throws(LedgerError) {
    guard registryIndex(record.registry) == nil, record.count > (registries.last?.count ?? 0) else {
      throw .registryNotLonger
    }
    registries.append(record)
  }

  /// Epochs ascend and each names the one before (A32).
  private mutating func publish(_ record: EpochRecord, at time: Timestamp) throws(LedgerError) {
    guard record.graceEpochs >= 0, record.validFrom < record.validTo else { throw .invalidWindow }
    if charter != nil {
      let times = UInt64(SnapshotLimits.times.upperBound)
      guard record.epoch >= 0, SnapshotLimits.graceEpochs.contains(record.graceEpochs),
        record.validTo.seconds <= times,
        [record.callInterval, record.fillInterval, record.callGrace].allSatisfy({ $0 <= times })
      else { throw .implausible }
    }
    if let current = currentEpoch {
      guard record.epoch > current.epoch else { throw .epochNotLater(current: current.epoch) }
      guard record.previous == current.snapshot else { throw .brokenSnapshotChain }
      // What the accounts owe because of the epochs so far stays owed.
    }
    calls.append(epoch: record.epoch, deadline: time.advanced(by: record.callInterval).seconds)
    epochs.append(record)
    epochs.removeAll { !$0.isAccepted(under: record) }
    orderFlow.removeAll(keepingCapacity: true)
    proofsThisEpoch.removeAll(keepingCapacity: true)
    refusalsThisEpoch.removeAll(keepingCapacity: true)
  }

  private mutating func open(_ record: OpeningRecord, at time: Timestamp) throws(LedgerError) {
    guard let epoch = currentEpoch else { throw .noEpoch }
    guard let registry = registryIndex(record.registry) else { throw .unknownRegistry }
    guard accounts.slot(of: record.account) == nil else { throw .accountExists }
    guard accounts.hasRoom else { throw .full }
    guard time < record.attestedUntil else { throw .attestationExpired }
    guard !record.parts.isEmpty else { throw .noParts }
    guard Set(record.parts).count == record.parts.count,
      record.parts.allSatisfy({ pledges[$0] == nil })
    else { throw .alreadyPledged }
    for part in record.parts { pledges[part] = UInt32(accounts.count) }
    accounts.append(
      record.account,
      AccountRecord(
        commitment: record.commitment, evidence: Digest.zero, sequence: record.sequence,
        attestedUntil: record.attestedUntil.seconds,
        deadline: time.advanced(by: epoch.callInterval).seconds, epoch: epoch.epoch,
        registry: UInt16(clamping: registry), proven: .nothing, rolled: .nothing))
  }

  private mutating func renew(_ record: RenewalRecord, at time: Timestamp) throws(LedgerError) {
    let slot = try slot(of: record.account, in: record.sequence)
    guard time < record.attestedUntil else { throw .attestationExpired }
    guard !record.parts.isEmpty else { throw .noParts }
    let owner = UInt32(slot)
    guard Set(record.parts).count == record.parts.count,
      record.parts.allSatisfy({ (pledges[$0] ?? owner) == owner })
    else { throw .alreadyPledged }
    for part in record.parts { pledges[part] = owner }
    accounts.records[slot].attestedUntil = record.attestedUntil.seconds
  }

  /// What a fill leaves of the evidence:
  ///
  /// | the commitment is now | the account stands on |
  /// |---|---|
  /// | the far end of its order, exactly | the order's own proof (E1) |
  /// | between the ends of its order, both proved under one claim | the segment (E2) |
  /// | anything else | nothing: it must prove anew, and soon |
  private mutating func fill(_ record: FillRecord, at time: Timestamp) throws(LedgerError) {
    guard let epoch = currentEpoch else { throw .noEpoch }
    let slot = try slot(of: record.account, in: record.sequence)
    guard liquidation.cases[slot] == nil else { throw .inLiquidation }
    try move(slot, to: record.commitment, by: record.deltas)
    if record.deltas.isEmpty { escrows[slot]?.needsRenewal = true }
    guard charter != nil else { return fillBeforeCharters(record, slot: slot, at: time, epoch) }
    guard let active = headrooms[slot] else { return void(slot, at: time) }
    if active.far == record.commitment {
      accounts.records[slot].stand(on: active.claim, evidence: active.evidence)
      headrooms[slot] = nil
      return
    }
    guard time < active.until, let left = active.headroom.remaining(after: record.deltas) else {
      headrooms[slot] = nil
      return void(slot, at: time)
    }
    if left.lots == 0 {
      headrooms[slot] = nil
    } else {
      headrooms[slot]?.headroom = left
    }
    guard active.isSegment else { return void(slot, at: time) }
    accounts.records[slot].proven = accounts.records[slot].proven.throughSegment
    accounts.records[slot].evidence = active.evidence
  }

  /// The account's next state, over the shortest registry that has the coordinates.
  mutating func move(
    _ slot: Int, to commitment: EncodedPoint, by deltas: [CoordinateChange]
  ) throws(LedgerError) {
    guard accounts.records[slot].sequence < .max else { throw .wrongSequence(current: .max) }
    if let highest = deltas.map(\.coordinate).max() {
      guard let registry = registries.firstIndex(where: { $0.count > highest }) else {
        throw .unknownRegistry
      }
      accounts.records[slot].registry = max(
        accounts.records[slot].registry, UInt16(clamping: registry))
    }
    accounts.records[slot].sequence += 1
    accounts.records[slot].commitment = commitment
  }

  /// The rule of ledgers without a charter: a fill inside the headroom leaves the account as proven as it
  /// was.
  private mutating func fillBeforeCharters(
    _ record: FillRecord, slot: Int, at time: Timestamp, _ epoch: EpochRecord
  ) {
    if let active = headrooms[slot], time < active.until,
      let left = active.headroom.remaining(after: record.deltas)
    {
      headrooms[slot]?.headroom = left
      if left.lots == 0 { headrooms[slot] = nil }
      return
    }
    headrooms[slot] = nil
    void(slot, at: time)
  }

  private mutating func challenge(_ record: ChallengeRecord, at time: Timestamp) throws(LedgerError) {
    let slot = try slot(of: record.account)
    guard time < record.expires else { throw .invalidWindow }
    guard challenges[record.nonce] == nil else { throw .nonceUsed }
    challenges[record.nonce] = ActiveChallenge(slot: slot, expires: record.expires)
  }

  private mutating func accept(_ record: ProofRecord, at time: Timestamp) throws(LedgerError) {
    guard currentEpoch != nil else { throw .noEpoch }
    guard acceptedEpoch(record.epoch) != nil else { throw .epochNotAccepted(record.epoch) }
    let slot = try slot(of: record.account, in: record.sequence)
    guard liquidation.cases[slot] == nil else { throw .inLiquidation }
    guard time < record.expires, time < record.until else { throw .invalidWindow }
    let nonce = UsedNonce(slot: slot, nonce: record.nonce)
    guard nonces[nonce] == nil else { throw .nonceUsed }
    if let challenge = record.challenge {
      guard isOpen(challenge: challenge, for: record.account, at: time) else {
        throw .unknownChallenge
      }
    }
    guard (record.basis == nil) == (charter == nil) else {
      throw charter == nil ? .notChartered : .outdatedRecord
    }
    if let basis = record.basis {
      try accept(record, on: basis, slot: slot, at: time)
    } else {
      try acceptBeforeCharters(record, slot: slot, at: time)
    }
    if let headroom = record.headroom {
      if !record.isReduceOnly {
        let key = FlowKey(coordinate: headroom.coordinate, side: headroom.side)
        let flow = orderFlow[key, default: 0].addingReportingOverflow(headroom.lots)
        orderFlow[key] = flow.overflow ? .max : flow.partialValue
      }
    } else {
      accounts.records[slot].deadline = record.until.seconds
      accounts.records[slot].rolled = .nothing
    }
    nonces[nonce] = record.expires
    if let challenge = record.challenge { challenges[challenge] = nil }
    Self.count(&proofsThisEpoch, slot)
  }

  /// A proof of the present commitment is its evidence. One of the commitment after an order makes room
  /// between the two, if both ends are proved under one claim and the circuit is listed as convex; otherwise
  /// it is evidence of its own commitment alone, once a fill leads exactly there.
  private mutating func accept(
    _ record: ProofRecord, on basis: ProofRecord.Basis, slot: Int, at time: Timestamp
  ) throws(LedgerError) {
    guard let charter, let circuit = charter.place(of: basis.circuit),
      let listing = charter.listing(of: basis.circuit)
    else { throw .circuitNotListed }
    guard let registry = registryIndex(basis.registry) else { throw .unknownRegistry }
    guard epochInForce(record.epoch, at: time, grace: charter.record.snapshotGrace) != nil else {
      throw .epochNotAccepted(record.epoch)
    }
    let claim = ProvenClaim(
      circuit: circuit, registry: UInt16(clamping: registry), epoch: record.epoch, kind: record.kind)
    let evidence = record.evidence
    guard let headroom = record.headroom else {
      guard basis.commitment == accounts.records[slot].commitment else { throw .invalidHeadroom }
      try checkDeadline(of: record, at: time)
      accounts.records[slot].stand(on: claim, evidence: evidence)
      // The other end of an order is no longer known to lie on a line with this.
      headrooms[slot] = nil
      return
    }
    try checkOrder(headroom, slot: slot, at: time)
    let isProven = accounts.records[slot].stands(on: claim)
    guard
      basis.isReduction || (isProven && record.kind == .initial && (listing.isConvex || headroom.lots == 1))
    else { throw .invalidHeadroom }
    headrooms[slot] = ActiveHeadroom(
      headroom: headroom, until: record.until, claim: claim, far: basis.commitment, evidence: evidence,
      isSegment: isProven && listing.isConvex)
  }

  private func checkDeadline(of record: ProofRecord, at time: Timestamp) throws(LedgerError) {
    guard let current = currentEpoch, record.until <= time.advanced(by: current.callInterval) else {
      throw .invalidWindow
    }
  }

  /// An order is for something, and of an account that is not overdue.
  private func checkOrder(_ headroom: Headroom, slot: Int, at time: Timestamp) throws(LedgerError) {
    guard headroom.lots > 0, headroom.coordinate != headroom.cashCoordinate else { throw .invalidHeadroom }
    switch status(of: accounts.records[slot], at: time) {
    case .current, .reduceOnly, .unproven: break
    case .stale, .liquidatable: throw .invalidHeadroom
    }
  }

  /// The rule of ledgers without a charter, kept so that their logs replay. Whatever it grants ends with the
  /// upgrade.
  private mutating func acceptBeforeCharters(
    _ record: ProofRecord, slot: Int, at time: Timestamp
  ) throws(LedgerError) {
    let kind = PackedStanding(record.kind)
    if let headroom = record.headroom {
      let account = accounts.records[slot]
      guard account.epoch == record.epoch, account.proven.rawValue >= kind.rawValue else {
        throw .invalidHeadroom
      }
      try checkOrder(headroom, slot: slot, at: time)
      headrooms[slot] = ActiveHeadroom(headroom: headroom, until: record.until)
    } else {
      try checkDeadline(of: record, at: time)
      accounts.records[slot].proven = kind
      accounts.records[slot].epoch = record.epoch
      headrooms[slot] = nil
    }
    accounts.records[slot].evidence = record.evidence
  }

  /// The roll must be the one that is due, account by account (A47, A49).
  private mutating func settle(_ roll: StatusRoll, at time: Timestamp) throws(LedgerError) {
    guard roll.accountCount == UInt64(accounts.count) else {
      throw .rollMiscounts(actual: UInt64(accounts.count))
    }
    let due = dueRoll(at: time)
    if due != roll {
      let stated = Set(roll.lines)
      if let omitted = due.lines.first(where: { !stated.contains($0) }) {
        throw .rollOmits(omitted.account)
      }
      let expected = Set(due.lines)
      let invented = roll.lines.first { !expected.contains($0) } ?? roll.lines.first
      guard let invented else { return }
      throw .rollInvents(invented.account)
    }
    for line in roll.lines {
      guard let slot = accounts.slot(of: line.account) else { continue }
      accounts.records[slot].rolled = line.status == .stale ? .stale : .liquidatable
      headrooms[slot] = nil
    }
  }

  /// Forgets nonces of proofs that have expired, and challenges nobody answered in time: each time their
  /// number has doubled, so that the cost per event is constant.
  private mutating func pruneNonces() {
    guard nonces.count + challenges.count >= pruningThreshold else { return }
    let clock = clock
    nonces = nonces.filter { clock < $0.value }
    challenges = challenges.filter { clock < $0.value.expires }
    pruningThreshold = max(Self.smallestPruningThreshold, 2 * (nonces.count + challenges.count))
  }
}
