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
      if case .prepared(let proof) = entry { (index, proof) } else { nil }
    }
    let weights = BatchWeights(seeds: prepared.map(\.1.batchSeed))
    let weighted = prepared.enumerated().map { position, item in
      WeightedProof(index: item.0, proof: item.1, weight: weights[position])
    }
    search(weighted[...], &errors)
    return errors
  }

  private struct WeightedProof {
    let index: Int
    let proof: PreparedProof
    let weight: Scalar
  }

  /// Finds the proofs that do not hold: none if the sum vanishes, else those of both halves.
  private func search(_ proofs: ArraySlice<WeightedProof>, _ errors: inout [VerificationError?]) {
    guard let first = proofs.first else { return }
    do throws(VerificationError) {
      var sum = VerificationSum()
      for item in proofs { try sum.add(item.proof, weight: item.weight) }
      guard try !sum.holds(generators: generators) else { return }
      if proofs.count == 1 { throw .equationFails }
    } catch {
      guard proofs.count > 1 else {
        errors[first.index] = error
        return
      }
    }
    let middle = proofs.startIndex + proofs.count / 2
    search(proofs[..<middle], &errors)
    search(proofs[middle...], &errors)
  }
}

/// Why a batch cannot be verified.
public enum BatchError: Error, Hashable, Sendable {
  /// A batch without proofs says nothing and is refused.
  case empty
}

/// The weights `e_p` of a batch, fixed by the seeds of all its proofs.
struct BatchWeights {
  private let seed: [UInt8]

  init(seeds: [[UInt8]]) {
    seed = SHA512.hash(Array("bppp-polytope-v1/batch".utf8) + seeds.joined())
  }

  subscript(position: Int) -> Scalar {
    guard position > 0 else { return .one }
    var preimage = seed
    preimage.append(littleEndian: UInt32(position))
    var bytes = Array(SHA512.hash(preimage).prefix(16))
    bytes[0] |= 1
    return Scalar(reducing: bytes + [UInt8](repeating: 0, count: 48))
  }
}
