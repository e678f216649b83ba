public import CanonicalBytes
internal import MarginRules
public import Solvency

/// Whether a log has the documents that its entries name: the one check behind status, opening, export and
/// audit.
extension LogBatch.Item {
  /// The document that the entry names, by its digest; nil if it names none, or names it otherwise.
  public var evidenceDigest: Digest? {
    switch entry.event {
    case .chartered(let record): record.charter
    case .registryPublished(let record): record.registry
    case .accountOpened(let record): record.evidence
    case .attestationRenewed(let record): record.evidence
    case .filled(let record): record.evidence
    case .proofAccepted(let record): record.evidence
    case .refused(let record): record.evidence
    case .charged(let record): record.evidence
    case .escrowed(let record): record.evidence
    case .withdrawn(let record): record.cause == .undone ? record.evidence : nil
    case .liquidationRulesAdopted(let record): record.rules
    case .fundMoved(let record): record.evidence
    case .liquidationOpened(let record): record.evidence
    case .liquidationStepped(let record): record.evidence == .zero ? nil : record.evidence
    case .bandProven(let record): record.evidence
    case .solvencyRollPublished(let record): record.evidence
    case .winnersCalled, .epochPublished, .challengeIssued, .ticked, .rolled, .checkpointed: nil
    }
  }

  /// Whether the evidence is the document that the entry names, byte for byte; or none, where it names none.
  public var hasItsEvidence: Bool {
    if let evidenceDigest { return Digest.sha256(of: evidence) == evidenceDigest }
    guard case .epochPublished(let record) = entry.event else { return evidence.isEmpty }
    // The snapshot is named by its own digest, which is over its content and not over this document.
    guard let published = try? PublishedSnapshot(decoding: evidence) else { return false }
    return published.snapshot.digest == record.snapshot
      && published.endorsement.unverified.endorses(published.snapshot)
      && published.encoded() == evidence
  }
  /// Whether it has its evidence, and a snapshot is signed by the venue: its digest does not say by whom.
  public func hasItsEvidence(signedBy venue: VerificationKey) -> Bool {
    guard hasItsEvidence else { return false }
    guard case .epochPublished = entry.event else { return true }
    let endorsement = try? PublishedSnapshot(decoding: evidence).endorsement.content(verifiedBy: venue)
    return endorsement != nil
  }
}
