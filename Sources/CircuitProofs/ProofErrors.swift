public import ProofCore
public import Ristretto

/// Why a proof is not accepted.
public enum VerificationError: Error, Hashable, Sendable {
  /// The statement fixes another proof length.
  case wrongProofLength(expected: Int, actual: Int)
  /// The statement speaks about another number of commitments.
  case wrongCommitmentCount(expected: Int, actual: Int)
  /// The 32-byte field at this position is not a canonical point or scalar.
  case undecodable(field: Int, DecodingError)
  /// The commitment at this position is not a canonical point.
  case undecodableCommitment(index: Int, DecodingError)
  /// A challenge fell into the excluded set; no honest proof contains it.
  case degenerateChallenge
  /// The suite cannot provide the generators the statement needs.
  case generators(GeneratorError)
  /// The verification equation does not hold.
  case equationFails
}

/// Why no proof was made.
public enum ProvingError: Error, Hashable, Sendable {
  /// The witness does not fulfil the statement.
  case violation(StatementViolation)
  /// One blinding for each commitment is needed.
  case wrongBlindingCount(expected: Int, actual: Int)
  /// The commitment at this position does not open to the witness with the given blinding.
  case commitmentMismatch(index: Int)
  /// The suite cannot provide the generators the statement needs.
  case generators(GeneratorError)
  /// The value row did not vanish for a witness that passed the plain check: an internal error.
  case inconsistent
  /// The finished proof did not verify: an internal error; it has not left the prover.
  case selfVerification(VerificationError)
}
