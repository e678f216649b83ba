/// Where in a row the parts of a level of an order book stand.
struct BookLayout {
  /// What messages say is known.
  static let known = [
    "time, side, price and size by name, with symbol or without",
    "JSON of Binance, Bybit, OKX, Coinbase, Kraken, Deribit, dYdX, Hyperliquid, BitMEX and ccxt (bids and asks)",
  ]

  let symbol: Int?
  /// When the book was taken, if the file says so.
  let time: Int?
  /// When each level was changed, if that is all that the file says.
  let levelTime: Int?
  let side: Int
  let price: Int
  let size: Int

  /// - Throws: ``MarketDataProblem/unknownLayout(_:)``, ``MarketDataProblem/contradiction(_:)``.
  init(_ table: Table) throws(MarketDataError) {
    let columns = try table.require([.side, .price, .size], of: "order books", known: Self.known)
    (side, price, size) = (columns[0], columns[1], columns[2])
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
          "has the columns of an order book, and \(shown(trade)), which trades have; name a file of books"))
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
    var rows = table
    var newest: [Int: Int64] = [:]
    while try rows.next() {
      guard !rows.isEmpty(levelTime) else { continue }
      newest[rows.section] = max(newest[rows.section] ?? 0, try rows.milliseconds(levelTime))
    }
    return newest
  }
}

/// The time of a row: its own, that of the newest level of its book, or what the listing says.
struct BookStamp {
  private let listed: Int64?
  private let levelTime: [Int: Int64]

  init(_ listed: Int64?, levelTime: [Int: Int64]) {
    (self.listed, self.levelTime) = (listed, levelTime)
  }

  func time(_ table: Table, _ layout: BookLayout) throws(MarketDataError) -> Int64 {
    if let time = layout.time, !table.isEmpty(time) { return try table.milliseconds(time) }
    if let listed { return listed }
    guard let newest = levelTime[table.section] else {
      throw MarketDataError(file: table.file, .undated)
    }
    return newest
  }
}
