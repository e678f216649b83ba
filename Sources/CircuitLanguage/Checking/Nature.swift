/// What an expression depends on, and so where it may stand.
///
/// `open` < `affine` < `unbounded` < `computed`: an expression is as bad as its worst part.
enum Nature: Sendable {
  /// Public values only: allowed everywhere.
  case open
  /// A sum of variables with public coefficients: allowed in constraints.
  case affine
  /// The same, but with a committed value that has no range: allowed in its link and in rules.
  case unbounded(Cause)
  /// Anything else over secret values: allowed in the rules of advice only.
  case computed(Cause)

  /// Why an expression may not stand in a constraint.
  struct Cause: Sendable {
    var code: Diagnostic.Code
    var message: String
    var range: SourceRange
    var notes: [String] = []
  }

  var isOpen: Bool {
    if case .open = self { true } else { false }
  }

  private var rank: Int {
    switch self {
    case .open: 0
    case .affine: 1
    case .unbounded: 2
    case .computed: 3
    }
  }

  /// The worse of two; the first among equals.
  func joined(_ other: Nature) -> Nature { other.rank > rank ? other : self }

  var cause: Cause? {
    switch self {
    case .open, .affine: nil
    case .unbounded(let cause), .computed(let cause): cause
    }
  }

  func withCause(_ change: (Cause) -> Cause) -> Nature {
    switch self {
    case .open, .affine: self
    case .unbounded(let cause): .unbounded(change(cause))
    case .computed(let cause): .computed(change(cause))
    }
  }
}

extension Nature.Cause {
  static func product(at range: SourceRange) -> Self {
    Self(
      code: .notLinear, message: "a product of two secret values in a constraint", range: range,
      notes: ["help: declare it: `product name := left * right`, and use `name` here"])
  }

  static func operation(
    _ what: String, at range: SourceRange,
    help: String = "compute it in the rule of an `advice` value and bound that by requirements"
  ) -> Self {
    Self(
      code: .notAffine, message: "\(what) of secret values in a constraint", range: range,
      notes: ["help: \(help)"])
  }

  /// `max`, `min` or `abs`, which one word can bind.
  static func extreme(_ word: String, at range: SourceRange) -> Self {
    operation(
      "`\(word)`", at: range,
      help:
        "declare `bound name in lo ... hi := \(word)(…)` (`language 2` in the header), and use `name` here")
  }

  static func noRange(_ name: String, at range: SourceRange) -> Self {
    Self(
      code: .notBounded, message: "`\(name)` has no range, so a constraint may use it in its link only",
      range: range,
      notes: ["help: give it a range, or use the values that its link is made of"])
  }
}
