import Admission
import CanonicalBytes
import MarginRules
import Ristretto
import Solvency

/// The ledger's rules written a second time, plainly and slowly: every epoch is kept, every nonce remembered for
/// ever, every deadline searched for.
struct LedgerModel {
  struct Account {
    var sequence: UInt64 = 0
    var commitment: EncodedPoint
    var standing: MarginKind?
    var epoch: Int64
    var ownDeadline: UInt64
    var attestedUntil: UInt64
    var headroom: Headroom?
    var headroomUntil: UInt64 = 0
    var rolled: AccountStatus?
  }

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
    return account.standing == .initial && now < account.attestedUntil ? .current : .reduceOnly
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
        now < record.until.seconds,
        let latest = epochs.last?.record,
        let epoch = epochs.first(where: { $0.record.epoch == record.epoch })?.record,
        latest.epoch - epoch.epoch <= epoch.graceEpochs
      else { return false }
      guard let headroom = record.headroom else {
        return record.until.seconds <= now + latest.callInterval
      }
      let isProven =
        account.standing == .initial
        || account.standing == .maintenance && record.kind == .maintenance
      let status = status(account, at: now)
      return headroom.lots > 0 && isProven && account.epoch == record.epoch && status != .stale
        && status != .liquidatable
    case .ticked: return true
    case .rolled(let roll): return roll == dueRoll(now)
    case .refused(let record): return accounts[record.account] != nil
    case .registryPublished, .attestationRenewed, .challengeIssued, .checkpointed: return false
    }
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
      if var headroom = account.headroom, now < account.headroomUntil,
        record.deltas.allSatisfy({ $0.coordinate < 2 }), position * headroom.side.sign > 0,
        position.magnitude <= headroom.lots, cash >= Int64(position.magnitude) * headroom.cashPerLot
      {
        headroom.lots -= UInt64(position.magnitude)
        account.headroom = headroom.lots == 0 ? nil : headroom
      } else {
        account.headroom = nil
        account.standing = nil
        account.ownDeadline = min(account.ownDeadline, now + (epochs.last?.record.fillInterval ?? 0))
      }
      accounts[record.account] = account
    case .proofAccepted(let record):
      nonces[record.account, default: []].insert(record.nonce)
      if let headroom = record.headroom {
        accounts[record.account]?.headroom = headroom
        accounts[record.account]?.headroomUntil = record.until.seconds
      } else {
        accounts[record.account]?.headroom = nil
        accounts[record.account]?.standing = record.kind
        accounts[record.account]?.epoch = record.epoch
        accounts[record.account]?.ownDeadline = record.until.seconds
        accounts[record.account]?.rolled = nil
      }
    case .rolled(let roll):
      for line in roll.lines {
        accounts[line.account]?.rolled = line.status
        accounts[line.account]?.headroom = nil
      }
    case .ticked, .refused, .registryPublished, .attestationRenewed, .challengeIssued, .checkpointed:
      break
    }
  }

  /// The first account of which the ledger says something else, at a moment not before the last event.
  func difference(from state: borrowing LedgerState, at now: Timestamp) -> AccountID? {
    guard state.accountCount == order.count else { return order.first }
    return order.first { name in
      guard let mine = accounts[name], let other = state.account(name, at: now) else { return true }
      let headroom = now.seconds < mine.headroomUntil ? mine.headroom : nil
      return other.sequence != mine.sequence || other.commitment != mine.commitment
        || other.standing != mine.standing || other.headroom != headroom
        || other.deadline.seconds != deadline(mine) || other.status != status(mine, at: now.seconds)
    }
  }
}
