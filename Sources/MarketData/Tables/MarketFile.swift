internal import CanonicalBytes

/// What a reader made of a file: the series, and what was wrong with its rows.
public struct Reading<Series: Sendable>: Sendable {
  /// The rows that can be used, in order of time.
  public var series: Series
  /// What was repaired, dropped or noticed.
  public var quality: DataQuality

  /// A series and its report.
  public init(series: Series, quality: DataQuality) {
    self.series = series
    self.quality = quality
  }
}

/// Files of market data as bytes: plain, or compressed by gzip, which the first two bytes tell.
public enum MarketFile {
  /// The most bytes that a file may have, decompressed.
  public static let byteLimit = 256 << 20
  /// The most bytes that a JSON file may have, decompressed: the tree of one is much larger.
  public static let documentLimit = 32 << 20

  /// The bytes of a file, decompressed if they are compressed.
  public static func contents(
    _ bytes: [UInt8], named file: String, limit: Int = byteLimit
  ) throws(MarketDataError) -> [UInt8] {
    guard Gzip.isCompressed(bytes) else {
      guard bytes.count <= limit else { throw MarketDataError(file: file, .tooLarge(limit: limit)) }
      return bytes
    }
    do {
      return try Gzip.decompress(bytes, limit: limit)
    } catch {
      throw MarketDataError(file: file, .compression(error))
    }
  }

  /// What `read` makes of a JSON file.
  static func document<Value>(
    _ bytes: [UInt8], named file: String, _ read: (JSONNode) throws(DocumentError) -> Value
  ) throws(MarketDataError) -> Value {
    let text = try contents(bytes, named: file, limit: documentLimit)
    do {
      return try read(JSONDocument.parse(text, maximumBytes: documentLimit))
    } catch {
      throw MarketDataError(file: file, .document(error))
    }
  }
}
