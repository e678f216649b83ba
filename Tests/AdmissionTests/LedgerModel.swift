import Admission
import CanonicalBytes
import MarginRules
import Ristretto
import Solvency

/// The ledger's rules written a second time, plainly and slowly: every epoch is kept, every nonce remembered
/// for ever, every deadline searched for.
struct LedgerModel {
  struct Account {
    var sequence: UInt64 = 0
    var commitment: EncodedPoint
    var standing: Claim?
    var epoch: Int64
    var ownDeadline: UInt64
    var attestedUntil: UInt64
    var order: PendingOrder?
    var rolled: AccountStatus?
  }

  struct Claim: Equatable {
    var circuit: Digest
    var registry: Digest
    var epoch: Int64
    var kind: MarginKind
  }

  struct PendingOrder {
    var headroom: Headroom
    var until: UInt64
    var claim: Claim
    var far: EncodedPoint
    /// Whether both ends are proved under one claim of a circuit that is convex.
    var isSegment: Bool
  }

  var listed: [CharterRecord.Listing] = []
  var snapshotGrace: UInt64 = 0

  var clock: UInt64 = 0
  var epochs: [(record: EpochRecord, time: UInt64)] = []
  var accounts: [AccountID: Account] = [:]
  var order: [AccountID] = []
  var nonces: [AccountID: Set<Nonce>] = [:]

  func deadline(_ account: Account) -> UInt64 {
    let calls = epochs.filter { $0.record.epoch > account.epoch }
      .map { $0.time + $0.record.callInterval }
    return ([account.ownDeadline] + calls).min() ?? account.ownDeadline
  }

  func status(_ account: Account, at now: UInt64) -> AccountStatus {
    let deadline = deadline(account)
    let grace = epochs.last?.record.callGrace ?? 0
    if account.rolled == .liquidatable || now >= deadline + grace { return .liquidatable }
    if account.rolled == .stale || now >= deadline { return .stale }
    guard let standing = account.standing, isInGrace(standing.epoch, now) else { return .unproven }
    return standing.kind == .initial && now < account.attestedUntil ? .current : .reduceOnly
  }

  private func isInGrace(_ number: Int64, _ now: UInt64) -> Bool {
    guard let latest = epochs.last?.record,
      let epoch = epochs.first(where: { $0.record.epoch == number })?.record
    else { return false }
    return latest.epoch - number <= epoch.graceEpochs && now < epoch.validTo.seconds + snapshotGrace
  }

  /// Whether the event may happen; if so, it has.
  mutating func apply(_ event: LedgerEvent, at time: Timestamp) -> Bool {
    let now = time.seconds
    guard now >= clock else { return false }
    guard isPossible(event, now) else { return false }
    clock = now
    perform(event, now)
    return true
  }

  private func isPossible(_ event: LedgerEvent, _ now: UInt64) -> Bool {
    switch event {
    case .epochPublished(let record):
      guard let last = epochs.last?.record else { return true }
      return record.epoch > last.epoch && record.previous == last.snapshot
    case .accountOpened(let record):
      return !epochs.isEmpty && accounts[record.account] == nil && now < record.attestedUntil.seconds
    case .filled(let record):
      return accounts[record.account]?.sequence == record.sequence
    case .proofAccepted(let record):
      guard let account = accounts[record.account], account.sequence == record.sequence,
        nonces[record.account]?.contains(record.nonce) != true, now < record.expires.seconds,
        now < record.until.seconds, let basis = record.basis, let latest = epochs.last?.record,
        let listing = listed.first(where: { $0.circuit == basis.circuit }), isInGrace(record.epoch, now)
      else { return false }
      guard let headroom = record.headroom else {
        return record.until.seconds <= now + latest.callInterval && basis.commitment == account.commitment
      }
      let status = status(account, at: now)
      let opens =
        record.kind == .initial && account.standing == claim(record, basis)
        && (listing.isConvex || headroom.lots == 1)
      return headroom.lots > 0 && (basis.isReduction || opens) && status != .stale && status != .liquidatable
    case .chartered: return epochs.isEmpty
    case .ticked: return true
    case .rolled(let roll): return roll == dueRoll(now)
    case .refused(let record): return accounts[record.account] != nil
    case .registryPublished, .attestationRenewed, .challengeIssued, .checkpointed, .charged, .escrowed,
      .withdrawn, .liquidationRulesAdopted, .fundMoved, .liquidationOpened, .liquidationStepped,
      .winnersCalled, .bandProven, .solvencyRollPublished:
      return false
    }
  }

  private func claim(_ record: ProofRecord, _ basis: ProofRecord.Basis) -> Claim {
    Claim(circuit: basis.circuit, registry: basis.registry, epoch: record.epoch, kind: record.kind)
  }

  func dueRoll(_ now: UInt64) -> StatusRoll {
    let lines = order.compactMap { name -> StatusRoll.Line? in
      guard let account = accounts[name] else { return nil }
      let status = status(account, at: now)
      guard status == .stale || status == .liquidatable, status != account.rolled else { return nil }
      return StatusRoll.Line(account: name, status: status)
    }
    return StatusRoll(accountCount: UInt64(order.count), lines: lines)
  }

  private mutating func perform(_ event: LedgerEvent, _ now: UInt64) {
    switch event {
    case .epochPublished(let record): epochs.append((record, now))
    case .accountOpened(let record):
      let interval = epochs.last?.record.callInterval ?? 0
      accounts[record.account] = Account(
        commitment: record.commitment, epoch: epochs.last?.record.epoch ?? 0,
        ownDeadline: now + interval, attestedUntil: record.attestedUntil.seconds)
      order.append(record.account)
    case .filled(let record):
      guard var account = accounts[record.account] else { return }
      account.sequence += 1
      account.commitment = record.commitment
      let position = record.deltas.first { $0.coordinate == 1 }?.amount ?? 0
      let cash = record.deltas.first { $0.coordinate == 0 }?.amount ?? 0
      if let order = account.order, order.far == record.commitment {
        account.standing = order.claim
        account.epoch = order.claim.epoch
        account.order = nil
      } else if let order = account.order, now < order.until, record.deltas.allSatisfy({ $0.coordinate < 2 }),
        position * order.headroom.side.sign > 0, position.magnitude <= order.headroom.lots,
        cash >= Int64(position.magnitude) * order.headroom.cashPerLot
      {
        account.order?.headroom.lots -= UInt64(position.magnitude)
        if account.order?.headroom.lots == 0 { account.order = nil }
        if !order.isSegment { unprove(&account, now) }
      } else {
        account.order = nil
        unprove(&account, now)
      }
      accounts[record.account] = account
    case .proofAccepted(let record):
      nonces[record.account, default: []].insert(record.nonce)
      guard let basis = record.basis else { return }
      let claim = claim(record, basis)
      if let headroom = record.headroom {
        let isConvex = listed.first { $0.circuit == basis.circuit }?.isConvex ?? false
        let isSegment = isConvex && accounts[record.account]?.standing == claim
        accounts[record.account]?.order = PendingOrder(
          headroom: headroom, until: record.until.seconds, claim: claim, far: basis.commitment,
          isSegment: isSegment)
      } else {
        accounts[record.account]?.order = nil
        accounts[record.account]?.standing = claim
        accounts[record.account]?.epoch = record.epoch
        accounts[record.account]?.ownDeadline = record.until.seconds
        accounts[record.account]?.rolled = nil
      }
    case .rolled(let roll):
      for line in roll.lines {
        accounts[line.account]?.rolled = line.status
        accounts[line.account]?.order = nil
      }
    case .chartered(let record):
      listed = record.circuits
      snapshotGrace = record.snapshotGrace
    case .ticked, .refused, .registryPublished, .attestationRenewed, .challengeIssued, .checkpointed,
      .charged,
      .escrowed, .withdrawn, .liquidationRulesAdopted, .fundMoved, .liquidationOpened, .liquidationStepped,
      .winnersCalled, .bandProven, .solvencyRollPublished:
      break
    }
  }

  private func unprove(_ account: inout Account, _ now: UInt64) {
    account.standing = nil
    account.ownDeadline = min(account.ownDeadline, now + (epochs.last?.record.fillInterval ?? 0))
  }

  /// The first account of which the ledger says something else, at a moment not before the last event.
  func difference(from state: borrowing LedgerState, at now: Timestamp) -> AccountID? {
    guard state.accountCount == order.count else { return order.first }
    return order.first { name in
      guard let mine = accounts[name], let other = state.account(name, at: now) else { return true }
      let headroom = mine.order.flatMap { now.seconds < $0.until ? $0.headroom : nil }
      let standing = mine.standing.flatMap { isInGrace($0.epoch, now.seconds) ? $0 : nil }
      let shown = other.standing.map {
        Claim(
          circuit: $0.claim.circuit, registry: $0.claim.registry, epoch: $0.epoch, kind: $0.kind)
      }
      return other.sequence != mine.sequence || other.commitment != mine.commitment
        || shown != standing || other.headroom != headroom
        || other.deadline.seconds != deadline(mine) || other.status != status(mine, at: now.seconds)
    }
  }
}
