internal import Commitments
internal import Ristretto

/// A range proof in the right form, with its challenges: what is left is to decode its points, and one equation over
/// the group.
struct PreparedRangeProof: PreparedForSum {
  static let falseEquation = RangeVerificationError.equationFails

  let width: RangeWidth
  let parts: RangeProofParts
  let challenges: RangeChallenges
  /// A, S, T₁, T₂, L₀, R₀, …, V…
  let encodings: [EncodedPoint]
  let commitmentCount: Int
  /// 32 bytes that depend on everything.
  let batchSeed: [UInt8]

  init(
    _ proof: RangeProof, commitments: [EncodedPoint], width: RangeWidth,
    transcript: inout RangeTranscript
  ) throws(RangeVerificationError) {
    guard RangeProof.isSupported(count: commitments.count) else {
      throw .unsupportedCount(commitments.count)
    }
    self.width = width
    commitmentCount = commitments.count
    parts = try RangeProofParts(decoding: proof, width: width, count: commitments.count)
    do throws(DegenerateChallenge) {
      challenges = try RangeChallenges(parts, transcript: &transcript)
    } catch {
      throw .degenerateChallenge
    }
    batchSeed = transcript.batchSeed(parts.a, parts.b)
    var encodings = [parts.A, parts.S, parts.T1, parts.T2]
    for (L, R) in parts.rounds { encodings += [L, R] }
    self.encodings = encodings + commitments
  }

  /// Why the points, decoded from `start` on, cannot be those of a proof: the first that does not decode, or is the
  /// identity where no honest proof has it.
  func objection(to decoded: DecodedPoints, from start: Int) -> RangeVerificationError? {
    let fieldCount = encodings.count - commitmentCount
    for (k, encoding) in encodings.enumerated() {
      let error = decoded.error(at: start + k)
      if k >= fieldCount {
        if let error { return .undecodableCommitment(index: k - fieldCount, error) }
        continue
      }
      // Fields 4, 5 and 6 are scalars.
      let field = k < 4 ? k : k + 3
      if let error { return .undecodable(field: field, error) }
      if encoding.isIdentity { return .identity(field: field) }
    }
    return nil
  }
}
