/// Reading of order books.
public enum OrderBookReader {
  /// The most prices of one side of a book that are kept: the best.
  static let levelLimit = 20_000

  /// Reads the books of one instrument: `venue,symbol,ts,side,price,size`, one row for each price, where
  /// rows with the same time are one book; and JSON of exchanges and ccxt, with both sides of a book.
  ///
  /// A row is dropped as bad unless price and size are positive and finite; of several rows with one price on
  /// one side of a book, the first counts. The report's rows are these rows. Books that are crossed, lack a
  /// side or are empty are left out and counted: such a snapshot says nothing of depth. There may be no book
  /// left.
  ///
  /// - Parameters:
  ///   - symbol: which symbol's rows to read; nil if the file holds one only.
  ///   - unit: what sizes are counted in.
  ///   - time: when the book was taken, in seconds since 1970, for a file that does not say.
  ///   - present: the present in seconds since 1970; later books are dropped and reported.
  /// - Throws: ``MarketDataProblem/field(column:text:expected:)`` at a second symbol where none was named.
  public static func read(
    _ bytes: [UInt8], named file: String, symbol: String? = nil, unit: AmountUnit = .base,
    at time: Int64? = nil, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[OrderBook]> {
    try read(
      [MarketSource(name: file, bytes: bytes)], symbol: symbol, unit: unit, at: time, present: present)
  }

  /// Reads the books of one instrument from several files, in order of time whatever the order of the files.
  ///
  /// - Throws: ``MarketDataError`` for a file that cannot be used, and for files that do not fit each other.
  public static func read(
    _ files: [MarketSource], symbol: String? = nil, unit: AmountUnit = .base, at time: Int64? = nil,
    present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[OrderBook]> {
    var assembly = SeriesAssembly<Order>(file: files.name, present: present.map(milliseconds), ticks: 1_000)
    var only = symbol
    try files.forEachTable { table throws(MarketDataError) in
      let layout = try BookLayout(table)
      let stamp = BookStamp(time.map { $0 * 1_000 }, levelTime: try layout.newestLevels(of: table))
      while try table.next() {
        if let name = layout.symbol {
          let rowSymbol = try table.text(name)
          if let only {
            guard rowSymbol == only else {
              guard symbol == nil else { continue }
              throw table.unreadable(name, .word([only]))
            }
          } else {
            only = rowSymbol
          }
        }
        let (p, amount) = (try table.number(layout.price), try table.number(layout.size))
        let order = Order(
          time: try stamp.time(table, layout), isBid: try table.isBid(layout.side), price: p,
          sizeUSD: unit.usd(amount, price: p))
        if p > 0, p < .infinity, order.sizeUSD > 0, order.sizeUSD < .infinity {
          assembly.add(order, time: order.time, line: table.line)
        } else {
          assembly.addBad(line: table.line, "price \(p) and size \(amount) are not both positive")
        }
      }
      assembly.endFile(table)
    }
    assembly.order { $0.isBid ? $0.price : -$0.price }
    try assembly.close()
    var screen = BookScreen(assembly.quality)
    for run in assembly.rows.chunked(by: \.time) {
      screen.take(book(run.map(\.element)), line: run[run.startIndex].line)
    }
    return screen.reading()
  }

  private struct Order {
    let time: Int64
    let isBid: Bool
    let price: Double
    let sizeUSD: Double

    var level: BookLevel { BookLevel(price: price, sizeUSD: sizeUSD) }
  }

  /// The orders of one time as a book.
  private static func book(_ orders: [Order]) -> OrderBook {
    let bids = orders.filter(\.isBid).sorted { $0.price > $1.price }
    let asks = orders.filter { !$0.isBid }.sorted { $0.price < $1.price }
    return OrderBook(
      timeMilliseconds: orders.first?.time ?? 0, bids: bids.prefix(levelLimit).map(\.level),
      asks: asks.prefix(levelLimit).map(\.level))
  }
}

extension Table {
  /// Whether a side is that of buyers.
  fileprivate func isBid(_ column: Int) throws(MarketDataError) -> Bool {
    switch try text(column).lowercased() {
    case "bid", "buy", "b", "bids": true
    case "ask", "sell", "s", "a", "asks", "offer": false
    default: throw unreadable(column, .word(["bid", "ask"]))
    }
  }
}

extension Array {
  /// The longest runs of neighbours with equal keys.
  func chunked<Key: Equatable>(by key: (Element) -> Key) -> [ArraySlice<Element>] {
    var chunks: [ArraySlice<Element>] = []
    var start = startIndex
    for i in indices.dropFirst() where key(self[i]) != key(self[start]) {
      chunks.append(self[start..<i])
      start = i
    }
    return isEmpty ? [] : chunks + [self[start...]]
  }
}
