public import CanonicalBytes
internal import MarginRules
internal import Solvency

/// The circuit is one that this venue decides on (A35).
public struct TrustedCircuit: AdmissionRule {
  /// The circuits, by the digest of their source; nil for every circuit in the catalog.
  public let digests: Set<Digest>?

  /// Every circuit in the catalog, or only some of them.
  public init(_ digests: Set<Digest>? = nil) {
    self.digests = digests
  }

  /// ``RefusalReason/circuitNotAllowed`` or ``RefusalReason/unusableRule``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard review.isCircuitTrusted else { return .circuitNotAllowed }
    if let digests, !digests.contains(review.request.envelope.context.circuit) {
      return .circuitNotAllowed
    }
    // Without an epoch or a registry there is no rule either; others say so.
    guard review.snapshot != nil, review.epoch != nil, review.registry != nil else { return nil }
    return review.hasRule ? nil : .unusableRule
  }

  /// The name and the values.
  public var declaration: String {
    (["trusted-circuit"] + (digests ?? []).map(\.description).sorted()).joined(separator: " ")
  }
}
