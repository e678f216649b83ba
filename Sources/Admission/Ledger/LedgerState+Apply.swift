public import CanonicalBytes
internal import MarginRules
public import Solvency

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
    switch event {
    case .registryPublished(let record): try publish(record)
    case .epochPublished(let record): try publish(record, at: time)
    case .accountOpened(let record): try open(record, at: time)
    case .attestationRenewed(let record): try renew(record, at: time)
    case .filled(let record): try fill(record, at: time)
    case .challengeIssued(let record): try challenge(record, at: time)
    case .proofAccepted(let record): try accept(record, at: time)
    case .refused(let record): refusalsThisEpoch[try slot(of: record.account), default: 0] += 1
    case .ticked, .checkpointed: break
    case .rolled(let roll): try settle(roll, at: time)
    }
    note(event)
    eventCount += 1
    clock = time
    pruneNonces()
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

  private func slot(of account: AccountID, in sequence: UInt64) throws(LedgerError) -> Int {
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
    if let current = currentEpoch {
      guard record.epoch > current.epoch else { throw .epochNotLater(current: current.epoch) }
      guard record.previous == current.snapshot else { throw .brokenSnapshotChain }
      // What the accounts owe because of the epochs so far stays owed.
    }
    calls.append(epoch: record.epoch, deadline: time.advanced(by: record.callInterval).seconds)
    epochs.append(record)
    epochs.removeAll { record.epoch - $0.epoch > $0.graceEpochs }
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
        registry: UInt32(registry), standing: .unproven, rolled: .nothing))
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

  /// A fill inside the headroom leaves the account as proven as it was. Any other leaves a commitment of which
  /// nothing is known: the account may only reduce until it proves anew, and soon.
  private mutating func fill(_ record: FillRecord, at time: Timestamp) throws(LedgerError) {
    guard let epoch = currentEpoch else { throw .noEpoch }
    let slot = try slot(of: record.account, in: record.sequence)
    guard record.sequence < .max else { throw .wrongSequence(current: .max) }
    if let highest = record.deltas.map(\.coordinate).max() {
      guard let registry = registries.firstIndex(where: { $0.count > highest }) else {
        throw .unknownRegistry
      }
      accounts.records[slot].registry = max(accounts.records[slot].registry, UInt32(registry))
    }
    accounts.records[slot].sequence += 1
    accounts.records[slot].commitment = record.commitment
    if let active = headrooms[slot], time < active.until,
      let left = active.headroom.remaining(after: record.deltas)
    {
      headrooms[slot] = left.lots == 0 ? nil : ActiveHeadroom(headroom: left, until: active.until)
      return
    }
    headrooms[slot] = nil
    accounts.records[slot].standing = .unproven
    let soon = time.advanced(by: epoch.fillInterval).seconds
    accounts.records[slot].deadline = min(accounts.records[slot].deadline, soon)
  }

  private mutating func challenge(_ record: ChallengeRecord, at time: Timestamp) throws(LedgerError) {
    let slot = try slot(of: record.account)
    guard time < record.expires else { throw .invalidWindow }
    guard challenges[record.nonce] == nil else { throw .nonceUsed }
    challenges[record.nonce] = ActiveChallenge(slot: slot, expires: record.expires)
  }

  private mutating func accept(_ record: ProofRecord, at time: Timestamp) throws(LedgerError) {
    guard let current = currentEpoch else { throw .noEpoch }
    guard acceptedEpoch(record.epoch) != nil else { throw .epochNotAccepted(record.epoch) }
    let slot = try slot(of: record.account, in: record.sequence)
    guard time < record.expires, time < record.until else { throw .invalidWindow }
    let nonce = UsedNonce(slot: slot, nonce: record.nonce)
    guard nonces[nonce] == nil else { throw .nonceUsed }
    if let challenge = record.challenge {
      guard isOpen(challenge: challenge, for: record.account, at: time) else {
        throw .unknownChallenge
      }
    }
    if let headroom = record.headroom {
      try checkBase(of: record, headroom, slot: slot, at: time)
      if !record.isReduceOnly {
        let key = FlowKey(coordinate: headroom.coordinate, side: headroom.side)
        let flow = orderFlow[key, default: 0].addingReportingOverflow(headroom.lots)
        orderFlow[key] = flow.overflow ? .max : flow.partialValue
      }
      headrooms[slot] = ActiveHeadroom(headroom: headroom, until: record.until)
    } else {
      guard record.until <= time.advanced(by: current.callInterval) else { throw .invalidWindow }
      accounts.records[slot].standing = AccountRecord.Standing(record.kind)
      accounts.records[slot].epoch = record.epoch
      accounts.records[slot].deadline = record.until.seconds
      accounts.records[slot].rolled = .nothing
      // The other end of a headroom is no longer known to lie in the same set.
      headrooms[slot] = nil
    }
    accounts.records[slot].evidence = record.evidence
    nonces[nonce] = record.expires
    if let challenge = record.challenge { challenges[challenge] = nil }
    proofsThisEpoch[slot, default: 0] += 1
  }

  /// The near end of a headroom is the account's standing: proven, under the same snapshot, for at least the
  /// same margin, and not overdue.
  private func checkBase(
    of record: ProofRecord, _ headroom: Headroom, slot: Int, at time: Timestamp
  ) throws(LedgerError) {
    let account = accounts.records[slot]
    guard headroom.lots > 0, headroom.coordinate != headroom.cashCoordinate,
      account.epoch == record.epoch,
      account.standing.rawValue >= AccountRecord.Standing(record.kind).rawValue
    else { throw .invalidHeadroom }
    switch status(of: account, at: time) {
    case .current, .reduceOnly: break
    case .stale, .liquidatable: throw .invalidHeadroom
    }
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

  /// Forgets nonces of proofs that have expired, and challenges nobody answered in time: each time their number
  /// has doubled, so that the cost per event is constant.
  private mutating func pruneNonces() {
    guard nonces.count + challenges.count >= pruningThreshold else { return }
    let clock = clock
    nonces = nonces.filter { clock < $0.value }
    challenges = challenges.filter { clock < $0.value.expires }
    pruningThreshold = max(Self.smallestPruningThreshold, 2 * (nonces.count + challenges.count))
  }
}
