public import CanonicalBytes
internal import MarginRules
internal import Solvency
internal import SolvencyVerifier
internal import TransparencyLog

extension Admission {
  /// Decides on many requests together, in their order: the verdicts are those of deciding on one after the
  /// other.
  ///
  /// Proofs that pass the policy are verified in batches of one multi-scalar multiplication each, on all
  /// cores; one that fails is found and spoils no other. Decisions are made durable together. Nothing is
  /// recorded before its proof is verified (A42).
  ///
  /// What cannot be recorded is refused as ``RefusalReason/unavailable``; ``decide(_:at:)`` says why.
  public func review(_ requests: [AdmissionRequest], at now: Timestamp) -> [Verdict] {
    review(requests, at: now, workers: nil)
  }

  /// The same with an upper limit to the number of threads.
  package func review(
    _ requests: [AdmissionRequest], at now: Timestamp, workers: Int?
  ) -> [Verdict] {
    do throws(LedgerFailure) {
      return try decide(requests, at: now, workers: workers)
    } catch {
      return [Verdict](repeating: .refused([.unavailable]), count: requests.count)
    }
  }

  /// Decides on many requests together, or says why nothing could be decided.
  ///
  /// - Throws: ``LedgerFailure``; no request was then admitted, and each may be sent again.
  public func decide(
    _ requests: [AdmissionRequest], at now: Timestamp
  ) throws(LedgerFailure) -> [Verdict] {
    try decide(requests, at: now, workers: nil)
  }

  private func decide(
    _ requests: [AdmissionRequest], at now: Timestamp, workers: Int?
  ) throws(LedgerFailure) -> [Verdict] {
    guard !requests.isEmpty else { return [] }
    // First without holding the ledger: what is refused at sight need not be verified.
    try ledger.refresh()
    let sighted = try ledger.withState { state in
      let moment = max(now, state.clock)
      return requests.map { request in
        judge.objections(to: judge.facts(about: request, in: state, at: moment))
      }
    }
    let pending = requests.indices.filter { sighted[$0].isEmpty }
    let proofs = judge.verifier.verifyProofs(pending.map { requests[$0].envelope }, workers: workers)
    var verified = [ProofVerdict?](repeating: nil, count: requests.count)
    for (index, proof) in zip(pending, proofs) { verified[index] = proof }
    let encoded = requests.map { $0.encoded() }

    let results = verified
    let commit = try ledger.commit(at: now) { transaction in
      Result { () throws(LedgerFailure) in
        try check(transaction.state.charter)
        return requests.indices.map { index in
          decide(requests[index], encoded: encoded[index], proof: results[index], in: &transaction)
        }
      }
    }
    var tree = commit.published?.tree
    return try commit.result.get().map { decision in verdict(of: decision, commit, &tree) }
  }

  /// A decision that waits for its head to be signed.
  enum Decision: Sendable {
    case accepted(ProofRecord, entry: LogEntry)
    case refused([RefusalReason])
  }

  /// Decides on the ledger as it is now: what was seen before is only why the proof was verified already.
  private func decide(
    _ request: AdmissionRequest, encoded: [UInt8], proof: ProofVerdict?,
    in transaction: inout LedgerTransaction
  ) -> Decision {
    let now = transaction.time
    let facts = judge.facts(about: request, in: transaction.state, at: now)
    let evidence = Digest.sha256(of: encoded)
    let outcome = judge.outcome(of: facts, evidence: evidence) {
      proof ?? judge.verifier.verifyProof(request.envelope)
    }
    switch outcome {
    case .success(let record):
      do throws(LedgerError) {
        let entry = try transaction.append(.proofAccepted(record), evidence: encoded)
        return .accepted(record, entry: entry)
      } catch {
        return .refused([RefusalReason(error)])
      }
    case .failure(let refusal):
      if refusal.isRecorded {
        let event = LedgerEvent.refused(
          RefusalRecord(account: request.account, reasons: refusal.reasons, evidence: evidence))
        _ = try? transaction.append(event, evidence: encoded)
      }
      return .refused(refusal.reasons)
    }
  }

  private func verdict<Result>(
    of decision: Decision, _ commit: Commit<Result>, _ tree: inout GrownTree?
  ) -> Verdict {
    switch decision {
    case .refused(let reasons): return .refused(reasons)
    case .accepted(let record, let entry):
      guard let head = commit.head else { return .refused([.unavailable]) }
      var proof: LogProof?
      if let checkpoint = commit.checkpoint, var source = tree.take() {
        proof = try? LogProof(of: entry.index, under: checkpoint, from: &source, extra: entry.bytes)
        tree = source
      }
      let receipt = Receipt(record, in: entry, under: head, proof: proof)
      return record.isReduceOnly ? .reduceOnly(receipt) : .admitted(receipt)
    }
  }
}

extension RefusalReason {
  /// Why the ledger would not have a proof that the policy let through.
  init(_ error: LedgerError) {
    self =
      switch error {
      case .unknownAccount: .unknownAccount
      case .wrongSequence: .staleState
      case .nonceUsed: .replayed
      case .unknownChallenge: .noChallenge
      case .epochNotAccepted, .noEpoch: .staleSnapshot
      case .invalidWindow: .expired
      case .invalidHeadroom: .standingNotProven
      case .circuitNotListed: .circuitNotAllowed
      case .clockJumps: .staleSnapshot
      case .inLiquidation: .inLiquidation
      case .timeRunsBackwards, .epochNotLater, .brokenSnapshotChain, .accountExists,
        .attestationExpired, .alreadyPledged, .noParts, .rollOmits, .rollInvents, .rollMiscounts,
        .full, .unknownRegistry, .registryNotLonger, .checkpointDiffers, .notChartered, .outdatedRecord,
        .unsupportedCharter, .foreignCharter, .implausible, .notLiquidatable, .noLiquidationRules, .noCase,
        .notBalanced, .fundOverdrawn, .wrongMovement, .rollNotLater:
        .unavailable
      }
  }
}
