public import MarginRules

/// Why a step of a liquidation has no result. Nothing is changed by a step that throws.
public enum LiquidationError: Error, Hashable, Sendable {
  /// The book does not fit the snapshot.
  case margin(MarginError)
  /// A sum of money leaves its range: quanta beyond 2⁶² or an intermediate beyond 128 bits.
  case overflow
  /// A parameter is outside its range: its name, and the range.
  case parameter(String, ClosedRange<Int64>)
  /// An account that meets its maintenance requirement is not liquidated.
  case healthy
  /// A purse would be left with less than nothing: whose, and how many quanta are missing.
  case overdrawn(Purse, missing: Int64)
  /// The same claim was paid before.
  case claimedBefore
  /// The amounts of a step do not add up to what they are parts of.
  case notConserved(difference: Int64)
  /// An auction that is stopped, over, or not begun at this time.
  case auctionClosed
  /// A bid takes a part that would leave less than the dust, or is less than it.
  case dust
  /// Amounts, names or positions that must be distinct or non-negative are not.
  case malformed
}
