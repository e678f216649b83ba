import CanonicalBytes

/// Where in a row the parts of a funding payment stand.
struct FundingLayout {
  /// What messages say is known.
  static let known = [
    "time and funding rate by name", "Binance (calc_time, funding_interval_hours, last_funding_rate)",
    "Tardis derivative_ticker",
    "JSON of Binance, Bybit, OKX, Coinbase, Kraken, Deribit, dYdX, Hyperliquid, BitMEX and ccxt",
  ]

  /// When the row was.
  let time: Int
  /// When the rate will be paid, where rows are readings of a running rate.
  let settlement: Int?

  /// Where the rate stands, what was paid before what was foretold.
  private let rates: [Int]
  private let hoursColumn: Int?
  /// Deribit's `interest_1h` is for one hour whenever it is stamped.
  private let isHourly: Bool

  /// - Throws: ``MarketDataProblem/unknownLayout(_:)``, ``MarketDataProblem/contradiction(_:)``.
  init(_ table: Table) throws(MarketDataError) {
    let columns = try table.require([.time, .fundingRate], of: "funding payments", known: Self.known)
    // A ticker states when the rate is to be paid beside when it was read.
    // OKX's present rate has the next settlement and the one after it.
    let due =
      table.column(named: "fundingtimestamp")
      ?? (table.has("nextfundingtime", "nextfundingtimestamp") ? table.column(named: "fundingtime") : nil)
    let read = ["timestamp", "ts", "time", "localtimestamp"].lazy.compactMap { table.column(named: $0) }.first
    settlement = read == nil ? nil : due
    time = settlement == nil ? columns[0] : read ?? columns[0]
    rates = ColumnPart.fundingRate.names.compactMap { table.column(named: $0) }
    hoursColumn = table.column(.fundingHours)
    isHourly = table.has("interest1h") && !table.has("fundingrate")
    if table.has("nextfundingtime", "nextfundingtimestamp"), settlement == nil, !table.has("fundingtime") {
      throw MarketDataError(
        file: table.file,
        .contradiction(
          "states the next time of funding, so its rates are foretold and not paid; name a file of payments"))
    }
  }

  /// The rate of a row: the first that it has.
  func rate(_ table: Table) throws(MarketDataError) -> Double {
    guard let column = rates.first(where: { !table.isEmpty($0) }) else { return .nan }
    return try table.number(column)
  }

  /// The hours that the rate of a row is for, if it says so: a number, or a time of day as BitMEX writes
  /// eight hours, `2000-01-01T08:00:00.000Z`.
  func hours(_ table: Table) throws(MarketDataError) -> Double? {
    if isHourly { return 1 }
    guard let hoursColumn, !table.isEmpty(hoursColumn) else { return nil }
    let text = try table.text(hoursColumn)
    if let hours = parseDecimal(Array(text.utf8)[...]) {
      // Milliseconds, minutes and hours differ enough to be told apart.
      return hours >= 3_600_000 ? hours / 3_600_000 : hours > 24 ? hours / 60 : hours
    }
    if text.hasSuffix("h"), let hours = parseDecimal(Array(text.dropLast().utf8)[...]) { return hours }
    let midnight: Int64 = 946_684_800
    let seconds = try table.seconds(hoursColumn)
    guard (midnight + 1...midnight + 86_400).contains(seconds) else {
      throw table.unreadable(hoursColumn, .number)
    }
    return Double(seconds - midnight) / 3_600
  }
}

/// Readings of a running rate, of which the last before each settlement is what was paid.
struct FundingReadings {
  /// How long after the last reading a settlement may be for that to be its rate, in milliseconds.
  static let longestWait: Int64 = 3_600_000

  /// The last reading before a settlement, in milliseconds.
  private struct Last {
    let time: Int64
    let rate: Double
    let line: Int
  }

  private var last: [Int64: Last] = [:]
  private var newest = Int64.min

  /// Takes a reading of the rate of a settlement, both instants in milliseconds.
  mutating func add(_ rate: Double, at time: Int64, for settlement: Int64, line: Int) {
    newest = max(newest, time)
    guard time <= settlement, !rate.isNaN, time >= last[settlement]?.time ?? .min else { return }
    last[settlement] = Last(time: time, rate: rate, line: line)
  }

  /// Adds what was paid. What was foretold long before a settlement is not what was paid.
  func settle(into assembly: inout SeriesAssembly<FundingPayment>) {
    for (due, reading) in last.sorted(by: { $0.key < $1.key }) {
      guard due - reading.time <= Self.longestWait, due <= newest + Self.longestWait else {
        assembly.quality.add(
          .unfinished, line: reading.line,
          "the readings end before the settlement at \(UTCTime.text(due / 1_000))")
        assembly.quality.rows += 1
        continue
      }
      assembly.add(
        FundingPayment(time: due / 1_000, rate: reading.rate, hours: nil), line: reading.line)
    }
  }
}
