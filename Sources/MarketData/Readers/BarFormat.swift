/// How a file of bars is laid out.
public enum BarFormat: String, CaseIterable, Hashable, Sendable {
  /// `ts,open,high,low,close,volume_base`, with `volume_quote` or without.
  case plain
  /// Binance klines: `open_time,open,high,low,close,volume,close_time,quote_volume,…`, or the same twelve
  /// columns without names.
  case binanceKlines
  /// CryptoDataDownload: `unix,date,symbol,open,high,low,close,Volume BTC,Volume USD`, or without `unix`.
  case cryptoDataDownload
  /// Bitstamp: `timestamp,open,high,low,close,volume`.
  case bitstamp

  /// The layout with these columns, or nil if there is none.
  ///
  /// - Parameters:
  ///   - columns: the names in the header, in lower case; empty if there is no header.
  ///   - width: how many fields a row has.
  public static func recognise(columns: [String], width: Int) -> BarFormat? {
    BarColumns(columns: columns, width: width)?.format
  }
}

/// Where in a row the parts of a bar stand.
struct BarColumns {
  let format: BarFormat
  let time: Int
  let open: Int
  let high: Int
  let low: Int
  let close: Int
  let baseVolume: Int
  let quoteVolume: Int?

  init?(columns: [String], width: Int) {
    if columns.isEmpty {
      guard width == 11 || width == 12 else { return nil }
      format = .binanceKlines
      (time, open, high, low, close, baseVolume) = (0, 1, 2, 3, 4, 5)
      quoteVolume = 7
      return
    }
    func first(_ names: String...) -> Int? {
      names.lazy.compactMap(columns.firstIndex(of:)).first
    }
    guard let open = first("open"), let high = first("high"), let low = first("low"),
      let close = first("close")
    else { return nil }
    (self.open, self.high, self.low, self.close) = (open, high, low, close)
    if let time = first("ts"), let volume = first("volume_base") {
      format = .plain
      self.time = time
      baseVolume = volume
      quoteVolume = first("volume_quote")
    } else if let time = first("open_time", "open time"), let volume = first("volume") {
      format = .binanceKlines
      self.time = time
      baseVolume = volume
      quoteVolume = first("quote_volume", "quote_asset_volume", "quote asset volume")
    } else if let time = first("unix", "unix timestamp", "date"), columns.contains("symbol") {
      // The two volumes are named by their currencies, base first in files of one pair.
      let volumes = columns.indices.filter { columns[$0].hasPrefix("volume ") }
      let quotes = volumes.filter { isQuote(columns[$0].dropFirst("volume ".count)) }
      guard volumes.count == 2, quotes.count == 1,
        let base = volumes.first(where: { $0 != quotes[0] })
      else { return nil }
      format = .cryptoDataDownload
      self.time = time
      baseVolume = base
      quoteVolume = quotes[0]
    } else if let time = first("timestamp"), let volume = first("volume") {
      format = .bitstamp
      self.time = time
      baseVolume = volume
      quoteVolume = nil
    } else {
      return nil
    }
  }
}

/// Whether a currency is one that prices are quoted in.
private func isQuote(_ currency: some StringProtocol) -> Bool {
  ["usd", "usdt", "usdc", "busd", "eur"].contains(String(currency))
}
