internal import Ristretto

/// A secret scalar shared among n members so that any t of them recover it and fewer learn nothing.
///
///     f(x) = a₀ + a₁x + … + a_{t−1}x^{t−1}      a_k uniform mod ℓ, a₀ the secret
///     share of member i: f(i), i = 1 … n        A_k = a_k·B is public
///
/// The holder of share i checks it against the public points: `f(i)·B = Σ iᵏ·A_k`.
///
/// Shamir, "How to share a secret" (1979); the check is Feldman's (1987), sections 3 and 4.
struct SecretPolynomial: ~Copyable {
  private let coefficients: SecretBlock<Scalar>

  /// A polynomial of degree t − 1 with uniform coefficients.
  ///
  /// - Parameter coefficients: t ≥ 1 of them, `a₀` first.
  init(_ coefficients: consuming SecretBlock<Scalar>) { self.coefficients = coefficients }

  /// `a₀`, in a block of one.
  borrowing func secret() -> SecretBlock<Scalar> {
    coefficients.withSpan { span in SecretBlock(repeating: span[0], count: 1) }
  }

  /// `f(i)`, in a block of one, by Horner's rule.
  borrowing func share(of member: Int) -> SecretBlock<Scalar> {
    let x = Scalar(member)
    return coefficients.withSpan { a in
      var sum = Scalar.zero
      for index in a.indices.reversed() { sum = sum * x + a[index] }
      return SecretBlock(repeating: sum, count: 1)
    }
  }

  /// `A_k = a_k·B`.
  borrowing func commitments() -> [EncodedPoint] {
    coefficients.withSpan { a in
      a.indices.map { (a[$0] * Point.basepoint).encoded() }
    }
  }
}

/// The public side of a shared secret.
enum SharedSecret {
  /// Whether `f(i)·B = Σ iᵏ·A_k`.
  static func isShare(
    _ share: Scalar, of member: Int, under commitments: [Point]
  ) -> Bool {
    let powers = Scalar.geometricSequence(
      from: .one, ratio: Scalar(member), count: commitments.count)
    return share * Point.basepoint
      == Point.multiscalarMultiplicationVariableTime(powers, commitments)
  }

  /// `f(0) = Σ λ_i f(i)` with `λ_i = Π_{j ≠ i} j / (j − i)`, in a block of one.
  ///
  /// - Parameter members: t different members, in the order of the shares. Public.
  static func recovered(
    from shares: borrowing SecretBlock<Scalar>, of members: [Int]
  ) throws(InversionError) -> SecretBlock<Scalar> {
    var weights: [Scalar] = []
    for i in members {
      var (numerator, denominator) = (Scalar.one, Scalar.one)
      for j in members where j != i {
        numerator *= Scalar(j)
        denominator *= Scalar(j) - Scalar(i)
      }
      weights.append(numerator * (try denominator.inverse()))
    }
    return shares.withSpan { shares in
      var sum = Scalar.zero
      for index in weights.indices { sum += weights[index] * shares[index] }
      return SecretBlock(repeating: sum, count: 1)
    }
  }
}
