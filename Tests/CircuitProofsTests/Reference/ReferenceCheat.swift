import Ristretto

/// How a prover cheats. Each of the last five works against the variant that lets it, and no other.
enum ReferenceCheat {
  /// Not at all: an error in the value row ends the run.
  case none
  /// Leaves the rows that C_S cannot reach as they are.
  case ignoreLeftover
  /// Makes up for the error with the square of this norm slot, whose generator is absent.
  case squareInSlot(Int)
  /// Chooses the multiplicity m₁ when α is known.
  case multiplicityAfterAlpha
  /// Chooses the blinder r_R[2] when β is known.
  case blinderAfterRows
  /// Chooses C_S when τ is known.
  case maskAfterTau
  /// Chooses the first X when γ is known.
  case messageAfterGamma
}

extension ReferenceStatement {
  /// m₁ such that the reciprocal row holds for digits that are in no base.
  func fittedMultiplicity(nL: [Scalar], nO: [Scalar], alpha: Scalar) throws -> Scalar {
    let alphaInverse = try alpha.inverse()
    var missing = -(Scalar(layout.nh) * alphaInverse)
    for s in 0..<layout.nh { missing += try (alpha + nL[s]).inverse() }
    for j in 2..<base {
      missing -= nO[j - 1] * (try (alpha + Scalar(j)).inverse() - alphaInverse)
    }
    return missing * (try ((alpha + .one).inverse() - alphaInverse).inverse())
  }
}

extension ReferenceParts {
  /// Norm slot `slot` of n such that the claim's value comes out in spite of the error.
  func fittedSquare(
    _ slot: Int, l: [Scalar], n: [Scalar], c: [Scalar], _ vectors: ReferenceVectors,
    _ e: ReferenceChallenges
  ) throws -> Scalar {
    var others = n
    others[slot] = .zero
    let v = try vectors.ps(e.delta).value(at: e.tau) + slotPolynomials(e)[0].value(at: e.tau)
    let missing =
      v - ReferenceFolding.inner(c, l) - ReferenceFolding.inner(others, others, weight: e.mu)
    guard let root = try squareRoot(missing * vectors.mu[slot].inverse()) else {
      throw ReferenceProverError.notASquare
    }
    return root
  }

  /// Fills r_S: every row but those that no slot reaches.
  mutating func solveMasks(
    _ vectors: ReferenceVectors, _ e: ReferenceChallenges, _ variant: ReferenceVariant
  ) throws {
    let F = try error(vectors, e, variant)
    let betaInverse = try e.beta.inverse()
    for j in 1...7 { rS[j] = F[variant.exponents[j - 1] - 1] * betaInverse }
    rS[0] = -F[-1]
    for j in 2...7 { rS[0] += vectors.kapR[j] * rS[j] }
  }
}
