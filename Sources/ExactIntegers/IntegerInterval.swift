/// A closed interval of integers, [lower, upper], never empty.
///
/// Arithmetic is interval arithmetic: the result of an operation is the smallest interval that holds
/// every result of the operation on members. The no-wrap checks of a statement compute with it.
public struct IntegerInterval: Hashable, Sendable {
  /// The smallest member.
  public let lower: Integer
  /// The largest member.
  public let upper: Integer

  /// The interval from `lower` to `upper`.
  ///
  /// - Precondition: `lower` ≤ `upper`.
  public init(_ lower: Integer, _ upper: Integer) {
    precondition(lower <= upper, "an interval ends below its start")
    self.lower = lower
    self.upper = upper
  }

  /// The interval with one member.
  public init(_ point: Integer) {
    lower = point
    upper = point
  }

  /// { x + y }.
  public static func + (a: IntegerInterval, b: IntegerInterval) -> IntegerInterval {
    IntegerInterval(a.lower + b.lower, a.upper + b.upper)
  }

  /// { x - y }, for x and y chosen independently.
  public static func - (a: IntegerInterval, b: IntegerInterval) -> IntegerInterval {
    IntegerInterval(a.lower - b.upper, a.upper - b.lower)
  }

  /// { -x }.
  public static prefix func - (a: IntegerInterval) -> IntegerInterval {
    IntegerInterval(-a.upper, -a.lower)
  }

  /// The smallest interval that holds { x · y }, for x and y chosen independently.
  public static func * (a: IntegerInterval, b: IntegerInterval) -> IntegerInterval {
    // x · y is linear in each factor, so its extremes are at the ends of both.
    a.scaled(by: b.lower).union(a.scaled(by: b.upper))
  }

  /// The smallest interval that holds { factor · x }.
  ///
  /// - Parameter factor: of either sign, or zero.
  public func scaled(by factor: Integer) -> IntegerInterval {
    let (p, q) = (lower * factor, upper * factor)
    return factor.isNegative ? IntegerInterval(q, p) : IntegerInterval(p, q)
  }

  /// The smallest interval that holds both.
  public func union(_ other: IntegerInterval) -> IntegerInterval {
    IntegerInterval(min(lower, other.lower), max(upper, other.upper))
  }

  /// Whether the integer is a member.
  public func contains(_ value: Integer) -> Bool {
    lower <= value && value <= upper
  }

  /// Whether every member of the other interval is a member of this one.
  public func contains(_ other: IntegerInterval) -> Bool {
    lower <= other.lower && other.upper <= upper
  }
}

extension IntegerInterval: CustomStringConvertible {
  /// The interval as "[lower, upper]".
  public var description: String {
    "[\(lower), \(upper)]"
  }
}
