public import MarketData
internal import RiskModels

/// Defences against prices that are moved on purpose (M04).
public enum ManipulationGuards {
  /// The price for what an account holds, when it may rise by no more than a factor at once.
  ///
  /// The cap binds only where a move would relax margin: a fall counts in full and at once.
  ///
  /// - Parameters:
  ///   - previous: the price used last; nil at the first.
  ///   - cap: the most that it may rise by, as a fraction.
  public static func held(_ price: Double, previous: Double?, cap: Double) -> Double {
    previous.map { min(price, $0 * (1 + cap)) } ?? price
  }

  /// The price for what an account owes, when it may fall by no more than a factor at once: to
  /// previous/(1 + cap). A rise counts in full and at once.
  public static func owed(_ price: Double, previous: Double?, cap: Double) -> Double {
    previous.map { max(price, $0 / (1 + cap)) } ?? price
  }

  /// Whether the mark stands too far from its average over time to open positions at:
  /// |mark/average - 1| > limit.
  ///
  /// - Parameters:
  ///   - average: the average of five minutes; where it is undefined, pass the index.
  ///   - limit: 0.1 unless there is a reason for another.
  public static func diverges(mark: Double, average: Double, limit: Double = 0.1) -> Bool {
    // Written so that NaN diverges.
    !(abs(mark / average - 1) <= limit)
  }

  /// What it takes at least to move the mid by a fraction, in USD: the cheaper of buying everything
  /// offered up to mid·(1 + x) and of selling to everyone down to mid·(1 - x).
  ///
  /// - Returns: 0 for a book that is crossed or lacks a side.
  public static func cost(of book: OrderBook, move: Double) -> Double {
    guard let bid = book.bids.first?.price, let ask = book.asks.first?.price, bid < ask else { return 0 }
    let mid = (bid + ask) / 2
    let asks = book.asks.prefix { $0.price <= mid * (1 + move) }
    let bids = book.bids.prefix { $0.price >= mid * (1 - move) }
    return min(
      asks.reduce(0) { $0 + $1.sizeUSD }, bids.reduce(0) { $0 + $1.sizeUSD })
  }

  /// Whether moving the price by a fraction x costs more than k times the most that it can bring:
  ///
  ///     Σ weight·cost(book, x) > k · OI · x.
  ///
  /// - Parameters:
  ///   - books: the latest book of each venue; each counts by its weight.
  ///   - openInterestUSD: what is open on one side, in USD.
  ///   - move: x.
  ///   - factor: k, at least 1.
  public static func isTooCostly(
    books: some Sequence<VenueBooksView>, openInterestUSD: Double, move: Double, factor: Double
  ) -> Bool {
    var cost = 0.0
    for venue in books {
      // A book that is crossed or lacks a side says nothing of what a move costs.
      guard let book = venue.books.last(where: { BookDepth($0) != nil }) else { continue }
      cost += Double(venue.weightPpm) / 1e6 * Self.cost(of: book, move: move)
    }
    return cost > factor * openInterestUSD * move
  }
}
