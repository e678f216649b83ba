public import CanonicalBytes

/// Everything public that decides whether an account is covered: what the venue's margin engine
/// publishes each epoch, in integers.
///
/// A snapshot is sound by construction: every value is within its bounds, later brackets cost no less,
/// initial margin is no less than maintenance margin, and nothing can be gained by holding both sides
/// of a position. So every inequality built from it is monotone and cannot wrap.
///
/// The fields are those of ``SnapshotDraft``: `snapshot.instruments[0].markFloor`.
///
/// - SeeAlso: margin, part B.
@dynamicMemberLookup
public struct RiskSnapshot: Hashable, Sendable {
  /// The fields.
  public let draft: SnapshotDraft
  /// The name of this snapshot: SHA-256 of ``canonicalBytes``.
  public let digest: Digest
  /// For every scenario group, the indices of its instruments, ascending.
  public let instrumentIndices: [[Int]]

  /// The value of one quantum in USD. Version 1 has no other.
  public static let quantumUSD = "1e-6"

  /// Checks a draft.
  ///
  /// - Throws: ``SnapshotError/invalid(path:rule:)`` for the first rule that is broken.
  public init(_ draft: SnapshotDraft) throws(SnapshotError) {
    try SnapshotValidation.check(draft)
    self.draft = draft
    digest = .sha256(of: Self.canonicalBytes(of: draft))
    instrumentIndices = draft.groups.map { group in
      draft.instruments.indices.filter { draft.instruments[$0].group == group.id }
    }
  }

  /// A field of the draft.
  public subscript<Value>(dynamicMember field: KeyPath<SnapshotDraft, Value>) -> Value {
    draft[keyPath: field]
  }
}
