internal import CanonicalBytes

extension VenueMarginReader {
  private static let factor = ColumnPart(
    "increase factor", "increasefactor", "increase", "factor", "slope", "increasepercoin", "marginfactor")
  private static let price = ColumnPart("price", "price", "markprice", "indexprice", "mark", "index")
  /// Each step of a line adds this part of the rate at its beginning.
  private static let stepShare = 0.1

  /// Reads margins that grow with the position in a line, as Deribit states them: for a position of S coins
  ///
  ///     initial(S) = initial + factor · S,   maintenance(S) = maintenance + factor · S,
  ///
  /// at one rate for all of it. Columns: symbol, initial margin, maintenance margin, increase factor (per
  /// coin) and the price of a coin in USD. Rates are fractions, or percent with the sign: `2%`, `0.005%`.
  ///
  /// The line is made into steps that ask at their ends what it asks, and more inside.
  ///
  /// - Throws: ``MarketDataError`` for a file that is damaged or not of this layout, and at a row whose rates
  ///   are not 0 < maintenance ≤ initial ≤ 1.
  public static func deribitTable(_ bytes: [UInt8], named file: String) throws(MarketDataError)
    -> [StepMargin]
  {
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    let columns = try table.require(
      [.symbol, .initialMargin, .maintenanceMargin, factor, price], of: "margins that grow in a line",
      known: ["symbol, initial margin, maintenance margin, increase factor, price"])
    var margins: [StepMargin] = []
    while try table.next() {
      let (initial, maintenance) = (try table.rate(columns[1]), try table.rate(columns[2]))
      let (factor, price) = (try table.rate(columns[3]), try table.number(columns[4]) as Double)
      guard maintenance > 0, maintenance <= initial, initial <= 1, factor >= 0, factor < 1 else {
        throw table.failure(
          .contradiction(
            "its rates are not 0 < maintenance ≤ initial ≤ 1 and 0 ≤ factor < 1; percent have their sign, as in 2%"
          ))
      }
      guard price > 0, price < .infinity else { throw table.unreadable(columns[4], .positiveNumber) }
      guard margins.count < instrumentLimit else {
        throw MarketDataError(file: file, .tooMany(margins.count + 1, limit: instrumentLimit))
      }
      let step = factor > 0 ? stepShare * initial / factor : .infinity
      let rise = factor > 0 ? stepShare * initial : 0
      margins.append(
        StepMargin(
          symbol: try table.text(columns[0]), initialRate: initial + rise,
          maintenanceRate: maintenance + rise,
          base: step.isFinite ? step : 1, step: step, initialStepRate: rise, maintenanceStepRate: rise,
          maximum: nil,
          openInterest: 0, price: price))
    }
    return try margins.checked(in: file)
  }

  /// Reads the margin tables of Hyperliquid: the answer `meta`, or `metaAndAssetCtxs`, whose first part it
  /// is. Each coin of `universe` has a table of `marginTables` by `marginTableId`, or one greatest leverage;
  /// maintenance is half of initial margin at the greatest leverage of the tier.
  ///
  /// - Throws: ``MarketDataError`` for a file that is damaged or not of this layout.
  public static func hyperliquidTables(
    _ bytes: [UInt8], named file: String
  ) throws(MarketDataError) -> [BracketMargin] {
    let margins = try MarketFile.document(bytes, named: file) { root throws(DocumentError) in
      var meta = root
      if case .array = root.value {
        guard let first = try root.array(maximumCount: 2).first else {
          throw root.failure(.missingKey("universe"))
        }
        meta = first
      }
      let object = try LooseObject(meta)
      var tables: [String: [NotionalBracket]] = [:]
      if let node = object.optional("marginTables") {
        for entry in try node.array(maximumCount: instrumentLimit) {
          let pair = try entry.array(maximumCount: 2)
          guard pair.count == 2 else { throw entry.failure(.missingKey("1")) }
          let tiers = try LooseObject(pair[1]).member("marginTiers")
          tables[plain(try pair[0].decimalNumber())] = try brackets(tiers)
        }
      }
      var margins: [BracketMargin] = []
      for node in try object.member("universe").array(maximumCount: instrumentLimit) {
        let coin = try LooseObject(node)
        let name = try coin.text("name")
        let leverage = try coin.number("maxLeverage")
        let one = NotionalBracket(
          floor: 0, cap: .infinity, initialRate: 1 / leverage, maintenanceRate: 1 / (2 * leverage))
        var brackets = [one]
        if let id = try coin.optionalNumber("marginTableId") {
          if let table = tables[plain(id)] {
            brackets = table
          } else if id > leverageLimit {
            throw try coin.member("marginTableId").failure(
              .unknownWord(
                plain(id), known: tables.isEmpty ? ["a table of marginTables"] : tables.keys.sorted()))
          }
        }
        guard abs((brackets.first?.initialRate ?? 0) * leverage - 1) < 1e-9 else {
          throw try coin.member("maxLeverage").failure(
            .outOfRange("\(leverage)", lower: "the greatest leverage of its table", upper: "the same"))
        }
        margins.append(BracketMargin(symbol: name, brackets: brackets))
      }
      return margins
    }
    return try margins.checked(in: file)
  }

  /// Up to this number a table without tiers is one greatest leverage, and not listed.
  private static let leverageLimit = 50.0

  /// The tiers of one table, each from its lower bound to that of the next.
  private static func brackets(_ tiers: JSONNode) throws(DocumentError) -> [NotionalBracket] {
    var brackets: [NotionalBracket] = []
    for node in try tiers.array(maximumCount: 256) {
      let tier = try LooseObject(node)
      let (bound, leverage) = (try tier.number("lowerBound"), try tier.number("maxLeverage"))
      if let last = brackets.indices.last { brackets[last].cap = bound }
      brackets.append(
        NotionalBracket(
          floor: bound, cap: .infinity, initialRate: 1 / leverage, maintenanceRate: 1 / (2 * leverage)))
    }
    guard !brackets.isEmpty else { throw tiers.failure(.missingKey("0")) }
    return brackets
  }
}

extension Table {
  /// A rate: a fraction, or percent with the sign.
  fileprivate func rate(_ column: Int) throws(MarketDataError) -> Double {
    let field = raw(column)
    guard field.last == UInt8(ascii: "%") else { return try number(column) }
    guard let percent = parseDecimal(field.dropLast()) else { throw unreadable(column, .number) }
    return percent / 100
  }
}
