internal import Merlin
internal import ProofCore
internal import Ristretto

/// Everything the verifier drew while replaying the transcript of one proof.
struct ReplayedChallenges: Sendable {
  let alpha: Scalar
  let rows: RowChallenges
  let tau: Scalar
  let gammas: [Scalar]

  /// Replays the transcript and leaves it after the final scalars.
  init<T>(
    _ parts: ProofParts, base: DigitBase, transcript: inout ArgumentTranscript<T>
  ) throws(ArgumentFailure) {
    alpha = try transcript.drawAlpha(afterL: parts.CL, parts.CO, base: base)
    rows = try transcript.drawRowChallenges(afterR: parts.CR)
    tau = try transcript.drawTau(afterS: parts.CS)
    var gammas: [Scalar] = []
    gammas.reserveCapacity(parts.rounds.count)
    for (X, R) in parts.rounds { gammas.append(try transcript.drawGamma(after: X, R)) }
    self.gammas = gammas
    transcript.absorbFinal(parts.l, parts.n)
  }
}

/// A proof in the right form, with what it speaks about: its transcript is to be replayed next.
final class ReceivedProof: Sendable {
  let statement: Statement
  let commitments: [EncodedPoint]
  let context: [UInt8]
  let parts: ProofParts
  /// C_S, C_O, C_L, C_R, V…, X₀, R₀, …
  let encodings: [EncodedPoint]

  init(
    _ proof: CircuitProof, statement: Statement, commitments: [EncodedPoint], context: [UInt8]
  ) throws(VerificationError) {
    guard commitments.count == statement.commitmentCount else {
      throw .wrongCommitmentCount(expected: statement.commitmentCount, actual: commitments.count)
    }
    (self.statement, self.commitments, self.context) = (statement, commitments, context)
    parts = try ProofParts(decoding: proof, layout: statement.layout)
    var encodings = [parts.CS, parts.CO, parts.CL, parts.CR]
    encodings.reserveCapacity(statement.layout.proofPointCount(commitments: commitments.count))
    encodings += commitments
    for (X, R) in parts.rounds {
      encodings.append(X)
      encodings.append(R)
    }
    self.encodings = encodings
  }
}

/// A proof in the right form, with its challenges: what is left is to decode its points, and one equation
/// over the group.
final class PreparedProof: PreparedForSum {
  static let falseEquation = VerificationError.equationFails

  let statement: Statement
  let parts: ProofParts
  let challenges: ReplayedChallenges
  let encodings: [EncodedPoint]
  /// 32 bytes that depend on everything (protocol 7.1).
  let batchSeed: [UInt8]

  /// Replays the transcript of a proof, from ``Merlin/Transcript/argumentStart`` to its end.
  init(
    _ received: ReceivedProof, suite: GeneratorSuite, transcript start: some ProofTranscript
  ) throws(VerificationError) {
    (statement, parts, encodings) = (received.statement, received.parts, received.encodings)
    var transcript = ArgumentTranscript(
      start, statement: statement, commitments: received.commitments,
      context: received.context, suite: suite)
    do throws(ArgumentFailure) {
      challenges = try ReplayedChallenges(parts, base: statement.base, transcript: &transcript)
    } catch {
      throw .degenerateChallenge
    }
    batchSeed = transcript.batchSeed()
  }

  /// Replays the transcripts of proofs in lanes.
  static func all(
    _ received: [Result<ReceivedProof, VerificationError>], suite: GeneratorSuite
  ) -> [Result<PreparedProof, VerificationError>] {
    var prepared = [Result<PreparedProof, VerificationError>?](
      repeating: nil, count: received.count)
    TranscriptLanes.replay(count: received.count, from: { _ in .argumentStart }) {
      index, transcript in
      prepared[index] = Result { () throws(VerificationError) in
        try PreparedProof(received[index].get(), suite: suite, transcript: transcript)
      }
    }
    return prepared.compactMap { $0 }
  }

  /// Why the points, decoded from `start` on, cannot be those of a proof: the first that does not decode.
  func objection(to decoded: DecodedPoints, from start: Int) -> VerificationError? {
    let commitmentCount = statement.commitmentCount
    for k in encodings.indices {
      guard let error = decoded.error(at: start + k) else { continue }
      switch k {
      case 0..<4: return .undecodable(field: [3, 1, 0, 2][k], error)
      case 4..<(4 + commitmentCount): return .undecodableCommitment(index: k - 4, error)
      default: return .undecodable(field: k - commitmentCount, error)
      }
    }
    return nil
  }
}
