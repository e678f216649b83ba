internal import CanonicalBytes

/// Where in a row the parts of a bar stand.
struct BarLayout: Hashable {
  /// The source that lays rows out so.
  let name: String
  var time: Int
  /// Where the time of day is, of rows that say it apart from the day and have no header.
  var clock: Int?
  let open: Int
  let high: Int
  let low: Int
  let close: Int
  /// The volume in units of the base asset; nil where only the other is there.
  var baseVolume: Int?
  /// The volume in the quote currency; nil where only the other is there.
  var quoteVolume: Int?
  /// Where a row says whether its bar is over: 1 or true if it is.
  var finished: Int?
  /// Whether times are those of the end of a bar rather than its beginning.
  var isStampedAtEnd = false

  /// What messages say is known.
  static let known = [
    "time, open, high, low, close, volume in any order, by name",
    "CryptoDataDownload (volumes named by currencies)",
    "day and time of day in columns of their own, as MetaTrader has them",
    "without header: " + positional.map { "\($0.layout.name) (\($0.width))" }.joined(separator: ", "),
    "JSON of Binance, Bybit, OKX, Coinbase, Kraken, Deribit, dYdX, Hyperliquid, BitMEX, ccxt and others of these forms",
  ]

  /// Columns that bars do not have.
  private static let contradictions = [
    "strike", "strikeprice", "right", "side", "isbuyermaker", "expiry", "optiontype",
  ]

  /// The layout of a table.
  ///
  /// - Throws: ``MarketDataProblem/unknownLayout(_:)``, ``MarketDataProblem/contradiction(_:)``.
  init(_ table: Table) throws(MarketDataError) {
    self = try table.isWithoutHeader ? Self.recognised(table) : Self.named(table)
  }

  private init(
    _ name: String, time: Int = 0, _ prices: (open: Int, high: Int, low: Int, close: Int), base: Int?,
    quote: Int? = nil, finished: Int? = nil
  ) {
    self.name = name
    self.time = time
    (open, high, low, close) = prices
    (baseVolume, quoteVolume) = (base, quote)
    self.finished = finished
  }

  // MARK: By name

  private static func named(_ table: Table) throws(MarketDataError) -> BarLayout {
    let prices = [ColumnPart.open, .high, .low, .close]
    var columns: [Int] = []
    if let identifier = try timeNamedIdentifier(table) {
      columns = [identifier] + (try table.require(prices, of: "bars", known: known))
    } else {
      columns = try table.require([.time] + prices, of: "bars", known: known)
    }
    for name in contradictions where table.has(name) {
      throw MarketDataError(
        file: table.file,
        .contradiction(
          "has the columns of bars, and \(quoted(name)), which bars do not have; name a file of bars"))
    }
    var layout = BarLayout(
      "names", time: columns[0], (columns[1], columns[2], columns[3], columns[4]), base: nil)
    // OKX and Bybit say `confirm`, Kraken and ccxt's streams `closed`, Binance's stream `x`.
    layout.finished =
      ["confirm", "isclosed", "closed", "isfinal", "final"].lazy.compactMap { table.column(named: $0) }.first
      ?? (table.header[columns[1]] == "o" ? table.column(named: "x") : nil)
    // HTX calls the beginning of a bar `id`, the volume in coins `amount` and that in dollars `vol`.
    if let id = table.column(named: "id"), table.has("amount"), table.has("vol"), table.has("count"),
      !table.isOfRows(layout.time) || table.header[layout.time] == "ts"
    {
      layout.time = id
    }
    if let amount = table.column(named: "amount"), table.column(named: "volume") == nil {
      (layout.baseVolume, layout.quoteVolume) = (amount, table.column(named: "vol"))
      // MEXC has contracts in `vol` and dollars in `amount`.
      if try layout.contradictsVolumes(table) { swap(&layout.baseVolume, &layout.quoteVolume) }
    } else {
      (layout.baseVolume, layout.quoteVolume) = (table.column(.baseVolume), table.column(.quoteVolume))
    }
    if layout.baseVolume == nil || layout.quoteVolume == nil {
      try layout.findVolumes(table)
    }
    guard layout.baseVolume != nil || layout.quoteVolume != nil else {
      throw table.mismatch("bars", missing: ["volume"], known: known)
    }
    // BitMEX stamps buckets with their end.
    let isBitMEX = table.has("foreignnotional") && table.has("homenotional") && table.has("timestamp")
    let isAnEnd = try layout.timeIsAnEnd(table)
    layout.isStampedAtEnd = isBitMEX || isAnEnd
    return layout
  }

  /// Whether the times of bars are not before the ends that rows state beside them, as in bars that Tardis
  /// makes.
  private func timeIsAnEnd(_ table: Table) throws(MarketDataError) -> Bool {
    let names = [
      "closetimestamp", "closetime", "timeclose", "endtime", "endtimestamp", "timeperiodend", "periodend",
    ]
    guard table.splitTime == nil, let end = names.lazy.compactMap({ table.column(named: $0) }).first,
      end != time
    else { return false }
    var rows = try table.preview
    var count = 0
    while count < 64, try rows.next() {
      guard let own = InstantText.milliseconds(of: rows.raw(time), table.dateOrder),
        let stated = InstantText.milliseconds(of: rows.raw(end), table.dateOrder)
      else { return false }
      guard own >= stated else { return false }
      count += 1
    }
    return count > 0
  }

  /// The column `id` where it is the time of bars, as HTX calls it: no other column is a time, and its first
  /// rows are instants of a grid. Numbers of rows are not.
  private static func timeNamedIdentifier(_ table: Table) throws(MarketDataError) -> Int? {
    guard !table.isWithoutHeader, table.column(.time) == nil, let id = table.column(named: "id") else {
      return nil
    }
    var rows = try table.preview
    var instants: [Int64] = []
    while instants.count < 3, try rows.next() {
      guard let instant = InstantText.milliseconds(of: rows.raw(id)) else { return nil }
      instants.append(instant / 1_000)
    }
    let distances = zip(instants, instants.dropFirst()).map { abs($0 - $1) }
    return instants.allSatisfy(Plausibility.instants.contains) && distances.allSatisfy { $0 >= 10 } ? id : nil
  }

  /// Finds volumes named by their currencies, `Volume BTC` and `Volume USD`. The symbol says which is the
  /// base: it begins with it. Without a symbol the first is.
  private mutating func findVolumes(_ table: Table) throws(MarketDataError) {
    let volumes = table.columns.indices.filter { column in
      let name = table.columns[column]
      return name.hasPrefix("volume") && name.count > 6 && !name.hasPrefix("volumema")
        && column != baseVolume && column != quoteVolume
    }
    guard !volumes.isEmpty, volumes.count <= 2 else { return }
    let currencies = volumes.map { table.columns[$0].dropFirst("volume".count) }
    let symbol = try Self.symbol(of: table)
    let base = volumes.indices.filter { symbol.hasPrefix(currencies[$0]) }
      .max { currencies[$0].count < currencies[$1].count }
    if volumes.count == 1 {
      // The one volume is in the currency that it names.
      guard baseVolume == nil, quoteVolume == nil else { return }
      let isBase = symbol.isEmpty ? !Self.isQuote(currencies[0]) : base != nil
      if isBase { baseVolume = volumes[0] } else { quoteVolume = volumes[0] }
    } else if baseVolume == nil {
      let base =
        base ?? (symbol.isEmpty && Self.isQuote(currencies[0]) && !Self.isQuote(currencies[1]) ? 1 : 0)
      (baseVolume, quoteVolume) = (volumes[base], volumes[1 - base])
    }
  }

  /// Whether quote over base is not a price of the bar, in more rows than not.
  private func contradictsVolumes(_ table: Table) throws(MarketDataError) -> Bool {
    guard let base = baseVolume, let quote = quoteVolume else { return false }
    var (rows, fitting, count) = (try table.preview, 0, 0)
    while count < Self.sampleLimit, try rows.next() {
      let row = [low, high, base, quote].map { parseDecimal(rows.raw($0)) ?? .nan }
      guard row[2] > 0, row[3] > 0 else { continue }
      count += 1
      let price = row[3] / row[2]
      if price >= row[0] * 0.99, price <= row[1] * 1.01 { fitting += 1 }
    }
    return 2 * fitting < count
  }

  /// The symbol of the first row as a key, empty if there is none.
  private static func symbol(of table: Table) throws(MarketDataError) -> String {
    var rows = try table.preview
    guard let column = table.column(.symbol), try rows.next() else { return "" }
    return ColumnName.key(try rows.text(column))
  }

  /// Whether a currency is one that prices are quoted in.
  private static func isQuote(_ currency: some StringProtocol) -> Bool {
    ["usd", "usdt", "usdc", "busd", "fdusd", "tusd", "eur", "gbp", "jpy", "krw", "aud", "cad", "chf", "try"]
      .contains(String(currency))
  }

  // MARK: Without names

  /// How rows of a width are laid out by sources that give no names.
  private static let positional: [(width: Int, layout: BarLayout)] = [
    (12, BarLayout("Binance klines", (1, 2, 3, 4), base: 5, quote: 7)),
    (11, BarLayout("Binance klines", (1, 2, 3, 4), base: 5, quote: 7)),
    (6, BarLayout("ccxt", (1, 2, 3, 4), base: 5)),
    (6, BarLayout("Coinbase Exchange", (3, 2, 1, 4), base: 5)),
    (6, BarLayout("Bitfinex", (1, 3, 4, 2), base: 5)),
    (7, BarLayout("Bybit", (1, 2, 3, 4), base: 5, quote: 6)),
    (7, BarLayout("Kraken history", (1, 2, 3, 4), base: 5)),
    (7, BarLayout("KuCoin", (1, 3, 4, 2), base: 5, quote: 6)),
    (8, BarLayout("Bitget", (1, 2, 3, 4), base: 5, quote: 6)),
    (8, BarLayout("MEXC", (1, 2, 3, 4), base: 5, quote: 7)),
    (8, BarLayout("Kraken", (1, 2, 3, 4), base: 6)),
    (8, BarLayout("Gate", (5, 3, 4, 2), base: 6, quote: 1, finished: 7)),
    (9, BarLayout("OKX", (1, 2, 3, 4), base: 6, quote: 7, finished: 8)),
    (9, BarLayout("OKX spot", (1, 2, 3, 4), base: 5, quote: 7, finished: 8)),
  ]

  /// How many rows a layout is tried on.
  private static let sampleLimit = 4_096

  /// The layout of rows without names, recognised by what fits: low ≤ open, close ≤ high, and the prices that
  /// volumes make.
  private static func recognised(_ table: Table) throws(MarketDataError) -> BarLayout {
    if let layout = try splitByTime(table) { return layout }
    let candidates = positional.filter { $0.width == table.width }.map(\.layout)
    var sample: [[Double]] = []
    var rows = try table.preview
    while sample.count < sampleLimit, try rows.next() {
      // A header in the middle has no numbers; the reader sees to it.
      sample.append((0..<table.width).map { parseDecimal(rows.raw($0)) ?? .nan })
    }
    let sound = sample.filter { row in (1...4).allSatisfy { $0 < row.count && row[$0] > 0 } }
    guard !sound.isEmpty else {
      // Rows of which none can be used: the reader says so, with the reason.
      guard let first = candidates.first, !sample.isEmpty else {
        throw table.mismatch("bars", missing: [], known: known)
      }
      return first
    }
    let fitting = candidates.filter { $0.pricesFit(sound) }
    let orders = Set(fitting.map(\.prices))
    guard let first = fitting.first, orders.count == 1 || sound.allSatisfy(isFlat) else {
      throw table.mismatch("bars", missing: [], known: known)
    }
    let layout = fitting.max { $0.volumeScore(sound) < $1.volumeScore(sound) } ?? first
    guard layout.volumeScore(sound) >= 0 else { throw table.mismatch("bars", missing: [], known: known) }
    return layout
  }

  /// Rows of MetaTrader's terminal, without a header: day, time of day, open, high, low, close, volume.
  private static func splitByTime(_ table: Table) throws(MarketDataError) -> BarLayout? {
    var rows = try table.preview
    guard table.width == 7 || table.width == 8, try rows.next(), SplitTime(rows, day: 0, clock: 1) != nil,
      rows.raw(1).contains(UInt8(ascii: ":"))
    else { return nil }
    var layout = BarLayout("MetaTrader", (2, 3, 4, 5), base: 6)
    layout.clock = 1
    return layout
  }

  /// The order of the prices.
  private var prices: [Int] { [open, high, low, close] }

  private static func isFlat(_ row: [Double]) -> Bool {
    (2...4).allSatisfy { row[$0] == row[1] }
  }

  /// Whether nearly all rows have low ≤ open, close ≤ high.
  private func pricesFit(_ rows: [[Double]]) -> Bool {
    let count = rows.count { row in
      row[low] <= min(row[open], row[close]) && max(row[open], row[close]) <= row[high]
    }
    return 20 * count >= 19 * rows.count
  }

  /// How well the columns of volumes fit: 2 if quote/base lies between low and high, or base/quote does, as
  /// for contracts that are counted in dollars; 1 if nothing says otherwise; -1 if there is no volume.
  private func volumeScore(_ rows: [[Double]]) -> Int {
    guard let base = baseVolume else { return 0 }
    let traded = rows.filter { $0[base] > 0 }
    // A column of ones and zeros says whether bars are over.
    if quoteVolume == nil, width(rows) == 6, rows.allSatisfy({ $0[base] == 0 || $0[base] == 1 }),
      traded.count * 2 > rows.count
    {
      return -1
    }
    guard let quote = quoteVolume else {
      // Kraken's answers have a price between low and high before the volume.
      return base == 6 && fits(rows) { $0[5] } ? 3 : 1
    }
    guard !traded.isEmpty else { return 1 }
    if fits(traded, price: { $0[quote] / $0[base] }) { return 3 }
    return fits(traded, price: { $0[base] / $0[quote] }) ? 2 : 0
  }

  private func width(_ rows: [[Double]]) -> Int { rows.first?.count ?? 0 }

  /// Whether a price lies between low and high in nearly all rows, but for rounding.
  private func fits(_ rows: [[Double]], price: ([Double]) -> Double) -> Bool {
    let count = rows.count { row in
      let value = price(row)
      return value >= row[low] * 0.999 && value <= row[high] * 1.001
    }
    return 10 * count >= 9 * rows.count
  }

  /// What each column is, by its number.
  func meanings(width: Int) -> [ColumnPart?] {
    var parts = [ColumnPart?](repeating: nil, count: width)
    let known: [(Int?, ColumnPart)] = [
      (time, .time), (open, .open), (high, .high), (low, .low), (close, .close), (baseVolume, .baseVolume),
      (quoteVolume, .quoteVolume),
    ]
    for case (let column?, let part) in known where column < width { parts[column] = part }
    return parts
  }
}
