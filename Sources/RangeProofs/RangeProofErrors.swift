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
