internal import CanonicalBytes

/// Where in a row the parts of a level of an order book stand.
struct BookLayout {
  /// What messages say is known.
  static let known = [
    "time, side, price and size by name, with symbol or without",
    "Tardis book_snapshot and others with a column for each price and size (asks[0].price, bid_price_1)",
    "JSON of Binance, Bybit, OKX, Coinbase, Kraken, Deribit, dYdX, Hyperliquid, BitMEX and ccxt (bids and asks)",
  ]

  let symbol: Int?
  /// When the book was taken, if the file says so.
  let time: Int?
  /// When each level was changed, if that is all that the file says.
  let levelTime: Int?
  /// What a row says of an order.
  enum Orders {
    /// One order.
    case one(side: Int, price: Int, size: Int)
    /// A whole book: the price and size of each level.
    case all([WideLevel])
  }

  let orders: Orders

  /// - Throws: ``MarketDataProblem/unknownLayout(_:)``, ``MarketDataProblem/contradiction(_:)``.
  init(_ table: Table) throws(MarketDataError) {
    let levels = WideLevel.levels(of: table)
    if levels.isEmpty {
      let columns = try table.require([.side, .price, .size], of: "order books", known: Self.known)
      orders = .one(side: columns[0], price: columns[1], size: columns[2])
    } else {
      orders = .all(levels)
    }
    symbol = table.column(.symbol)
    time = table.column(.time)
    levelTime = table.column(named: "leveltime")
    // Only a JSON answer may leave the time to the listing.
    if time == nil, !table.isFromJSON {
      throw table.mismatch("order books", missing: ["time"], known: Self.known)
    }
    try Self.refuseOthers(table)
  }

  /// Trades and changes of books have time, side, price and amount too.
  private static func refuseOthers(_ table: Table) throws(MarketDataError) {
    let trade = [
      "tradeid", "aggtradeid", "isbuyermaker", "takerormaker", "trdmatchid", "tickdirection", "isbestmatch",
      "firsttradeid", "liquidation", "execid", "takerside", "cost", "fee", "isblocktrade",
    ].first { table.has($0) }
    if let trade {
      throw MarketDataError(
        file: table.file,
        .contradiction(
          "has the columns of an order book, and \(quoted(trade)), which trades have; name a file of books"))
    }
    if table.has("id"), table.has("localtimestamp") {
      throw MarketDataError(file: table.file, .contradiction("holds trades of Tardis, not order books"))
    }
    if table.has("issnapshot") || table.has("updatetype") {
      throw MarketDataError(
        file: table.file,
        .contradiction("holds changes of an order book, not books; name a file of snapshots"))
    }
  }

  /// The newest time of a level of each list, for files that say no other.
  func newestLevels(of table: Table) throws(MarketDataError) -> [Int: Int64] {
    guard time == nil, let levelTime else { return [:] }
    var rows = try table.preview
    var newest: [Int: Int64] = [:]
    while try rows.next() {
      guard !rows.isEmpty(levelTime) else { continue }
      newest[rows.section] = max(newest[rows.section] ?? 0, try rows.milliseconds(levelTime))
    }
    return newest
  }
}

/// What rows say of the message that they came in: whole books are read, changes of one are not.
struct BookMessages {
  private static let names = ["e", "type", "action", "updateaction", "msgtype", "event"]
  /// What exchanges call a message that changes a book: Binance, Bybit, Coinbase, OKX and BitMEX.
  private static let changes: Set<String> = [
    "depthupdate", "delta", "l2update", "update", "insert", "delete", "change",
  ]

  /// The columns that may say it, and what each said last: most rows say the same as the one before.
  private var columns: [(column: Int, text: [UInt8])]

  init(_ table: Table) {
    columns = Self.names.compactMap { table.column(named: $0) }.map { ($0, []) }
  }

  /// - Throws: ``MarketDataProblem/contradiction(_:)`` at a row of a message that changes a book.
  mutating func check(_ table: Table) throws(MarketDataError) {
    for i in columns.indices where !table.has(columns[i].text, in: columns[i].column) {
      let column = columns[i].column
      columns[i].text = Array(table.raw(column))
      // Numbers, such as the time that Binance calls `E`, are not words.
      guard let first = columns[i].text.first, first > UInt8(ascii: "9") else { continue }
      guard
        Self.changes.contains(ColumnName.key(String(decoding: table.raw(column).prefix(64), as: UTF8.self)))
      else { continue }
      throw MarketDataError(
        file: table.file,
        .contradiction(
          "holds changes of an order book (\(quoted(table.columns[column])) is \(quoted(try table.text(column)))), not books; "
            + "name a file of snapshots"))
    }
  }
}

/// One level of a book that a row holds whole.
struct WideLevel: Hashable {
  let isBid: Bool
  let price: Int
  let size: Int

  /// The levels that the names of columns say: `asks[0].price` and `asks[0].amount`, `bid_price_1` and
  /// `bid_qty_1`.
  static func levels(of table: Table) -> [WideLevel] {
    var prices: [Place: Int] = [:]
    var sizes: [Place: Int] = [:]
    for (index, name) in table.columns.enumerated() {
      guard let (place, word) = Place.read(name) else { continue }
      if ["price", "px", "p"].contains(word) { prices[place] = index }
      if ["amount", "size", "qty", "quantity", "sz", "volume", "vol", "q"].contains(word) {
        sizes[place] = index
      }
    }
    return prices.compactMap { place, price in
      sizes[place].map { WideLevel(isBid: place.isBid, price: price, size: $0) }
    }.sorted { $0.price < $1.price }
  }

  /// A side and a number.
  private struct Place: Hashable {
    let isBid: Bool
    let number: Int

    /// The place in the name of a column, and the letters that are left of the name.
    static func read(_ name: String) -> (Place, String)? {
      guard name.hasPrefix("bid") || name.hasPrefix("ask") else { return nil }
      var rest = name.dropFirst(3)
      if rest.first == "s" { rest.removeFirst() }
      let digits = rest.filter(\.isNumber)
      guard !digits.isEmpty, let number = Int(digits) else { return nil }
      return (Place(isBid: name.hasPrefix("bid"), number: number), String(rest.filter { !$0.isNumber }))
    }
  }
}

/// The time of a row: its own, that of the newest level of its book, or what the listing says.
struct BookStamp {
  private let listed: Int64?
  private let levelTime: [Int: Int64]
  /// The last time as it was written, and what it is: a book has one for all its rows.
  private var text: [UInt8] = []
  private var time: Int64 = 0

  init(_ listed: Int64?, levelTime: [Int: Int64]) {
    (self.listed, self.levelTime) = (listed, levelTime)
  }

  mutating func time(_ table: Table, _ layout: BookLayout) throws(MarketDataError) -> Int64 {
    if let column = layout.time, !table.isEmpty(column) {
      if table.splitTime == nil, table.has(text, in: column) { return time }
      time = try table.milliseconds(column)
      text = Array(table.raw(column))
      return time
    }
    if let listed { return listed }
    guard let newest = levelTime[table.section] else {
      throw MarketDataError(file: table.file, .undated)
    }
    return newest
  }
}
