internal import Foundation

/// Numbers as people read them.
enum SignificantDigits {
  /// A number with six significant digits and no exponent where that is readable.
  static func text(_ value: Double) -> String { String(format: "%.6g", value) }
}
