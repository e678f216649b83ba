public import Solvency

/// Whose signatures a venue acts on.
public struct Counterparties: Hashable, Sendable {
  /// The venue's own key, for snapshots and the log.
  public let venue: VerificationKey
  /// The custodians whose attestations open accounts.
  public let custodians: Set<VerificationKey>
  /// The matching engines whose fills move accounts.
  public let matchingEngines: Set<VerificationKey>

  /// These keys.
  public init(
    venue: VerificationKey, custodians: Set<VerificationKey>,
    matchingEngines: Set<VerificationKey>
  ) {
    self.venue = venue
    self.custodians = custodians
    self.matchingEngines = matchingEngines
  }
}
