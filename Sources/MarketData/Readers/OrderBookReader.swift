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
    var only = symbol.map { Array($0.utf8) }
    var emptyBooks = 0
    try files.forEachTable { table throws(MarketDataError) in
      let layout = try BookLayout(table)
      var stamp = BookStamp(time.map { $0 * 1_000 }, levelTime: try layout.newestLevels(of: table))
      var messages = BookMessages(table)
      while try table.next() {
        try messages.check(table)
        if let name = layout.symbol, only == nil || !table.has(only ?? [], in: name) {
          if let only {
            guard symbol == nil else { continue }
            throw table.unreadable(name, .word([String(decoding: only, as: UTF8.self)]))
          }
          only = Array(table.raw(name))
        }
        if assembly.quality.instrument == nil, assembly.isEmpty {
          assembly.quality.instrument = InstrumentName(table, in: InstrumentName.columns(of: table))
        }
        let time = try stamp.time(table, layout)
        switch layout.orders {
        case .one(let side, let price, let size):
          assembly.add(
            try table.number(price), size: try table.number(size), isBid: try table.isBid(side), unit,
            at: time,
            line: table.line)
        case .all(let levels):
          // A book with fewer levels leaves fields empty.
          for level in levels where !table.isEmpty(level.price) {
            assembly.add(
              try table.number(level.price), size: try table.number(level.size), isBid: level.isBid, unit,
              at: time,
              line: table.line)
          }
        }
      }
      emptyBooks += table.emptyBooks
      assembly.endFile(table)
    }
    for _ in 0..<emptyBooks { assembly.quality.add(.emptyBook, line: 0) }
    // A file of nothing but empty books is a venue that is silent.
    guard assembly.quality.rows > 0 || emptyBooks == 0 else {
      return Reading(series: [], quality: assembly.quality)
    }
    // Of one price there may be many orders, so that other sizes are not a contradiction of the whole.
    if !isInOrder(assembly.rows) {
      try assembly.order(
        by: { $0.isBid ? $0.price : -$0.price },
        .init(areSame: { $0.sizeUSD == $1.sizeUSD }, areRefused: false))
    }
    try assembly.close()
    var screen = BookScreen(assembly.quality)
    for run in assembly.rows.chunked(by: \.time) {
      screen.take(book(run.map(\.element)), line: run[run.startIndex].line)
    }
    return screen.reading()
  }

  /// One order, or all at one price.
  struct Order {
    let time: Int64
    let isBid: Bool
    let price: Double
    let sizeUSD: Double

    fileprivate var level: BookLevel { BookLevel(price: price, sizeUSD: sizeUSD) }
  }

  /// Whether books follow each other in time, and the orders of each side from the best, as most are written:
  /// then no two have one price.
  private static func isInOrder(_ rows: [SeriesAssembly<Order>.Row]) -> Bool {
    var sides = 0
    for i in rows.indices.dropFirst() {
      let (a, b) = (rows[i - 1].element, rows[i].element)
      if b.time > a.time {
        sides = 0
      } else if b.time < a.time {
        return false
      } else if a.isBid == b.isBid {
        guard a.isBid ? b.price < a.price : b.price > a.price else { return false }
      } else {
        sides += 1
        guard sides < 2 else { return false }
      }
    }
    return true
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

extension SeriesAssembly<OrderBookReader.Order> {
  /// Takes an order, or drops it unless price and size are positive and finite.
  fileprivate mutating func add(
    _ price: Double, size: Double, isBid: Bool, _ unit: AmountUnit, at time: Int64, line: Int
  ) {
    let order = OrderBookReader.Order(
      time: time, isBid: isBid, price: price, sizeUSD: unit.usd(size, price: price))
    if price > 0, price < .infinity, order.sizeUSD > 0, order.sizeUSD < .infinity {
      add(order, time: order.time, line: line)
    } else {
      addBad(line: line, "price \(price) and size \(size) are not both positive")
    }
  }
}

extension Table {
  private static let (bid, ask) = (Array("bid".utf8), Array("ask".utf8))

  /// Whether a side is that of buyers.
  fileprivate func isBid(_ column: Int) throws(MarketDataError) -> Bool {
    if has(Self.bid, in: column) { return true }
    if has(Self.ask, in: column) { return false }
    switch try text(column).lowercased() {
    case "bid", "buy", "b", "bids": return true
    case "ask", "sell", "s", "a", "asks", "offer": return false
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
