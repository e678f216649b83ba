public import Solvency

/// Verifies the proofs of many tasks in batches.
///
///     let verifier = BatchingVerifier(ProofVerifier(catalog: catalog))
///     // in each request's own task:
///     let verdict = try await verifier.verify(envelope, expecting: expectations)
///
/// Each proof is measured against expectations of its own, and gets the verdict that
/// ``ProofVerifier/verify(_:expecting:)-(ProofEnvelope,_)`` would have given it. Safe to share between tasks.
public final class BatchingVerifier: Sendable {
  private let queue: BatchQueue<(ReceivedProof, Expectations), ProofVerdict>

  /// A verifier that collects proofs.
  ///
  /// - Parameters:
  ///   - limits: how large a batch becomes, how long a proof waits for others, and how many may wait.
  ///   - observer: is told of each batch, for logs and metrics; it is called on the thread that verifies.
  public init(
    _ verifier: ProofVerifier, limits: BatchingLimits = BatchingLimits(),
    observer: (@Sendable (BatchObservation) -> Void)? = nil
  ) {
    queue = BatchQueue(limits, observer: observer) { verifier.verify($0) }
  }

  /// Verifies one proof together with those of other tasks. Rejecting is not an error: the verdict says why.
  ///
  /// - Throws: ``BatchingError/overloaded`` where too many wait, ``BatchingError/cancelled`` where the task
  ///   is cancelled before its batch begins.
  public func verify(
    _ envelope: ProofEnvelope, expecting expectations: Expectations
  ) async throws(BatchingError) -> ProofVerdict {
    try await verify(ReceivedProof(envelope), expecting: expectations)
  }

  /// As ``verify(_:expecting:)-(ProofEnvelope,_)`` for a proof of which it is known when it was received.
  ///
  /// - Throws: ``BatchingError``.
  public func verify(
    _ proof: ReceivedProof, expecting expectations: Expectations
  ) async throws(BatchingError) -> ProofVerdict {
    try await queue.answer(to: (proof, expectations))
  }
}
