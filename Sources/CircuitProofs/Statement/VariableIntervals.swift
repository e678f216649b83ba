package import ExactIntegers

/// The intervals of the variables of a statement, over which forms are taken.
///
/// Sums are in fixed width where they are certain to fit, and in integers of any size where they are not.
package struct VariableIntervals {
  /// A sum of terms has at most this number of bits, and a constant of as many brings it to less than 2²⁵⁵.
  private static let sumBits = 253

  /// An interval in fixed width, if it has one.
  private struct Ends {
    let lower: Int256
    let upper: Int256
    /// Both ends are below 2^bits in magnitude; more than ``sumBits`` if they may not fit.
    let bits: Int
  }

  private var ends: [Ends] = []
  private var exact: [IntegerInterval] = []

  /// No variables.
  package init() {}

  /// Adds the interval of the next variable.
  package mutating func append(_ interval: IntegerInterval) {
    ends.append(
      Ends(
        lower: Int256(truncating: interval.lower), upper: Int256(truncating: interval.upper),
        bits: max(interval.lower.bitWidth, interval.upper.bitWidth)))
    exact.append(interval)
  }

  /// Interval arithmetic: the values that a form takes when every variable ranges over its interval.
  ///
  /// Tight, since each variable occurs once. Every variable of the form has an interval (precondition).
  package func interval(of form: AffineForm) -> IntegerInterval {
    fixedInterval(of: form)
      ?? form.terms.reduce(IntegerInterval(form.constant)) { sum, term in
        sum + exact[term.variable].scaled(by: term.coefficient)
      }
  }

  /// Σ c·[l, u] + k, where every product is below 2^(253 − log₂ of their number).
  private func fixedInterval(of form: AffineForm) -> IntegerInterval? {
    let room = Self.sumBits - (Int.bitWidth - form.terms.count.leadingZeroBitCount)
    guard form.constant.bitWidth <= Self.sumBits else { return nil }
    var lower = Int256(truncating: form.constant)
    var upper = lower
    for term in form.terms {
      let variable = ends[term.variable]
      guard variable.bits + term.coefficient.bitWidth <= room else { return nil }
      let factor = Int256(truncating: term.coefficient)
      let (p, q) = (factor &* variable.lower, factor &* variable.upper)
      (lower, upper) = factor.isNegative ? (lower &+ q, upper &+ p) : (lower &+ p, upper &+ q)
    }
    return IntegerInterval(lower.asInteger(), upper.asInteger())
  }
}
