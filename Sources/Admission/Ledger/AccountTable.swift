internal import CanonicalBytes
internal import MarginRules
internal import Ristretto
internal import Solvency

/// One account in 104 bytes without pointers, so that a million idle ones are a hundred megabytes.
struct AccountRecord: Hashable, Sendable {
  /// V.
  var commitment: EncodedPoint
  /// The last accepted proof's evidence, all zero before the first.
  var evidence: Digest
  /// How many fills the book has seen.
  var sequence: UInt64
  /// From when on the attestation no longer holds.
  var attestedUntil: UInt64
  /// From when on the account is stale, if no later epoch called it in before.
  var deadline: UInt64
  /// The epoch of the last proof of standing; of the opening before the first.
  var epoch: Int64
  /// Which of the ledger's registries the commitment is over, the shortest that will do.
  var registry: UInt32
  /// What the last proof of standing shows of the present commitment.
  var standing: Standing
  /// What the last roll said.
  var rolled: RolledStatus

  /// The margin that the present commitment was shown to meet.
  enum Standing: UInt8, Sendable {
    case unproven, maintenance, initial
  }

  /// What a roll has said of the account since its last proof.
  enum RolledStatus: UInt8, Sendable {
    case nothing, stale, liquidatable
  }
}

/// All accounts, in the order in which they were opened.
struct AccountTable: Hashable, Sendable {
  /// By slot.
  private(set) var names: [AccountID] = []
  /// By slot.
  var records: [AccountRecord] = []
  private var slots: [AccountID: UInt32] = [:]

  var count: Int { records.count }

  /// The slot of an account.
  func slot(of account: AccountID) -> Int? { slots[account].map(Int.init) }

  /// Whether another account has room.
  var hasRoom: Bool { records.count < Int(UInt32.max) }

  /// Reserves memory for so many accounts.
  mutating func reserve(_ count: Int) {
    names.reserveCapacity(count)
    records.reserveCapacity(count)
    slots.reserveCapacity(count)
  }

  /// Adds an account that is not in the table.
  mutating func append(_ account: AccountID, _ record: AccountRecord) {
    slots[account] = UInt32(records.count)
    names.append(account)
    records.append(record)
  }
}
