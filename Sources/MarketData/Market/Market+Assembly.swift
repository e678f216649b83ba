extension Market {
  /// A market put together from values rather than files.
  ///
  /// - Parameters:
  ///   - instruments: those of the listing and options from chains; nil for those of the listing.
  ///   - underlyings: the series, in the order of the listing.
  ///   - assetPrices: prices of assets with prices of their own, in the order of the listing; missing ones
  ///     are empty.
  public init(
    listing: MarketListing, instruments: [InstrumentListing]? = nil,
    underlyings: [UnderlyingSeries], assetPrices: [[PriceObservation]] = []
  ) {
    self.listing = listing
    self.instruments = instruments ?? listing.instruments
    self.underlyings = underlyings
    let missing = max(0, listing.assets.count - assetPrices.count)
    self.assetPrices = assetPrices + [[PriceObservation]](repeating: [], count: missing)
    assetUsage = [[AssetUsagePrint]](repeating: [], count: listing.assets.count)
    insurance = []
    quality = []
    files = []
  }
}
