internal import ExactIntegers
public import MarginRules
internal import Solvency

/// What one lot of each coordinate is, so that amounts can be written in assets: "0.5633 BTC".
public struct LotSizes: Sendable {
  /// What one lot is.
  public struct Lot: Hashable, Sendable {
    /// The amount as the snapshot writes it: "0.0001".
    public let amount: String
    /// The asset: "BTC".
    public let asset: String

    /// "0.0001 BTC"
    public var text: String { "\(amount) \(asset)" }
  }

  /// The exponent of the unit that lots and amounts are counted in while they are divided: 10⁻¹⁸.
  private static let exponent = -18

  private let lots: [String: Lot]

  /// The lots of a snapshot; cash counts quanta.
  public init(of snapshot: RiskSnapshot) {
    var lots = [Registry.cash: Lot(amount: "0.000001", asset: "USD")]
    for instrument in snapshot.instruments {
      lots[Registry.position(instrument.id)] = Self.lot(instrument.lot)
    }
    for asset in snapshot.collateral {
      let lot = Self.lot(asset.lot)
      (lots[Registry.holding(asset.id)], lots[Registry.debt(asset.id)]) = (lot, lot)
    }
    self.lots = lots
  }

  private static func lot(_ text: String) -> Lot? {
    let parts = text.split(separator: " ")
    // A lot that is no amount, or of nothing or less, says nothing of amounts.
    guard parts.count == 2,
      let size = try? ExactDecimal(parsing: String(parts[0])).integer(inUnitsOfTenTo: exponent),
      size.signum > 0
    else { return nil }
    return Lot(amount: String(parts[0]), asset: String(parts[1]))
  }

  /// One lot of a coordinate, nil if the snapshot does not say what it is.
  public subscript(coordinate: String) -> Lot? { lots[coordinate] }

  /// What a number of lots of a coordinate is: 8256 lots are "8.256 BTC". Nil if the snapshot does not say
  /// what one is.
  public func text(_ lots: Int64, of coordinate: String) -> String? {
    guard let lot = self[coordinate],
      let size = try? ExactDecimal(parsing: lot.amount).integer(inUnitsOfTenTo: Self.exponent),
      let amount = try? ExactDecimal(parsing: "\(size * Integer(lots))e\(Self.exponent)")
    else { return nil }
    return "\(amount) \(lot.asset)"
  }

  /// A number of whole lots, and whether something is left over.
  public struct Division: Hashable, Sendable {
    /// Whole lots, toward zero.
    public let lots: Int64
    /// Whether the amount is more than that.
    public let hasRest: Bool

    /// A number of lots.
    package init(lots: Int64, hasRest: Bool) { (self.lots, self.hasRest) = (lots, hasRest) }
  }

  /// How many lots of a coordinate an amount of its asset is; nil if the text is not a decimal number with at
  /// most 18 decimals, or is beyond all amounts.
  public func divide(_ amount: String, by coordinate: String) -> Division? {
    guard let lot = self[coordinate], amount.utf8.count <= 64,
      let size = try? ExactDecimal(parsing: lot.amount).integer(inUnitsOfTenTo: Self.exponent),
      let total = try? ExactDecimal(parsing: amount).integer(inUnitsOfTenTo: Self.exponent), size.signum > 0
    else { return nil }
    let quotient = total.isNegative ? total.ceilingDivided(by: size) : total.floorDivided(by: size)
    guard let lots = quotient.int64 else { return nil }
    return Division(lots: lots, hasRest: total.modulo(size).signum != 0)
  }

  /// How many lots of a coordinate a number of contracts is, each of an amount of its asset; both decimal
  /// numbers with at most nine decimals.
  public func divide(_ amount: String, contractsOf size: String, by coordinate: String) -> Division? {
    guard let lot = self[coordinate], amount.utf8.count <= 64, size.utf8.count <= 64,
      let unit = try? ExactDecimal(parsing: lot.amount).integer(inUnitsOfTenTo: Self.exponent),
      let count = try? ExactDecimal(parsing: amount).integer(inUnitsOfTenTo: Self.exponent / 2),
      let each = try? ExactDecimal(parsing: size).integer(inUnitsOfTenTo: Self.exponent / 2), unit.signum > 0
    else { return nil }
    let total = count * each
    let quotient = total.isNegative ? total.ceilingDivided(by: unit) : total.floorDivided(by: unit)
    guard let lots = quotient.int64 else { return nil }
    return Division(lots: lots, hasRest: total.modulo(unit).signum != 0)
  }

  /// What a coordinate counts, and how many lots an amount is: "BTC counts lots of 0.0001 BTC; 0.56338969 BTC
  /// is 5633 lots and a rest". For the holder of the book alone: it repeats the amount.
  public func advice(on amount: String, at coordinate: String) -> String? {
    guard let lot = self[coordinate] else { return nil }
    let name = coordinate.split(separator: "/").last.map(String.init) ?? coordinate
    var text = "\(name) counts lots of \(lot.text)"
    let number = amount.split(separator: " ").first.map(String.init) ?? amount
    if let division = divide(number, by: coordinate) {
      text += "; \(number) \(lot.asset) is \(division.lots) lots" + (division.hasRest ? " and a rest" : "")
    }
    return text
  }
}
