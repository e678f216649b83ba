internal import CanonicalBytes

/// Options as Deribit's `public/get_book_summary_by_currency` and ticker messages give them.
enum DeribitChain {
  /// The most quotes of one file.
  static let quoteLimit = 100_000

  /// One option as Deribit quotes it: prices in coins or USDC, volatilities in percent.
  private struct Quote {
    var underlyingPrice: Double
    var bid: Double?
    var ask: Double?
    var mark: Double?
    var markVolatility: Double?
    var bidVolatility: Double?
    var askVolatility: Double?
    var openInterest: Double?

    /// In USD and fractions: an option settled in coins is worth price · forward.
    func option(_ name: OptionName) -> OptionQuote {
      var option = OptionQuote(
        expiry: name.expiry, strike: name.strike, kind: name.kind, forward: underlyingPrice)
      let unit = name.isLinear ? 1 : underlyingPrice
      option.bid = bid.map { $0 * unit }
      option.ask = ask.map { $0 * unit }
      option.mark = mark.map { $0 * unit }
      option.markVolatility = markVolatility.map { $0 / 100 }
      option.bidVolatility = bidVolatility.map { $0 / 100 }
      option.askVolatility = askVolatility.map { $0 / 100 }
      option.openInterest = openInterest ?? 0
      return option
    }
  }

  /// Reads an array of options or a response with one. What is no option, such as a future, is passed
  /// over; so are options on
  /// other currencies than a named one; where none was named, a second currency is refused.
  static func read(
    _ root: JSONNode, ticker: String?, into assembly: inout SeriesAssembly<OptionChainReader.Stamped>
  ) throws(DocumentError) {
    var list = root
    if case .object = root.value { list = try LooseObject(root).member("result") }
    var currency = ticker
    for (index, node) in try list.array(maximumCount: quoteLimit).enumerated() {
      let object = try LooseObject(node)
      let text = try object.text("instrument_name")
      guard let name = OptionName(text) else { continue }
      guard name.currency == currency ?? name.currency else {
        if ticker != nil { continue }
        throw try object.member("instrument_name").failure(
          .unknownWord(name.currency, known: [currency ?? ""]))
      }
      currency = name.currency
      let milliseconds = try object.optional("timestamp", "creation_timestamp")?
        .integer(in: 0...UTCTime.range.upperBound * 1_000)
      guard let milliseconds else { throw node.failure(.missingKey("timestamp")) }
      let quote = Quote(
        underlyingPrice: try object.number("underlying_price"),
        bid: try object.optionalNumber("bid_price", "best_bid_price"),
        ask: try object.optionalNumber("ask_price", "best_ask_price"),
        mark: try object.optionalNumber("mark_price"),
        markVolatility: try object.optionalNumber("mark_iv"),
        bidVolatility: try object.optionalNumber("bid_iv"),
        askVolatility: try object.optionalNumber("ask_iv"),
        openInterest: try object.optionalNumber("open_interest"))
      // Known when its second has ended.
      assembly.add(quote.option(name), at: (milliseconds + 999) / 1_000, line: index + 1)
    }
  }

  /// Where the parts of a quote stand in a CSV file.
  struct Columns {
    let name: Int
    let time: Int
    let underlyingPrice: Int

    init?(_ table: Table) {
      guard let name = table.column("instrument_name"),
        let time = table.column("timestamp", "creation_timestamp"),
        let underlyingPrice = table.column("underlying_price")
      else { return nil }
      (self.name, self.time, self.underlyingPrice) = (name, time, underlyingPrice)
    }
  }

  static func read(
    _ table: inout Table, _ columns: Columns, ticker: String?,
    into assembly: inout SeriesAssembly<OptionChainReader.Stamped>
  ) throws(MarketDataError) {
    let bid = table.column("bid_price", "best_bid_price")
    let ask = table.column("ask_price", "best_ask_price")
    let mark = table.column("mark_price")
    let markVolatility = table.column("mark_iv")
    let bidVolatility = table.column("bid_iv")
    let askVolatility = table.column("ask_iv")
    let openInterest = table.column("open_interest")
    var currency = ticker
    while try table.next() {
      guard let name = OptionName(try table.text(columns.name)) else { continue }
      guard name.currency == currency ?? name.currency else {
        if ticker != nil { continue }
        throw table.unreadable(columns.name, .word([currency ?? ""]))
      }
      currency = name.currency
      let quote = Quote(
        underlyingPrice: try table.number(columns.underlyingPrice), bid: try table.quote(bid),
        ask: try table.quote(ask), mark: try table.quote(mark),
        markVolatility: try table.quote(markVolatility), bidVolatility: try table.quote(bidVolatility),
        askVolatility: try table.quote(askVolatility), openInterest: try table.quote(openInterest))
      let milliseconds = try table.milliseconds(columns.time)
      assembly.add(quote.option(name), at: (milliseconds + 999) / 1_000, line: table.line)
    }
  }
}

extension Table {
  /// The number in a column, nil if there is no such column or the field says that there is no number.
  func quote(_ column: Int?) throws(MarketDataError) -> Double? {
    guard let value: Double = try number(column), !value.isNaN else { return nil }
    return value
  }
}
