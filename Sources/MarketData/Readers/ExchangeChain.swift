internal import CanonicalBytes

/// Options as exchanges and Tardis give them: one row for each, a name that says what it is, prices in coins
/// or dollars, volatilities in percent or as fractions.
struct ExchangeChain {
  /// The most quotes of one file that are kept.
  static let quoteLimit = 1_000_000

  /// Who writes rows like these, which decides units.
  enum Source: String {
    case deribit = "Deribit"
    case tardis = "Tardis options_chain"
    case okx = "OKX"
    case bybit = "Bybit"
    case binance = "Binance"
    case ccxt = "ccxt"

    /// The factor that makes a volatility a fraction.
    var volatilityUnit: Double { self == .deribit || self == .tardis ? 100 : 1 }
  }

  let source: Source
  private let name: Int
  private let time: Int?
  private let forward: Int
  private let exchange: Int?
  private let bid: Int?
  private let ask: Int?
  private let mark: Int?
  private let bidVolatility: Int?
  private let askVolatility: Int?
  private let markVolatility: Int?
  private let openInterest: Int?

  /// Where the parts of a quote stand, nil if no known exchange wrote the table.
  ///
  /// - Throws: ``MarketDataProblem/unknownLayout(_:)`` if it is, and lacks a part.
  init?(_ table: Table) throws(MarketDataError) {
    guard !table.isWithoutHeader, let name = table.column(.symbol), let source = try Self.source(table, name)
    else {
      return nil
    }
    self.source = source
    self.name = name
    guard let forward = table.column(.forward) else {
      throw table.mismatch("option chains", missing: ["forward price"], known: OptionChainReader.known)
    }
    self.forward = forward
    time =
      switch source {
      case .tardis: table.column(named: "timestamp")
      // A ticker of the last day: it was taken at its end.
      case .binance: table.column(named: "closetime") ?? table.column(.time)
      default: table.column(.time)
      }
    exchange = source == .tardis ? table.column(named: "exchange") : nil
    (bid, ask, mark) = (table.column(.bid), table.column(.ask), table.column(.mark))
    // What ccxt calls implied volatility, of bid, ask and mark, is in the unit of each exchange.
    let hasUnit = source != .ccxt
    bidVolatility = hasUnit ? table.column(.bidVolatility) : nil
    askVolatility = hasUnit ? table.column(.askVolatility) : nil
    markVolatility = hasUnit ? table.column(.markVolatility) : nil
    openInterest = table.column(.openInterest)
  }

  /// Who writes a table, by the columns that only they have, and by the names of its first options.
  private static func source(_ table: Table, _ name: Int) throws(MarketDataError) -> Source? {
    if table.has("strikeprice"), table.has("localtimestamp"), table.has("underlyingprice") { return .tardis }
    if table.has("fwdpx") || (table.has("instid") && table.has("markvol")) { return .okx }
    if table.has("bid1price") || table.has("bid1iv") { return .bybit }
    if table.has("exerciseprice") || (table.has("risefreerate") || table.has("riskfreeinterest")) {
      return .binance
    }
    if table.has("instrumentname") { return .deribit }
    var rows = try table.preview
    for _ in 0..<64 where try rows.next() {
      let text = try rows.text(name)
      guard OptionName(text) != nil else { continue }
      return text.contains("/") ? .ccxt : nil
    }
    return nil
  }

  /// Reads the rows. What is not an option, such as a future, is passed over; so are options on other
  /// currencies than a named one; where none was named, a second currency is refused.
  ///
  /// - Parameters:
  ///   - time: when the chain was taken, in seconds, for a file that does not say.
  ///   - underlying: what the options should be on, where that is known and no currency is named.
  func read(
    _ table: inout Table, ticker: String?, of underlying: String?, at listed: Int64?,
    into assembly: inout SeriesAssembly<OptionChainReader.Stamped>
  ) throws(MarketDataError) {
    var currency = ticker
    var latest = LatestQuotes()
    var names = OptionName.Known()
    while try table.next() {
      guard let name = names[try table.text(name)] else { continue }
      guard name.currency == currency ?? name.currency else {
        if ticker != nil { continue }
        throw table.unreadable(self.name, .word([currency ?? ""]))
      }
      if currency == nil, let underlying, !Self.areAlike(name.currency, underlying) {
        throw table.failure(
          .contradiction(
            "the options are on \(quoted(name.currency)) and the underlying is \(quoted(underlying)); if they are meant, "
              + "name optionsTicker \(quoted(name.currency)) in market.json"))
      }
      currency = name.currency
      try checkExchange(table)
      let quote = try option(table, name)
      let time = try time(table, listed)
      if source == .tardis {
        try latest.add(quote, at: time, line: table.line, in: table)
      } else {
        assembly.add(quote, at: time, line: table.line)
      }
    }
    for row in latest.rows { assembly.add(row.quote, at: row.time, line: row.line) }
  }

  /// Whether a currency may be that of an underlying: one begins with the other, and XBT is BTC.
  private static func areAlike(_ currency: String, _ underlying: String) -> Bool {
    let (a, b) = (key(currency), key(underlying))
    return a.hasPrefix(b) || b.hasPrefix(a)
  }

  private static func key(_ name: String) -> String {
    let key = ColumnName.key(name)
    return key.hasPrefix("xbt") ? "btc" + key.dropFirst(3) : key
  }

  /// When a quote was known: when its second has ended.
  private func time(_ table: Table, _ listed: Int64?) throws(MarketDataError) -> Int64 {
    if let time, !table.isEmpty(time) { return (try table.milliseconds(time) + 999) / 1_000 }
    guard let listed else { throw MarketDataError(file: table.file, .undated) }
    return listed
  }

  /// Tardis keeps each exchange's own units; those of Deribit are known here.
  private func checkExchange(_ table: Table) throws(MarketDataError) {
    guard let exchange, try table.text(exchange) != "deribit" else { return }
    throw table.unreadable(exchange, .word(["deribit"]))
  }

  /// In USD and fractions: an option settled in coins is worth price · forward.
  private func option(_ table: Table, _ name: OptionName) throws(MarketDataError) -> OptionQuote {
    var option = OptionQuote(
      expiry: name.expiry, strike: name.strike, kind: name.kind, forward: try table.number(forward))
    let inCoins: Bool =
      switch source {
      case .deribit, .tardis, .okx, .ccxt: !name.isLinear
      case .bybit, .binance: false
      }
    let unit = inCoins ? option.forward : 1
    option.bid = try table.quote(bid).map { $0 * unit }
    option.ask = try table.quote(ask).map { $0 * unit }
    option.mark = try table.quote(mark).map { $0 * unit }
    option.bidVolatility = try table.quote(bidVolatility).map { $0 / source.volatilityUnit }
    option.askVolatility = try table.quote(askVolatility).map { $0 / source.volatilityUnit }
    option.markVolatility = try table.quote(markVolatility).map { $0 / source.volatilityUnit }
    option.openInterest = try table.quote(openInterest) ?? 0
    return option
  }
}

/// The last quote of each option in each hour: a history has one whenever anything moves.
private struct LatestQuotes {
  struct Row {
    let time: Int64
    let line: Int
    let quote: OptionQuote
  }

  private struct Key: Hashable {
    let hour: Int64
    let contract: OptionChainReader.Contract
  }

  private var last: [Key: Row] = [:]

  mutating func add(
    _ quote: OptionQuote, at time: Int64, line: Int, in table: Table
  ) throws(MarketDataError) {
    // The hour ends with its last second: 9:00:00 belongs to the hour before.
    let key = Key(hour: (time + 3_599) / 3_600, contract: OptionChainReader.Contract(quote))
    if let known = last[key], known.time > time { return }
    last[key] = Row(time: time, line: line, quote: quote)
    guard last.count <= ExchangeChain.quoteLimit else {
      throw MarketDataError(file: table.file, .tooLarge(limit: MarketFile.byteLimit))
    }
  }

  var rows: [Row] { last.values.sorted { ($0.time, $0.line) < ($1.time, $1.line) } }
}
