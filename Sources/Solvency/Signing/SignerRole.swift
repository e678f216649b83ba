/// Who signs what. A signature names the role of its signer, so that a key of one role never speaks for
/// another.
public enum SignerRole: String, CaseIterable, Hashable, Sendable {
  /// Publishes snapshots and keeps the ledger.
  case venue
  /// Attests whose book a commitment is.
  case custodian
  /// Asks for admission.
  case trader
  /// Reports fills.
  case matchingEngine = "matching-engine"
  /// Signs checkpoints of a log, as notes.
  case log
  /// Cosigns checkpoints of logs.
  case witness
  /// Reports what it found on a venue's roll of accounts.
  case auditor
}
