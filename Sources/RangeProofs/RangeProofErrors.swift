public import Ristretto

/// Why a range proof is not accepted.
public enum RangeVerificationError: Error, Hashable, Sendable {
  /// A proof is for 1, 2, 4, … 64 commitments.
  case unsupportedCount(Int)
  /// Width and count fix another proof length.
  case wrongProofLength(expected: Int, actual: Int)
  /// The 32-byte field at this position is not a canonical point or scalar.
  case undecodable(field: Int, DecodingError)
  /// The field at this position is the identity, which no honest proof contains.
  case identity(field: Int)
  /// The commitment at this position is not a canonical point.
  case undecodableCommitment(index: Int, DecodingError)
  /// A challenge is 0; no honest proof contains it.
  case degenerateChallenge
  /// The verification equation does not hold.
  case equationFails
}

/// Why no range proof was made.
public enum RangeProvingError: Error, Hashable, Sendable {
  /// A proof is for 1, 2, 4, … 64 values.
  case unsupportedCount(Int)
  /// One blinding for each value is needed.
  case wrongBlindingCount(expected: Int, actual: Int)
  /// The value at this position has more bits than the width, or is outside the bounds.
  case valueOutOfRange(index: Int)
  /// The bounds are further apart than values of the width can be.
  case boundsTooWide
  /// The finished proof did not verify: an internal error; it has not left the prover.
  case selfVerification(RangeVerificationError)
}

extension RangeVerificationError: CustomStringConvertible {
  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .unsupportedCount(let count):
      "\(count) commitments; a proof without \"padding\" is for 1, 2, 4, … 64, a reciprocal one for 1 to 256"
    case .wrongProofLength(let expected, let actual): "\(actual) bytes instead of \(expected)"
    case .undecodable(let field, _): "field \(field) of the proof is not canonical"
    case .identity(let field): "field \(field) of the proof is the identity"
    case .undecodableCommitment(let index, _): "commitment \(index) is not canonical"
    case .degenerateChallenge, .equationFails: "the proof does not hold"
    }
  }
}

extension RangeProvingError: CustomStringConvertible {
  /// What is wrong, in one line. It names places, never values.
  public var description: String {
    switch self {
    case .unsupportedCount(let count):
      "has \(count) values; a proof is for 1 to 64, or to 32 with bounds, a reciprocal one for 1 to 256"
    case .wrongBlindingCount(let expected, let actual): "has \(actual) blindings for \(expected) values"
    case .valueOutOfRange(let index): "values[\(index)] has more than n bits, or is outside the bounds"
    case .boundsTooWide: "upper - lower has more than n bits; use a larger n"
    case .selfVerification(let error):
      "no proof was made: the finished one was rejected: \(error); this is a defect, please report it"
    }
  }
}
