/// Reading of order books.
public enum OrderBookReader {
  /// The most prices of one side of a book that are kept: the best.
  static let levelLimit = 20_000

  /// Reads the books of one instrument: `venue,symbol,ts,side,price,size`, one row for each price, where
  /// rows with the same time are one book.
  ///
  /// A row is dropped as bad unless price and size are positive and finite; of several rows with one
  /// price on one side of a book, the first counts. The report's rows are these rows. Books that are crossed, lack a
  /// side or are empty are left out and counted: such a snapshot says nothing of depth. There may be no book left.
  ///
  /// - Parameters:
  ///   - symbol: which symbol's rows to read; nil if the file holds one only.
  ///   - unit: what sizes are counted in.
  ///   - present: the present in seconds since 1970; later books are dropped and reported.
  /// - Throws: ``MarketDataProblem/field(column:text:expected:)`` at a second symbol where none was named.
  public static func read(
    _ bytes: [UInt8], named file: String, symbol: String? = nil, unit: AmountUnit = .base,
    present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[OrderBook]> {
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    guard let name = table.column("symbol"), let time = table.column("ts", "time_ms", "time"),
      let side = table.column("side"), let price = table.column("price"), let size = table.column("size")
    else { throw MarketDataError(file: file, .unknownLayout(columns: table.columns)) }
    var assembly = SeriesAssembly<Order>(file: file, present: present.map(milliseconds), ticks: 1_000)
    var only = symbol
    while try table.next() {
      let rowSymbol = try table.text(name)
      if let only {
        guard rowSymbol == only else {
          guard symbol == nil else { continue }
          throw table.unreadable(name, .word([only]))
        }
      } else {
        only = rowSymbol
      }
      let (p, amount) = (try table.number(price), try table.number(size))
      let order = Order(
        time: try table.milliseconds(time), isBid: try table.isBid(side), price: p,
        sizeUSD: unit.usd(amount, price: p))
      if p > 0, p < .infinity, order.sizeUSD > 0, order.sizeUSD < .infinity {
        assembly.add(order, time: order.time, line: table.line)
      } else {
        assembly.addBad(line: table.line, "price \(p) and size \(amount) are not both positive")
      }
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
  /// The first of these columns that the file has.
  func column(_ names: String...) -> Int? {
    names.lazy.compactMap { columns.firstIndex(of: $0) }.first
  }

  /// The number in a column, nil if there is no such column.
  func number(_ column: Int?) throws(MarketDataError) -> Double? {
    guard let column else { return nil }
    return try number(column) as Double
  }

  /// Whether a side is that of buyers.
  fileprivate func isBid(_ column: Int) throws(MarketDataError) -> Bool {
    switch try text(column).lowercased() {
    case "bid", "buy", "b": true
    case "ask", "sell", "s", "a": false
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
