internal import CanonicalBytes

/// Reading of option chains.
public enum OptionChainReader {
  /// Reads the options on one underlying from any layout that is known:
  ///
  /// - `ts,expiry,strike,kind,forward,bid,ask,mark,mark_iv,open_interest`: prices in USD, volatilities as
  ///   fractions, one chain for each `ts`; empty where there is no quote;
  /// - Deribit, OKX, Bybit, Binance and ccxt, as JSON or CSV with the same names: prices in coins, or in USD
  ///   for options settled in dollars; volatilities in percent for Deribit. The latest of each option makes
  ///   one chain, of the time of the latest;
  /// - Tardis `options_chain` of Deribit: a chain at each whole hour, and the latest;
  /// - StochVolModels JSON: `rows` of bid and ask volatilities by time to expiry in years of 365 days;
  /// - QuantConnect Lean universes: `expiry,strike,right,…,close,…,implied_volatility`, the underlying in
  ///   the row without expiry; options expire at 20:00 UTC.
  ///
  /// A quote is dropped as bad unless strike and forward are positive and finite, it expires after the
  /// chain's time and every price it has is finite and not negative. Prices and volatilities of zero are
  /// none.
  ///
  /// - Parameters:
  ///   - bytes: the contents of the file, plain or gzip.
  ///   - file: its path in the market, for reports and errors.
  ///   - time: when the chain was taken, in seconds since 1970, for files that do not say.
  ///   - ticker: which currency of an exchange's file, or which chain of a StochVolModels file; nil if the
  ///     first holds one only, and for the first chain of the second.
  ///   - underlying: what the options should be on; options on another currency are refused unless a ticker
  ///     names it.
  ///   - present: the present in seconds since 1970; later quotes are dropped and reported.
  /// - Throws: ``MarketDataError`` for a file that is too large, damaged, without usable rows or of an
  ///   unknown layout. Bad rows are reported, not thrown.
  public static func read(
    _ bytes: [UInt8], named file: String, at time: Int64? = nil, ticker: String? = nil,
    of underlying: String? = nil, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[OptionChain]> {
    try read(
      [MarketSource(name: file, bytes: bytes)], at: time, ticker: ticker, of: underlying, present: present)
  }

  /// Reads the options on one underlying from several files, in order of time whatever the order of the
  /// files.
  ///
  /// - Throws: ``MarketDataError`` for a file that cannot be used, and for files that do not fit each other.
  public static func read(
    _ files: [MarketSource], at time: Int64? = nil, ticker: String? = nil, of underlying: String? = nil,
    present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[OptionChain]> {
    var assembly = SeriesAssembly<Stamped>(file: files.name, present: present)
    var instants = Instants.asTheyAre
    try files.forEachTable { table throws(MarketDataError) in
      instants = try read(&table, at: time, ticker: ticker, of: underlying, into: &assembly)
      assembly.endFile(table)
    }
    return try finish(&assembly, instants, files: files.count)
  }

  private static func read(
    _ table: inout Table, at time: Int64?, ticker: String?, of underlying: String?,
    into assembly: inout SeriesAssembly<Stamped>
  ) throws(MarketDataError) -> Instants {
    if table.isFromJSON, table.has("ttmyears") {
      guard let time else { throw MarketDataError(file: table.file, .undated) }
      try MarketFile.document(table.bytes, named: table.file) { root throws(DocumentError) in
        try StochVolChain.read(root, ticker: ticker, at: time, into: &assembly)
      }
    } else if let columns = PlainChain.Columns(table) {
      try PlainChain.read(&table, columns, into: &assembly)
    } else if let layout = try ExchangeChain(table) {
      try layout.read(&table, ticker: ticker, of: underlying, at: time, into: &assembly)
      return layout.source == .tardis ? .hourly : .latest
    } else if let columns = LeanChain.Columns(table) {
      guard let time else { throw MarketDataError(file: table.file, .undated) }
      try LeanChain.read(&table, columns, at: time, into: &assembly)
    } else {
      throw table.mismatch("option chains", missing: [], known: known)
    }
    return .asTheyAre
  }

  /// What messages say is known.
  static let known = [
    "ts, expiry, strike, kind, forward with prices or volatilities by name",
    "Deribit (instrument_name, underlying_price), OKX (instId, fwdPx), Bybit (bid1Price), Binance (exercisePrice) and "
      + "ccxt, as JSON or CSV", "Tardis options_chain", "StochVolModels", "QuantConnect Lean",
  ]

  /// A quote and its instant in seconds.
  struct Stamped {
    var time: Int64
    var quote: OptionQuote
  }

  /// What tells one option from another.
  struct Contract: Hashable {
    let expiry: Int64
    let strike: Double
    let kind: OptionKind

    init(_ quote: OptionQuote) {
      (expiry, strike, kind) = (quote.expiry, quote.strike, quote.kind)
    }
  }

  /// Which instants have a chain.
  private enum Instants {
    /// Each that a quote has.
    case asTheyAre
    /// The latest, of the last quote of each option; of several files, each whole hour too.
    case latest
    /// Each whole hour after quotes, and the latest, of the last quote of each option by then.
    case hourly
  }

  private static func finish(
    _ assembly: inout SeriesAssembly<Stamped>, _ instants: Instants, files: Int
  ) throws(MarketDataError) -> Reading<[OptionChain]> {
    // Tickers come many times a second, and times are whole seconds.
    try assembly.order(
      by: { Contract($0.quote) }, .init(areSame: { $0.quote == $1.quote }, areRefused: false))
    var reading = try assembly.finish()
    if let scale = VolatilityScale.of(reading.series) {
      for i in reading.series.indices { reading.series[i].quote.scaleVolatilities(by: scale.factor) }
      reading.quality.units.append(
        UnitReading(amount: "volatility", unit: scale.unit, basis: .recognised))
    }
    var runs: [OptionChain]
    switch instants {
    case .asTheyAre:
      runs = reading.series.chunked(by: \.time).map { run in
        OptionChain(time: run[run.startIndex].time, quotes: run.map(\.quote))
      }
    case .latest: runs = chains(reading.series, every: files == 1 ? nil : 3_600)
    case .hourly: runs = chains(reading.series, every: 3_600)
    }
    for i in runs.indices { runs[i].quotes.sort(by: precedes) }
    return Reading(series: runs, quality: reading.quality)
  }

  /// Chains of the last quote of each option, at multiples of a step and at the latest instant. What has
  /// expired by then is no longer quoted.
  private static func chains(_ quotes: [Stamped], every step: Int64?) -> [OptionChain] {
    var chains: [OptionChain] = []
    var latest: [Contract: OptionQuote] = [:]
    for (i, stamped) in quotes.enumerated() {
      latest[Contract(stamped.quote)] = stamped.quote
      let end = step.map { (stamped.time + $0 - 1) / $0 * $0 } ?? .max
      let isLast = i + 1 == quotes.count
      guard isLast || quotes[i + 1].time > end else { continue }
      let time = isLast ? stamped.time : end
      latest = latest.filter { $0.value.expiry > time }
      chains.append(OptionChain(time: time, quotes: Array(latest.values)))
    }
    return chains
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
    var isSound =
      quote.strike > 0 && quote.strike < .infinity && quote.forward > 0 && quote.forward < .infinity
      && quote.expiry > time && quote.openInterest >= 0 && quote.openInterest < .infinity
    func check(_ field: inout Double?) {
      guard let value = field else { return }
      if value == 0 { field = nil }
      isSound = isSound && value >= 0 && value < .infinity
    }
    check(&quote.bid)
    check(&quote.ask)
    check(&quote.mark)
    check(&quote.markVolatility)
    check(&quote.bidVolatility)
    check(&quote.askVolatility)
    if isSound {
      add(OptionChainReader.Stamped(time: time, quote: quote), time: time, line: line)
    } else {
      addBad(
        line: line,
        "strike \(quote.strike), forward \(quote.forward), or a price or volatility is not positive, or it has expired"
      )
    }
  }
}
