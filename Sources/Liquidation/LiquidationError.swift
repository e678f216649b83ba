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

extension LiquidationError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .margin(let error): error.description
    case .overflow: "a sum of money leaves its range of 2^62 quanta"
    case .parameter(let name, let range): "\(name) is from \(range.lowerBound) to \(range.upperBound)"
    case .healthy: "the account meets its maintenance requirement, and nobody may close it"
    case .overdrawn(let purse, let missing): "\(missing) quanta are missing in \(purse.words)"
    case .claimedBefore: "the same claim was paid before"
    case .notConserved(let difference):
      "the amounts do not add up to what they are parts of: \(difference) quanta differ"
    case .auctionClosed: "the auction is over, stopped, or not begun"
    case .dust: "a bid takes less than the least part, or leaves less than it"
    case .malformed:
      "an amount is negative or zero where it must not be, or a name or position is there twice"
    }
  }
}

extension Purse {
  /// Whose money it is, in words.
  fileprivate var words: String {
    switch self {
    case .account(let name): "the account of \(name)"
    case .liquidator(let name): "what \(name) has as a liquidator"
    case .penaltyPot: "the penalty pot"
    case .insurance(let layer): "layer \(layer) of the insurance"
    case .backstop: "the backstop"
    case .venue: "the venue's purse"
    }
  }
}
