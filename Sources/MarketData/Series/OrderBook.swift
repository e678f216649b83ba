/// One price of an order book and what is offered there.
public struct BookLevel: Hashable, Sendable {
  /// The price in the quote currency; positive.
  public var price: Double
  /// The amount in USD; positive. Readers convert from coins or contracts.
  public var sizeUSD: Double

  /// A level.
  public init(price: Double, sizeUSD: Double) {
    self.price = price
    self.sizeUSD = sizeUSD
  }
}

/// The orders of one instrument on one venue at one instant.
public struct OrderBook: Hashable, Sendable {
  /// The instant, in milliseconds since 1970 UTC.
  public var timeMilliseconds: Int64
  /// Buyers, best price first: strictly decreasing.
  public var bids: [BookLevel]
  /// Sellers, best price first: strictly increasing.
  public var asks: [BookLevel]

  /// A book at an instant.
  public init(timeMilliseconds: Int64, bids: [BookLevel], asks: [BookLevel]) {
    self.timeMilliseconds = timeMilliseconds
    self.bids = bids
    self.asks = asks
  }
}
