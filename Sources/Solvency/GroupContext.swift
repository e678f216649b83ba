public import CanonicalBytes
public import MarginRules

/// How many accounts share one proof: a power of two, so that verifiers compile few statements.
public enum GroupSize: Int, CaseIterable, Comparable, Hashable, Sendable {
  /// That many accounts.
  case two = 2
  case four = 4
  case eight = 8
  case sixteen = 16
  case thirtyTwo = 32
  case sixtyFour = 64

  /// By number.
  public static func < (a: GroupSize, b: GroupSize) -> Bool { a.rawValue < b.rawValue }

  /// The sizes of the groups that a number of accounts make, in order: as many of this size as there are,
  /// then the powers of two in what is left (protocol 3.7). The last account stands alone if the number is
  /// odd.
  ///
  /// - Parameter count: the number of accounts, not negative.
  public func groups(of count: Int) -> (groups: [GroupSize], single: Bool) {
    var groups = [GroupSize](repeating: self, count: count / rawValue)
    let rest = count % rawValue
    for size in GroupSize.allCases.reversed() where rest & size.rawValue != 0 { groups.append(size) }
    return (groups, rest & 1 == 1)
  }
}

/// An account of a group in one of its states.
public struct GroupMember: Hashable, Sendable {
  /// The account.
  public let account: AccountID
  /// How many fills the committed book has seen.
  public let sequence: UInt64

  /// An account in this state.
  public init(account: AccountID, sequence: UInt64) {
    self.account = account
    self.sequence = sequence
  }
}

/// What a proof about several accounts is bound to besides its statement: as ``ProofContext`` for one.
///
/// The canonical bytes enter the proof's transcript before its first challenge, and the accounts stand in
/// them in the order of their commitments.
public struct GroupContext: Hashable, Sendable {
  /// The circuit, by the digest of its source.
  public let circuit: Digest
  /// The risk snapshot, by the digest of its canonical bytes.
  public let snapshot: Digest
  /// The registry that says which coordinate of the commitments is what.
  public let registry: Digest
  /// Whether the accounts meet initial or maintenance margin.
  public let kind: MarginKind
  /// The accounts, none twice; a ``GroupSize`` of them.
  public let members: [GroupMember]
  /// Who the proof is for.
  public let audience: Audience
  /// What the audience asked with.
  public let nonce: Nonce
  /// The first moment at which the proof may be used.
  public let issued: Timestamp
  /// The first moment at which it may no longer be used; later than `issued`.
  public let expires: Timestamp

  /// A context of these parts.
  ///
  /// - Throws: ``GroupContextError``.
  public init(
    circuit: Digest, snapshot: Digest, registry: Digest, kind: MarginKind, members: [GroupMember],
    audience: Audience, nonce: Nonce, issued: Timestamp, expires: Timestamp
  ) throws(GroupContextError) {
    guard issued < expires else { throw .emptyWindow }
    guard GroupSize(rawValue: members.count) != nil else { throw .noGroup(count: members.count) }
    var accounts: Set<AccountID> = []
    for member in members where !accounts.insert(member.account).inserted {
      throw .repeatedAccount(member.account)
    }
    self.circuit = circuit
    self.snapshot = snapshot
    self.registry = registry
    self.kind = kind
    self.members = members
    self.audience = audience
    self.nonce = nonce
    self.issued = issued
    self.expires = expires
  }

  /// The context's one encoding:
  ///
  ///     domain ‖ circuit ‖ snapshot ‖ registry ‖ kind (0 initial, 1 maintenance) ‖ audience ‖ nonce ‖ issued ‖
  ///     expires ‖ number of accounts in four bytes ‖ (account ‖ sequence)*
  ///
  /// Domain, audience and accounts carry their length in four bytes; numbers are eight bytes, little-endian.
  public func encoded() -> [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/group-context/v1")
    writer.append(circuit)
    writer.append(snapshot)
    writer.append(registry)
    writer.append(kind == .initial ? 0 : 1 as UInt8)
    writer.append(text: audience.utf8)
    writer.append(fixed: nonce.bytes)
    writer.append(issued.seconds)
    writer.append(expires.seconds)
    writer.append(UInt32(members.count))
    for member in members {
      writer.append(text: member.account.utf8)
      writer.append(member.sequence)
    }
    return writer.bytes
  }

  /// What the proof says of one of the accounts: the context that a proof of this account alone would have.
  ///
  /// - Parameter index: the account's place, less than the number of members (precondition).
  package func context(of index: Int) throws(ProofContextError) -> ProofContext {
    try ProofContext(
      circuit: circuit, snapshot: snapshot, registry: registry, kind: kind, account: members[index].account,
      sequence: members[index].sequence, audience: audience, nonce: nonce, issued: issued, expires: expires)
  }
}

/// Why parts are not the context of a group.
public enum GroupContextError: Error, Hashable, Sendable {
  /// The proof would expire before it may be used.
  case emptyWindow
  /// This number of accounts is not that of a group: it has 2, 4, 8, 16, 32 or 64.
  case noGroup(count: Int)
  /// The account is in the group twice.
  case repeatedAccount(AccountID)
}
