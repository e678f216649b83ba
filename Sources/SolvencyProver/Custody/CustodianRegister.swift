public import CanonicalBytes
internal import Merlin
internal import Ristretto
public import Solvency

/// What a custodian has pledged, so that it does not pledge one book twice.
///
/// An attestation names one venue. That the same custodian has not signed another one for the same book is
/// something that no venue can see: only the custodian's own memory can. It is written down before a
/// signature leaves.
public struct CustodianRegister: Hashable, Sendable {
  /// One attestation that was signed, or was about to be.
  public struct Pledge: Hashable, Sendable {
    /// The account, the registry, the commitment and the state.
    public let account: AccountCommitment
    /// The venue that may count the book.
    public let venue: String
    /// From when on.
    public let issued: Timestamp
    /// Until when.
    public let expires: Timestamp
    /// The salted digest of the book, if the opening was seen and the book is not empty.
    public let book: Digest?
    /// Whether the custodian said that equal books are of separate assets.
    public let isSeparate: Bool

    /// A pledge of these parts.
    public init(
      account: AccountCommitment, venue: String, issued: Timestamp, expires: Timestamp, book: Digest?,
      isSeparate: Bool = false
    ) {
      self.account = account
      self.venue = venue
      self.issued = issued
      self.expires = expires
      self.book = book
      self.isSeparate = isSeparate
    }

    fileprivate func overlaps(_ other: Pledge) -> Bool { issued < other.expires && other.issued < expires }
  }

  /// 32 random bytes that keep the digests of books from being guessed by anyone who reads a copy of the
  /// register alone.
  let salt: [UInt8]
  /// Every pledge, oldest first.
  public private(set) var pledges: [Pledge]

  /// An empty register.
  public init() { self.init(salt: SystemRandom.bytes(32), pledges: []) }

  init(salt: [UInt8], pledges: [Pledge]) {
    self.salt = salt
    self.pledges = pledges
  }

  /// What the register knows a book by: equal for equal amounts whatever the account and the blinding. Nil
  /// for a book with nothing in it, which anybody may have.
  public func tag(of opening: borrowing AccountOpening) -> Digest? {
    let isEmpty = opening.values.withSpan { values in values.indices.reduce(Int64(0)) { $0 | values[$1] } == 0
    }
    if isEmpty { return nil }
    // A transcript keeps the amounts in guarded memory; with no system bytes it is a keyed hash.
    var source = RandomnessSource.hedged(
      domain: "solvency register book v1", [salt, opening.registry.bytes])
    opening.values.withSpan { source.rekey(with: $0, label: "book") }
    var hash = source.finalized(systemBytes: [UInt8](repeating: 0, count: 32))
    return Digest(hash.bytes(count: Digest.byteCount))
  }

  /// Decides whether a pledge may be signed, and remembers it if so. The same pledge again is not a second
  /// one.
  ///
  /// - Throws: ``RegisterRefusal``; then nothing is remembered.
  public mutating func admit(_ pledge: Pledge) throws(RegisterRefusal) {
    if pledges.contains(pledge) { return }
    for earlier in pledges { try check(pledge, against: earlier) }
    pledges.append(pledge)
  }

  private func check(_ pledge: Pledge, against earlier: Pledge) throws(RegisterRefusal) {
    let (new, old) = (pledge.account, earlier.account)
    guard new.account == old.account else {
      // One point for two accounts: one opening, and one book.
      guard new.commitment != old.commitment else { throw .sameCommitment(account: old.account) }
      guard let book = pledge.book, book == earlier.book, pledge.overlaps(earlier), !pledge.isSeparate else {
        return
      }
      throw .sameBook(account: old.account, venue: earlier.venue, until: earlier.expires)
    }
    guard new.sequence >= old.sequence else {
      throw .rolledBack(registered: old.sequence, offered: new.sequence)
    }
    guard new.sequence > old.sequence || new.commitment == old.commitment else {
      throw .twoBooks(sequence: new.sequence)
    }
    guard pledge.venue == earlier.venue || !pledge.overlaps(earlier) else {
      throw .pledgedElsewhere(venue: earlier.venue, until: earlier.expires)
    }
  }
}

/// Why a custodian's register does not let it sign.
public enum RegisterRefusal: Error, Hashable, Sendable {
  /// The account is pledged to another venue until then.
  case pledgedElsewhere(venue: String, until: Timestamp)
  /// The commitment is that of another account.
  case sameCommitment(account: AccountID)
  /// The same amounts are pledged as another account's, to this venue, until then.
  case sameBook(account: AccountID, venue: String, until: Timestamp)
  /// A later state of the account was attested already.
  case rolledBack(registered: UInt64, offered: UInt64)
  /// Another commitment was attested for this state of the account.
  case twoBooks(sequence: UInt64)
}
