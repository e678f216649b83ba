internal import CanonicalBytes
internal import MarginRules
internal import Ristretto
internal import Solvency

/// One account in 104 bytes without pointers, so that a million idle ones are a hundred megabytes.
struct AccountRecord: Hashable, Sendable {
  /// V.
  var commitment: EncodedPoint
  /// The request whose proof the standing rests on, or rested on last; all zero before the first.
  var evidence: Digest
  /// How many fills the book has seen.
  var sequence: UInt64
  /// From when on the attestation no longer holds.
  var attestedUntil: UInt64
  /// From when on the account is stale, if no later epoch called it in before.
  var deadline: UInt64
  /// The epoch of the last proof of standing; of the opening before the first.
  var epoch: Int64
  /// Which of the ledger's registries the commitment is over, the shortest that will do. Registries grow, so
  /// there are at most as many as a registry has names.
  var registry: UInt16
  /// Of the proof: which of the ledger's registries.
  var provenRegistry: UInt16 = 0
  /// Of the proof: which of the ledger's circuits.
  var circuit: UInt16 = 0
  /// What the proof shows of the present commitment.
  var proven: PackedStanding
  /// What the last roll said.
  var rolled: RolledStatus

  /// What a roll has said of the account since its last proof.
  enum RolledStatus: UInt8, Sendable {
    case nothing, stale, liquidatable
  }

  /// Whether the present commitment was shown to meet this.
  func stands(on claim: ProvenClaim) -> Bool {
    proven.kind == claim.kind && circuit == claim.circuit && provenRegistry == claim.registry
      && epoch == claim.epoch
  }

  /// Takes a proof of exactly the present commitment.
  mutating func stand(on claim: ProvenClaim, evidence: Digest) {
    proven = PackedStanding(claim.kind)
    circuit = claim.circuit
    provenRegistry = claim.registry
    epoch = claim.epoch
    self.evidence = evidence
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

  /// Reserves memory for `count` accounts.
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
