internal import CanonicalBytes

/// Options as this package writes them.
enum PlainChain {
  /// Where the parts of a quote stand.
  struct Columns {
    let time: Int
    let expiry: Int
    let strike: Int
    let kind: Int
    let forward: Int

    init?(_ table: Table) {
      guard !table.isWithoutHeader, !table.has("localtimestamp"), let time = table.column(.time),
        let expiry = table.column(.expiry), let strike = table.column(.strike),
        let kind = table.column(.kind),
        let forward = table.column(.forward)
      else { return nil }
      (self.time, self.expiry, self.strike, self.kind, self.forward) = (
        time, expiry, strike, kind, forward
      )
    }
  }

  static func read(
    _ table: inout Table, _ columns: Columns,
    into assembly: inout SeriesAssembly<OptionChainReader.Stamped>
  ) throws(MarketDataError) {
    let (bid, ask, mark) = (table.column(.bid), table.column(.ask), table.column(.mark))
    let markVolatility = table.column(.markVolatility)
    let (bidVolatility, askVolatility) = (table.column(.bidVolatility), table.column(.askVolatility))
    let openInterest = table.column(.openInterest)
    while try table.next() {
      let kind: OptionKind
      switch try table.text(columns.kind).lowercased() {
      case "call", "c": kind = .call
      case "put", "p": kind = .put
      default: throw table.unreadable(columns.kind, .word(OptionKind.allCases.map(\.rawValue)))
      }
      var quote = OptionQuote(
        expiry: try table.seconds(columns.expiry), strike: try table.number(columns.strike), kind: kind,
        forward: try table.number(columns.forward))
      quote.bid = try table.quote(bid)
      quote.ask = try table.quote(ask)
      quote.mark = try table.quote(mark)
      quote.markVolatility = try table.quote(markVolatility)
      quote.bidVolatility = try table.quote(bidVolatility)
      quote.askVolatility = try table.quote(askVolatility)
      quote.openInterest = try table.quote(openInterest) ?? 0
      assembly.add(quote, at: try table.seconds(columns.time), line: table.line)
    }
  }
}

/// Options of a QuantConnect Lean universe: American options on shares.
enum LeanChain {
  /// When options expire on their day, in seconds: 20:00 UTC, the close in New York in summer.
  static let closingTime: Int64 = 72_000

  /// Where the parts of a quote stand.
  struct Columns {
    let expiry: Int
    let strike: Int
    let right: Int
    let close: Int

    init?(_ table: Table) {
      guard let expiry = table.column(named: "expiry"), let strike = table.column(named: "strike"),
        let right = table.column(named: "right"), let close = table.column(named: "close")
      else { return nil }
      (self.expiry, self.strike, self.right, self.close) = (expiry, strike, right, close)
    }
  }

  static func read(
    _ table: inout Table, _ columns: Columns, at time: Int64,
    into assembly: inout SeriesAssembly<OptionChainReader.Stamped>
  ) throws(MarketDataError) {
    let volatility = table.column(named: "impliedvolatility")
    let openInterest = table.column(.openInterest)
    // The underlying comes first; without it no quote has a forward and all are bad.
    var underlying = Double.nan
    while try table.next() {
      let close: Double = try table.number(columns.close)
      guard !table.isEmpty(columns.expiry) else {
        underlying = close
        continue
      }
      let kind: OptionKind
      switch try table.text(columns.right) {
      case "C": kind = .call
      case "P": kind = .put
      default: throw table.unreadable(columns.right, .word(["C", "P"]))
      }
      guard let day = InstantText.seconds(try table.text(columns.expiry)) else {
        throw table.unreadable(columns.expiry, .time)
      }
      var quote = OptionQuote(
        expiry: day + closingTime, strike: try table.number(columns.strike), kind: kind,
        forward: underlying)
      quote.mark = close
      quote.markVolatility = try table.quote(volatility)
      quote.openInterest = try table.quote(openInterest) ?? 0
      assembly.add(quote, at: time, line: table.line)
    }
  }
}

/// Chains of implied volatilities from the repository StochVolModels.
enum StochVolChain {
  /// The columns of a row, in this order.
  private static let columns = [
    "id", "ttm_years", "forward", "discfactor", "type", "strike", "bid_iv", "ask_iv",
  ]

  static func read(
    _ root: JSONNode, ticker: String?, at time: Int64,
    into assembly: inout SeriesAssembly<OptionChainReader.Stamped>
  ) throws(DocumentError) {
    let chains = try root.entries(maximumCount: 64)
    for chain in chains {
      let object = try LooseObject(chain.node)
      if let ticker, try object.text("ticker") != ticker { continue }
      let names = try object.member("columns").array(maximumCount: 64)
      guard names.map(\.value) == columns.map({ .string($0) }) else {
        throw try object.member("columns").failure(
          .unknownWord("columns", known: [columns.joined(separator: ", ")]))
      }
      let rows = try object.member("rows").array(maximumCount: ExchangeChain.quoteLimit)
      for (index, row) in rows.enumerated() {
        let fields = try row.array(maximumCount: columns.count)
        guard fields.count == columns.count else {
          throw row.failure(.tooLong(count: fields.count, limit: columns.count))
        }
        let right = try fields[4].string(maximumLength: 8)
        guard right == "C" || right == "P" else {
          throw fields[4].failure(.unknownWord(right, known: ["C", "P"]))
        }
        let years = try fields[1].number()
        let seconds = (years * 31_536_000).rounded()
        guard years > 0, years < 100 else {
          throw fields[1].failure(.outOfRange("\(years)", lower: "0", upper: "100"))
        }
        var quote = OptionQuote(
          expiry: time + Int64(seconds), strike: try fields[5].number(),
          kind: right == "C" ? .call : .put, forward: try fields[2].number())
        quote.bidVolatility = try fields[6].unlessNull?.number()
        quote.askVolatility = try fields[7].unlessNull?.number()
        if let bid = quote.bidVolatility, let ask = quote.askVolatility {
          quote.markVolatility = (bid + ask) / 2
        }
        assembly.add(quote, at: time, line: index + 1)
      }
      return
    }
    throw root.failure(.missingKey(ticker ?? "rows"))
  }
}
