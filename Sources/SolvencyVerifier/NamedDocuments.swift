internal import CanonicalBytes
internal import MarginRules
internal import Solvency

/// The documents that a proof names, found in a catalog. Proofs one after the other mostly name the same,
/// which are then not looked up again.
struct NamedDocuments {
  private let catalog: RuleCatalog
  private var circuit: (digest: Digest, name: String)?
  private var registry: Digest?
  /// The snapshot that the last proof names, if it was found.
  private(set) var snapshot: RiskSnapshot?
  private var snapshotDigest: Digest?

  /// No documents yet.
  init(_ catalog: RuleCatalog) { self.catalog = catalog }

  /// Finds the documents of a proof.
  ///
  /// - Throws: the reason to reject it, if one is not in the catalog.
  mutating func find(_ context: ProofContext, circuitName: String) throws(RejectionReason) {
    if circuit?.digest != context.circuit {
      circuit = catalog.circuit(context.circuit).map { (context.circuit, $0.name) }
    }
    guard let circuit, circuit.name == circuitName else { throw .unknownCircuit }
    if snapshotDigest != context.snapshot {
      snapshot = catalog.snapshot(context.snapshot)
      snapshotDigest = snapshot == nil ? nil : context.snapshot
    }
    guard snapshotDigest != nil else { throw .unknownSnapshot }
    if registry != context.registry {
      registry = catalog.registry(context.registry).map { _ in context.registry }
    }
    guard registry != nil else { throw .unknownRegistry }
  }
}
