internal import Merlin
public import ProofCore
public import Ristretto

/// Proofs of one suite, of any mix of statements, verified together.
///
/// All generators are shared, so that a further proof costs only its own few points. The equations are
/// added with weights that depend on every byte of every statement, commitment, context and proof:
///
///     seed = SHA-512("bppp-polytope-v1/batch" ‖ seed₀ ‖ seed₁ ‖ …)
///     e₀ = 1,  e_p = LE(first 16 bytes of SHA-512(seed ‖ le32(p))), lowest bit set
///
/// A false proof survives with probability at most 2⁻¹²⁷. If the sum is not the identity, the batch is
/// searched until each bad proof is known.
public struct ProofBatch: Sendable {
  /// A proof as it was added.
  private struct Entry: Sendable {
    let proof: CircuitProof
    let statement: Statement
    let commitments: [EncodedPoint]
    let context: [UInt8]
  }

  /// The generators all proofs are verified under.
  public let generators: Generators
  private var entries: [Entry] = []
  /// The domain of the weights.
  static let weightDomain: StaticString = "bppp-polytope-v1/batch"

  /// An empty batch.
  public init(generators: Generators) { self.generators = generators }

  /// Number of proofs added.
  public var count: Int { entries.count }

  /// Adds a proof. Nothing is checked yet; one that does not decode will be rejected and stay out of the sum.
  public mutating func add(
    _ proof: CircuitProof, of statement: Statement, commitments: [EncodedPoint], context: [UInt8]
  ) {
    entries.append(
      Entry(proof: proof, statement: statement, commitments: commitments, context: context))
  }

  /// Verifies all proofs, on all cores.
  ///
  /// - Returns: for each proof, in the order of `add`, `nil` if it holds and the reason if not. It does not
  ///   depend on the number of cores.
  /// - Throws: ``BatchError/empty`` if nothing was added.
  public func verify() throws(BatchError) -> [VerificationError?] { try verify(workers: nil) }

  /// The same with an upper limit to the number of threads.
  package func verify(workers: Int?) throws(BatchError) -> [VerificationError?] {
    guard !entries.isEmpty else { throw .empty }
    return verdicts(workers: workers)
  }

  /// The verdicts of all proofs, of none as well.
  package func verdicts(workers: Int?) -> [VerificationError?] {
    if entries.isEmpty { return [] }
    let verifier = BatchVerifier<VerificationSum>(
      domain: Self.weightDomain, workers: workers)
    return verifier.failures(count: entries.count) { part in
      let received = entries[part].map { entry in
        Result { () throws(VerificationError) in
          try ReceivedProof(
            entry.proof, statement: entry.statement, commitments: entry.commitments,
            context: entry.context)
        }
      }
      return PreparedProof.all(received, suite: generators.suite)
    } value: { sum throws(VerificationError) in
      try sum.value(generators: generators)
    }
  }
}

/// Why a batch cannot be verified.
public enum BatchError: Error, Hashable, Sendable {
  /// An empty batch is refused.
  case empty
}
