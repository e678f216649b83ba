public import CanonicalBytes
public import MarginRules
public import Solvency

/// What an account was shown to meet, with the proof of it.
///
/// A standing is made by a ledger from an accepted proof and from nothing else: it has no other initialiser,
/// so there is none without evidence. What it says is a ``claim``: margin of a kind under one circuit, one
/// snapshot, one registry. Kinds of margin of different circuits are not comparable, and neither type here
/// compares them.
public struct Standing: Hashable, Sendable {
  /// Why the present commitment meets the claim.
  public enum Evidence: Hashable, Sendable {
    /// E1: the accepted request of this digest proves it of exactly this commitment.
    case proof(Digest)
    /// E2: it lies between two commitments that were proved to meet the same claim, on a line along one
    /// position, under a circuit that the venue lists as convex along coordinates. This digest is of the
    /// request for the order at the far end; the near end is what the account stood on when the order was
    /// admitted.
    case segment(Digest)
  }

  /// The rule that is met: circuit, snapshot, registry and kind of margin.
  public let claim: MarginRule.Key
  /// The number of the snapshot.
  public let epoch: Int64
  /// What shows it.
  public let evidence: Evidence

  /// The kind of margin of the claim.
  public var kind: MarginKind { claim.kind }

  /// What a record says, as long as its snapshot is in grace.
  init?(of record: AccountRecord, in state: borrowing LedgerState, at moment: Timestamp) {
    guard let kind = record.proven.kind, let charter = state.charter,
      let epoch = state.epochInForce(record.epoch, at: moment, grace: charter.record.snapshotGrace)
    else { return nil }
    claim = MarginRule.Key(
      circuit: charter.circuits[Int(record.circuit)], snapshot: epoch.snapshot,
      registry: state.registries[Int(record.provenRegistry)].registry, kind: kind)
    self.epoch = epoch.epoch
    evidence = record.proven.isSegment ? .segment(record.evidence) : .proof(record.evidence)
  }
}

/// What an accepted proof is about, by place in the ledger's lists: small enough for a million accounts.
struct ProvenClaim: Hashable, Sendable {
  var circuit: UInt16
  var registry: UInt16
  var epoch: Int64
  var kind: MarginKind
}

/// What a ledger remembers of the last proof of a commitment. Two bits of kind, one bit for a segment.
struct PackedStanding: RawRepresentable, Hashable, Sendable {
  let rawValue: UInt8

  /// 0 nothing, 1 maintenance, 2 initial; 4 more for a segment.
  init?(rawValue: UInt8) {
    guard rawValue & 3 < 3, rawValue < 8, rawValue != 4 else { return nil }
    self.rawValue = rawValue
  }

  private init(unchecked rawValue: UInt8) { self.rawValue = rawValue }

  /// Nothing is known.
  static let nothing = PackedStanding(unchecked: 0)

  /// A proof of this kind of margin.
  init(_ kind: MarginKind) { self.init(unchecked: kind == .initial ? 2 : 1) }

  /// The same between two ends.
  var throughSegment: PackedStanding { PackedStanding(unchecked: rawValue == 0 ? 0 : rawValue | 4) }

  var isSegment: Bool { rawValue & 4 != 0 }

  var kind: MarginKind? {
    switch rawValue & 3 {
    case 1: .maintenance
    case 2: .initial
    default: nil
    }
  }
}
