internal import Merlin
internal import Ristretto

/// The order in which a range proof enters the caller's transcript, with the labels of the dalek crate.
///
///     "dom-sep" "rangeproof v1", "n", "m", "V"*
///     "A", "S"                       → y, z
///     "T_1", "T_2"                   → x
///     "t_x", "t_x_blinding", "e_blinding"  → w
///     "dom-sep" "ipp v1", "n" = n·m
///     "L", "R"                       → u        per round
///
/// The identity is refused where the crate refuses it: in A, S, T₁, T₂, L and R, not in V.
struct RangeTranscript<T: ProofTranscript> {
  /// The caller's transcript, as far as it has come.
  private(set) var transcript: T

  init(_ transcript: T, width: RangeWidth, commitments: [EncodedPoint]) {
    self.transcript = transcript
    self.transcript.append(Array("rangeproof v1".utf8), label: "dom-sep")
    self.transcript.append(UInt64(width.rawValue), label: "n")
    self.transcript.append(UInt64(commitments.count), label: "m")
    for V in commitments { self.transcript.append(V, label: "V") }
  }

  mutating func drawYZ(
    after A: EncodedPoint, _ S: EncodedPoint
  ) throws(DegenerateChallenge) -> (y: Scalar, z: Scalar) {
    transcript.append(A, label: "A")
    transcript.append(S, label: "S")
    return (try challenge("y"), try challenge("z"))
  }

  mutating func drawX(
    after T1: EncodedPoint, _ T2: EncodedPoint
  ) throws(DegenerateChallenge) -> Scalar {
    transcript.append(T1, label: "T_1")
    transcript.append(T2, label: "T_2")
    return try challenge("x")
  }

  mutating func drawW(
    after tHat: Scalar, _ tauX: Scalar, _ mu: Scalar, vectorLength: Int
  ) throws(DegenerateChallenge) -> Scalar {
    transcript.append(tHat, label: "t_x")
    transcript.append(tauX, label: "t_x_blinding")
    transcript.append(mu, label: "e_blinding")
    let w = try challenge("w")
    transcript.append(Array("ipp v1".utf8), label: "dom-sep")
    transcript.append(UInt64(vectorLength), label: "n")
    return w
  }

  mutating func drawU(
    after L: EncodedPoint, _ R: EncodedPoint
  ) throws(DegenerateChallenge) -> Scalar {
    transcript.append(L, label: "L")
    transcript.append(R, label: "R")
    return try challenge("u")
  }

  /// 32 bytes that depend on everything, a and b included. The crate's transcript ends before them, so this
  /// is not part of the caller's.
  mutating func drawBatchSeed(_ a: Scalar, _ b: Scalar) -> [UInt8] {
    transcript.append(a, label: "a")
    transcript.append(b, label: "b")
    return transcript.challengeBytes(count: 32, label: "batch")
  }

  private mutating func challenge(_ label: StaticString) throws(DegenerateChallenge) -> Scalar {
    let challenge = transcript.challengeScalar(label: label)
    guard !challenge.isZero else { throw DegenerateChallenge() }
    return challenge
  }
}

/// A challenge is 0, which happens with probability 2⁻²⁵².
struct DegenerateChallenge: Error {}

/// The challenges of one proof.
struct RangeChallenges {
  let y: Scalar
  let z: Scalar
  let x: Scalar
  let w: Scalar
  let u: [Scalar]

  /// Replays the transcript of a proof and leaves it after the last challenge.
  init<T>(
    _ parts: RangeProofParts, transcript: inout RangeTranscript<T>
  ) throws(DegenerateChallenge) {
    (y, z) = try transcript.drawYZ(after: parts.A, parts.S)
    x = try transcript.drawX(after: parts.T1, parts.T2)
    w = try transcript.drawW(
      after: parts.tHat, parts.tauX, parts.mu, vectorLength: 1 << parts.rounds.count)
    var u: [Scalar] = []
    u.reserveCapacity(parts.rounds.count)
    for (L, R) in parts.rounds { u.append(try transcript.drawU(after: L, R)) }
    self.u = u
  }
}
