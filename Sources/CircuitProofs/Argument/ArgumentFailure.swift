internal import Ristretto

/// Why an attempt at the argument ended, on either side.
enum ArgumentFailure: Error {
  /// A challenge fell into the small set that both sides exclude (protocol 7.1). For an honest prover
  /// the probability is below 2⁻²⁴⁰; it starts again with fresh randomness.
  case degenerateChallenge
  /// The value row of the prover's error terms does not vanish.
  case inconsistent
}

extension Scalar {
  /// The inverse of a challenge. A zero can only come from an excluded challenge.
  func challengeInverse() throws(ArgumentFailure) -> Scalar {
    do throws(InversionError) { return try inverse() } catch { throw .degenerateChallenge }
  }

  /// `2·self`.
  func doubled() -> Scalar { self + self }
}
