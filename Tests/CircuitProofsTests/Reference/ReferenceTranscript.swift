import CanonicalBytes
import Merlin
import Ristretto

/// The transcript of protocol 7.1, recorded.
struct ReferenceTranscript {
  private(set) var merlin: Transcript
  /// Whether a challenge fell into the excluded set.
  private(set) var isDegenerate = false
  /// Challenges a broken variant lets the prover see before the messages they should come after.
  private(set) var early = ReferenceChallenges()
  private let isEarly: ReferenceVariant.EarlyChallenge?

  init(
    _ statement: ReferenceStatement, commitments: [[UInt8]], context: [UInt8],
    variant: ReferenceVariant
  ) {
    merlin =
      variant.transcriptLabel == ReferenceVariant.sound.transcriptLabel
      ? .recording("bppp-polytope-v1") : Transcript(label: variant.transcriptLabel)
    isEarly = variant.early
    merlin.append(statement.suite, label: "suite")
    merlin.append(context, label: "context")
    merlin.append(statement.digest, label: "statement")
    if variant.bindsCommitments { for V in commitments { merlin.append(V, label: "V") } }
    if isEarly == .alpha { early.alpha = nonZero("alpha") }
  }

  var operations: [Transcript.Operation] { merlin.operations }

  mutating func alpha(CL: [UInt8], CO: [UInt8], base: Int) -> Scalar {
    merlin.append(CL, label: "C_L")
    merlin.append(CO, label: "C_O")
    let alpha = isEarly == .alpha ? early.alpha : merlin.challengeScalar(label: "alpha")
    if (0..<base).contains(where: { (alpha + Scalar($0)).isZero }) { isDegenerate = true }
    if isEarly == .rows {
      var drawn = early
      drawRows(&drawn)
      early = drawn
    }
    return alpha
  }

  mutating func rows(CR: [UInt8], _ challenges: inout ReferenceChallenges) {
    merlin.append(CR, label: "C_R")
    if isEarly == .rows {
      let alpha = challenges.alpha
      challenges = early
      challenges.alpha = alpha
    } else {
      drawRows(&challenges)
    }
    if isEarly == .tau { early.tau = nonZero("tau") }
  }

  private mutating func drawRows(_ challenges: inout ReferenceChallenges) {
    challenges.rho = nonZero("rho")
    challenges.lambda = nonZero("lambda")
    challenges.beta = nonZero("beta")
    challenges.delta = nonZero("delta")
  }

  mutating func tau(CS: [UInt8]) -> Scalar {
    merlin.append(CS, label: "C_S")
    let tau = isEarly == .tau ? early.tau : nonZero("tau")
    if isEarly == .gamma { early.gamma = nonZero("gamma") }
    return tau
  }

  mutating func gamma(X: [UInt8], R: [UInt8]) -> Scalar {
    merlin.append(X, label: "X")
    merlin.append(R, label: "R")
    guard isEarly == .gamma else { return nonZero("gamma") }
    defer { early.gamma = nonZero("gamma") }
    return early.gamma
  }

  mutating func final(l: [Scalar], n: [Scalar]) {
    for scalar in l + n { merlin.append(scalar.encoded(), label: "final") }
  }

  mutating func batchSeed() -> [UInt8] { merlin.challengeBytes(count: 32, label: "batch") }

  private mutating func nonZero(_ label: StaticString) -> Scalar {
    let challenge = merlin.challengeScalar(label: label)
    if challenge.isZero { isDegenerate = true }
    return challenge
  }
}

/// The weights e_p of protocol 9.
func referenceBatchWeights(_ seeds: [[UInt8]]) -> [Scalar] {
  let seed = SHA512.hash(Array("bppp-polytope-v1/batch".utf8) + seeds.flatMap { $0 })
  return seeds.indices.map { p in
    guard p > 0 else { return .one }
    var bytes = Array(SHA512.hash(seed + le32(p))[..<16])
    bytes[0] |= 1
    return Scalar(reducing: bytes + [UInt8](repeating: 0, count: 48))
  }
}
