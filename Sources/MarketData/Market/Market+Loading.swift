extension Market {
  /// The name of the listing in the directory of a market.
  public static let listingFile = "market.json"

  /// Reads a market: `market.json` and every file that it names.
  ///
  /// - Parameters:
  ///   - present: the present in seconds since 1970; rows stamped later are dropped and reported. Nil
  ///     when there is no clock, as in a replay of history.
  ///   - folder: the names of the files in the folder at a path inside the directory, or nil if there is
  ///     none.
  ///   - read: the bytes of the file at a path inside the directory, or nil if there is none.
  /// - Throws: ``MarketDataError`` for a listing or a file that cannot be used, with its path.
  public static func load(
    present: Int64? = nil, folder: @escaping (_ path: String) -> [String]? = { _ in nil },
    reading read: @escaping (_ path: String) -> [UInt8]?
  ) throws(MarketDataError) -> Market {
    try load(
      MarketFolder(names: folder) { path in
        guard var rest = read(path).map(Optional.some) else { return nil }
        return {
          defer { rest = nil }
          return rest
        }
      }, present: present)
  }

  /// Reads a market from a directory, block by block: `market.json` and every file that it names. Of
  /// separated values a block is in memory at a time; JSON, and zip archives as they are stored, are in
  /// memory one at a time. All files together have at most four gigabytes, decompressed, and eight million
  /// rows.
  ///
  /// - Parameter present: the present in seconds since 1970; rows stamped later are dropped and reported.
  /// - Throws: ``MarketDataError`` for a listing or a file that cannot be used, with its path.
  public static func load(
    _ folder: MarketFolder, present: Int64? = nil
  ) throws(MarketDataError) -> Market {
    var files = MarketFiles(folder)
    let text = try files.source(listingFile).stored(limit: 4 << 20)
    let listing: MarketListing
    do {
      listing = try MarketListing(json: text)
    } catch {
      throw MarketDataError(file: listingFile, .document(error))
    }
    var loader = MarketLoader(present: present, files: files)
    var underlyings: [UnderlyingSeries] = []
    for underlying in listing.underlyings {
      underlyings.append(try loader.series(underlying))
    }
    var assetPrices: [[PriceObservation]] = []
    for asset in listing.assets {
      guard let file = asset.prices else {
        assetPrices.append([])
        continue
      }
      assetPrices.append(try loader.prices(file, as: "\(asset.id)/prices"))
    }
    var usage: [[AssetUsagePrint]] = []
    for asset in listing.assets { usage.append(try loader.usage(asset)) }
    let insurance = try loader.insurance(listing)
    return Market(
      listing: listing, instruments: try instruments(listing, underlyings),
      underlyings: underlyings, assetPrices: assetPrices, assetUsage: usage, insurance: insurance,
      quality: loader.quality, files: loader.files.paths)
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
        expiry: quote.expiry, strike: quote.strike, attributes: attributes)
    }
  }
}

/// Reads the series of a market and keeps what was wrong with them.
private struct MarketLoader {
  let present: Int64?
  var files: MarketFiles
  var quality: [DataQuality] = []

  init(present: Int64?, files: MarketFiles) {
    (self.present, self.files) = (present, files)
  }

  mutating func series(_ listing: UnderlyingListing) throws(MarketDataError) -> UnderlyingSeries {
    let id = listing.id
    let reading = try BarReader.read(
      files.sources(listing.bars), unit: listing.volumeUnit, present: present)
    try Plausibility.check(interval: reading.series.interval, reading.quality)
    let bars = try keep(reading, as: "\(id)/bars")
    var series = UnderlyingSeries(id: id, bars: bars)
    if let file = listing.funding {
      series.funding = try keep(
        FundingReader.read(files.sources(file), present: present), as: "\(id)/funding")
    }
    if let file = listing.openInterest {
      series.openInterest = try keep(
        OpenInterestReader.read(
          files.sources(file), unit: listing.openInterestUnit, contractSize: listing.contractSize, of: id,
          at: listing.openInterestTime, prices: bars, present: present),
        as: "\(id)/open-interest")
    }
    for book in listing.books {
      let books = try OrderBookReader.read(
        files.sources(book.files), symbol: book.symbol, unit: book.unit, at: book.time, present: present)
      series.books.append(
        VenueBooks(
          venue: book.venue, weightPpm: book.weightPpm,
          books: try keep(books, as: "\(id)/books/\(book.venue)")))
    }
    if let file = listing.options {
      series.chains = try keep(
        OptionChainReader.read(
          files.sources(file), at: listing.optionsTime, ticker: listing.optionsTicker,
          of: id, present: present),
        as: "\(id)/chain")
    }
    if let file = listing.prices { series.prices = try prices(file, as: "\(id)/prices") }
    if let file = listing.liquidations {
      series.liquidations = try keep(
        LiquidationReader.read(files.bytes(file), named: file, present: present),
        as: "\(id)/liquidations", isRegular: false)
    }
    return series
  }

  mutating func usage(_ asset: AssetListing) throws(MarketDataError) -> [AssetUsagePrint] {
    guard let file = asset.usage else { return [] }
    return try keep(
      AssetUsageReader.read(files.bytes(file), named: file, present: present), as: "\(asset.id)/usage",
      isRegular: false)
  }

  mutating func insurance(_ listing: MarketListing) throws(MarketDataError) -> [InsurancePrint] {
    guard let file = listing.insurance else { return [] }
    return try keep(
      InsuranceReader.read(files.bytes(file), named: file, present: present), as: "insurance",
      isRegular: false)
  }

  mutating func prices(_ files: SeriesFiles, as name: String) throws(MarketDataError) -> [PriceObservation] {
    try keep(PriceReader.read(self.files.sources(files), present: present), as: name)
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
    // Series are named by what they are of: "BTC/bars".
    quality.compare(quality.instrument, with: name.split(separator: "/").first.map(String.init))
    self.quality.append(quality)
    return reading.series
  }
}
