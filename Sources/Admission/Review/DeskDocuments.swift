internal import MarginRules
internal import Solvency
package import SolvencyVerifier

/// The circuits that a venue trusts, and the documents that its ledger published.
package struct DeskDocuments: Sendable {
  /// Only what was published through the ledger, and the venue's circuits.
  package let catalog = RuleCatalog()

  package init() {}

  /// Takes the document of an entry that published one; false if it is not the document that the entry names.
  package func register(_ item: LogBatch.Item) -> Bool {
    switch item.entry.event {
    case .registryPublished(let record):
      guard item.hasItsEvidence, let registry = try? Registry(listing: item.evidence),
        registry.digest == record.registry,
        registry.count == Int(record.count)
      else { return false }
      catalog.register(registry)
    case .epochPublished(let record):
      guard item.hasItsEvidence, let snapshot = try? PublishedSnapshot(decoding: item.evidence).snapshot,
        snapshot.digest == record.snapshot
      else { return false }
      catalog.register(snapshot)
    default: break
    }
    return true
  }
}
