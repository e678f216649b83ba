/// Lets sound order books pass in order of time, and counts what is wrong with the others.
struct BookScreen {
  private var quality: DataQuality
  private var books: [OrderBook] = []

  /// - Parameter quality: the report on the rows that books were made of.
  init(_ quality: DataQuality) { self.quality = quality }

  /// Takes a book unless it is empty, lacks a side or is crossed: such a snapshot says nothing of depth.
  mutating func take(_ book: OrderBook, line: Int) {
    guard let bid = book.bids.first?.price, let ask = book.asks.first?.price else {
      let isEmpty = book.bids.isEmpty && book.asks.isEmpty
      quality.add(
        isEmpty ? .emptyBook : .oneSidedBook, line: line,
        isEmpty ? "" : book.bids.isEmpty ? "there are no bids" : "there are no asks")
      return
    }
    guard bid < ask else {
      quality.add(.crossedBook, line: line, "the best bid \(bid) is not below the best ask \(ask)")
      return
    }
    if let last = books.last, last.bids == book.bids, last.asks == book.asks {
      quality.add(.repeatedBook, line: line, "it has the very orders of the one before; is the feed alive?")
    }
    if Self.isCumulative(book.bids), Self.isCumulative(book.asks) {
      quality.add(
        .cumulativeBook, line: line,
        "sizes grow with every price of both sides; are they sums of those before?")
    }
    books.append(book)
  }

  /// The least number of prices of a side by which it is judged.
  private static let leastLevels = 10

  /// Whether each price of a side has more on offer than the one before.
  private static func isCumulative(_ side: [BookLevel]) -> Bool {
    side.count >= leastLevels
      && zip(side, side.dropFirst()).allSatisfy { $1.sizeUSD / $1.price > $0.sizeUSD / $0.price * (1 + 1e-9) }
  }

  /// The books that passed, and the report.
  func reading() -> Reading<[OrderBook]> {
    var quality = quality
    if let first = books.first, let last = books.last {
      quality.span =
        first.timeMilliseconds / 1_000...max(first.timeMilliseconds, last.timeMilliseconds) / 1_000
    } else {
      quality.span = nil
    }
    return Reading(series: books, quality: quality)
  }
}
