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

extension VerificationError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .wrongProofLength(let expected, let actual): "the proof has \(actual) bytes instead of \(expected)"
    case .wrongCommitmentCount(let expected, let actual):
      "there are \(actual) commitments instead of \(expected)"
    case .undecodable(let field, let error): "field \(field) of the proof \(error)"
    case .undecodableCommitment(let index, let error): "commitment \(index) \(error)"
    case .degenerateChallenge: "a challenge of the proof is one that no honest proof has"
    case .generators(let error): error.description
    case .equationFails: "the equation of the proof does not hold"
    }
  }
}

extension ProvingError: CustomStringConvertible {
  /// What is wrong, in words. It names places, never values.
  public var description: String {
    switch self {
    case .violation(let violation): violation.description
    case .wrongBlindingCount(let expected, let actual):
      "there are \(actual) blindings instead of \(expected)"
    case .commitmentMismatch(let index): "commitment \(index) does not open to the values and the blinding"
    case .generators(let error): error.description
    case .inconsistent: "the argument does not hold for values that fulfil the statement"
    case .selfVerification(let error): "the finished proof was rejected: \(error)"
    }
  }
}
