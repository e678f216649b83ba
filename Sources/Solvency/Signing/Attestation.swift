public import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto

/// What a custodian signs: this commitment is that account's book with me, in this state, pledged to this
/// venue and to no other until then.
///
/// A custodian knows the opening, or the part of it that it keeps: it has computed the commitment itself, or
/// checked it. One attestation names one venue, so that the same collateral is not pledged twice through an
/// honest custodian; see ``CombinedAttestation`` for what a ledger can see of it.
public struct Attestation: Signable {
  /// A custodian signs it.
  public static let signer = SignerRole.custodian
  /// What it is called in files.
  public static let kind = "attestation"

  /// The account, the registry, the commitment and the state it is of.
  public let account: AccountCommitment
  /// The venue that may count the book, and the ledger it may count it in.
  public let pledgedTo: Audience
  /// All custodians that keep a part of the account's book, the signer among them; nil in attestations of the
  /// form before this was stated, which ledgers no longer take.
  public let custodians: CustodianSet?
  /// Which of them signs, n of N: from 1 in ascending order of the keys; nil if that is not stated.
  public let number: UInt32?
  /// The first moment at which it holds.
  public let issued: Timestamp
  /// The first moment at which it no longer holds; later than `issued`.
  public let expires: Timestamp
  /// How far the custodian looked behind the commitment.
  public let sight: Sight

  /// How far a custodian looked behind a commitment before it signed.
  public enum Sight: String, CaseIterable, Hashable, Sendable {
    /// It did not: it vouches for a point.
    case unseen
    /// It has opened the commitment.
    case opening
    /// It has opened the commitment, to the book that it keeps itself.
    case book
  }

  /// An attestation of a window.
  ///
  /// - Parameter number: which of the custodians signs, 1 to their number
  ///   (``CustodianSet/number(of:among:)``).
  /// - Throws: ``AttestationError/emptyWindow`` or ``AttestationError/numberOutOfRange``.
  public init(
    account: AccountCommitment, pledgedTo: Audience, custodians: CustodianSet, number: UInt32? = nil,
    issued: Timestamp, expires: Timestamp, sight: Sight = .unseen
  ) throws(AttestationError) {
    try self.init(account, pledgedTo, custodians, number, issued, expires, sight)
  }

  private init(
    _ account: AccountCommitment, _ pledgedTo: Audience, _ custodians: CustodianSet?, _ number: UInt32?,
    _ issued: Timestamp, _ expires: Timestamp, _ sight: Sight
  ) throws(AttestationError) {
    guard issued < expires else { throw .emptyWindow }
    if let number {
      guard let custodians, number > 0, number <= custodians.count else { throw .numberOutOfRange }
    }
    self.custodians = custodians
    self.number = number
    self.sight = sight
    self.account = account
    self.pledgedTo = pledgedTo
    self.issued = issued
    self.expires = expires
  }

  /// Whether the attestation holds at a moment.
  public func holds(at now: Timestamp) -> Bool { issued <= now && now < expires }

  /// Every field, after its domain.
  public var canonicalBytes: [UInt8] {
    var writer =
      if number != nil {
        CanonicalWriter(domain: "solvency/attestation/v3")
      } else if custodians != nil {
        CanonicalWriter(domain: "solvency/attestation/v2")
      } else { CanonicalWriter(domain: "solvency/attestation/v1") }
    writer.append(account)
    writer.append(text: pledgedTo.utf8)
    if let custodians {
      writer.append(custodians.count)
      writer.append(custodians.digest)
    }
    if let number { writer.append(number) }
    writer.append(issued.seconds)
    writer.append(expires.seconds)
    // What was signed before this was stated, unseen, keeps its bytes; nothing else ends here.
    if sight != .unseen { writer.append(text: Array(sight.rawValue.utf8)) }
    return writer.bytes
  }

  /// The content as it stands in a file.
  public var json: JSONValue {
    var members = [
      JSONMember("version", .integer(VersionedFile.version)), JSONMember("account", account.json),
      JSONMember("pledgedTo", pledgedTo.json), JSONMember("issued", .integer(issued.seconds)),
      JSONMember("expires", .integer(expires.seconds)),
    ]
    if let custodians {
      var set = custodians.members
      if let number { set.append(JSONMember("number", .integer(number))) }
      members.append(JSONMember("custodians", .object(set)))
    }
    if sight != .unseen { members.append(JSONMember("seen", .string(sight.rawValue))) }
    return .object(members)
  }

  /// Reads the content as it stands in a file.
  ///
  /// - Throws: ``FileError``, among them ``FileError/emptyWindow``.
  public init(_ node: JSONNode) throws(FileError) {
    var keys = ["account", "pledgedTo", "issued", "expires"]
    var (namesSet, statesSight) = (false, false)
    if case .object(let members) = node.value {
      namesSet = members.contains { $0.key == "custodians" }
      statesSight = members.contains { $0.key == "seen" }
    }
    if namesSet { keys.append("custodians") }
    if statesSight { keys.append("seen") }
    let file = try VersionedFile(node, keys: keys)
    let sight =
      !statesSight
      ? Sight.unseen : try file.read("seen") { node throws(DocumentError) in try node.word() as Sight }
    let account = try AccountCommitment(file.read("account") { $0 })
    let pledgedTo = try file.audience("pledgedTo")
    let issued = Timestamp(seconds: try file.word("issued"))
    let expires = Timestamp(seconds: try file.word("expires"))
    var (custodians, number): (CustodianSet?, UInt32?)
    if namesSet {
      (custodians, number) = try file.read("custodians") { node throws(DocumentError) in
        let members = try node.object(required: ["count", "digest"], optional: ["number"])
        let set = try CustodianSet(members)
        let number: Int64? = try members.optional("number")?.integer(in: 1...Int64(set.count))
        return (set, number.map { UInt32($0) })
      }
    }
    do throws(AttestationError) {
      try self.init(account, pledgedTo, custodians, number, issued, expires, sight)
    } catch {
      throw .emptyWindow
    }
  }
}

extension CanonicalWriter {
  /// An account's public state.
  package mutating func append(_ account: AccountCommitment) {
    append(text: account.account.utf8)
    append(account.registry)
    append(text: account.commitment.encoded.bytes)
    append(account.sequence)
  }
}

/// Why an attestation is malformed, or attestations do not belong together.
public enum AttestationError: Error, Hashable, Sendable {
  /// It would expire before it holds.
  case emptyWindow
  /// The list of attestations is empty.
  case none
  /// They are of different accounts.
  case differentAccounts
  /// They are under different registries.
  case differentRegistries
  /// They are pledged to different venues.
  case differentVenues
  /// They do not say who else keeps a part of the account's book.
  case noCustodianSet
  /// They name different sets of custodians, or another set than the one that signed: the set has `expected`
  /// parts, and `actual` are here.
  case incompleteSet(expected: UInt32, actual: UInt32)
  /// A custodian states a number that is not one of 1 to the number of custodians.
  case numberOutOfRange
  /// A custodian states another number than it has among those that sign.
  case otherNumber(VerificationKey)
  /// One custodian attests twice.
  case repeatedCustodian(VerificationKey)
  /// The signer is not a custodian that is trusted here.
  case unknownCustodian(VerificationKey)
  /// A signature does not hold.
  case signature(SigningError)
}
