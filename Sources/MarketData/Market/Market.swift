/// Everything that the margin engine knows about markets: a listing and the series of every underlying.
public struct Market: Hashable, Sendable {
  /// What is listed.
  public var listing: MarketListing
  /// Every instrument, those of the listing first, then options from chains by expiry, strike and kind.
  public var instruments: [InstrumentListing]
  /// The series, in the order of ``MarketListing/underlyings``.
  public var underlyings: [UnderlyingSeries]
  /// Prices of the assets that have files of their own, in the order of ``MarketListing/assets``; empty
  /// for the others.
  public var assetPrices: [[PriceObservation]]
  /// What all accounts hold and owe of the assets that have such files, in the same order; empty for the
  /// others.
  public var assetUsage: [[AssetUsagePrint]]
  /// The states of the insurance fund; empty without a file of them.
  public var insurance: [InsurancePrint]
  /// What was wrong with the data, one report for each file of series.
  public var quality: [DataQuality]
  /// The paths of the files that all this was read from, `market.json` first, then each file once, in the
  /// order of the listing.
  public var files: [String]

  /// The series of an underlying, or nil if there is none of this name.
  public func underlying(_ id: String) -> UnderlyingSeries? {
    underlyings.first { $0.id == id }
  }
}

/// One file of a market directory.
public struct MarketInput: Hashable, Sendable {
  /// The path inside the directory of the market.
  public var path: String
  /// The bytes of the file, compressed if it was.
  public var bytes: [UInt8]

  /// A file.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// The market data of one underlying, each series in increasing order of time.
public struct UnderlyingSeries: Hashable, Sendable {
  /// The name of the underlying.
  public var id: String
  /// Prices and volumes by interval.
  public var bars: BarSeries {
    didSet { hourly = bars.hourly }
  }
  /// The bars as ``BarSeries/hourly`` ones.
  private(set) var hourly: BarSeries
  /// Funding payments of its perpetual.
  public var funding: [FundingPrint]
  /// Open interest of its perpetual.
  public var openInterest: [OpenInterestPrint]
  /// Order books by venue.
  public var books: [VenueBooks]
  /// Option chains.
  public var chains: [OptionChain]
  /// Prices by source, of all sources together.
  public var prices: [PriceObservation]
  /// What the venue liquidated.
  public var liquidations: [LiquidationPrint]

  /// An underlying with bars and nothing else.
  public init(id: String, bars: BarSeries) {
    self.id = id
    self.bars = bars
    hourly = bars.hourly
    funding = []
    openInterest = []
    books = []
    chains = []
    prices = []
    liquidations = []
  }
}

/// The order books of one venue over time.
public struct VenueBooks: Hashable, Sendable {
  /// The name of the venue.
  public var venue: String
  /// How far its depth is relied upon, in ppm.
  public var weightPpm: Int64
  /// The books, in increasing order of time.
  public var books: [OrderBook]

  /// The books of a venue.
  public init(venue: String, weightPpm: Int64, books: [OrderBook]) {
    self.venue = venue
    self.weightPpm = weightPpm
    self.books = books
  }
}
