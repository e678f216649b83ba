internal import Ristretto

/// Inverses of the public scalars that the circuit is divided by.
///
/// Those of α + j, j = 0 … b−1, are kept as inverses of products of four, because a quarter of the inversions
/// and as much memory suffice: with x = α + 4i, a = x·(x+3) and b = (x+1)·(x+2) = a + 2,
///
///     1/a = b/(a·b)          1/x = (x+3)/a           1/(x+3) = x/a           = 1/x − 3/a
///     1/b = a/(a·b)          1/(x+1) = (x+2)/b       1/(x+2) = (x+1)/b       = 1/(x+1) − 1/b
struct PublicInverses {
  /// The x and a of all products of four.
  private struct Quads {
    let x: [Scalar]
    /// x + 3.
    let last: [Scalar]
    /// a = x·(x+3).
    let a: [Scalar]

    init(alpha: Scalar, base: DigitBase) {
      var next = alpha
      let (three, four) = (Scalar(3), Scalar(4))
      x = (0..<(base.rawValue / 4)).map { _ in
        defer { next += four }
        return next
      }
      last = x.map { $0 + three }
      a = Scalar.products(x, last)
    }

    /// a·b for each.
    var products: [Scalar] {
      let two = Scalar(2)
      return Scalar.products(a, a.map { $0 + two })
    }
  }

  private let quads: Quads
  /// 1/(a·b) for i = 0 … b/4 − 1.
  let inverted: [Scalar]
  /// `1/α`.
  let alpha: Scalar
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
    let two = Scalar(2)
    let perAB = Scalar.products(f, inverted)
    let perB = Scalar.products(perAB, quads.a)
    let perA = perB.indices.map { perB[$0] + perAB[$0].doubled() }
    let perX = Scalar.products(perA, quads.last)
    let perX1 = Scalar.products(perB, quads.x.map { $0 + two })
    var all: [Scalar] = []
    all.reserveCapacity(4 * perAB.count)
    for i in perAB.indices {
      all.append(perX[i])
      all.append(perX1[i])
      all.append(perX1[i] - perB[i])
      all.append(perX[i] - (perA[i].doubled() + perA[i]))
    }
    return all
  }

  init(alpha: Scalar, challenges: RowChallenges, base: DigitBase) throws(ArgumentFailure) {
    let quads = Quads(alpha: alpha, base: base)
    var all = quads.products + [challenges.rho, challenges.delta, .one]
    do throws(InversionError) { try Scalar.invert(&all) } catch { throw .degenerateChallenge }
    self.init(quads, all[...])
  }

  /// Those of several proofs, with one inversion.
  static func all(_ proofs: some Sequence<PreparedProof>) throws(ArgumentFailure)
    -> [PublicInverses]
  {
    var all: [Scalar] = []
    var quads: [Quads] = []
    for proof in proofs {
      let challenges = proof.challenges
      let own = Quads(alpha: challenges.alpha, base: proof.statement.base)
      all += own.products
      all += [challenges.rows.rho, challenges.rows.delta, challenges.tau]
      quads.append(own)
    }
    let inverses: [Scalar]
    do throws(InversionError) {
      inverses = try Scalar.inversesOfPublic(all)
    } catch {
      throw .degenerateChallenge
    }
    var start = 0
    return quads.map { own in
      let end = start + own.x.count + 3
      defer { start = end }
      return PublicInverses(own, inverses[start..<end])
    }
  }

  /// From what the products of four, ρ, δ and τ became when they were inverted.
  private init(_ quads: Quads, _ inverses: ArraySlice<Scalar>) {
    self.quads = quads
    inverted = Array(inverses.dropLast(3))
    // b/(a·b)·(x+3)
    alpha = inverted[0] * (quads.a[0] + Scalar(2)) * quads.last[0]
    let rest = Array(inverses.suffix(3))
    (rho, delta, tau) = (rest[0], rest[1], rest[2])
  }
}
