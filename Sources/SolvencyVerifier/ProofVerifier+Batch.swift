internal import CircuitProofs
internal import ProofCore
public import Solvency

extension ProofVerifier {
  /// The most proofs that share one multi-scalar multiplication.
  static let batchLimit = 256

  /// Verifies envelopes of any circuits and snapshots together, on all cores.
  ///
  /// Proofs are verified in batches of one multi-scalar multiplication each; a batch that fails is
  /// searched, so that every proof has its own verdict. The verdicts, in the order of the envelopes, are
  /// those of ``verify(_:expecting:)`` and do not depend on the number of threads.
  public func verify(
    _ envelopes: [ProofEnvelope], expecting expectations: Expectations
  ) -> [ProofVerdict] {
    verify(envelopes, expecting: expectations, workers: nil)
  }

  /// Verifies proofs of which it is known when each was received, as ``verify(_:expecting:)-([ProofEnvelope],_)`` does.
  public func verify(
    received proofs: [ReceivedProof], expecting expectations: Expectations
  ) -> [ProofVerdict] {
    verify(proofs.map { .success($0) }, expecting: expectations, workers: nil)
  }

  /// The same with an upper limit to the number of threads.
  package func verify(
    _ envelopes: [ProofEnvelope], expecting expectations: Expectations, workers: Int?
  ) -> [ProofVerdict] {
    verify(envelopes.map { .success(ReceivedProof($0)) }, expecting: expectations, workers: workers)
  }

  /// Whether the proofs hold, for a caller that compares times, audience and accounts itself: nothing of them is
  /// looked at here, only form, documents and the proof, which is bound to its whole context.
  package func verifyProofs(_ envelopes: [ProofEnvelope], workers: Int?) -> [ProofVerdict] {
    verify(envelopes.map { .success(ReceivedProof($0)) }, expecting: nil, workers: workers)
  }

  /// Verifies what came out of reading, keeping the place of what could not be read.
  func verify(
    _ proofs: [Result<ReceivedProof, RejectionReason>], expecting expectations: Expectations?,
    workers: Int?
  ) -> [ProofVerdict] {
    let keys = proofs.map { proof in
      proof.flatMap { proof in
        Result { () throws(RejectionReason) in try admissibleKey(of: proof, expecting: expectations) }
      }
    }
    return verify(proofs, keys: keys, workers: workers)
  }

  /// Verifies proofs together of each of which something else is demanded.
  func verify(_ proofs: [(ReceivedProof, Expectations)]) -> [ProofVerdict] {
    let keys = proofs.map { proof, expectations in
      Result { () throws(RejectionReason) in try admissibleKey(of: proof, expecting: expectations) }
    }
    return verify(proofs.map { .success($0.0) }, keys: keys, workers: nil)
  }

  /// Verifies the proofs that have a key, and rejects the others for the reason in its place.
  private func verify(
    _ proofs: [Result<ReceivedProof, RejectionReason>], keys: [Result<MarginRule.Key, RejectionReason>],
    workers: Int?
  ) -> [ProofVerdict] {
    let distinct = Array(Set(keys.compactMap { try? $0.get() }))
    catalog.makeRoom(for: distinct.count)
    let compiled = Parallel.map(count: distinct.count, workers: workers) { index in
      Result { () throws(RejectionReason) in try catalog.rule(distinct[index]) }
    }
    let rules = Dictionary(zip(distinct, compiled)) { first, _ in first }

    var verdicts: [ProofVerdict] = []
    var pending: [PendingProof] = []
    for (index, (proof, key)) in zip(proofs, keys).enumerated() {
      do throws(RejectionReason) {
        let envelope = try proof.get().envelope
        guard let rule = try rules[key.get()]?.get() else { throw .unusableRule }
        try Self.checkBinding(of: envelope, to: rule)
        pending.append(PendingProof(index: index, envelope: envelope, rule: rule))
        verdicts.append(.rejected(.proofInvalid))
      } catch {
        verdicts.append(.rejected(error))
      }
    }
    let batches = Self.batches(of: pending)
    let results = Parallel.map(count: batches.count, workers: workers) { verify(batch: batches[$0]) }
    for (proof, verdict) in zip(pending, results.joined()) { verdicts[proof.index] = verdict }
    return verdicts
  }

  private struct PendingProof: Sendable {
    let index: Int
    let envelope: ProofEnvelope
    let rule: MarginRule
  }

  /// Cuts the proofs into consecutive batches of nearly equal size, the same on every machine.
  private static func batches(of proofs: [PendingProof]) -> [ArraySlice<PendingProof>] {
    // A few batches even of few proofs, so that a few cores have work.
    let count = max(
      (proofs.count + batchLimit - 1) / batchLimit, min(4, (proofs.count + 63) / 64))
    return (0..<count).map {
      proofs[(proofs.count * $0 / count)..<(proofs.count * ($0 + 1) / count)]
    }
  }

  private func verify(batch proofs: ArraySlice<PendingProof>) -> [ProofVerdict] {
    var batch = ProofBatch(generators: generators)
    for proof in proofs {
      batch.add(
        proof.envelope.proof, of: proof.rule.statement, commitments: proof.envelope.commitments,
        context: proof.envelope.context.encoded())
    }
    // Other batches have the other cores.
    guard let errors = try? batch.verify(workers: 1), errors.count == proofs.count else {
      return proofs.map { _ in .rejected(.proofInvalid) }
    }
    return zip(proofs, errors).map { proof, error in
      error.map { .rejected(RejectionReason($0)) } ?? .accepted(ProofClaim(proof.envelope))
    }
  }
}
