public import CircuitLanguage
internal import CircuitProofs
internal import MarginEngine
internal import Ristretto
public import Solvency
internal import SolvencyVerifier

/// The admission desk of a venue: decides on requests of accounts whose books it never sees, and keeps the ledger
/// that makes it answer for the decisions.
///
///     let desk = try Admission(policy: .production, venue: venue, ledger: ledger, circuits: circuits)
///     switch desk.review(request, at: now) {
///     case .admitted(let receipt): …
///     case .reduceOnly(let receipt): …
///     case .refused(let reasons): …
///     }
///
/// Every decision is a function of the request, the policy, the circuits and the ledger, so that whoever holds
/// those comes to the same one (``Audit``). Safe to share between threads.
public struct Admission: Sendable {
  /// What is admitted.
  public let policy: Policy
  /// Who decides: the audience that proofs name.
  public let venue: Audience
  /// What was decided.
  public let ledger: Ledger

  let documents: DeskDocuments
  let verifier: ProofVerifier
  let farCommitments = FarCommitments()

  /// Opens the desk on a ledger. Snapshots and registries come from the ledger's log.
  ///
  /// - Throws: ``LedgerFailure`` if the documents in the log are not those that it names.
  public init(
    policy: Policy = .production, venue: Audience, ledger: Ledger, circuits: [Circuit]
  ) throws(LedgerFailure) {
    self.policy = policy
    self.venue = venue
    self.ledger = ledger
    documents = DeskDocuments(circuits: circuits)
    verifier = ProofVerifier(catalog: documents.catalog)
    for item in try ledger.documents() {
      guard documents.register(item) else {
        throw .replay(.log(.malformed(index: item.entry.index, .malformedEvent)))
      }
    }
  }

  /// Decides on a request. Total: whatever is asked, there is a verdict.
  public func review(_ request: AdmissionRequest, at now: Timestamp) -> Verdict {
    review([request], at: now).first ?? .refused([.unavailable])
  }

  /// Decides on a request as it stands in a file or on a line.
  public func review(json bytes: [UInt8], at now: Timestamp) -> Verdict {
    guard let request = try? AdmissionRequest(json: bytes) else { return .refused([.malformed]) }
    return review(request, at: now)
  }

  /// The facts about a request, as they are in a state of the ledger.
  func facts(
    about request: AdmissionRequest, in state: borrowing LedgerState, at now: Timestamp
  ) -> Review {
    let context = request.envelope.context
    let account = state.account(context.account, at: now)
    let epoch = state.acceptedEpoch(snapshot: context.snapshot)
    var registry: Registry?
    if let account, state.isRegistry(context.registry, coveringThoseOf: account.registry) {
      registry = documents.catalog.registry(context.registry)
    }
    let circuit = documents.catalog.circuit(context.circuit)
    let snapshot = documents.catalog.snapshot(context.snapshot)
    var hasProducts: Bool?
    if circuit != nil, snapshot != nil, epoch != nil, registry != nil {
      let key = MarginRule.Key(
        circuit: context.circuit, snapshot: context.snapshot, registry: context.registry,
        kind: context.kind)
      hasProducts = (try? documents.catalog.rule(key)).map { $0.statement.gateCount > 0 }
    }
    var headroom: Headroom?
    var expected = account?.commitment
    if let order = request.order {
      headroom = registry.flatMap { order.headroom(in: $0) }
      expected = nil
      if let account, let headroom, let registry {
        expected = farCommitments.commitment(
          after: headroom, from: account.commitment, coordinateCount: registry.count)
      }
    }
    return Review(
      request: request, now: now, venue: venue, clockSkew: policy.clockSkew,
      snapshotGrace: policy.snapshotGrace, account: account, epoch: epoch,
      currentEpoch: state.currentEpoch, snapshot: snapshot, registry: registry,
      isCircuitTrusted: circuit.map { $0.name == request.envelope.circuitName } ?? false,
      hasProducts: hasProducts, isNonceUsed: state.isUsed(context.nonce),
      isChallengeOpen: state.isOpen(challenge: request.salt, for: context.account, at: now),
      headroom: headroom, expectedCommitment: expected,
      admittedLots: headroom.map {
        state.admittedLots(coordinate: $0.coordinate, side: $0.side)
      } ?? 0,
      acceptedProofs: state.acceptedProofs(of: context.account),
      recordedRefusals: state.recordedRefusals(of: context.account))
  }

  /// What the verifier demands besides the validity of the proof. The state of the account is compared by the
  /// policy's rules, against the ledger as it is when the decision is recorded.
  func expectations(at now: Timestamp) -> Expectations {
    Expectations(
      now: now, audience: venue, clockSkew: policy.clockSkew, snapshotGrace: policy.snapshotGrace)
  }

  /// The event that an admitted request is.
  func acceptance(of review: borrowing Review, evidence: Digest) -> ProofRecord? {
    guard let account = review.account, let epoch = review.epoch, let current = review.currentEpoch
    else { return nil }
    let context = review.request.envelope.context
    let until: Timestamp
    if review.request.order == nil {
      until = review.now.advanced(by: current.callInterval)
    } else {
      until = [
        context.expires, epoch.validTo, account.attestedUntil, account.deadline,
      ].reduce(review.now.advanced(by: policy.orderInterval), min)
    }
    let isReduceOnly = context.kind == .maintenance || review.request.order?.intent == .reduce
    return ProofRecord(
      account: account.account, sequence: account.sequence, epoch: epoch.epoch, kind: context.kind,
      nonce: context.nonce, challenge: review.isChallengeOpen ? review.request.salt : nil,
      expires: context.expires, until: until, headroom: review.headroom,
      isReduceOnly: isReduceOnly, evidence: evidence)
  }
}

extension RefusalReason {
  /// The reason as the outside may know it.
  init(_ reason: RejectionReason) {
    self =
      switch reason {
      case .malformed, .unsupportedVersion: .malformed
      case .unknownSuite: .unknownSuite
      case .unknownCircuit: .circuitNotAllowed
      case .unknownSnapshot: .unknownSnapshot
      case .unknownRegistry: .wrongRegistry
      case .unusableRule: .unusableRule
      case .snapshotExpired: .staleSnapshot
      case .snapshotNotYetValid: .snapshotNotYetValid
      case .notYetIssued: .notYetIssued
      case .expired: .expired
      case .wrongAudience: .wrongAudience
      case .wrongNonce: .wrongNonce
      case .wrongKind: .wrongKind
      case .unknownAccount: .unknownAccount
      case .staleSequence: .staleState
      case .commitmentMismatch: .commitmentMismatch
      case .wrongCommitmentCount, .wrongProofLength: .wrongShape
      case .undecodable: .undecodable
      case .proofInvalid: .proofInvalid
      }
  }
}
