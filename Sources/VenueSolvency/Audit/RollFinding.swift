/// What is wrong with an entry of a roll.
public enum RollFault: Hashable, Sendable {
  /// Entry 0 is not the header that the auditor was given.
  case otherHeader
  /// The entry is not an account.
  case malformed
  /// The entry before has the same commitment: one account counted twice.
  case repeatedCommitment
  /// The commitment is less than that of the entry before: entries stand in the order of commitments.
  case notInOrder
  /// The commitment does not encode a point.
  case undecodableCommitment
  /// There is no evidence.
  case missingEvidence
  /// The evidence is not that whose digest the entry states.
  case otherEvidence
  /// The evidence is not of the form that the class has.
  case malformedEvidence
  /// The proof is of another circuit than the class is proved under.
  case otherCircuit
  /// The evidence names another account.
  case otherName
  /// The evidence is of another state of the account.
  case otherSequence
  /// The evidence is about another commitment; for a bounded account, than V with the stated X added.
  case otherCommitment
  /// The shortfall is not on the grid of the header.
  case offGrid
  /// The opening does not open the commitment.
  case notOpened
  /// The opened book has another equity than the entry states, or amounts that no account may have.
  case otherEquity
  /// The account is listed in a band that the roll does not have.
  case unknownBand
  /// The proof was rejected, for the reason of this code; see `RejectionReason.code`.
  case proof(code: String)
  /// The proof about the group that the account is in was rejected, for the reason of this code. It says
  /// nothing about which account of the group is at fault.
  case group(code: String)

  private static let plain: [RollFault] = [
    .otherHeader, .malformed, .repeatedCommitment, .notInOrder, .undecodableCommitment, .missingEvidence,
    .otherEvidence, .malformedEvidence, .otherCircuit, .otherName, .otherSequence, .otherCommitment, .offGrid,
    .notOpened, .otherEquity, .unknownBand,
  ]
  private static let prefix = "proof:"
  private static let groupPrefix = "group:"

  /// The fault in one word, as files have it.
  public var code: String {
    switch self {
    case .otherHeader: "other-header"
    case .malformed: "malformed"
    case .repeatedCommitment: "repeated-commitment"
    case .notInOrder: "not-in-order"
    case .undecodableCommitment: "undecodable-commitment"
    case .missingEvidence: "missing-evidence"
    case .otherEvidence: "other-evidence"
    case .malformedEvidence: "malformed-evidence"
    case .otherCircuit: "other-circuit"
    case .otherName: "other-name"
    case .otherSequence: "other-sequence"
    case .otherCommitment: "other-commitment"
    case .offGrid: "off-grid"
    case .notOpened: "not-opened"
    case .otherEquity: "other-equity"
    case .unknownBand: "unknown-band"
    case .proof(let code): Self.prefix + code
    case .group(let code): Self.groupPrefix + code
    }
  }

  /// The fault of this code; nil if there is none.
  public init?(code: String) {
    if let known = Self.plain.first(where: { $0.code == code }) {
      self = known
    } else {
      // Both prefixes have as many bytes.
      let reason = code.dropFirst(Self.prefix.count)
      guard (1...64).contains(reason.utf8.count),
        reason.utf8.allSatisfy({
          $0 == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        })
      else { return nil }
      if code.hasPrefix(Self.prefix) {
        self = .proof(code: String(reason))
      } else if code.hasPrefix(Self.groupPrefix) {
        self = .group(code: String(reason))
      } else {
        return nil
      }
    }
  }
}

/// A fault, and the entry that has it.
public struct RollFinding: Hashable, Sendable {
  /// The entry's place in the tree, from 0; accounts begin at 1.
  public let entry: UInt64
  /// The name on the roll; nil where the entry has none that can be read.
  public let name: BlindedName?
  /// What is wrong.
  public let fault: RollFault

  /// A finding of these parts.
  public init(entry: UInt64, name: BlindedName?, fault: RollFault) {
    self.entry = entry
    self.name = name
    self.fault = fault
  }
}
