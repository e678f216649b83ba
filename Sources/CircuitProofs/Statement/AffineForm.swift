public import ExactIntegers

/// An affine form `f(v) = Σ cᵢ·vᵢ + c` with integer coefficients over the variables of a statement.
///
/// Always in canonical shape: terms sorted by variable, no variable twice, no coefficient 0. Two
/// forms are therefore equal exactly when they are the same function.
public struct AffineForm: Hashable, Sendable {
  /// One term `coefficient · v[variable]`, `coefficient ≠ 0`.
  public struct Term: Hashable, Sendable {
    /// Index of the variable: `x₀ … x_{A−1}` first, then gate outputs `z₀ …`.
    public let variable: Int
    /// The coefficient, not 0.
    public let coefficient: Integer

    /// A term; the form it goes into drops it if `coefficient` is 0.
    public init(variable: Int, coefficient: Integer) {
      self.variable = variable
      self.coefficient = coefficient
    }
  }

  /// The terms, by ascending variable.
  public let terms: [Term]
  /// The constant `c`.
  public let constant: Integer

  /// The sum of the given terms and a constant, brought into canonical shape.
  public init(terms: [Term] = [], constant: Integer = 0) {
    self.constant = constant
    guard !Self.areCanonical(terms) else {
      self.terms = terms
      return
    }
    var merged: [Term] = []
    merged.reserveCapacity(terms.count)
    for term in terms.sorted(by: { $0.variable < $1.variable }) {
      if let last = merged.last, last.variable == term.variable {
        merged[merged.count - 1] = Term(
          variable: term.variable, coefficient: last.coefficient + term.coefficient)
      } else {
        merged.append(term)
      }
    }
    self.terms = merged.filter { !$0.coefficient.isZero }
  }

  private static func areCanonical(_ terms: [Term]) -> Bool {
    var last = Int.min
    for term in terms {
      guard last < term.variable, !term.coefficient.isZero else { return false }
      last = term.variable
    }
    return true
  }

  /// The form `v[index]`.
  public static func variable(_ index: Int) -> AffineForm {
    AffineForm(terms: [Term(variable: index, coefficient: 1)])
  }

  /// The form that is `value` everywhere.
  public static func constant(_ value: Integer) -> AffineForm { AffineForm(constant: value) }

  /// True for the form that is 0 everywhere.
  public var isZero: Bool { terms.isEmpty && constant.isZero }

  /// The sum of two forms.
  public static func + (a: AffineForm, b: AffineForm) -> AffineForm {
    AffineForm(terms: a.terms + b.terms, constant: a.constant + b.constant)
  }

  /// The difference of two forms.
  public static func - (a: AffineForm, b: AffineForm) -> AffineForm { a + b.scaled(by: -1) }

  /// The form with every coefficient and the constant multiplied by `factor`.
  public func scaled(by factor: Integer) -> AffineForm {
    AffineForm(
      terms: terms.map { Term(variable: $0.variable, coefficient: $0.coefficient * factor) },
      constant: constant * factor)
  }
}
