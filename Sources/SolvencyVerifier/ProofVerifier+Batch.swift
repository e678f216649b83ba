internal import CircuitProofs
internal import ProofCore
public import Solvency

extension ProofVerifier {
  /// The most proofs that share one multi-scalar multiplication. What they share costs as much as five proofs
  /// do beside it, so that a batch of 1024 pays half a per cent for it and one of 128 four.
  static let batchLimit = 1024
  /// Batches are not made smaller than this for the sake of more threads.
  private static let leastBatch = 64

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

  /// Verifies proofs of which it is known when each was received, as
  /// ``verify(_:expecting:)-([ProofEnvelope],_)`` does.
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

  /// Whether the proofs hold, for a caller that compares times, audience and accounts itself: nothing of them
  /// is looked at here, only form, documents and the proof, which is bound to its whole context.
  package func verifyProofs(_ envelopes: [ProofEnvelope], workers: Int?) -> [ProofVerdict] {
    verify(envelopes.map { .success(ReceivedProof($0)) }, expecting: nil, workers: workers)
  }

  /// Verifies what came out of reading, keeping the place of what could not be read.
  func verify(
    _ proofs: [Result<ReceivedProof, RejectionReason>], expecting expectations: Expectations?,
    workers: Int?
  ) -> [ProofVerdict] {
    let keys = Parallel.map(
      count: (proofs.count + Self.stride - 1) / Self.stride, workers: workers
    ) { part in
      var documents = NamedDocuments(catalog)
      let first = part * Self.stride
      return proofs[first..<min(first + Self.stride, proofs.count)].map { proof in
        proof.flatMap { proof in
          Result { () throws(RejectionReason) in
            try Self.admissibleKey(of: proof, expecting: expectations, among: &documents)
          }
        }
      }
    }
    return verify(proofs, keys: Array(keys.joined()), workers: workers)
  }

  /// How many proofs a thread takes at once where each costs little.
  private static let stride = 64

  /// Verifies proofs together of each of which something else is demanded.
  func verify(_ proofs: [(ReceivedProof, Expectations)]) -> [ProofVerdict] {
    var documents = NamedDocuments(catalog)
    let keys = proofs.map { proof, expectations in
      Result { () throws(RejectionReason) in
        try Self.admissibleKey(of: proof, expecting: expectations, among: &documents)
      }
    }
    return verify(proofs.map { .success($0.0) }, keys: keys, workers: nil)
  }

  /// Verifies the proofs that have a key, and rejects the others for the reason in its place.
  private func verify(
    _ proofs: [Result<ReceivedProof, RejectionReason>], keys: [Result<MarginRule.Key, RejectionReason>],
    workers: Int?
  ) -> [ProofVerdict] {
    // Alone, a proof costs less than a batch of one.
    if proofs.count == 1 {
      do throws(RejectionReason) {
        let envelope = try proofs[0].get().envelope
        let rule = try catalog.rule(try keys[0].get())
        return [.accepted(try Self.claim(of: envelope, under: rule, generators: generators))]
      } catch {
        return [.rejected(error)]
      }
    }
    // Most proofs are under the rule of the one before them.
    var places: [MarginRule.Key: Int] = [:]
    var distinct: [MarginRule.Key] = []
    var last: (key: MarginRule.Key, place: Int)?
    let rulePlaces = keys.map { key in
      key.map { key in
        if let last, last.key == key { return last.place }
        let place = places[key] ?? distinct.count
        if place == distinct.count {
          places[key] = place
          distinct.append(key)
        }
        last = (key, place)
        return place
      }
    }
    catalog.makeRoom(for: distinct.count)
    let compiled = distinct
    let rules = Parallel.map(count: compiled.count, workers: workers) { index in
      Result { () throws(RejectionReason) in try catalog.rule(compiled[index]) }
    }

    var verdicts: [ProofVerdict] = []
    verdicts.reserveCapacity(proofs.count)
    var pending: [PendingProof] = []
    for (index, (proof, place)) in zip(proofs, rulePlaces).enumerated() {
      do throws(RejectionReason) {
        let (envelope, place) = (try proof.get().envelope, try place.get())
        try Self.checkBinding(of: envelope, to: rules[place].get())
        pending.append(PendingProof(index: index, envelope: envelope, rule: place))
        verdicts.append(.rejected(.proofInvalid))
      } catch {
        verdicts.append(.rejected(error))
      }
    }
    let statements = rules.map { try? $0.get().statement }
    let admitted = pending
    let batches = Parallel.parts(
      of: admitted.count, limit: Self.batchLimit, least: Self.leastBatch, workers: workers)
    let results = Parallel.map(count: batches.count, workers: workers) {
      verify(batch: admitted[batches[$0]], statements)
    }
    for (proof, verdict) in zip(pending, results.joined()) { verdicts[proof.index] = verdict }
    return verdicts
  }

  private struct PendingProof: Sendable {
    let index: Int
    let envelope: ProofEnvelope
    /// The place of its rule among those that the proofs are under.
    let rule: Int
  }

  private func verify(
    batch proofs: ArraySlice<PendingProof>, _ statements: [Statement?]
  ) -> [ProofVerdict] {
    var batch = ProofBatch(generators: generators)
    for proof in proofs {
      // Every pending proof has a rule that compiled.
      guard let statement = statements[proof.rule] else { continue }
      batch.add(
        proof.envelope.proof, of: statement, commitments: proof.envelope.commitments,
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
