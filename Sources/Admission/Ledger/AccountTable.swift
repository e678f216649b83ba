internal import MarginEngine
internal import Ristretto
internal import Solvency

/// One account in 104 bytes without pointers, so that a million idle ones are a hundred megabytes.
struct AccountRecord: Hashable, Sendable {
  /// V.
  var commitment: EncodedPoint
  /// The last accepted proof's evidence, all zero before the first.
  var evidence: EncodedDigest
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

/// The 32 bytes of a digest without the array.
struct EncodedDigest: Hashable, Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64)

  init(_ digest: Digest) {
    func word(_ index: Int) -> UInt64 {
      digest.bytes[(8 * index)..<(8 * index + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    words = (word(0), word(1), word(2), word(3))
  }

  var digest: Digest {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Digest.byteCount)
    for word in [words.0, words.1, words.2, words.3] {
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    return Digest(bytes) ?? .zero
  }

  static func == (a: EncodedDigest, b: EncodedDigest) -> Bool { a.words == b.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
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
