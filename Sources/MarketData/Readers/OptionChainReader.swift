internal import CanonicalBytes

/// Reading of option chains.
public enum OptionChainReader {
  /// Reads the options on one underlying from any layout that is known:
  ///
  /// - `ts,expiry,strike,kind,forward,bid,ask,mark,mark_iv,open_interest`: prices in USD, volatilities as
  ///   fractions, one chain for each `ts`; empty where there is no quote;
  /// - Deribit, as JSON (an array of book summaries or ticker messages, or a response with one as
  ///   `result`) or CSV with the same names: prices in coins, or in USD for options settled in USDC;
  ///   volatilities in percent. The latest of each option makes one chain, of the time of the latest;
  /// - StochVolModels JSON: `rows` of bid and ask volatilities by time to expiry in years of 365 days;
  /// - QuantConnect Lean universes: `expiry,strike,right,…,close,…,implied_volatility`, the underlying in
  ///   the row without expiry; options expire at 20:00 UTC.
  ///
  /// A quote is dropped as bad unless strike and forward are positive and finite, it expires after the
  /// chain's time and every price it has is finite and not negative. Prices and volatilities of zero are
  /// none.
  ///
  /// - Parameters:
  ///   - time: when the chain was taken, in seconds since 1970, for the last two layouts, which do not
  ///     say.
  ///   - ticker: which currency of a Deribit file, or which chain of a StochVolModels file; nil if the
  ///     first holds one only, and for the first chain of the second.
  ///   - present: the present in seconds since 1970; later quotes are dropped and reported.
  public static func read(
    _ bytes: [UInt8], named file: String, at time: Int64? = nil, ticker: String? = nil,
    present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[OptionChain]> {
    let bytes = try MarketFile.contents(bytes, named: file)
    let isJSON = bytes.first { !" \t\r\n".utf8.contains($0) }.map { "[{".utf8.contains($0) } ?? false
    var assembly = SeriesAssembly<Stamped>(file: file, present: present)
    if isJSON {
      let isModel = try MarketFile.document(bytes, named: file) { root throws(DocumentError) in
        guard case .object(let members) = root.value else { return false }
        return !members.contains { $0.key == "result" }
      }
      if isModel {
        guard let time else { throw MarketDataError(file: file, .undated) }
        try MarketFile.document(bytes, named: file) { root throws(DocumentError) in
          try StochVolChain.read(root, ticker: ticker, at: time, into: &assembly)
        }
      } else {
        try MarketFile.document(bytes, named: file) { root throws(DocumentError) in
          try DeribitChain.read(root, ticker: ticker, into: &assembly)
        }
        return try finish(&assembly, asOne: true)
      }
    } else {
      var table = try Table(bytes, named: file)
      if let columns = DeribitChain.Columns(table) {
        try DeribitChain.read(&table, columns, ticker: ticker, into: &assembly)
        return try finish(&assembly, asOne: true)
      } else if let columns = PlainChain.Columns(table) {
        try PlainChain.read(&table, columns, into: &assembly)
      } else if let columns = LeanChain.Columns(table) {
        guard let time else { throw MarketDataError(file: file, .undated) }
        try LeanChain.read(&table, columns, at: time, into: &assembly)
      } else {
        throw MarketDataError(file: file, .unknownLayout(columns: table.columns))
      }
    }
    return try finish(&assembly, asOne: false)
  }

  /// A quote and its instant in seconds.
  struct Stamped {
    var time: Int64
    var quote: OptionQuote
  }

  /// What tells one option from another.
  private struct Contract: Hashable {
    let expiry: Int64
    let strike: Double
    let kind: OptionKind

    init(_ quote: OptionQuote) {
      (expiry, strike, kind) = (quote.expiry, quote.strike, quote.kind)
    }
  }

  private static func finish(
    _ assembly: inout SeriesAssembly<Stamped>, asOne: Bool
  ) throws(MarketDataError) -> Reading<[OptionChain]> {
    assembly.order { Contract($0.quote) }
    let reading = try assembly.finish()
    var runs = reading.series.chunked(by: \.time).map { run in
      OptionChain(time: run[run.startIndex].time, quotes: run.map(\.quote))
    }
    if asOne, let last = runs.last {
      var latest: [Contract: OptionQuote] = [:]
      for stamped in reading.series { latest[Contract(stamped.quote)] = stamped.quote }
      // What has expired by then is no longer quoted.
      runs = [OptionChain(time: last.time, quotes: latest.values.filter { $0.expiry > last.time })]
    }
    for i in runs.indices { runs[i].quotes.sort(by: precedes) }
    return Reading(series: runs, quality: reading.quality)
  }

  /// By expiry, then strike, then calls first.
  static func precedes(_ a: OptionQuote, _ b: OptionQuote) -> Bool {
    (a.expiry, a.strike, a.kind == .call ? 0 : 1) < (b.expiry, b.strike, b.kind == .call ? 0 : 1)
  }
}

extension SeriesAssembly<OptionChainReader.Stamped> {
  /// Takes a quote, or drops it if it is not sound. Prices and volatilities of zero become none.
  mutating func add(_ quote: OptionQuote, at time: Int64, line: Int) {
    var quote = quote
    let optional: [WritableKeyPath<OptionQuote, Double?>] = [
      \.bid, \.ask, \.mark, \.markVolatility, \.bidVolatility, \.askVolatility,
    ]
    var isSound =
      quote.strike > 0 && quote.strike < .infinity && quote.forward > 0 && quote.forward < .infinity
      && quote.expiry > time && quote.openInterest >= 0 && quote.openInterest < .infinity
    for field in optional {
      guard let value = quote[keyPath: field] else { continue }
      if value == 0 { quote[keyPath: field] = nil }
      isSound = isSound && value >= 0 && value < .infinity
    }
    if isSound {
      add(OptionChainReader.Stamped(time: time, quote: quote), time: time, line: line)
    } else {
      addBad(line: line)
    }
  }
}
