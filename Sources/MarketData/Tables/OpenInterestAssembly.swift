import CanonicalBytes

/// Open interest as a row states it.
struct OpenInterestRow {
  /// The instant, in seconds since 1970.
  var time: Int64
  /// What is held long and short, where the file says so by side.
  var long: Double?
  var short: Double?
  /// What is open in the currency of account; nil where the row does not say.
  var value: Double?
  /// What is open in contracts or coins.
  var amount: Double?
  /// Long over short accounts.
  var ratio: Double?
  /// Whether the file has such ratios.
  var hasRatio = false
  /// The symbol, of the first row at least.
  var symbol: String?

  /// Whether every number that it has is finite and not negative.
  var isSound: Bool {
    [long, short, value, amount, ratio].allSatisfy { $0.map { $0 >= 0 && $0 < .infinity } ?? true }
      && (long != nil) == (short != nil) && (long ?? value ?? amount) != nil
  }

  /// Whether another row has the same amounts.
  fileprivate func says(_ other: OpenInterestRow) -> Bool {
    (long, short, value, amount) == (other.long, other.short, other.value, other.amount)
  }

  /// Whether nothing is open, or nothing on one side.
  var isZero: Bool {
    if let long, let short { return long == 0 || short == 0 }
    return value.map { $0 == 0 } ?? true && amount.map { $0 == 0 } ?? true
  }
}

extension SeriesAssembly<OpenInterestRow> {
  /// Between these factors of the price an amount of coins is worth what the value says.
  private static var worth: ClosedRange<Double> { 0.5...2.0 }
  /// The greatest ratio of longs to shorts that is one: a hundred accounts to two. Beyond, it is in percent
  /// or no ratio.
  private static var greatestRatio: Double { 50 }

  /// Takes a row, or drops it if it is not sound.
  mutating func add(_ row: OpenInterestRow, line: Int) {
    if row.isSound {
      add(row, time: row.time, line: line)
    } else {
      addBad(line: line, "open interest is missing, negative or no number")
    }
  }

  /// The open interest in order of time, in USD.
  ///
  /// - Parameters:
  ///   - unit: what ``OpenInterestRow/amount`` counts, or the sides where there is none; nil for what the
  ///     file shows.
  ///   - known: what the source counts, where the file says which source it is.
  ///   - contractSize: the USD of one contract of a coin-margined symbol.
  ///   - prices: bars of the underlying.
  mutating func openInterest(
    unit: AmountUnit?, known: VenueUnit? = nil, contractSize: Double? = nil, prices: BarSeries?
  ) throws(MarketDataError) -> Reading<[OpenInterestPrint]> {
    try order(by: { _ in 0 }, Doubles(areSame: { $0.says($1) }))
    if rows.contains(where: { !$0.element.isZero }) { drop(.placeholder) { $0.element.isZero } }
    if rows.isEmpty { try close() }
    try refuseShares()
    let unit = try settledUnit(unit, known, contractSize, prices)
    var prints: [SeriesAssembly<OpenInterestPrint>.Row] = []
    for row in rows {
      guard let print = print(row.element, unit, prices) else {
        quality.add(.bad, line: row.line, "there is no bar to price it by")
        continue
      }
      if row.element.hasRatio, !print.hasSides {
        quality.add(
          .placeholder, line: row.line,
          row.element.ratio.map {
            $0 == 0
              ? "the ratio of longs to shorts is 0"
              : "the ratio of longs to shorts is \($0), more than \(Self.greatestRatio); is it in percent?"
          } ?? "the ratio of longs to shorts is empty")
      }
      prints.append(.init(time: row.time, line: row.line, element: print))
    }
    var series = SeriesAssembly<OpenInterestPrint>(quality: quality, rows: prints)
    if let interval = series.commonInterval(granularity: 60) { series.reportGaps(interval) }
    return try series.finish()
  }

  /// The unit that amounts are in; nil where values are USD already.
  private mutating func settledUnit(
    _ stated: AmountUnit?, _ known: VenueUnit?, _ size: Double?, _ prices: BarSeries?
  ) throws(MarketDataError) -> AmountUnit? {
    func note(_ unit: String, _ basis: UnitReading.Basis) {
      quality.units = [UnitReading(amount: "open interest", unit: unit, basis: basis)]
    }
    if let stated {
      note("\(stated)", .stated)
      return stated
    }
    if let known {
      note("\(known.unit)", .known)
      return known.unit
    }
    guard let first = rows.first?.element else { return nil }
    let symbol = rows.lazy.compactMap(\.element.symbol).first
    if let symbol, symbol.uppercased().contains("USD_"), first.amount != nil {
      if let size {
        note("\(AmountUnit.inverseContracts(multiplier: size))", .stated)
        return .inverseContracts(multiplier: size)
      }
      throw unknownUnit(
        "\(quoted(symbol)) is coin-margined: its open interest counts contracts and its value coins; state "
          + "\"openInterestUnit\": \"inverseContracts\" and \"contractSize\" (the USD of one contract) in market.json"
      )
    }
    guard first.long == nil, first.amount != nil else {
      note("USD", .assumed)
      return nil
    }
    guard first.value != nil else {
      throw unknownUnit(
        "open interest does not say what it counts; state \"openInterestUnit\" (base, usd, contracts or "
          + "inverseContracts, with \"contractSize\") in market.json")
    }
    // value/amount over the price: 1 where the amount counts coins and the value USD.
    let worth = rows.compactMap { row -> Double? in
      guard let value = row.element.value, let amount = row.element.amount, value > 0, amount > 0,
        let price = prices?.close(at: row.time)
      else { return nil }
      return value / amount / price
    }.sorted()
    guard !worth.isEmpty else {
      note("USD", .assumed)
      return nil
    }
    let middle = worth[worth.count / 2]
    if Self.worth.contains(middle) {
      note("USD", .checked)
      return nil
    }
    // Contracts of one size with their value in USD, or of a number of USD each with their value in coins.
    if middle >= 1e-5, contractSize(near: middle) != nil {
      note("USD", .checked)
      return nil
    }
    let faces = rows.compactMap { row -> Double? in
      guard let value = row.element.value, let amount = row.element.amount, amount > 0,
        let price = prices?.close(at: row.time)
      else { return nil }
      return value * price / amount
    }.sorted()
    guard let face = contractSize(near: faces[faces.count / 2]), (0.1...1e5).contains(face) else {
      throw unknownUnit(
        "open interest and its value fit the price in no unit: value / amount is \(middle) times the price; state "
          + "\"openInterestUnit\" and \"contractSize\" in market.json")
    }
    note("\(AmountUnit.inverseContracts(multiplier: face))", .recognised)
    return .inverseContracts(multiplier: face)
  }

  /// Sides that add up to one, or to a hundred, in every row are shares of accounts and no amounts.
  private func refuseShares() throws(MarketDataError) {
    let sums = rows.compactMap { row -> Double? in
      guard let long = row.element.long, let short = row.element.short else { return nil }
      return long + short
    }
    guard let first = sums.first, sums.count == rows.count else { return }
    for whole in [1.0, 100] where sums.allSatisfy({ abs($0 - whole) <= 1e-3 * whole }) {
      throw unknownUnit(
        "long and short add up to \(first) in every row: they are shares, not amounts; name a file of open interest"
      )
    }
  }

  private func unknownUnit(_ text: String) -> MarketDataError {
    quality.failure(.unit(text), line: rows.first?.line)
  }

  private func print(_ row: OpenInterestRow, _ unit: AmountUnit?, _ prices: BarSeries?) -> OpenInterestPrint?
  {
    var price = 1.0
    switch unit {
    case .base, .linearContracts:
      guard let close = prices?.close(at: row.time) else { return nil }
      price = close
    case .quote, .inverseContracts, nil: break
    }
    func usd(_ amount: Double) -> Double { unit?.usd(amount, price: price) ?? amount }
    if let long = row.long, let short = row.short {
      return OpenInterestPrint(time: row.time, longUSD: usd(long), shortUSD: usd(short))
    }
    // A stated unit is that of the amount, where there is one.
    guard let total = unit == nil ? row.value : (row.amount ?? row.value).map(usd) else { return nil }
    guard let ρ = row.ratio, ρ > 0, ρ <= Self.greatestRatio else {
      return OpenInterestPrint(time: row.time, longUSD: total, shortUSD: total, hasSides: false)
    }
    return OpenInterestPrint(
      time: row.time, longUSD: total * (2 * ρ / (1 + ρ)), shortUSD: total * (2 / (1 + ρ)))
  }
}

extension BarSeries {
  /// The last close at an instant, of a bar that began no longer ago than a day and two bars.
  func close(at time: Int64) -> Double? {
    var (lower, upper) = (0, bars.count)
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if bars[middle].openTime <= time { lower = middle + 1 } else { upper = middle }
    }
    guard lower > 0, time - bars[lower - 1].openTime <= UTCTime.day + 2 * interval else { return nil }
    return bars[lower - 1].close
  }
}
