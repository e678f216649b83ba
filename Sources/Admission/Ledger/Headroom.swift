/// How far an account may trade in one direction on the strength of one proof.
///
/// Let `d` be what one lot changes: one lot of the instrument, bought or sold, and at worst so much cash.
/// The account's commitment V was shown to meet its margin rule, and so was `V + N·d`. Then every
/// `V + k·d` with `0 ≤ k ≤ N` does:
///
///     solvent(x)  ⇔  E(x) − R(x) ≥ 0
///
/// Equity E is concave in the book x (haircuts grow with the amount, a long lot is worth the lower and a
/// short one the upper mark) and the requirement R is convex (brackets cost more as they fill, the loss of a
/// group is a maximum of linear functions). So `E − R` is concave, the solvent books are a convex set, and `V
/// + k·d = (1 − k/N)·V + (k/N)·(V + N·d)` lies between two of its points. Amounts in between are whole lots,
/// for which the circuit's brackets are filled exactly. A better price than the worst one adds cash, which
/// never makes a solvent book insolvent.
///
/// Two headrooms together promise nothing: `V + N·d + M·e` is outside the segment of either. So an account
/// has at most one, and a new one replaces it.
public struct Headroom: Hashable, Sendable {
  /// The coordinate of the instrument's position.
  public var coordinate: UInt32
  /// Whether lots are bought; they are sold otherwise.
  public var side: Side
  /// How many lots are left.
  public var lots: UInt64
  /// The coordinate of cash.
  public var cashCoordinate: UInt32
  /// What one lot adds to cash at worst, in quanta: less than zero where a purchase is paid.
  public var cashPerLot: Int64

  /// The two directions of a trade.
  public enum Side: UInt8, Hashable, Sendable, CaseIterable {
    /// Lots are added to the position.
    case buy
    /// Lots are taken from the position.
    case sell

    /// +1 or −1.
    public var sign: Int64 {
      switch self {
      case .buy: 1
      case .sell: -1
      }
    }
  }

  /// Headroom of these parts.
  public init(
    coordinate: UInt32, side: Side, lots: UInt64, cashCoordinate: UInt32, cashPerLot: Int64
  ) {
    self.coordinate = coordinate
    self.side = side
    self.lots = lots
    self.cashCoordinate = cashCoordinate
    self.cashPerLot = cashPerLot
  }

  /// What is left after a fill inside the headroom; nil if the fill is outside: another coordinate,
  /// the other side, more lots, or a worse price.
  ///
  /// With k lots filled, cash may not change by less than `k · cashPerLot`.
  public func remaining(after deltas: [CoordinateChange]) -> Headroom? {
    var lots: UInt64 = 0
    var cash: Int64 = 0
    for delta in deltas {
      if delta.coordinate == coordinate {
        guard delta.amount != 0, (delta.amount > 0) == (side == .buy) else { return nil }
        lots = delta.amount.magnitude
      } else if delta.coordinate == cashCoordinate {
        cash = delta.amount
      } else {
        return nil
      }
    }
    guard lots > 0, lots <= self.lots, let signed = Int64(exactly: lots) else { return nil }
    let worst = Int128(signed) * Int128(cashPerLot)
    guard Int128(cash) >= worst else { return nil }
    var left = self
    left.lots -= lots
    return left
  }
}
