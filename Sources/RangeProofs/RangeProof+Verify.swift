public import Merlin
internal import ProofCore
public import Ristretto

extension RangeProof {
  /// Verifies that the commitments open to values of at most n bits.
  ///
  /// - Parameters:
  ///   - commitments: 1, 2, 4, … or 64 commitments `V = v·B + γ·B̃`.
  ///   - width: n.
  ///   - transcript: as the prover's was; extended as the dalek crate does.
  /// - Throws: ``RangeVerificationError`` unless the proof holds. Variable time: everything is public.
  public func verify(
    _ commitments: [EncodedPoint], width: RangeWidth, transcript: inout Transcript
  ) throws(RangeVerificationError) {
    let received = try ReceivedRangeProof(self, commitments: commitments, width: width)
    var replay = RangeTranscript(transcript, width: width, commitments: commitments)
    let challenges = try received.challenges(&replay)
    let end = replay.transcript
    let prepared = PreparedRangeProof(received, challenges, transcript: &replay)
    try BatchVerifier<RangeVerificationSum>.verify(
      prepared, domain: RangeVerificationSum.weightDomain
    ) { sum throws(RangeVerificationError) in
      sum.value(generators: .standard)
    }
    transcript = end
  }
}
