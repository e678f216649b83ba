public import MarketData

/// One side of an order book.
public enum BookSide: CaseIterable, Hashable, Sendable {
  /// Buyers, whom a seller meets.
  case bids
  /// Sellers, whom a buyer meets.
  case asks
}

/// What trading an amount against a book gives.
public struct BookFill: Hashable, Sendable {
  /// The average price over what was filled, in the quote currency; nil when nothing was.
  public let averagePrice: Double?
  /// How much worse than mid the average is, in basis points; zero when nothing was filled.
  public let slippageBps: Double
  /// What the book could not fill, in USD.
  public let unfilledUSD: Double
}

/// How much an order book holds, and what trading against it costs (mechanism M09).
///
/// A book without a side, or whose best bid is not below its best offer, has no mid and no depth.
///
/// - SeeAlso: golden number G7.
public struct BookDepth: Hashable, Sendable {
  /// The middle between the best bid and the best offer.
  public let mid: Double
  /// The best offer less the best bid over mid, in basis points.
  public let spreadBps: Double
  private let book: OrderBook

  /// The depth of a book, or nil when it is crossed, locked or one-sided.
  public init?(_ book: OrderBook) {
    guard let bid = book.bids.first?.price, let ask = book.asks.first?.price, bid > 0, bid < ask,
      ask < .infinity
    else { return nil }
    mid = 0.5 * (bid + ask)
    spreadBps = (ask - bid) / mid * 10_000
    self.book = book
  }

  /// What stands within `bps` basis points of mid, in USD: Σ size of bids at or above mid·(1 − b), or of
  /// offers at or below mid·(1 + b).
  public func depthUSD(_ side: BookSide, withinBps bps: Double) -> Double {
    let b = max(bps, 0) / 10_000
    var sum = 0.0
    switch side {
    case .bids:
      let limit = mid * (1 - b)
      for level in book.bids {
        guard level.price >= limit else { break }
        sum += level.sizeUSD
      }
    case .asks:
      let limit = mid * (1 + b)
      for level in book.asks {
        guard level.price <= limit else { break }
        sum += level.sizeUSD
      }
    }
    return sum
  }

  /// The smaller of both sides' depth within `bps` basis points, in USD.
  public func minimumDepthUSD(withinBps bps: Double) -> Double {
    min(depthUSD(.bids, withinBps: bps), depthUSD(.asks, withinBps: bps))
  }

  /// Trades an amount of USD against a side, best price first.
  ///
  /// The average price is USD per unit: Σ USD/Σ(USD/price) over the levels that fill.
  public func fill(usd: Double, against side: BookSide) -> BookFill {
    var rest = max(usd, 0)
    var units = 0.0
    var filled = 0.0
    for level in side == .bids ? book.bids : book.asks {
      guard rest > 0 else { break }
      let part = min(rest, level.sizeUSD)
      units += part / level.price
      filled += part
      rest -= part
    }
    guard units > 0 else { return BookFill(averagePrice: nil, slippageBps: 0, unfilledUSD: rest) }
    let average = filled / units
    let worse = side == .bids ? mid - average : average - mid
    return BookFill(averagePrice: average, slippageBps: worse / mid * 10_000, unfilledUSD: rest)
  }

  /// The price further from mid by which an amount of USD would have filled, as a fraction of mid; nil when
  /// the side does not hold as much. Moving the price this far costs at least this amount.
  public func priceMove(absorbing usd: Double, on side: BookSide) -> Double? {
    var rest = usd
    for level in side == .bids ? book.bids : book.asks {
      rest -= level.sizeUSD
      if rest <= 0 { return (level.price - mid).magnitude / mid }
    }
    return nil
  }
}
