internal import Ristretto

/// How many bits the values of a range proof have: `0 ≤ v < 2ⁿ`.
public enum RangeWidth: Int, CaseIterable, Hashable, Sendable {
  case bits8 = 8
  case bits16 = 16
  case bits32 = 32
  case bits64 = 64

  /// Whether a value has so few bits. Constant time.
  func admits(_ value: UInt64) -> Bool { value & ~(UInt64.max >> UInt64(64 - rawValue)) == 0 }
}

/// Proof that each of m commitments `V = v·B + γ·B̃` opens to a value `0 ≤ v < 2ⁿ`.
///
/// Bulletproofs (eprint 2017/1066) with aggregation, section 4.2, in the wire format of the dalek
/// `bulletproofs` crate:
///
///     A ‖ S ‖ T₁ ‖ T₂ ‖ t̂ ‖ τₓ ‖ μ ‖ (L₀ ‖ R₀) … ‖ a ‖ b        32 bytes each, 9 + 2·log₂(n·m) of them
///
/// where the crate calls t̂ `t_x`, τₓ `t_x_blinding` and μ `e_blinding`. The bytes are kept as they came; n
/// and m, which the verifier knows, fix how many there must be.
public struct RangeProof: Hashable, Sendable {
  /// The encoding.
  public let bytes: [UInt8]

  /// A proof received from outside. Nothing is checked yet.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  init(_ parts: RangeProofParts) { bytes = parts.encoded() }

  /// `32·(9 + 2·log₂(n·m))`: length of a proof for m values, a power of two.
  public static func byteCount(_ width: RangeWidth, count m: Int) -> Int {
    32 * (9 + 2 * (width.rawValue * m).trailingZeroBitCount)
  }
}

/// The fields of a range proof, points still encoded.
struct RangeProofParts {
  let A: EncodedPoint
  let S: EncodedPoint
  let T1: EncodedPoint
  let T2: EncodedPoint
  let tHat: Scalar
  let tauX: Scalar
  let mu: Scalar
  let rounds: [(L: EncodedPoint, R: EncodedPoint)]
  let a: Scalar
  let b: Scalar

  init(
    A: EncodedPoint, S: EncodedPoint, T1: EncodedPoint, T2: EncodedPoint, tHat: Scalar, tauX: Scalar,
    mu: Scalar, rounds: [(L: EncodedPoint, R: EncodedPoint)], a: Scalar, b: Scalar
  ) {
    (self.A, self.S, self.T1, self.T2) = (A, S, T1, T2)
    (self.tHat, self.tauX, self.mu) = (tHat, tauX, mu)
    (self.rounds, self.a, self.b) = (rounds, a, b)
  }

  /// Splits the bytes of a proof for m values of n bits.
  init(
    decoding proof: RangeProof, width: RangeWidth, count m: Int
  ) throws(RangeVerificationError) {
    let expected = RangeProof.byteCount(width, count: m)
    guard proof.bytes.count == expected else {
      throw .wrongProofLength(expected: expected, actual: proof.bytes.count)
    }
    let bytes = proof.bytes.span
    func point(_ index: Int) -> EncodedPoint { EncodedPoint(bytes, from: 32 * index) }
    func scalar(_ index: Int) throws(RangeVerificationError) -> Scalar {
      do throws(DecodingError) {
        return try Scalar(canonicalBytes: bytes, from: 32 * index)
      } catch {
        throw .undecodable(field: index, error)
      }
    }
    (A, S, T1, T2) = (point(0), point(1), point(2), point(3))
    (tHat, tauX, mu) = (try scalar(4), try scalar(5), try scalar(6))
    let last = expected / 32 - 2
    rounds = stride(from: 7, to: last, by: 2).map { (L: point($0), R: point($0 + 1)) }
    (a, b) = (try scalar(last), try scalar(last + 1))
  }

  func encoded() -> [UInt8] {
    var bytes = A.bytes + S.bytes + T1.bytes + T2.bytes
    bytes += tHat.encoded() + tauX.encoded() + mu.encoded()
    for (L, R) in rounds { bytes += L.bytes + R.bytes }
    return bytes + a.encoded() + b.encoded()
  }
}
