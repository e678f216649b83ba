/// Where an account stands with the venue.
public enum AccountStatus: String, CaseIterable, Hashable, Sendable {
  /// Its last proof is fresh and covers initial margin.
  case current
  /// It may only reduce its positions.
  case reduceOnly
  /// It has missed the deadline of its proof.
  case stale
  /// It has missed the grace period as well: its positions may be closed without its proof.
  case liquidatable
}
