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
      if case .prepared(let proof) = entry { (index: index, proof: proof) } else { nil }
    }
    let weights = BatchWeights(
      domain: RangeVerificationSum.weightDomain, seeds: prepared.map(\.proof.batchSeed))
    let weighted = prepared.enumerated().map { position, item in
      (
        index: item.index, proof: item.proof, weight: weights[position],
        separator: weights.separator(position)
      )
    }
    bisect(weighted[...], failure: RangeVerificationError.equationFails) {
      items throws(RangeVerificationError) in
      var sum = RangeVerificationSum()
      for item in items {
        try sum.add(item.proof, weight: item.weight, separator: item.separator)
      }
      return sum.holds(generators: .standard)
    } report: { item, error in
      errors[item.index] = error
    }
    return errors
  }
}

/// Why a batch cannot be verified.
public enum RangeBatchError: Error, Hashable, Sendable {
  /// A batch without proofs says nothing and is refused.
  case empty
}
