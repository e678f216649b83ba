internal import ProofCore
public import Solvency

/// What was read in the place of an envelope, and what is said of it.
public struct ReadProof: Sendable {
  /// The envelope; nil if it is malformed.
  public let envelope: ProofEnvelope?
  /// The verdict.
  public let verdict: ProofVerdict
}

extension ProofVerifier {
  /// Verifies envelopes as they stand in files, of any circuits and snapshots, together; each keeps its
  /// place.
  ///
  /// - Parameter workers: the most threads, at least 1; as many as there are processors, by default.
  public func verify(
    encoded files: [[UInt8]], expecting expectations: Expectations, workers: Int? = nil
  ) -> [ReadProof] {
    if files.count == 1 { return [verify(file: files[0], expecting: expectations)] }
    let parts = Parallel.parts(of: files.count, limit: 64, least: 64, workers: workers)
    let read = Parallel.map(count: parts.count, workers: workers) { part in
      files[parts[part]].map { bytes in
        Result { () throws(RejectionReason) in try Self.envelope(decoding: bytes) }
      }
    }
    let envelopes = Array(read.joined())
    let verdicts = verify(
      envelopes.map { $0.map { ReceivedProof($0) } }, expecting: expectations, workers: workers)
    return zip(envelopes, verdicts).map { ReadProof(envelope: try? $0.get(), verdict: $1) }
  }

  private func verify(file: [UInt8], expecting expectations: Expectations) -> ReadProof {
    do throws(RejectionReason) {
      let envelope = try Self.envelope(decoding: file)
      return ReadProof(envelope: envelope, verdict: verify(envelope, expecting: expectations))
    } catch {
      return ReadProof(envelope: nil, verdict: .rejected(error))
    }
  }
}
