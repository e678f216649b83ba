/// What somebody may do besides what everybody may.
public enum Role: String, CaseIterable, Hashable, Sendable {
  /// Put snapshots in force, ask accounts for proofs, state who is overdue.
  case publish
  /// Open accounts and renew their attestations.
  case attest
  /// Report fills and charges.
  case fill
  /// Read accounts, events, metrics and the page.
  case read
}
