internal import ExactIntegers

/// The smallest amount of an asset or contract that a listing counts in, exactly: "0.001".
public struct Lot: Hashable, Sendable {
  /// The exponent of the unit that lots are whole multiples of: 10⁻¹².
  public static let exponent = -12
  /// The lots there may be, in units of 10⁻¹²: up to a million of the asset.
  public static let range: ClosedRange<Int64> = 1...1_000_000_000_000_000_000

  /// The amount in units of 10⁻¹² of the asset.
  public let units: Int64
  /// The amount as it was written.
  public let text: String

  /// A lot written as a decimal number, or nil unless it is a whole number of units in ``range``.
  public init?(_ text: String) {
    guard
      let units = try? ExactDecimal(parsing: text).integer(inUnitsOfTenTo: Self.exponent).int64,
      Self.range.contains(units)
    else { return nil }
    self.units = units
    self.text = text
  }

  /// The amount as the nearest binary fraction.
  public var size: Double { Double(units) / 1e12 }
}
