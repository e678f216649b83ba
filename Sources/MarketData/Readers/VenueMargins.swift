internal import CanonicalBytes

/// What a clearing house asked for one contract from one day on.
public struct ContractMargin: Hashable, Sendable {
  /// The day, in seconds since 1970 UTC.
  public var time: Int64
  /// Initial margin of one contract in USD.
  public var initialUSD: Double
  /// Maintenance margin of one contract in USD.
  public var maintenanceUSD: Double

  /// Margins from a day on.
  public init(time: Int64, initialUSD: Double, maintenanceUSD: Double) {
    self.time = time
    self.initialUSD = initialUSD
    self.maintenanceUSD = maintenanceUSD
  }
}

/// Margin that grows by whole steps of the position, as BitMEX and dYdX v3 ask it: the rate of a
/// position of size S is the same for all of it,
///
///     rate(S) = rate + stepRate · max(0, ⌈(S - base)/step⌉).
public struct StepMargin: Hashable, Sendable {
  /// The venue's name of the instrument.
  public var symbol: String
  /// The initial rate of a small position, as a fraction of its notional.
  public var initialRate: Double
  /// The maintenance rate of a small position.
  public var maintenanceRate: Double
  /// The size up to which a position is small.
  public var base: Double
  /// How much more size makes one step; infinite where there are no steps.
  public var step: Double
  /// What each step adds to the initial rate.
  public var initialStepRate: Double
  /// What each step adds to the maintenance rate.
  public var maintenanceStepRate: Double
  /// The largest position, if there is one.
  public var maximum: Double?
  /// What is open on one side, in the unit of sizes.
  public var openInterest: Double
  /// The price that margin is computed at.
  public var price: Double

  /// The initial rate of a position of a size that is not negative, at most the whole notional.
  public func initialRate(size: Double) -> Double {
    min(1, initialRate + initialStepRate * steps(size))
  }

  /// The maintenance rate of a position of a size that is not negative, at most the whole notional.
  public func maintenanceRate(size: Double) -> Double {
    min(1, maintenanceRate + maintenanceStepRate * steps(size))
  }

  private func steps(_ size: Double) -> Double {
    max(0, ((size - base) / step).rounded(.up))
  }
}

/// One bracket of notional as Binance asks margin for it: each part of a position at its own rate.
public struct NotionalBracket: Hashable, Sendable {
  /// Where it begins, in the currency of its instrument.
  public var floor: Double
  /// Where it ends; infinite if it does not.
  public var cap: Double
  /// The initial rate, a share of notional: one by the highest leverage.
  public var initialRate: Double
  /// The maintenance rate, a share of notional.
  public var maintenanceRate: Double
}

/// The brackets of one instrument, lowest first.
public struct BracketMargin: Hashable, Sendable {
  /// The venue's name of the instrument.
  public var symbol: String
  /// The brackets, each beginning where the one before ends.
  public var brackets: [NotionalBracket]
  /// What floors and caps count: `USD`, for dollars of any kind; another currency, a coin, or `contracts`.
  public var currency: String

  /// The brackets of an instrument.
  public init(symbol: String, brackets: [NotionalBracket], currency: String = "USD") {
    (self.symbol, self.brackets, self.currency) = (symbol, brackets, currency)
  }
}

/// Reading of what venues ask.
public enum VenueMarginReader {
  /// What in the margins of instruments is possible, and improbable, such as percent for a fraction; one line
  /// each.
  public static func findings(_ margins: [BracketMargin]) -> [String] { MarginPlausibility.findings(margins) }

  /// What in margins that grow by steps is possible, and improbable, such as percent for a fraction; one line
  /// each.
  public static func findings(_ margins: [StepMargin]) -> [String] { MarginPlausibility.findings(margins) }

  /// What in the margins of a contract is possible, and improbable, such as rates for dollars; one line each.
  public static func findings(_ margins: [ContractMargin]) -> [String] {
    MarginPlausibility.findings(margins)
  }

  /// What in arrays of SPAN is possible, and improbable, such as losses for gains; one line each.
  public static func findings(_ span: SpanFile) -> [String] { MarginPlausibility.findings(span) }

  /// The most instruments of a file.
  static let instrumentLimit = 10_000

  private static let product = ColumnPart(
    "product", "symbol", "product", "productcode", "clearingcode", "code", "contract", "commodity", "ticker")
  private static let currency = ColumnPart("currency", "currency", "ccy", "iso", "currencycode")

  /// Reads `date,initial,maintenance`, in USD for each contract, as CME publishes it. A row is dropped as
  /// bad unless 0 < maintenance ≤ initial.
  ///
  /// - Throws: ``MarketDataError`` for a file that is damaged or not of this layout, for rows of a second
  ///   product, and for margins in another currency.
  public static func contractMargins(
    _ bytes: [UInt8], named file: String
  ) throws(MarketDataError) -> Reading<[ContractMargin]> {
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    let columns = try table.require(
      [.time, .initialMargin, .maintenanceMargin], of: "margins of contracts",
      known: ["date, initial, maintenance, in USD of one contract"])
    let (date, initial, maintenance) = (columns[0], columns[1], columns[2])
    let (product, currency) = (table.column(product), table.column(currency))
    var first: String?
    var assembly = SeriesAssembly<ContractMargin>(file: file, present: nil)
    while try table.next() {
      if let product {
        let name = try table.text(product)
        guard name == first ?? name else { throw table.unreadable(product, .word([first ?? name])) }
        first = name
      }
      if let currency, try table.text(currency).uppercased() != "USD" {
        throw table.unreadable(currency, .word(["USD"]))
      }
      let time = try table.seconds(date)
      let margin = ContractMargin(
        time: time, initialUSD: try table.number(initial),
        maintenanceUSD: try table.number(maintenance))
      if margin.maintenanceUSD > 0, margin.maintenanceUSD <= margin.initialUSD,
        margin.initialUSD < .infinity
      {
        assembly.add(margin, time: time, line: table.line)
      } else {
        assembly.addBad(line: table.line, "not 0 < maintenance ≤ initial")
      }
    }
    assembly.endFile(table)
    try assembly.order(by: { _ in 0 }, .init(areSame: { $0 == $1 }))
    return try assembly.finish()
  }

  /// Reads instruments of BitMEX: an array of `symbol`, `initMargin`, `maintMargin`, `riskLimit`,
  /// `riskStep`, … Each step adds the first maintenance rate to both rates. Sizes are in XBT for
  /// instruments settled in XBt, in units of 10⁻⁸; instruments without margin are passed over.
  ///
  /// - Throws: ``MarketDataError`` for a file that is damaged or not of this layout.
  public static func bitMEXInstruments(
    _ bytes: [UInt8], named file: String
  ) throws(MarketDataError) -> [StepMargin] {
    let margins = try MarketFile.document(bytes, named: file) { root throws(DocumentError) in
      var margins: [StepMargin] = []
      for node in try root.array(maximumCount: instrumentLimit) {
        let object = try LooseObject(node)
        guard let initial = try object.optionalNumber("initMargin"),
          let maintenance = try object.optionalNumber("maintMargin"),
          let limit = try object.optionalNumber("riskLimit"),
          let step = try object.optionalNumber("riskStep"), step > 0,
          let price = try object.optionalNumber("markPrice")
        else { continue }
        let satoshi = 1e8
        margins.append(
          StepMargin(
            symbol: try object.text("symbol"), initialRate: initial, maintenanceRate: maintenance,
            base: limit / satoshi, step: step / satoshi, initialStepRate: maintenance,
            maintenanceStepRate: maintenance, maximum: nil,
            openInterest: (try object.optionalNumber("openValue") ?? 0) / satoshi, price: price))
      }
      return margins
    }
    return try margins.checked(in: file)
  }

  /// Reads markets of dYdX: an object of `initialMarginFraction`, `maintenanceMarginFraction`, … by name, of
  /// version 4 inside `markets`. Steps, which version 3 has as `baselinePositionSize`,
  /// `incrementalPositionSize` and `incrementalInitialMarginFraction`, add to the initial rate only; sizes
  /// are in the base asset.
  ///
  /// - Throws: ``MarketDataError`` for a file that is damaged or not of this layout.
  public static func dYdXMarkets(
    _ bytes: [UInt8], named file: String
  ) throws(MarketDataError) -> [StepMargin] {
    let margins = try MarketFile.document(bytes, named: file) { root throws(DocumentError) in
      var margins: [StepMargin] = []
      var entries = try root.entries(maximumCount: instrumentLimit)
      if entries.count == 1, entries[0].key == "markets" {
        entries = try entries[0].node.entries(maximumCount: instrumentLimit)
      }
      for entry in entries {
        let object = try LooseObject(entry.node)
        let step = try object.optionalNumber("incrementalPositionSize") ?? 0
        margins.append(
          StepMargin(
            symbol: entry.key, initialRate: try object.number("initialMarginFraction"),
            maintenanceRate: try object.number("maintenanceMarginFraction"),
            base: step > 0 ? try object.number("baselinePositionSize") : 1, step: step > 0 ? step : .infinity,
            initialStepRate: step > 0 ? try object.number("incrementalInitialMarginFraction") : 0,
            maintenanceStepRate: 0, maximum: try object.optionalNumber("maxPositionSize"),
            openInterest: try object.number("openInterest"),
            price: try object.number("oraclePrice")))
      }
      return margins
    }
    return try margins.checked(in: file)
  }
}
