internal import Ristretto

/// A polynomial in T and T⁻¹ with exponents −2 … 10.
struct LaurentPolynomial {
  private static let lowest = -2
  private var coefficients = [Scalar](repeating: .zero, count: 13)

  /// The coefficient of `T^exponent`.
  subscript(exponent: Int) -> Scalar {
    get { coefficients[exponent - Self.lowest] }
    set { coefficients[exponent - Self.lowest] = newValue }
  }
}

/// The blinders of the prover, one row of eight slots for each of C_O, C_L, C_R and the commitments.
///
/// Slot 0 is on U, slot j on R_j. The slots left 0 are those that would reach the value row T³ or
/// fall beyond what C_S can cancel (protocol 7.2, the table).
struct BlindingRows: ~Copyable {
  static let freeInO = [0, 1, 2, 3, 5, 6]
  static let freeInL = [0, 1, 2, 4, 5]
  static let freeInR = [0, 1, 3, 4]

  let rO: SecretBlock<Scalar>
  let rL: SecretBlock<Scalar>
  let rR: SecretBlock<Scalar>
  let rV: SecretBlock<Scalar>

  /// Eight slots, fresh blinders in the free ones.
  static func sample<Source: BlindingSource & ~Copyable>(
    _ free: [Int], from source: inout Source
  ) -> SecretBlock<Scalar> {
    var row = SecretBlock<Scalar>(repeating: .zero, count: 8)
    for slot in free { row[slot] = source.next() }
    return row
  }
}

/// What the prover must cancel: the Laurent polynomial F(T) of protocol 7.2, and the slots r_S of C_S
/// that cancel it.
///
///     F(T) = 2K·T³ − ⟨w, w + 2p_n⟩_μ − T⁻¹⟨κ, l_S⟩ − T³⟨κ, v̂⟩
///            + r₀(T) − Σ_{j=1…7} (β·T^(a_j) + κ_{R,j})·r_j(T)
///     w(T) = T⁻¹·n_S + δ·n_O + T·n_L + T²·n_R
///     r_j(T) = δ·r_O[j] + T·r_L[j] + T²·r_R[j] + T³·r_V[j]
///
/// |p_n|² does not occur: it cancels between p_s and |n|², as n = w + p_n.
struct ErrorTerms: ~Copyable {
  private var F = LaurentPolynomial()

  /// Vectors `nS`, `nO`, `nL`, `nR` have N entries, `lS` and `vHat` C.
  init(
    nS: borrowing SecretBlock<Scalar>, nO: borrowing SecretBlock<Scalar>,
    nL: borrowing SecretBlock<Scalar>, nR: borrowing SecretBlock<Scalar>,
    lS: borrowing SecretBlock<Scalar>, vHat: borrowing SecretBlock<Scalar>,
    rows: borrowing BlindingRows, publicVectors: PublicVectors, challenges: RowChallenges,
    deltaInverse: Scalar
  ) {
    let (beta, delta) = (challenges.beta, challenges.delta)
    F[3] = Scalar(2) * publicVectors.K
    subtractNorm(nS: nS, nO: nO, nL: nL, nR: nR, publicVectors, delta: delta, deltaInverse: deltaInverse)
    for m in publicVectors.kappaH.indices {
      F[-1] -= publicVectors.kappaH[m] * lS[m]
      F[3] -= publicVectors.kappaH[m] * vHat[m]
    }
    for slot in 0...7 {
      let r = [delta * rows.rO[slot], rows.rL[slot], rows.rR[slot], rows.rV[slot]]
      for (exponent, coefficient) in r.enumerated() {
        if slot == 0 {
          F[exponent] += coefficient
        } else {
          F[exponent + PublicVectors.blindingExponents[slot - 1]] -= beta * coefficient
          F[exponent] -= publicVectors.kappaR[slot - 1] * coefficient
        }
      }
    }
  }

  /// Subtracts ⟨w, w + 2p_n⟩_μ. With w = T⁻¹·n_S + δ·n_O + T·n_L + T²·n_R = Σ T^(i−1)·w_i,
  ///
  ///     F[i + j − 2] −= ⟨w_i, μ ∘ q_j⟩,   q = (w₀, w₁ + 2c_V, w₂ + 2c_R, w₃ + 2c_L, 2δ⁻¹·c_O)
  private mutating func subtractNorm(
    nS: borrowing SecretBlock<Scalar>, nO: borrowing SecretBlock<Scalar>, nL: borrowing SecretBlock<Scalar>,
    nR: borrowing SecretBlock<Scalar>, _ publicVectors: PublicVectors, delta: Scalar, deltaInverse: Scalar
  ) {
    let onO = deltaInverse.doubled()
    for j in 0...4 {
      var q = SecretBlock<Scalar>(count: nS.count) { s in
        switch j {
        case 0: nS[s]
        case 1: delta * nO[s] + publicVectors.cV[s].doubled()
        case 2: nL[s] + publicVectors.cR[s].doubled()
        case 3: nR[s] + publicVectors.cL[s].doubled()
        default: onO * publicVectors.cO[s]
        }
      }
      q.withMutableSpan { Scalar.multiply(&$0, by: publicVectors.muPowers.span) }
      F[j - 2] -= Scalar.innerProduct(nS, q)
      F[j - 1] -= delta * Scalar.innerProduct(nO, q)
      F[j] -= Scalar.innerProduct(nL, q)
      F[j + 1] -= Scalar.innerProduct(nR, q)
    }
  }

  /// True if the value row vanishes, as it does for every witness that fulfils the statement.
  var valueRowVanishes: Bool { F[3].isZero }

  /// `r_S[j] = F[a_j − 1]/β` for j = 1 … 7 and `r_S[0] = −F[−1] + Σ_{j≥2} κ_{R,j}·r_S[j]`.
  func cancellingSlots(
    betaInverse: Scalar, kappaR: [Scalar]
  ) -> SecretBlock<Scalar> {
    var rS = SecretBlock<Scalar>(repeating: .zero, count: 8)
    rS[0] = -F[-1]
    for j in 1...7 {
      rS[j] = F[PublicVectors.blindingExponents[j - 1] - 1] * betaInverse
      rS[0] += kappaR[j - 1] * rS[j]
    }
    return rS
  }
}
