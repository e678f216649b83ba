extension Market {
  /// The name of the listing in the directory of a market.
  public static let listingFile = "market.json"

  /// Reads a market: `market.json` and every file that it names.
  ///
  /// - Parameters:
  ///   - present: the present in seconds since 1970; rows stamped later are dropped and reported. Nil
  ///     when there is no clock, as in a replay of history.
  ///   - read: the bytes of the file at a path inside the directory, or nil if there is none.
  public static func load(
    present: Int64? = nil, reading read: (_ path: String) -> [UInt8]?
  ) throws(MarketDataError) -> Market {
    guard let text = read(listingFile) else {
      throw MarketDataError(file: listingFile, .missing)
    }
    let listing: MarketListing
    do {
      listing = try MarketListing(json: text)
    } catch {
      throw MarketDataError(file: listingFile, .document(error))
    }
    var loader = MarketLoader(present: present, listing: MarketInput(path: listingFile, bytes: text))
    var underlyings: [UnderlyingSeries] = []
    for underlying in listing.underlyings {
      underlyings.append(try loader.series(underlying, read))
    }
    var assetPrices: [[PriceObservation]] = []
    for asset in listing.assets {
      guard let file = asset.prices else {
        assetPrices.append([])
        continue
      }
      assetPrices.append(try loader.prices(file, as: "\(asset.id)/prices", read))
    }
    var usage: [[AssetUsagePrint]] = []
    for asset in listing.assets { usage.append(try loader.usage(asset, read)) }
    let insurance = try loader.insurance(listing, read)
    return Market(
      listing: listing, instruments: try instruments(listing, underlyings),
      underlyings: underlyings, assetPrices: assetPrices, assetUsage: usage, insurance: insurance,
      quality: loader.quality, inputs: loader.inputs)
  }

  /// The instruments of the listing, and options of the chains that it lists besides.
  ///
  /// - Throws: ``MarketDataProblem/document(_:)`` if two instruments have one name, or there are too many.
  static func instruments(
    _ listing: MarketListing, _ underlyings: [UnderlyingSeries]
  ) throws(MarketDataError) -> [InstrumentListing] {
    var instruments = listing.instruments
    for options in listing.optionListings {
      let chain = underlyings.first { $0.id == options.underlying }?.chains.last
      instruments += options.instruments(of: chain)
    }
    var ids: Set<String> = []
    for instrument in instruments where !ids.insert(instrument.id).inserted {
      throw MarketDataError(file: listingFile, .notUnique(instrument.id))
    }
    guard instruments.count <= MarketLimits.instruments else {
      throw MarketDataError(file: listingFile, .tooMany(instruments.count, limit: MarketLimits.instruments))
    }
    return instruments
  }
}

extension OptionListing {
  /// The options of a chain that this lists: those with the most open interest, among equals those with
  /// the strike nearest to the forward. By expiry, strike and kind.
  func instruments(of chain: OptionChain?) -> [InstrumentListing] {
    let ranked = (chain?.quotes ?? []).enumerated().sorted { a, b in
      let (p, q) = (a.element, b.element)
      if p.openInterest != q.openInterest { return p.openInterest > q.openInterest }
      let (d, e) = (abs(p.strike / p.forward - 1), abs(q.strike / q.forward - 1))
      return d == e ? a.offset < b.offset : d < e
    }
    let chosen = ranked.prefix(maximumCount).map(\.element).sorted(by: OptionChainReader.precedes)
    return chosen.compactMap { quote in
      guard
        let id = OptionName.text(
          underlying: underlying, expiry: quote.expiry, strike: quote.strike, kind: quote.kind)
      else { return nil }
      return InstrumentListing(
        id: id, kind: quote.kind == .call ? .call : .put, underlying: underlying, lot: lot,
        expiry: quote.expiry, strike: quote.strike)
    }
  }
}

/// Reads the files of a market, each once, and keeps what they were.
private struct MarketLoader {
  let present: Int64?
  var inputs: [MarketInput]
  var quality: [DataQuality] = []

  init(present: Int64?, listing: MarketInput) {
    self.present = present
    inputs = [listing]
  }

  mutating func series(
    _ listing: UnderlyingListing, _ read: (String) -> [UInt8]?
  ) throws(MarketDataError) -> UnderlyingSeries {
    let id = listing.id
    let reading = try BarReader.read(
      bytes(listing.bars, read), named: listing.bars, unit: listing.volumeUnit, present: present)
    try Plausibility.check(interval: reading.series.interval, reading.quality)
    let bars = try keep(reading, as: "\(id)/bars")
    var series = UnderlyingSeries(id: id, bars: bars)
    if let file = listing.funding {
      series.funding = try keep(
        FundingReader.read(bytes(file, read), named: file, present: present), as: "\(id)/funding")
    }
    if let file = listing.openInterest {
      series.openInterest = try keep(
        OpenInterestReader.read(
          bytes(file, read), named: file, unit: listing.openInterestUnit, contractSize: listing.contractSize,
          prices: bars, present: present),
        as: "\(id)/open-interest")
    }
    for book in listing.books {
      let books = try OrderBookReader.read(
        bytes(book.file, read), named: book.file, symbol: book.symbol, unit: book.unit,
        present: present)
      series.books.append(
        VenueBooks(
          venue: book.venue, weightPpm: book.weightPpm,
          books: try keep(books, as: "\(id)/books/\(book.venue)")))
    }
    if let file = listing.options {
      series.chains = try keep(
        OptionChainReader.read(
          bytes(file, read), named: file, at: listing.optionsTime, ticker: listing.optionsTicker,
          present: present),
        as: "\(id)/chain")
    }
    if let file = listing.prices { series.prices = try prices(file, as: "\(id)/prices", read) }
    if let file = listing.liquidations {
      series.liquidations = try keep(
        LiquidationReader.read(bytes(file, read), named: file, present: present),
        as: "\(id)/liquidations", isRegular: false)
    }
    return series
  }

  mutating func usage(
    _ asset: AssetListing, _ read: (String) -> [UInt8]?
  ) throws(MarketDataError) -> [AssetUsagePrint] {
    guard let file = asset.usage else { return [] }
    return try keep(
      AssetUsageReader.read(bytes(file, read), named: file, present: present), as: "\(asset.id)/usage",
      isRegular: false)
  }

  mutating func insurance(
    _ listing: MarketListing, _ read: (String) -> [UInt8]?
  ) throws(MarketDataError) -> [InsurancePrint] {
    guard let file = listing.insurance else { return [] }
    return try keep(
      InsuranceReader.read(bytes(file, read), named: file, present: present), as: "insurance",
      isRegular: false)
  }

  mutating func prices(
    _ file: String, as name: String, _ read: (String) -> [UInt8]?
  ) throws(MarketDataError) -> [PriceObservation] {
    try keep(PriceReader.read(bytes(file, read), named: file, present: present), as: name)
  }

  /// Keeps the report on a series, named as the engine names its inputs.
  ///
  /// - Throws: ``MarketDataProblem/implausible(_:)`` for times that no market has.
  private mutating func keep<Series>(
    _ reading: Reading<Series>, as name: String, isRegular: Bool = true
  ) throws(MarketDataError) -> Series {
    try Plausibility.check(reading.quality, isRegular: isRegular)
    var quality = reading.quality
    quality.series = name
    self.quality.append(quality)
    return reading.series
  }

  /// The bytes of a file, which two underlyings may share.
  private mutating func bytes(
    _ path: String, _ read: (String) -> [UInt8]?
  ) throws(MarketDataError) -> [UInt8] {
    if let known = inputs.first(where: { $0.path == path }) { return known.bytes }
    guard let bytes = read(path) else { throw MarketDataError(file: path, .missing) }
    inputs.append(MarketInput(path: path, bytes: bytes))
    return bytes
  }
}
