public import CanonicalBytes
internal import CircuitProofs
public import MarginRules
internal import ProofCore
public import Ristretto
public import Solvency
internal import SolvencyVerifier

/// Everything a policy decides on: a request, and what is publicly known at that moment. Nothing in it is
/// secret, and only ``request`` comes from the requester.
public struct Review: Sendable {
  /// What is asked.
  public let request: AdmissionRequest
  /// The present moment.
  public let now: Timestamp
  /// Who decides: the venue, and the ledger it keeps.
  public let venue: Audience
  /// How far the prover's clock may be ahead, in seconds.
  public let clockSkew: UInt64
  /// How long after its time a snapshot is still accepted, in seconds.
  public let snapshotGrace: UInt64

  /// The account; nil if it is not open.
  public let account: AccountState?
  /// The epoch of the request's snapshot, if its proofs are accepted still.
  public let epoch: EpochRecord?
  /// The epoch in force.
  public let currentEpoch: EpochRecord?
  /// The request's snapshot, if it was ever published here.
  public let snapshot: RiskSnapshot?
  /// The request's registry, if it was published here and covers the account's.
  public let registry: Registry?
  /// Whether the request's circuit is trusted and has the name that is stated.
  public let isCircuitTrusted: Bool
  /// Whether the venue lists the circuit as convex along coordinates.
  public let isCircuitConvex: Bool
  /// Whether circuit, snapshot and registry make a rule.
  public let hasRule: Bool
  /// Whether the account has used the nonce before.
  public let isNonceUsed: Bool
  /// Whether the salt is a challenge that this account may answer.
  public let isChallengeOpen: Bool
  /// The headroom that the request's order asks for; nil without an order, or if it is malformed.
  public let headroom: Headroom?
  /// The commitment that the proof has to be about: the account's, or that after the order.
  public let expectedCommitment: EncodedPoint?
  /// Lots that orders admitted in this epoch may add on the order's side already.
  public let admittedLots: UInt64
  /// Number of proofs accepted from the account in this epoch.
  public let acceptedProofs: Int
  /// Number of refusals of the account that were recorded in this epoch.
  public let recordedRefusals: Int

  /// What a proof of the request claims: circuit, snapshot, registry and kind of margin.
  public var claim: MarginRule.Key {
    let context = request.envelope.context
    return MarginRule.Key(
      circuit: context.circuit, snapshot: context.snapshot, registry: context.registry, kind: context.kind)
  }

  /// The instrument that the request's order is for.
  public var instrument: Instrument? {
    guard let order = request.order else { return nil }
    return snapshot?.instruments.first { $0.id == order.instrument }
  }
}
