/// Reading of prices by source.
public enum PriceReader {
  /// The most bytes of the name of a source.
  static let nameLimit = 64

  /// Reads what sources said an asset is worth: `source,time_ms,price,confidence`, the confidence as a
  /// fraction of the price, or without that column.
  ///
  /// Of several prices of one source at one time the first is kept. A row is dropped as bad unless its
  /// price is positive and finite and its confidence from 0 to below 1.
  ///
  /// - Parameter present: the present in seconds since 1970; later prices are dropped and reported.
  public static func read(
    _ bytes: [UInt8], named file: String, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[PriceObservation]> {
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    guard let source = table.column("source"), let time = table.column("time_ms", "time", "ts"),
      let price = table.column("price")
    else { throw MarketDataError(file: file, .unknownLayout(columns: table.columns)) }
    let confidence = table.column("confidence")
    var assembly = SeriesAssembly<PriceObservation>(
      file: file, present: present.map(milliseconds), ticks: 1_000)
    while try table.next() {
      let observation = PriceObservation(
        source: try table.text(source), timeMilliseconds: try table.milliseconds(time),
        price: try table.number(price), confidence: try table.number(confidence) ?? 0)
      let isSound =
        observation.price > 0 && observation.price < .infinity && observation.confidence >= 0
        && observation.confidence < 1 && (1...nameLimit).contains(observation.source.utf8.count)
      if isSound {
        assembly.add(observation, time: observation.timeMilliseconds, line: table.line)
      } else {
        assembly.addBad(line: table.line, observation.fault)
      }
    }
    assembly.order(by: \.source)
    return try assembly.finish()
  }
}

extension PriceObservation {
  /// Why it is not sound, in a few words.
  fileprivate var fault: String {
    if price.isNaN { return "the price is no number" }
    if !(price > 0 && price < .infinity) { return "the price is \(price), not positive and finite" }
    if !(confidence >= 0 && confidence < 1) { return "the confidence \(confidence) is not from 0 to below 1" }
    return source.isEmpty ? "the source has no name" : "the name of the source is too long"
  }
}

/// Seconds as milliseconds, at most the last instant there is.
func milliseconds(_ seconds: Int64) -> Int64 {
  min(max(seconds, 0), UTCTime.range.upperBound) * 1_000
}
