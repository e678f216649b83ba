internal import Merlin
internal import ProofCore
internal import Ristretto

/// ρ, λ, β, δ, drawn together after C_R.
struct RowChallenges: Sendable {
  let rho: Scalar
  let lambda: Scalar
  let beta: Scalar
  let delta: Scalar
}

/// The transcript of the argument: what is absorbed, when, under which label.
///
///     "suite", "context", "statement" digest, "V"*
///     "C_L", "C_O"  → alpha
///     "C_R"         → rho, lambda, beta, delta
///     "C_S"         → tau
///     "X", "R"      → gamma                     per round
///     "final"*      l, then n
///                   → 32 bytes "batch"          verifier only
///
/// Points are absorbed as the bytes that were received.
struct ArgumentTranscript<T: ProofTranscript> {
  private(set) var transcript: T

  /// - Parameter start: ``Merlin/Transcript/argumentStart``.
  init(
    _ start: T, statement: Statement, commitments: [EncodedPoint], context: [UInt8],
    suite: GeneratorSuite
  ) {
    transcript = start
    transcript.append(suite.name, label: "suite")
    transcript.append(context, label: "context")
    transcript.append(statement.digest, label: "statement")
    for V in commitments { transcript.append(V, label: "V") }
  }

  /// α, which must not be 0, −1, …, −(b−1): a fixed set, independent of the witness.
  mutating func drawAlpha(
    afterL CL: EncodedPoint, _ CO: EncodedPoint, base: DigitBase
  ) throws(ArgumentFailure) -> Scalar {
    transcript.append(CL, label: "C_L")
    transcript.append(CO, label: "C_O")
    let alpha = transcript.challengeScalar(label: "alpha")
    let opposite = (-alpha).words
    if (opposite.w1 | opposite.w2 | opposite.w3) == 0, opposite.w0 < UInt64(base.rawValue) {
      throw .degenerateChallenge
    }
    return alpha
  }

  mutating func drawRowChallenges(
    afterR CR: EncodedPoint
  ) throws(ArgumentFailure) -> RowChallenges {
    transcript.append(CR, label: "C_R")
    return RowChallenges(
      rho: try nonZeroChallenge("rho"), lambda: try nonZeroChallenge("lambda"),
      beta: try nonZeroChallenge("beta"), delta: try nonZeroChallenge("delta"))
  }

  mutating func drawTau(afterS CS: EncodedPoint) throws(ArgumentFailure) -> Scalar {
    transcript.append(CS, label: "C_S")
    return try nonZeroChallenge("tau")
  }

  mutating func drawGamma(
    after X: EncodedPoint, _ R: EncodedPoint
  ) throws(ArgumentFailure) -> Scalar {
    transcript.append(X, label: "X")
    transcript.append(R, label: "R")
    return try nonZeroChallenge("gamma")
  }

  /// Absorbs the opened vectors, so that what follows is bound to the whole proof.
  mutating func absorbFinal(_ l: [Scalar], _ n: [Scalar]) {
    for scalar in l { transcript.append(scalar, label: "final") }
    for scalar in n { transcript.append(scalar, label: "final") }
  }

  /// 32 bytes that depend on every byte of statement, commitments, context and proof.
  mutating func batchSeed() -> [UInt8] { transcript.challengeBytes(count: 32, label: "batch") }

  private mutating func nonZeroChallenge(
    _ label: StaticString
  ) throws(ArgumentFailure) -> Scalar {
    let challenge = transcript.challengeScalar(label: label)
    guard !challenge.isZero else { throw .degenerateChallenge }
    return challenge
  }
}

extension Transcript {
  /// The start of every transcript of the argument.
  static let argumentStart = Transcript("bppp-polytope-v1")
}
