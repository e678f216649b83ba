import CanonicalBytes

/// Reading of prices by source.
public enum PriceReader {
  /// The most bytes of the name of a source.
  static let nameLimit = 64
  /// What messages say is known.
  private static let known = ["source, time, price and confidence by name, in CSV or JSON"]

  /// Reads what sources said an asset is worth: `source,time_ms,price,confidence`, the confidence as a
  /// fraction of the price, or without that column.
  ///
  /// Of several prices of one source at one time the first is kept. A row is dropped as bad unless its
  /// price is positive and finite and its confidence from 0 to below 1.
  ///
  /// - Parameters:
  ///   - bytes: the contents of the file, plain or gzip.
  ///   - file: its path in the market, for reports and errors.
  ///   - present: the present in seconds since 1970; later prices are dropped and reported.
  /// - Throws: ``MarketDataError`` for a file that is too large, damaged, without usable rows or of an
  ///   unknown layout. Bad rows are reported, not thrown.
  public static func read(
    _ bytes: [UInt8], named file: String, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[PriceObservation]> {
    try read([MarketSource(name: file, bytes: bytes)], present: present)
  }

  /// Reads prices of one asset from several files, in order of time whatever the order of the files.
  ///
  /// - Throws: ``MarketDataError`` for a file that cannot be used, and for files that do not fit each other.
  public static func read(
    _ files: [MarketSource], present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[PriceObservation]> {
    var assembly = SeriesAssembly<PriceObservation>(
      file: files.name, present: present.map(milliseconds), ticks: 1_000)
    var symbol = OneSymbol()
    try files.forEachTable { table throws(MarketDataError) in
      let columns = try table.require([.source, .time, .price], of: "prices by source", known: known)
      let (source, time, price) = (columns[0], columns[1], columns[2])
      let confidence = table.column(.confidence)
      if table.column(.side) != nil || table.column(.size) != nil {
        throw MarketDataError(
          file: table.file,
          .contradiction("has the columns of prices, and sides or sizes, which trades and orders have"))
      }
      symbol.begin(table)
      while try table.next() {
        try symbol.check(table)
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
      assembly.endFile(table)
    }
    assembly.quality.instrument = symbol.named
    try assembly.order(
      by: \.source, .init(areSame: { $0.price == $1.price && $0.confidence == $1.confidence }))
    assembly.reportRepeated()
    return try assembly.finish()
  }
}

extension SeriesAssembly<PriceObservation> {
  /// How many prices of a source, over how many milliseconds, must be the same at its end to be noted.
  private static var leastRun: (count: Int, milliseconds: Int64) { (30, 3_600_000) }

  /// Reports sources that say one price again and again at the end of the series and said others before,
  /// mostly a new one each time: a source that stands still, and stamps anew what it knew. A stable coin is
  /// always worth the same.
  fileprivate mutating func reportRepeated() {
    var sources: [String: (price: Double, since: Int64, line: Int, run: Int, changes: Int, count: Int)] = [:]
    for row in rows {
      let price = row.element.price
      guard var source = sources[row.element.source] else {
        sources[row.element.source] = (price, row.time, row.line, 1, 0, 1)
        continue
      }
      source.count += 1
      if price == source.price {
        source.run += 1
      } else {
        (source.price, source.since, source.line, source.run) = (price, row.time, row.line, 1)
        source.changes += 1
      }
      sources[row.element.source] = source
    }
    guard let end = rows.last?.time else { return }
    for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
      guard source.run >= Self.leastRun.count, end - source.since >= Self.leastRun.milliseconds,
        2 * source.changes >= source.count - source.run, source.changes >= Self.leastRun.count
      else { continue }
      quality.add(
        .repeatedPrice,
        RowFaults(
          count: source.run - 1, firstLine: source.line,
          reason:
            "\(quoted(name)) says \(source.price) since \(UTCTime.text(source.since / 1_000)); does it stand still?"
        ))
    }
  }
}

extension PriceObservation {
  /// Why it is not sound, in a few words.
  fileprivate var fault: String {
    if price.isNaN { return "the price is not a number" }
    if !(price > 0 && price < .infinity) { return "the price is \(price), not positive and finite" }
    if !(confidence >= 0 && confidence < 1) { return "the confidence \(confidence) is not from 0 to below 1" }
    return source.isEmpty ? "the source has no name" : "the name of the source is too long"
  }
}

/// Seconds as milliseconds, at most the last instant there is.
func milliseconds(_ seconds: Int64) -> Int64 {
  min(max(seconds, 0), UTCTime.range.upperBound) * 1_000
}
