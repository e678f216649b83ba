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
    throw MarketDataError(file: listingFile, .missing)
  }
}
