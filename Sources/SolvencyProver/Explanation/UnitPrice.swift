internal import ExactIntegers
internal import MarginRules
internal import Solvency

extension MarginHeadroom {
  /// The price of one unit of what an instrument is about: that of its lot, by the amount that its lot is.
  public struct UnitPrice: Hashable, Sendable {
    /// The instrument whose price it is.
    public let instrument: String
    /// What one lot of it is: "0.001 BTC".
    public let lot: String
    /// The lower mark of one lot, in quanta.
    public let lotQuanta: Int64
    /// The price of one unit in 10⁻¹² USD, rounded towards 0.
    public let trillionths: Int128

    /// The price of one unit after a move, in 10⁻¹² USD.
    ///
    /// - Parameter ppm: the move, −1,000,000 or more.
    public func trillionths(movedBy ppm: Int64) -> Int128 {
      trillionths * Int128(1_000_000 + ppm) / 1_000_000
    }

    /// Of an instrument that follows a price one to one; nil for others, and where a lot is no amount of
    /// anything.
    init?(of instrument: Instrument) {
      guard instrument.kind == .perpetual || instrument.kind == .spot || instrument.kind == .future,
        let amount = instrument.lot.split(separator: " ").first,
        let lot = try? ExactDecimal(parsing: String(amount)).integer(inUnitsOfTenTo: -12).int64, lot > 0,
        // The price of a mark that is not above 0 does not move in proportion.
        instrument.markFloor > 0
      else { return nil }
      // A quantum is 10⁶ trillionths of a USD. Marks are below 2⁶³, so the product is below 2¹²³.
      let price = Int128(instrument.markFloor) * 1_000_000_000_000_000_000 / Int128(lot)
      // Eleven times as much has to have room.
      guard price.magnitude < 1 << 95 else { return nil }
      self.instrument = instrument.id
      self.lot = instrument.lot
      lotQuanta = instrument.markFloor
      trillionths = price
    }

    /// An amount of 10⁻¹² USD as an exact decimal number: "0.0000123".
    static func decimal(_ trillionths: Int128) -> String {
      let digits = String(trillionths.magnitude)
      let padded = String(repeating: "0", count: max(0, 13 - digits.count)) + digits
      var text = "\(padded.dropLast(12)).\(padded.suffix(12))"
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
      return (trillionths < 0 ? "-" : "") + text
    }
  }
}
