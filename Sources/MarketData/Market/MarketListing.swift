/// What a venue lists and where its market data stand: the file `market.json`.
public struct MarketListing: Hashable, Sendable {
  /// The one version of the file.
  public static let version: Int64 = 1

  /// What instruments are written on, in the order of the file.
  public var underlyings: [UnderlyingListing]
  /// What positions may be held in, in the order of the file, without options taken from chains.
  public var instruments: [InstrumentListing]
  /// Which options of the chains are listed besides.
  public var optionListings: [OptionListing]
  /// What may be held as collateral or owed, in the order of the file.
  public var assets: [AssetListing]
  /// The file of the state of the insurance fund, if there is one.
  public var insurance: String?
  /// The names of the venue's own numbers of instruments and assets; nil if it declares none. Every
  /// instrument and every asset has one integer for each.
  public var attributes: AttributeListing?

  /// A listing.
  public init(
    underlyings: [UnderlyingListing], instruments: [InstrumentListing],
    optionListings: [OptionListing] = [], assets: [AssetListing]
  ) {
    self.underlyings = underlyings
    self.instruments = instruments
    self.optionListings = optionListings
    self.assets = assets
    insurance = nil
    attributes = nil
  }
}

/// The names of a venue's own numbers, which are published with a snapshot and which circuits may read.
public struct AttributeListing: Hashable, Sendable {
  /// Of instruments, at most ``MarketLimits/attributes``; each a lower-case letter, then letters, digits and
  /// `_`.
  public var instruments: [String]
  /// Of assets, likewise.
  public var assets: [String]

  /// These names.
  public init(instruments: [String] = [], assets: [String] = []) {
    self.instruments = instruments
    self.assets = assets
  }
}

/// One underlying and the files of its market data, as paths inside the directory of the market.
public struct UnderlyingListing: Hashable, Sendable {
  /// The name, such as "BTC".
  public var id: String
  /// The files of bars.
  public var bars: SeriesFiles
  /// What the volume of bars counts, if that is stated; nil for what the file shows.
  public var volumeUnit: AmountUnit?
  /// The files of funding payments, if there are any.
  public var funding: SeriesFiles?
  /// What open interest counts, if that is stated; nil for what the file shows.
  public var openInterestUnit: AmountUnit?
  /// The size of one contract, if it is stated: of the underlying, or in USD of an inverse one.
  public var contractSize: Double?
  /// The files of open interest, if there are any.
  public var openInterest: SeriesFiles?
  /// When open interest was known, in seconds since 1970, if its file does not say so.
  public var openInterestTime: Int64?
  /// The order books, one for each venue.
  public var books: [BookListing]
  /// The files of option chains, if there are any.
  public var options: SeriesFiles?
  /// When the chain was taken, in seconds since 1970, if its file does not say so.
  public var optionsTime: Int64?
  /// Which options of their file, if it holds those of several currencies.
  public var optionsTicker: String?
  /// The files of prices by source, if there are any; without them only bars say what the price
  /// is.
  public var prices: SeriesFiles?
  /// The file of the venue's liquidations, if there is one.
  public var liquidations: String?

  /// An underlying with bars and nothing else.
  public init(id: String, bars: SeriesFiles) {
    self.id = id
    self.bars = bars
    volumeUnit = nil
    funding = nil
    openInterestUnit = nil
    contractSize = nil
    openInterest = nil
    openInterestTime = nil
    books = []
    options = nil
    optionsTime = nil
    optionsTicker = nil
    prices = nil
    liquidations = nil
  }
}

/// The order books of one venue.
public struct BookListing: Hashable, Sendable {
  /// The name of the venue.
  public var venue: String
  /// The files of books.
  public var files: SeriesFiles
  /// When the book was taken, in seconds since 1970, if its file does not say so.
  public var time: Int64?
  /// Which of the symbols in the file; nil when it holds one only.
  public var symbol: String?
  /// How far its depth is relied upon, in ppm: at most 1 000 000.
  public var weightPpm: Int64
  /// What sizes are counted in.
  public var unit: AmountUnit

  /// The books of a venue.
  public init(
    venue: String, files: SeriesFiles, symbol: String? = nil, weightPpm: Int64 = 1_000_000,
    unit: AmountUnit = .base
  ) {
    self.venue = venue
    self.files = files
    time = nil
    self.symbol = symbol
    self.weightPpm = weightPpm
    self.unit = unit
  }
}

/// What sort of contract an instrument is.
public enum ContractKind: String, CaseIterable, Hashable, Sendable {
  /// A future without expiry, held near its index by funding payments.
  case perpetual
  /// A future with expiry.
  case future
  /// An option to buy.
  case call
  /// An option to sell.
  case put
  /// The asset itself.
  case spot

  /// Whether it is a call or a put.
  public var isOption: Bool { self == .call || self == .put }
}

/// One instrument that positions may be held in.
public struct InstrumentListing: Hashable, Sendable {
  /// The name, such as "BTC-PERP".
  public var id: String
  /// What sort of contract it is.
  public var kind: ContractKind
  /// What it is written on.
  public var underlying: String
  /// What one lot is, in units of the underlying.
  public var lot: Lot
  /// The instant of expiry in seconds since 1970, of futures and options only.
  public var expiry: Int64?
  /// The strike in USD, of options only; positive.
  public var strike: Double?
  /// The venue's own numbers, one for each of ``AttributeListing/instruments``.
  public var attributes: [Int64]

  /// An instrument.
  public init(
    id: String, kind: ContractKind, underlying: String, lot: Lot, expiry: Int64? = nil,
    strike: Double? = nil, attributes: [Int64] = []
  ) {
    self.attributes = attributes
    self.id = id
    self.kind = kind
    self.underlying = underlying
    self.lot = lot
    self.expiry = expiry
    self.strike = strike
  }
}

/// Options listed straight from the last chain of an underlying: the most held ones, those nearest to
/// the money first where as much is held.
public struct OptionListing: Hashable, Sendable {
  /// The most options that one underlying may list.
  public static let mostOptions = 1_000

  /// The underlying whose chain it is.
  public var underlying: String
  /// What one lot is, in units of the underlying.
  public var lot: Lot
  /// How many options at most.
  public var maximumCount: Int
  /// The venue's own numbers of each of them, one for each of ``AttributeListing/instruments``.
  public var attributes: [Int64]

  /// Options of an underlying.
  public init(underlying: String, lot: Lot, maximumCount: Int, attributes: [Int64] = []) {
    self.attributes = attributes
    self.underlying = underlying
    self.lot = lot
    self.maximumCount = maximumCount
  }
}

/// One asset that may be held as collateral or owed.
///
/// Its price is that of an underlying, or comes from a file of its own, or, for a stable asset without
/// a file, is one USD.
public struct AssetListing: Hashable, Sendable {
  /// The name, such as "USDC".
  public var id: String
  /// The underlying that gives the price, if one does.
  public var underlying: String?
  /// The files of prices by source, if it has its own.
  public var prices: SeriesFiles?
  /// Whether it is meant to be worth one USD.
  public var isStable: Bool
  /// What one lot is, in units of the asset.
  public var lot: Lot
  /// The most debt, in quanta of 10⁻⁶ USD, that all accounts together may back with it.
  public var isolationCeiling: Int64?
  /// The most lots that one account may owe.
  public var maxBorrow: Int64?
  /// The underlying whose scenario group the asset belongs to, if its debts are isolated.
  public var group: String?
  /// Since when the asset is paused, in seconds since 1970; it backs nothing from the epoch after.
  public var pausedSince: Int64?
  /// Since when it is listed, in seconds since 1970, where that is said: an asset whose price collapsed
  /// before backs something again from then on.
  public var listedSince: Int64?
  /// The file of what all accounts hold and owe of it, if there is one.
  public var usage: String?
  /// The venue's own numbers, one for each of ``AttributeListing/assets``.
  public var attributes: [Int64]

  /// An asset.
  public init(
    id: String, underlying: String? = nil, prices: SeriesFiles? = nil, isStable: Bool = false, lot: Lot
  ) {
    self.id = id
    self.underlying = underlying
    self.prices = prices
    self.isStable = isStable
    self.lot = lot
    isolationCeiling = nil
    maxBorrow = nil
    group = nil
    pausedSince = nil
    listedSince = nil
    usage = nil
    attributes = []
  }
}
