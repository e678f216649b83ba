public import Merlin
internal import ProofCore
public import Ristretto

/// Range proofs of any mix of widths and counts, verified together.
///
/// The equations are added with weights that depend on every byte of every transcript, commitment and
/// proof; a false proof survives with probability at most 2⁻¹²⁶. If the sum is not the identity, the
/// batch is searched until each bad proof is known.
public struct RangeProofBatch: Sendable {
  /// A proof as it was added.
  private struct Entry: Sendable {
    let proof: RangeProof
    let commitments: [EncodedPoint]
    let width: RangeWidth
    let transcript: Transcript
  }

  private var entries: [Entry] = []

  /// An empty batch.
  public init() {}

  /// Number of proofs added.
  public var count: Int { entries.count }

  /// Adds a proof. Nothing is checked yet; one that does not decode will be rejected and stay out of the sum.
  public mutating func add(
    _ proof: RangeProof, commitments: [EncodedPoint], width: RangeWidth, transcript: Transcript
  ) {
    entries.append(
      Entry(proof: proof, commitments: commitments, width: width, transcript: transcript))
  }

  /// Verifies all proofs.
  ///
  /// - Parameter workers: the most threads, at least 1; as many as there are processors, by default.
  /// - Returns: for each proof, in the order of `add`, `nil` if it holds and the reason if not. It does not
  ///   depend on the number of cores.
  /// - Throws: ``RangeBatchError/empty`` if nothing was added.
  public func verify(workers: Int? = nil) throws(RangeBatchError) -> [RangeVerificationError?] {
    guard !entries.isEmpty else { throw .empty }
    return verdicts(workers: workers)
  }

  /// The verdicts of all proofs, of none as well.
  func verdicts(workers: Int? = nil) -> [RangeVerificationError?] {
    if entries.isEmpty { return [] }
    let verifier = BatchVerifier<RangeVerificationSum>(
      domain: RangeVerificationSum.weightDomain, workers: workers)
    return verifier.failures(count: entries.count) { part in
      PreparedRangeProof.all(
        entries[part].map { entry in
          let received = Result { () throws(RangeVerificationError) in
            try ReceivedRangeProof(entry.proof, commitments: entry.commitments, width: entry.width)
          }
          return (received, entry.transcript)
        })
    } value: { sum throws(RangeVerificationError) in
      sum.value(generators: .standard)
    }
  }
}

/// Why a batch cannot be verified.
public enum RangeBatchError: Error, Hashable, Sendable {
  /// An empty batch is refused.
  case empty
}
