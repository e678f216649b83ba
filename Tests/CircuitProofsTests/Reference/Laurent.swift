import Ristretto

/// A Laurent polynomial in T.
struct Laurent {
  private(set) var coefficients: [Int: Scalar]

  init(_ coefficients: [Int: Scalar] = [:]) { self.coefficients = coefficients }

  subscript(exponent: Int) -> Scalar { coefficients[exponent] ?? .zero }

  /// Exponents of non-zero coefficients.
  var support: Set<Int> { Set(coefficients.filter { !$0.value.isZero }.keys) }

  static func + (a: Laurent, b: Laurent) -> Laurent {
    Laurent(a.coefficients.merging(b.coefficients) { $0 + $1 })
  }

  static func - (a: Laurent, b: Laurent) -> Laurent { a + b.scaled(by: -.one) }

  static func * (a: Laurent, b: Laurent) -> Laurent {
    var product: [Int: Scalar] = [:]
    for (i, x) in a.coefficients where !x.isZero {
      for (j, y) in b.coefficients { product[i + j, default: .zero] += x * y }
    }
    return Laurent(product)
  }

  func scaled(by factor: Scalar) -> Laurent { Laurent(coefficients.mapValues { $0 * factor }) }

  func value(at point: Scalar) throws -> Scalar {
    try coefficients.reduce(.zero) { $0 + $1.value * (try power(point, $1.key)) }
  }
}
