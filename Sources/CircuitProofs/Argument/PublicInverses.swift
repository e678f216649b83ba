internal import Ristretto

/// Inverses of the public scalars that the circuit is divided by.
///
/// Those of α + j, j = 0 … b−1, are kept as inverses of products of four, because a quarter of the inversions and as
/// much memory suffice: with x = α + 4i, a = x·(x+3) and b = (x+1)·(x+2) = a + 2,
///
///     1/a = b/(a·b)          1/x = (x+3)/a           1/(x+3) = x/a           = 1/x − 3/a
///     1/b = a/(a·b)          1/(x+1) = (x+2)/b       1/(x+2) = (x+1)/b       = 1/(x+1) − 1/b
struct PublicInverses {
  /// α.
  private let x0: Scalar
  /// `1/α`.
  let alpha: Scalar
  /// 1/(a·b) for i = 0 … b/4 − 1.
  private let quads: ArraySlice<Scalar>
  /// `1/ρ`.
  let rho: Scalar
  /// `1/δ`.
  let delta: Scalar
  /// `1/τ`; 1 where τ is not drawn yet.
  let tau: Scalar

  /// `1/μ`.
  var mu: Scalar { rho.squared() }

  /// `f/(α + j)` for j = 0 … b−1.
  func reciprocals(times f: Scalar) -> [Scalar] {
    var all: [Scalar] = []
    all.reserveCapacity(4 * quads.count)
    var x = x0
    let (two, three, four) = (Scalar(2), Scalar(3), Scalar(4))
    for quad in quads {
      let a = x * (x + three)
      let perAB = f * quad
      let perB = perAB * a
      let perA = perB + perAB.doubled()
      let perX = perA * (x + three)
      let perX1 = perB * (x + two)
      all.append(perX)
      all.append(perX1)
      all.append(perX1 - perB)
      all.append(perX - (perA.doubled() + perA))
      x += four
    }
    return all
  }

  init(alpha: Scalar, challenges: RowChallenges, base: DigitBase) throws(ArgumentFailure) {
    var all: [Scalar] = []
    Self.appendDenominators(alpha: alpha, challenges, tau: .one, base: base, to: &all)
    do throws(InversionError) { try Scalar.invert(&all) } catch { throw .degenerateChallenge }
    self.init(alpha: alpha, all[...])
  }

  /// Those of several proofs, with one inversion.
  static func all(_ proofs: some Sequence<PreparedProof>) throws(ArgumentFailure)
    -> [PublicInverses]
  {
    var all: [Scalar] = []
    var ends: [Int] = []
    for proof in proofs {
      let challenges = proof.challenges
      appendDenominators(
        alpha: challenges.alpha, challenges.rows, tau: challenges.tau, base: proof.statement.base,
        to: &all)
      ends.append(all.count)
    }
    do throws(InversionError) { try Scalar.invert(&all) } catch { throw .degenerateChallenge }
    var start = 0
    return zip(proofs, ends).map { proof, end in
      defer { start = end }
      return PublicInverses(alpha: proof.challenges.alpha, all[start..<end])
    }
  }

  /// What is inverted: a·b for each i, ρ, δ, τ.
  private static func appendDenominators(
    alpha: Scalar, _ challenges: RowChallenges, tau: Scalar, base: DigitBase, to all: inout [Scalar]
  ) {
    var x = alpha
    let (two, three, four) = (Scalar(2), Scalar(3), Scalar(4))
    for _ in 0..<(base.rawValue / 4) {
      let a = x * (x + three)
      all.append(a * (a + two))
      x += four
    }
    all += [challenges.rho, challenges.delta, tau]
  }

  private init(alpha: Scalar, _ inverted: ArraySlice<Scalar>) {
    x0 = alpha
    let end = inverted.endIndex - 3
    quads = inverted[..<end]
    // b/(a·b)·(x+3)
    let three = Scalar(3)
    self.alpha =
      inverted[inverted.startIndex] * (alpha * (alpha + three) + Scalar(2)) * (alpha + three)
    (rho, delta, tau) = (inverted[end], inverted[end + 1], inverted[end + 2])
  }
}
