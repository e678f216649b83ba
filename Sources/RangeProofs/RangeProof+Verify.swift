internal import Commitments
public import Merlin
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
    var replay = RangeTranscript(transcript, width: width, commitments: commitments)
    let prepared = try PreparedRangeProof(
      self, commitments: commitments, width: width, transcript: &replay)
    let decoded = DecodedPoints(prepared.encodings)
    if let objection = prepared.objection(to: decoded, from: 0) { throw objection }
    let weights = BatchWeights(
      domain: RangeVerificationSum.weightDomain, seeds: [prepared.batchSeed])
    let item = WeightedRangeProof(
      proof: prepared, points: decoded.points[...], weight: .one,
      separator: weights.weights(0).separator)
    let sum = try RangeVerificationSum([item])
    guard sum.holds(generators: .standard) else { throw .equationFails }
    transcript = replay.transcript
  }
}
