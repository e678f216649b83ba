internal import Ristretto

/// Inverses of the public scalars that the circuit is divided by.
struct PublicInverses {
  /// `1/(α + j)` for j = 0 … b−1.
  let alphaPlusDigit: [Scalar]
  /// `1/ρ`.
  let rho: Scalar
  /// `1/δ`.
  let delta: Scalar
  /// `1/τ`; 1 where τ is not drawn yet.
  let tau: Scalar

  /// `1/μ`.
  var mu: Scalar { rho.squared() }

  init(alpha: Scalar, challenges: RowChallenges, base: DigitBase) throws(ArgumentFailure) {
    var all = Self.denominators(alpha: alpha, challenges, tau: .one, base: base)
    do throws(InversionError) { try Scalar.invert(&all) } catch { throw .degenerateChallenge }
    self.init(all[...], base: base)
  }

  /// Those of all proofs of a batch, with one inversion.
  static func all(_ proofs: [PreparedProof]) throws(ArgumentFailure) -> [PublicInverses] {
    var all: [Scalar] = []
    for proof in proofs {
      all += denominators(
        alpha: proof.challenges.alpha, proof.challenges.rows, tau: proof.challenges.tau,
        base: proof.statement.base)
    }
    do throws(InversionError) { try Scalar.invert(&all) } catch { throw .degenerateChallenge }
    var start = 0
    return proofs.map { proof in
      let end = start + proof.statement.base.rawValue + 3
      defer { start = end }
      return PublicInverses(all[start..<end], base: proof.statement.base)
    }
  }

  private static func denominators(
    alpha: Scalar, _ challenges: RowChallenges, tau: Scalar, base: DigitBase
  ) -> [Scalar] {
    (0..<base.rawValue).map { alpha + Scalar($0) } + [challenges.rho, challenges.delta, tau]
  }

  private init(_ inverted: ArraySlice<Scalar>, base: DigitBase) {
    let end = inverted.startIndex + base.rawValue
    alphaPlusDigit = Array(inverted[..<end])
    (rho, delta, tau) = (inverted[end], inverted[end + 1], inverted[end + 2])
  }
}
