package import CanonicalBytes
internal import CircuitLanguage
internal import CircuitProofs
package import MarginRules
internal import ProofCore
package import Solvency
package import SolvencyVerifier

/// What makes events of documents, requests and the state of a ledger.
///
/// Everything here is a function of public values. The desk records what it says, and the audit compares what
/// was recorded with what it says.
package struct Judge: Sendable {
  let policy: Policy
  /// The venue by name.
  let venue: Audience
  let parties: Counterparties
  /// What the venue has stated of itself.
  package let charter: Charter
  package let documents: DeskDocuments
  let verifier: any ProofChecking
  private let farCommitments = FarCommitments()

  /// - Parameters:
  ///   - documents: those of a judge before this one; none by default.
  ///   - checker: what says whether proofs hold; the verifier by default.
  package init(_ charter: Charter, documents: DeskDocuments? = nil, checker: (any ProofChecking)? = nil) {
    self.charter = charter
    policy = charter.policy
    venue = charter.venue
    parties = charter.parties
    self.documents = documents ?? DeskDocuments()
    for listed in charter.circuits { self.documents.catalog.register(listed.circuit) }
    verifier = checker ?? ProofVerifier(catalog: self.documents.catalog)
  }

  // Documents

  /// The event that a published snapshot is, after the venue's signature is checked.
  package func epoch(_ published: PublishedSnapshot) throws(DeskError) -> EpochRecord {
    let snapshot = published.snapshot
    do throws(SigningError) {
      let endorsement = try published.endorsement.content(verifiedBy: parties.venue)
      guard endorsement.endorses(snapshot) else { throw .invalidSignature }
      guard endorsement.venue.named == venue else { throw .otherSigner }
    } catch {
      throw .signature(error)
    }
    return EpochRecord(
      epoch: snapshot.epoch, snapshot: snapshot.digest, previous: snapshot.prevHash,
      validFrom: Timestamp(seconds: UInt64(clamping: snapshot.validFrom)),
      validTo: Timestamp(seconds: UInt64(clamping: snapshot.validTo)),
      graceEpochs: snapshot.graceEpochs,
      callInterval: policy.schedule.interval(under: snapshot.regime),
      fillInterval: policy.schedule.afterFill, callGrace: policy.schedule.grace)
  }

  /// The registry that has to be in force with a snapshot: the present one, or one that has grown.
  package func registry(
    for snapshot: RiskSnapshot, in state: borrowing LedgerState
  ) throws(DeskError) -> Registry {
    do throws(RegistryError) {
      guard let present = state.registries.last else { return try Registry(of: snapshot) }
      guard let current = documents.catalog.registry(present.registry) else { throw .empty }
      return try current.extended(for: snapshot)
    } catch {
      throw .registry(error)
    }
  }

  /// The event that a registry is.
  package func growth(
    to registry: Registry, in state: borrowing LedgerState
  ) throws(DeskError) -> RegistryRecord {
    if let present = state.registries.last {
      guard let current = documents.catalog.registry(present.registry),
        registry.names.starts(with: current.names)
      else { throw .registryDoesNotGrow }
    }
    return RegistryRecord(registry: registry.digest, count: UInt32(registry.count))
  }

  /// The event that the attestations of a new account are.
  package func opening(
    _ bundle: AttestationBundle, in state: borrowing LedgerState, at now: Timestamp
  ) throws(DeskError) -> OpeningRecord {
    let combined = try combine(bundle, in: state, at: now)
    guard state.registryIndex(combined.account.registry) != nil else { throw .unknownRegistry }
    return OpeningRecord(
      account: combined.account.account, registry: combined.account.registry,
      commitment: combined.account.commitment.encoded, sequence: combined.account.sequence,
      parts: combined.parts.map(\.account.commitment.encoded), attestedUntil: combined.expires,
      evidence: .sha256(of: bundle.encoded()))
  }

  /// The event that new attestations of an account's present state are.
  package func renewal(
    _ bundle: AttestationBundle, in state: borrowing LedgerState, at now: Timestamp
  ) throws(DeskError) -> RenewalRecord {
    let combined = try combine(bundle, in: state, at: now)
    guard let account = state.account(combined.account.account, at: now) else {
      throw .unknownAccount
    }
    guard combined.account.sequence == account.sequence,
      combined.account.commitment.encoded == account.commitment
    else { throw .otherState }
    return RenewalRecord(
      account: account.account, sequence: account.sequence,
      parts: combined.parts.map(\.account.commitment.encoded), attestedUntil: combined.expires,
      evidence: .sha256(of: bundle.encoded()))
  }

  private func combine(
    _ bundle: AttestationBundle, in state: borrowing LedgerState, at now: Timestamp
  ) throws(DeskError) -> CombinedAttestation {
    let combined: CombinedAttestation
    do throws(AttestationError) {
      combined = try CombinedAttestation(of: bundle.attestations, trusting: parties.custodians)
      // Before anything else of them is believed: they are the word of all who keep a part.
      if combined.pledgedTo == audience(in: state) { try combined.checkComplete() }
    } catch {
      throw .attestation(error)
    }
    guard combined.pledgedTo == audience(in: state) else { throw .pledgedElsewhere }
    guard combined.issued <= now.advanced(by: policy.clockSkew), now < combined.expires else {
      throw .attestationNotInForce
    }
    return combined
  }

  /// The event that a signed fill or charge is. The account's commitment is computed anew from the ledger's.
  package func movement(
    _ signed: Signed<FillReport>, in state: borrowing LedgerState
  ) throws(DeskError) -> LedgerEvent {
    guard parties.matchingEngines.contains(signed.signer) else { throw .signature(.otherSigner) }
    let report: FillReport
    do throws(SigningError) {
      report = try signed.content(verifiedBy: signed.signer)
    } catch {
      throw .signature(error)
    }
    guard let account = state.account(report.before.account) else { throw .unknownAccount }
    guard report.before.sequence == account.sequence,
      report.before.commitment.encoded == account.commitment
    else { throw .otherState }
    // The commitment is one under every registry that has grown from the account's.
    guard state.isRegistry(report.before.registry, coveringThoseOf: account.registry),
      let registry = documents.catalog.registry(report.before.registry)
    else { throw .unknownRegistry }
    do throws(FillError) {
      let next = try report.after(in: registry)
      var deltas: [CoordinateChange] = []
      if case .public(let fill) = report.change {
        deltas = try fill.indexedDeltas(in: registry).map {
          CoordinateChange(coordinate: UInt32($0.coordinate), amount: $0.amount)
        }
      }
      let evidence = Digest.sha256(of: signed.json.encoded())
      if let charge = report.charge, let cash = deltas.first {
        return .charged(
          ChargeRecord(
            account: account.account, sequence: account.sequence, commitment: next.commitment.encoded,
            charge: charge, cash: cash, evidence: evidence))
      }
      return .filled(
        FillRecord(
          account: account.account, sequence: account.sequence,
          commitment: next.commitment.encoded, deltas: deltas, evidence: evidence))
    } catch {
      throw .fill(error)
    }
  }

  /// The event that a signed escrow package is.
  package func escrow(
    _ signed: Signed<EscrowSeal>, in state: borrowing LedgerState
  ) throws(DeskError) -> EscrowRecord {
    guard parties.custodians.contains(signed.signer) else { throw .signature(.otherSigner) }
    let seal: EscrowSeal
    do throws(SigningError) {
      seal = try signed.content(verifiedBy: signed.signer)
    } catch {
      throw .signature(error)
    }
    guard let account = state.account(seal.account.account) else { throw .unknownAccount }
    guard seal.account.sequence == account.sequence,
      seal.account.commitment.encoded == account.commitment
    else { throw .otherState }
    return EscrowRecord(
      account: account.account, sequence: account.sequence, package: seal.package,
      evidence: .sha256(of: signed.json.encoded()))
  }

  // Requests

  /// Who decides: the venue, and this ledger of it.
  package func audience(in state: borrowing LedgerState) -> Audience {
    venue.keeping(state.charter?.identity)
  }

  /// The facts about a request, as they are in a state of the ledger.
  package func facts(
    about request: AdmissionRequest, in state: borrowing LedgerState, at now: Timestamp
  ) -> Review {
    let context = request.envelope.context
    let account = state.account(context.account, at: now)
    let epoch = state.acceptedEpoch(snapshot: context.snapshot)
    var registry: Registry?
    if let account, state.isRegistry(context.registry, coveringThoseOf: account.registry) {
      registry = documents.catalog.registry(context.registry)
    }
    // Only what the charter lists: a file that lies about somewhere is not a circuit of the ledger.
    let listing = state.charter?.listing(of: context.circuit)
    let circuit = listing.flatMap { documents.catalog.circuit($0.circuit) }
    var hasRule = false
    if circuit != nil, epoch != nil, registry != nil {
      let key = MarginRule.Key(
        circuit: context.circuit, snapshot: context.snapshot, registry: context.registry,
        kind: context.kind, reduction: context.reduction)
      hasRule = (try? documents.catalog.rule(key)) != nil
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
      request: request, now: now, venue: audience(in: state), clockSkew: policy.clockSkew,
      snapshotGrace: policy.snapshotGrace, account: account, epoch: epoch,
      currentEpoch: state.currentEpoch,
      snapshot: documents.catalog.snapshot(context.snapshot), registry: registry,
      isCircuitTrusted: circuit.map { $0.name == request.envelope.circuitName } ?? false,
      isCircuitConvex: listing?.isConvex ?? false, hasRule: hasRule,
      isNonceUsed: state.isUsed(context.nonce, by: context.account),
      isChallengeOpen: state.isOpen(challenge: request.salt, for: context.account, at: now),
      headroom: headroom, expectedCommitment: expected,
      admittedLots: headroom.map {
        state.admittedLots(coordinate: $0.coordinate, side: $0.side)
      } ?? 0,
      acceptedProofs: state.acceptedProofs(of: context.account),
      recordedRefusals: state.recordedRefusals(of: context.account))
  }

  /// The reasons to refuse before the proof is looked at, ascending.
  package func objections(to facts: borrowing Review) -> [RefusalReason] {
    var reasons: [RefusalReason] = []
    for rule in Policy.always + policy.rules {
      if let reason = rule.objection(to: facts), !reasons.contains(reason) { reasons.append(reason) }
    }
    return reasons.sorted()
  }

  /// Why a request is refused, and whether the log says so.
  package struct Refusal: Error, Hashable, Sendable {
    package let reasons: [RefusalReason]
    package let isRecorded: Bool
  }

  /// What the policy, the documents and the proof make of a request: the one function behind every verdict.
  ///
  /// - Parameter proof: what the verifier says of the proof; asked only if the policy has no objection. Nil
  ///   for a proof that is verified later.
  package func outcome(
    of facts: borrowing Review, evidence: Digest, proof: () -> ProofVerdict?
  ) -> Result<ProofRecord, Refusal> {
    var reasons = objections(to: facts)
    if reasons.isEmpty {
      switch proof() {
      case .accepted, nil:
        if let record = acceptance(of: facts, evidence: evidence) { return .success(record) }
        reasons = [.unavailable]
      case .rejected(let reason): reasons = [RefusalReason(reason)]
      }
    }
    let isRecorded = facts.account != nil && facts.recordedRefusals < Int(policy.recordedRefusals)
    return .failure(Refusal(reasons: reasons, isRecorded: isRecorded))
  }

  /// The event that an admitted request is.
  private func acceptance(of review: borrowing Review, evidence: Digest) -> ProofRecord? {
    guard let account = review.account, let epoch = review.epoch, let current = review.currentEpoch,
      let commitment = review.expectedCommitment
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
      isReduceOnly: isReduceOnly,
      basis: ProofRecord.Basis(
        circuit: context.circuit, registry: context.registry, commitment: commitment,
        isReduction: context.reduction != nil), evidence: evidence)
  }
}

/// What says whether proofs hold: the verifier, or in tests of the desk somebody who knows the books. It is
/// asked for the proof alone: times, audience and the state of the account are compared by rules, against the
/// ledger as it is when the decision is recorded.
package protocol ProofChecking: Sendable {
  /// One verdict for each envelope, in their order.
  func verifyProofs(_ envelopes: [ProofEnvelope], workers: Int?) -> [ProofVerdict]
}

extension ProofChecking {
  /// The verdict on one.
  package func verifyProof(_ envelope: ProofEnvelope) -> ProofVerdict {
    verifyProofs([envelope], workers: 1).first ?? .rejected(.proofInvalid)
  }
}

extension ProofVerifier: ProofChecking {}
