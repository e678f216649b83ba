internal import Ristretto

/// A proof that commitments open to integers which fulfil a ``Statement``, telling nothing else.
///
///     C_L ‖ C_O ‖ C_R ‖ C_S ‖ (X₀ ‖ R₀) … ‖ l_final ‖ n_final        32 bytes each
///
/// The bytes are kept as they came. How many there must be is fixed by the statement; decoding happens
/// when the proof is verified. Proof bytes are not unique (protocol 8): never use them, or their hash
/// alone, as an identifier or cache key.
public struct CircuitProof: Hashable, Sendable {
  /// The encoding.
  public let bytes: [UInt8]

  /// A proof received from outside. Nothing is checked yet.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  init(_ parts: ProofParts) { bytes = parts.encoded() }
}

/// The fields of a proof, points still encoded.
struct ProofParts: Sendable {
  let CL: EncodedPoint
  let CO: EncodedPoint
  let CR: EncodedPoint
  let CS: EncodedPoint
  let rounds: [(X: EncodedPoint, R: EncodedPoint)]
  let l: [Scalar]
  let n: [Scalar]

  init(
    CL: EncodedPoint, CO: EncodedPoint, CR: EncodedPoint, CS: EncodedPoint,
    rounds: [(X: EncodedPoint, R: EncodedPoint)], l: [Scalar], n: [Scalar]
  ) {
    (self.CL, self.CO, self.CR, self.CS) = (CL, CO, CR, CS)
    (self.rounds, self.l, self.n) = (rounds, l, n)
  }

  /// Splits proof bytes as the layout of the statement says. Lengths never come from the proof.
  init(decoding proof: CircuitProof, layout: StatementLayout) throws(VerificationError) {
    guard proof.bytes.count == layout.proofByteCount else {
      throw .wrongProofLength(expected: layout.proofByteCount, actual: proof.bytes.count)
    }
    let bytes = proof.bytes.span
    func point(_ index: Int) -> EncodedPoint { EncodedPoint(bytes, from: 32 * index) }
    func scalar(_ index: Int) throws(VerificationError) -> Scalar {
      do throws(DecodingError) {
        return try Scalar(canonicalBytes: bytes, from: 32 * index)
      } catch {
        throw .undecodable(field: index, error)
      }
    }
    (CL, CO, CR, CS) = (point(0), point(1), point(2), point(3))
    rounds = (0..<layout.rounds).map { (X: point(4 + 2 * $0), R: point(5 + 2 * $0)) }
    let firstScalar = 4 + 2 * layout.rounds
    let firstOfNorm = firstScalar + layout.finalLinearLength
    var (l, n): ([Scalar], [Scalar]) = ([], [])
    for i in firstScalar..<firstOfNorm { l.append(try scalar(i)) }
    for i in firstOfNorm..<(firstOfNorm + layout.finalNormLength) { n.append(try scalar(i)) }
    (self.l, self.n) = (l, n)
  }

  func encoded() -> [UInt8] {
    var bytes = CL.bytes + CO.bytes + CR.bytes + CS.bytes
    for (X, R) in rounds { bytes += X.bytes + R.bytes }
    for scalar in l + n { bytes += scalar.encoded() }
    return bytes
  }
}
