internal import Merlin
internal import ProofCore
internal import Ristretto

/// A range proof in the right form, with what it speaks about: its transcript is to be replayed next.
final class ReceivedRangeProof: Sendable {
  let width: RangeWidth
  let commitments: [EncodedPoint]
  let parts: RangeProofParts
  /// A, S, T₁, T₂, L₀, R₀, …, V…
  let encodings: [EncodedPoint]

  init(
    _ proof: RangeProof, commitments: [EncodedPoint], width: RangeWidth
  ) throws(RangeVerificationError) {
    guard RangeProof.isSupported(count: commitments.count) else {
      throw .unsupportedCount(commitments.count)
    }
    (self.width, self.commitments) = (width, commitments)
    parts = try RangeProofParts(decoding: proof, width: width, count: commitments.count)
    var encodings = [parts.A, parts.S, parts.T1, parts.T2]
    encodings.reserveCapacity(4 + 2 * parts.rounds.count + commitments.count)
    for (L, R) in parts.rounds {
      encodings.append(L)
      encodings.append(R)
    }
    self.encodings = encodings + commitments
  }

  /// Replays the transcript up to the last challenge.
  func challenges<T>(
    _ transcript: inout RangeTranscript<T>
  ) throws(RangeVerificationError) -> RangeChallenges {
    do throws(DegenerateChallenge) {
      return try RangeChallenges(parts, transcript: &transcript)
    } catch {
      throw .degenerateChallenge
    }
  }
}

/// A range proof in the right form, with its challenges: what is left is to decode its points, and one
/// equation over the group.
final class PreparedRangeProof: PreparedForSum {
  static let falseEquation = RangeVerificationError.equationFails

  let width: RangeWidth
  let parts: RangeProofParts
  let challenges: RangeChallenges
  let encodings: [EncodedPoint]
  let commitmentCount: Int
  /// 32 bytes that depend on everything.
  let batchSeed: [UInt8]

  /// A proof with the challenges of its transcript, and the seed that is drawn after them.
  init<T>(
    _ received: ReceivedRangeProof, _ challenges: RangeChallenges,
    transcript: inout RangeTranscript<T>
  ) {
    (width, parts) = (received.width, received.parts)
    (commitmentCount, self.challenges) = (received.commitments.count, challenges)
    encodings = received.encodings
    batchSeed = transcript.drawBatchSeed(parts.a, parts.b)
  }

  /// Replays the transcripts of proofs in lanes, each from the caller's.
  static func all(
    _ received: [(proof: Result<ReceivedRangeProof, RangeVerificationError>, start: Transcript)]
  ) -> [Result<PreparedRangeProof, RangeVerificationError>] {
    var prepared = [Result<PreparedRangeProof, RangeVerificationError>?](
      repeating: nil, count: received.count)
    TranscriptLanes.replay(count: received.count, from: { received[$0].start }) {
      index, transcript in
      prepared[index] = Result { () throws(RangeVerificationError) in
        let proof = try received[index].proof.get()
        var replay = RangeTranscript(
          transcript, width: proof.width, commitments: proof.commitments)
        let challenges = try proof.challenges(&replay)
        return PreparedRangeProof(proof, challenges, transcript: &replay)
      }
    }
    return prepared.compactMap { $0 }
  }

  /// Why the points, decoded from `start` on, cannot be those of a proof: the first that does not decode, or
  /// is the identity where no honest proof has it.
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
