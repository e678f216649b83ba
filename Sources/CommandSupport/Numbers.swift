internal import CanonicalBytes
internal import Foundation
internal import Ristretto

extension Duration {
  /// The duration in milliseconds.
  package var milliseconds: Double { self / .milliseconds(1) }
  /// The duration in nanoseconds.
  package var nanoseconds: Double { self / .nanoseconds(1) }
}

extension Double {
  /// The number with exactly `decimals` decimals and no grouping, as JSON takes it as well.
  package func formatted(decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}

extension [Double] {
  /// The middle value, or the mean of the two in the middle; 0 of nothing.
  package var median: Double {
    guard !isEmpty else { return 0 }
    let sorted = sorted()
    let middle = count / 2
    return count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}

extension EncodedPoint {
  /// The encoding as hexadecimal digits.
  package var hex: String { bytes.hex }
}
