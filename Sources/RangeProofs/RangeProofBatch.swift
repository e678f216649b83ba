internal import Commitments
public import Merlin
public import Ristretto

/// Range proofs of any mix of widths and counts, verified together.
///
/// The equations are added with weights that depend on every byte of every transcript, commitment and
/// proof; a false proof survives with probability at most 2⁻¹²⁶. If the sum is not the identity the batch
/// is bisected until each bad proof is known.
public struct RangeProofBatch: Sendable {
  private enum Entry: Sendable {
    case prepared(PreparedRangeProof)
    case rejected(RangeVerificationError)
  }

  private var entries: [Entry] = []

  /// An empty batch.
  public init() {}

  /// Number of proofs added.
  public var count: Int { entries.count }

  /// Adds a proof; one that does not decode is remembered as rejected and stays out of the sum.
  public mutating func add(
    _ proof: RangeProof, commitments: [EncodedPoint], width: RangeWidth, transcript: Transcript
  ) {
    var replay = RangeTranscript(transcript, width: width, commitments: commitments)
    do throws(RangeVerificationError) {
      entries.append(
        .prepared(
          try PreparedRangeProof(
            proof, commitments: commitments, width: width, transcript: &replay)))
    } catch {
      entries.append(.rejected(error))
    }
  }

  /// Verifies all proofs.
  ///
  /// - Returns: for each proof, in the order of `add`, `nil` if it holds and the reason if not.
  /// - Throws: ``RangeBatchError/empty`` if nothing was added.
  public func verify() throws(RangeBatchError) -> [RangeVerificationError?] {
    guard !entries.isEmpty else { throw .empty }
    var errors: [RangeVerificationError?] = entries.map { entry in
      if case .rejected(let error) = entry { error } else { nil }
    }
    let prepared = entries.enumerated().compactMap { index, entry in
      if case .prepared(let proof) = entry { (index, proof) } else { nil }
    }
    let weights = RangeBatchWeights(seeds: prepared.map(\.1.batchSeed))
    let weighted = prepared.enumerated().map { position, item in
      WeightedProof(
        index: item.0, proof: item.1, weight: weights.weight(position),
        separator: weights.separator(position))
    }
    search(weighted[...], &errors)
    return errors
  }

  private struct WeightedProof {
    let index: Int
    let proof: PreparedRangeProof
    let weight: Scalar
    let separator: Scalar
  }

  /// Finds the proofs that do not hold: none if the sum vanishes, else those of both halves.
  private func search(
    _ proofs: ArraySlice<WeightedProof>, _ errors: inout [RangeVerificationError?]
  ) {
    guard let first = proofs.first else { return }
    do throws(RangeVerificationError) {
      var sum = RangeVerificationSum()
      for item in proofs {
        try sum.add(item.proof, weight: item.weight, separator: item.separator)
      }
      if sum.holds(generators: .standard) { return }
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
public enum RangeBatchError: Error, Hashable, Sendable {
  /// A batch without proofs says nothing and is refused.
  case empty
}

/// The weights of a batch, fixed by the seeds of all its proofs:
///
///     seed = SHA-512("solvency/range-batch/v1" ‖ seed₀ ‖ seed₁ ‖ …)
///     weight e_p and separator c_p: halves of the first 32 bytes of SHA-512(seed ‖ le32(p)),
///     each with its lowest bit set
struct RangeBatchWeights {
  private let seed: [UInt8]

  init(seeds: [[UInt8]]) {
    seed = SHA512.hash(Array("solvency/range-batch/v1".utf8) + seeds.joined())
  }

  /// `e_p`: the weight of a proof among the others.
  func weight(_ position: Int) -> Scalar { scalar(position, half: 0) }

  /// `c_p`: the weight of a proof's first equation against its second.
  func separator(_ position: Int) -> Scalar { scalar(position, half: 1) }

  private func scalar(_ position: Int, half: Int) -> Scalar {
    var preimage = seed
    preimage.append(littleEndian: UInt32(position))
    var bytes = Array(SHA512.hash(preimage)[(16 * half)..<(16 * half + 16)])
    bytes[0] |= 1
    return Scalar(reducing: bytes + [UInt8](repeating: 0, count: 48))
  }
}
