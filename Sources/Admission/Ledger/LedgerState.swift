public import CanonicalBytes
internal import MarginRules
public import Ristretto
public import Solvency

/// What a ledger knows, as its events made it.
///
/// A value: applying an event that cannot happen throws and changes nothing, applying the same events to two
/// equal states gives equal states. It holds no keys, opens no files and knows no time but that of its
/// events.
public struct LedgerState: Hashable, Sendable {
  /// The time of the last event.
  public internal(set) var clock = Timestamp(seconds: 0)
  /// How many events made this state: the index of the next one in the log.
  public internal(set) var eventCount: UInt64 = 0
  /// What binds the ledger; nil before its first event, and in ledgers of the form before there were
  /// charters.
  public internal(set) var charter: CharterInForce?
  /// The events that published all registries and the latest snapshots, whose documents a desk needs.
  var documents: [DocumentPlace] = []
  /// The epochs whose proofs are accepted still, ascending. The last is in force.
  public internal(set) var epochs: [EpochRecord] = []
  /// The registries in the order in which the list of coordinates grew.
  public internal(set) var registries: [RegistryRecord] = []
  var accounts = AccountTable()
  var calls = DeadlineCalls()
  /// Headroom by slot, of the few accounts that have some.
  var headrooms: [Int: ActiveHeadroom] = [:]
  /// Which slot has pledged which commitment of a custodian.
  var pledges: [EncodedPoint: UInt32] = [:]
  /// Nonces of accepted proofs until those proofs expire.
  var nonces: [UsedNonce: Timestamp] = [:]
  /// Nonces that were given out and not used.
  var challenges: [Nonce: ActiveChallenge] = [:]
  /// The next number of remembered nonces at which old ones are dropped.
  var pruningThreshold = Self.smallestPruningThreshold
  /// Lots that orders of this epoch may add, by coordinate and side.
  var orderFlow: [FlowKey: UInt64] = [:]
  /// Proofs accepted from a slot in this epoch.
  var proofsThisEpoch: [Int: UInt32] = [:]
  /// Refusals of a slot recorded in this epoch.
  var refusalsThisEpoch: [Int: UInt32] = [:]

  /// Escrow packages by slot.
  var escrows: [Int: EscrowState] = [:]
  /// Where the log ended once, before the venue withdrew entries.
  var withdrawals: [LogHead] = []
  /// Liquidations.
  var liquidation = LiquidationState()
  /// The last roll of all accounts that the log states; nil before any.
  public internal(set) var solvencyRoll: PublishedRoll?

  static let smallestPruningThreshold = 1024
  /// How many snapshots are kept: more than any grace needs, so that older ones are known as such.
  static let snapshotLimit = 16

  /// Where a document was published.
  struct DocumentPlace: Hashable, Sendable {
    /// The index of the event in the log.
    var index: UInt64
    /// The digest of the registry or snapshot.
    var name: Digest
    var isSnapshot: Bool
  }

  /// An order that was admitted and is not filled yet.
  struct ActiveHeadroom: Hashable, Sendable {
    /// What is left of it.
    var headroom: Headroom
    var until: Timestamp
    /// What the commitment at its end was proved to meet.
    var claim = ProvenClaim(circuit: 0, registry: 0, epoch: 0, kind: .maintenance)
    /// The commitment at its end; nil in ledgers without a charter.
    var far: EncodedPoint?
    /// The request.
    var evidence = Digest.zero
    /// Whether the account stood on the same claim when it was admitted, so that everything between is
    /// proved.
    var isSegment = false
  }

  struct ActiveChallenge: Hashable, Sendable {
    var slot: Int
    var expires: Timestamp
  }

  /// A nonce of one account: nobody uses up another's by sending it first.
  struct UsedNonce: Hashable, Sendable {
    var slot: Int
    var nonce: Nonce
  }

  struct FlowKey: Hashable, Sendable {
    var coordinate: UInt32
    var side: Headroom.Side
  }

  /// A ledger to which nothing has happened.
  public init() {}

  /// Number of accounts that are open.
  public var accountCount: Int { accounts.count }

  /// The epoch in force.
  public var currentEpoch: EpochRecord? { epochs.last }

  /// The state of an account at the time of the last event.
  public func account(_ account: AccountID) -> AccountState? {
    accounts.slot(of: account).map { state(slot: $0, at: clock) }
  }

  /// The state of an account at a moment not before the last event.
  public func account(_ account: AccountID, at now: Timestamp) -> AccountState? {
    accounts.slot(of: account).map { state(slot: $0, at: max(now, clock)) }
  }

  /// The states of all accounts in the order in which they were opened, without the memory for all.
  ///
  /// - Throws: what `body` throws.
  public func forEachAccount<Failure: Error>(
    _ body: (AccountState) throws(Failure) -> Void
  ) throws(Failure) {
    for slot in 0..<accounts.count { try body(state(slot: slot, at: clock)) }
  }

  /// Number of accounts in each status at a moment not before the last event.
  public func statusCounts(at now: Timestamp) -> [AccountStatus: Int] {
    let moment = max(now, clock)
    var counts: [AccountStatus: Int] = [:]
    for record in accounts.records { counts[status(of: record, at: moment), default: 0] += 1 }
    return counts
  }

  /// The epoch of this number, if proofs under its snapshot are accepted still: no more epochs later than it
  /// grants itself.
  public func acceptedEpoch(_ number: Int64) -> EpochRecord? {
    guard let current = currentEpoch else { return nil }
    return epochs.first { $0.epoch == number && $0.isAccepted(under: current) }
  }

  /// The epoch of this number, as long as what was proved under it counts: not more epochs later than it
  /// grants, and not later than its own time plus this number of seconds.
  func epochInForce(_ number: Int64, at moment: Timestamp, grace seconds: UInt64) -> EpochRecord? {
    acceptedEpoch(number).flatMap { moment < $0.validTo.advanced(by: seconds) ? $0 : nil }
  }

  /// The accepted epoch with this snapshot.
  public func acceptedEpoch(snapshot: Digest) -> EpochRecord? {
    epochs.last { $0.snapshot == snapshot }.flatMap { acceptedEpoch($0.epoch) }
  }

  /// Whether a proof of this account with this nonce was accepted, as far as is remembered: until that proof
  /// expired.
  public func isUsed(_ nonce: Nonce, by account: AccountID) -> Bool {
    guard let slot = accounts.slot(of: account) else { return false }
    return nonces[UsedNonce(slot: slot, nonce: nonce)] != nil
  }

  /// Whether this challenge was given to this account and is open at the moment.
  public func isOpen(challenge: Nonce, for account: AccountID, at now: Timestamp) -> Bool {
    guard let active = challenges[challenge] else { return false }
    return active.slot == accounts.slot(of: account) && now < active.expires
  }

  /// The lots that orders admitted in this epoch may add to positions on one side of a coordinate.
  public func admittedLots(coordinate: UInt32, side: Headroom.Side) -> UInt64 {
    orderFlow[FlowKey(coordinate: coordinate, side: side)] ?? 0
  }

  /// Whether a registry was published here and is no shorter than another, so that commitments under that one
  /// are commitments under it.
  public func isRegistry(_ registry: Digest, coveringThoseOf shorter: Digest) -> Bool {
    guard let long = registryIndex(registry), let short = registryIndex(shorter) else { return false }
    return long >= short
  }

  func registryIndex(_ registry: Digest) -> Int? {
    registries.firstIndex { $0.registry == registry }
  }

  /// Number of proofs accepted from an account in this epoch.
  public func acceptedProofs(of account: AccountID) -> Int {
    accounts.slot(of: account).flatMap { proofsThisEpoch[$0] }.map(Int.init) ?? 0
  }

  /// Number of refusals of an account that were recorded in this epoch.
  public func recordedRefusals(of account: AccountID) -> Int {
    accounts.slot(of: account).flatMap { refusalsThisEpoch[$0] }.map(Int.init) ?? 0
  }

  /// The account that has pledged this commitment of a custodian.
  public func pledger(of part: EncodedPoint) -> AccountID? {
    pledges[part].map { accounts.names[Int($0)] }
  }

  /// The roll that is due at a moment not before the last event.
  public func dueRoll(at now: Timestamp) -> StatusRoll {
    let moment = max(now, clock)
    var lines: [StatusRoll.Line] = []
    for (slot, record) in accounts.records.enumerated() {
      if let status = changeSinceRoll(of: record, at: moment) {
        lines.append(StatusRoll.Line(account: accounts.names[slot], status: status))
      }
    }
    return StatusRoll(accountCount: UInt64(accounts.count), lines: lines)
  }

  /// Equality of what was made of the events.
  public static func == (a: LedgerState, b: LedgerState) -> Bool {
    a.clock == b.clock && a.charter == b.charter && a.eventCount == b.eventCount && a.documents == b.documents
      && a.epochs == b.epochs
      && a.registries == b.registries && a.accounts == b.accounts
      && a.calls == b.calls
      && a.headrooms == b.headrooms && a.pledges == b.pledges && a.nonces == b.nonces
      && a.challenges == b.challenges && a.pruningThreshold == b.pruningThreshold
      && a.orderFlow == b.orderFlow && a.proofsThisEpoch == b.proofsThisEpoch
      && a.refusalsThisEpoch == b.refusalsThisEpoch && a.escrows == b.escrows
      && a.withdrawals == b.withdrawals && a.liquidation == b.liquidation
      && a.solvencyRoll == b.solvencyRoll
  }

  /// Feeds the clock and the accounts.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(clock)
    hasher.combine(accounts)
  }
}

extension LedgerState {
  func state(slot: Int, at moment: Timestamp) -> AccountState {
    let record = accounts.records[slot]
    let lastProof = record.evidence
    let active = headrooms[slot].flatMap { moment < $0.until ? $0 : nil }
    return AccountState(
      account: accounts.names[slot], registry: registries[Int(record.registry)].registry,
      commitment: record.commitment, sequence: record.sequence,
      attestedUntil: Timestamp(seconds: record.attestedUntil),
      standing: Standing(of: record, in: self, at: moment),
      epoch: record.epoch, lastProof: lastProof == .zero ? nil : lastProof,
      deadline: Timestamp(seconds: deadline(of: record)), headroom: active?.headroom,
      headroomUntil: active?.until, escrow: escrows[slot],
      liquidation: liquidationStatus(slot), status: status(of: record, at: moment))
  }

  /// The account's own deadline, or that of an epoch that called it in earlier.
  func deadline(of record: AccountRecord) -> UInt64 {
    min(record.deadline, calls.deadline(after: record.epoch))
  }

  /// Current, reduce-only and unproven follow from the evidence; stale and liquidatable from the deadline
  /// alone.
  ///
  /// What a roll has said stays until the next proof, even if a later epoch grants more time.
  func status(of record: AccountRecord, at moment: Timestamp) -> AccountStatus {
    let deadline = Timestamp(seconds: deadline(of: record))
    let grace = currentEpoch?.callGrace ?? 0
    if record.rolled == .liquidatable || moment >= deadline.advanced(by: grace) { return .liquidatable }
    if record.rolled == .stale || moment >= deadline { return .stale }
    guard let kind = record.proven.kind, let charter,
      epochInForce(record.epoch, at: moment, grace: charter.record.snapshotGrace) != nil
    else { return .unproven }
    return kind == .initial && moment.seconds < record.attestedUntil ? .current : .reduceOnly
  }

  /// The status that the next roll has to state, if any.
  func changeSinceRoll(of record: AccountRecord, at moment: Timestamp) -> AccountStatus? {
    switch status(of: record, at: moment) {
    case .stale where record.rolled == .nothing: .stale
    case .liquidatable where record.rolled != .liquidatable: .liquidatable
    default: nil
    }
  }
}

extension EpochRecord {
  /// Whether proofs under it are accepted while another one is in force: that is not more epochs later than
  /// it grants.
  func isAccepted(under current: EpochRecord) -> Bool {
    let (age, overflow) = current.epoch.subtractingReportingOverflow(epoch)
    return !overflow && age <= graceEpochs
  }
}
