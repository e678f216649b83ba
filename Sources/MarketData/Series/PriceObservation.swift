/// What one source said an asset is worth.
public struct PriceObservation: Hashable, Sendable {
  /// The name of the source.
  public var source: String
  /// When the source saw the price, in milliseconds since 1970 UTC.
  public var timeMilliseconds: Int64
  /// The price in USD; positive.
  public var price: Double
  /// The source's own half-width of confidence as a fraction of the price; zero where it states none.
  public var confidence: Double

  /// An observation.
  public init(source: String, timeMilliseconds: Int64, price: Double, confidence: Double = 0) {
    self.source = source
    self.timeMilliseconds = timeMilliseconds
    self.price = price
    self.confidence = confidence
  }
}
