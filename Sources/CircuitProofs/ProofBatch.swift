public import Commitments
public import Ristretto

/// Proofs of one suite, of any mix of statements, verified together.
///
/// All generators are shared, so that a further proof costs only its own few points. The equations are
/// added with weights that depend on every byte of every statement, commitment, context and proof:
///
///     seed = SHA-512("bppp-polytope-v1/batch" ‖ seed₀ ‖ seed₁ ‖ …)
///     e₀ = 1,  e_p = LE(first 16 bytes of SHA-512(seed ‖ le32(p))), lowest bit set
///
/// A false proof survives with probability at most 2⁻¹²⁷. If the sum is not the identity the batch is
/// bisected until each bad proof is known.
public struct ProofBatch: Sendable {
  /// A proof in the batch, or why it never got that far.
  private enum Entry: Sendable {
    case prepared(PreparedProof)
    case rejected(VerificationError)
  }

  /// The generators all proofs are verified under.
  public let generators: Generators
  private var entries: [Entry] = []

  /// An empty batch.
  public init(generators: Generators) { self.generators = generators }

  /// Number of proofs added.
  public var count: Int { entries.count }

  /// Adds a proof. It is decoded and its transcript replayed here; a proof that does not decode is
  /// remembered as rejected and stays out of the sum.
  public mutating func add(
    _ proof: CircuitProof, of statement: Statement, commitments: [EncodedPoint], context: [UInt8]
  ) {
    do throws(VerificationError) {
      entries.append(
        .prepared(
          try PreparedProof(
            proof, statement: statement, commitments: commitments, context: context,
            suite: generators.suite)))
    } catch {
      entries.append(.rejected(error))
    }
  }

  /// Verifies all proofs.
  ///
  /// - Returns: for each proof, in the order of `add`, `nil` if it holds and the reason if not.
  /// - Throws: ``BatchError/empty`` if nothing was added.
  public func verify() throws(BatchError) -> [VerificationError?] {
    guard !entries.isEmpty else { throw .empty }
    var errors: [VerificationError?] = entries.map { entry in
      if case .rejected(let error) = entry { error } else { nil }
    }
    let prepared = entries.enumerated().compactMap { index, entry in
      if case .prepared(let proof) = entry { (index: index, proof: proof) } else { nil }
    }
    let weights = BatchWeights(
      domain: "bppp-polytope-v1/batch", seeds: prepared.map(\.proof.batchSeed))
    let weighted = prepared.enumerated().map { position, item in
      (index: item.index, proof: item.proof, weight: weights[position])
    }
    bisect(weighted[...], failure: VerificationError.equationFails) {
      items throws(VerificationError) in
      var sum = VerificationSum()
      for item in items { try sum.add(item.proof, weight: item.weight) }
      return try sum.holds(generators: generators)
    } report: { item, error in
      errors[item.index] = error
    }
    return errors
  }
}

/// Why a batch cannot be verified.
public enum BatchError: Error, Hashable, Sendable {
  /// A batch without proofs says nothing and is refused.
  case empty
}
