public import Solvency

/// What an account asks to trade, before it trades.
///
/// The order stands in the proof's transcript through its nonce, and its effect in the commitment the proof
/// is about, so that it cannot be exchanged for another (A30).
public struct Order: Hashable, Sendable {
  /// What the order does to the account's risk.
  public enum Intent: UInt8, Hashable, Sendable, CaseIterable {
    /// It may add risk: the account meets initial margin before and after it.
    case open = 0
    /// It reduces the position, and the proof shows that it does: after the whole order the position is on
    /// the side of zero where it was, or closed (``Solvency/Reduction``). The account meets at least
    /// maintenance margin after it.
    case reduce = 1
  }

  /// The most lots of one order: the largest position there is, closed and opened on the other side.
  public static let lotLimit: UInt64 = 1 << 41 - 2

  /// The instrument, by its identifier in the snapshot.
  public let instrument: String
  /// Whether lots are bought or sold.
  public let side: Headroom.Side
  /// How many lots at most: from 1 to 2⁴¹ − 2.
  public let lots: UInt64
  /// What one lot adds to cash at worst, fees included, in quanta: less than zero where a purchase is paid.
  public let cashPerLot: Int64
  /// What the order does to the account's risk.
  public let intent: Intent

  /// An order of these parts, not checked yet.
  public init(
    instrument: String, side: Headroom.Side, lots: UInt64, cashPerLot: Int64, intent: Intent = .open
  ) {
    self.instrument = instrument
    self.side = side
    self.lots = lots
    self.cashPerLot = cashPerLot
    self.intent = intent
  }

  /// What the whole order at the worst price does to the book, by coordinate name; nil if it is for nothing
  /// or out of bounds.
  ///
  /// A trader applies these to the opening, and proves that what comes out meets the rule.
  public var deltas: [Fill.Delta]? {
    guard lots > 0, lots <= Self.lotLimit, !instrument.isEmpty else { return nil }
    let (cash, overflow) = Int64(lots).multipliedReportingOverflow(by: cashPerLot)
    guard !overflow, cash.magnitude <= Fill.amountLimit else { return nil }
    let position = Fill.Delta(
      coordinate: Registry.position(instrument), amount: side.sign * Int64(lots))
    return cash == 0 ? [position] : [position, Fill.Delta(coordinate: Registry.cash, amount: cash)]
  }

  /// What a proof of the order shows of the position as well; nil for one that opens.
  public var reduction: Reduction? {
    guard intent == .reduce else { return nil }
    return Reduction(of: instrument, side: side == .sell ? .long : .short)
  }

  /// The headroom that the order is, over the coordinates of a registry.
  func headroom(in registry: Registry) -> Headroom? {
    guard deltas != nil, let coordinate = registry.index(of: Registry.position(instrument)),
      let cash = registry.index(of: Registry.cash)
    else { return nil }
    return Headroom(
      coordinate: UInt32(coordinate), side: side, lots: lots, cashCoordinate: UInt32(cash),
      cashPerLot: cashPerLot)
  }
}
