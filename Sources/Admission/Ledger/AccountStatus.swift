/// Where an account stands with the venue.
public enum AccountStatus: String, CaseIterable, Hashable, Sendable {
  /// Its present commitment was shown to meet initial margin, under one circuit and one snapshot that is in
  /// grace, and a custodian's word covers it.
  case current
  /// Its present commitment was shown to meet maintenance margin, or its attestation is over: it may only
  /// reduce its positions.
  case reduceOnly = "reduceOnly"
  /// Nothing is known of its present commitment. It may prove it, or reduce by orders that bring a proof of
  /// what they lead to, before its deadline.
  case unproven
  /// It has missed the deadline of its proof.
  case stale
  /// It has missed the grace period as well: its positions may be closed without its proof.
  case liquidatable
}
