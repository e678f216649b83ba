internal import CanonicalBytes

extension VenueMarginReader {
  /// Reads leverage tiers as ccxt gives them: an object of arrays by symbol, or the array of one symbol, each
  /// tier with `minNotional`, `maxNotional`, `maintenanceMarginRate` and `maxLeverage`; the last may have no
  /// `maxNotional`. Tiers must follow each other, and their rates must not fall. Without `maxLeverage`
  /// initial margin is maintenance margin.
  ///
  /// - Throws: ``MarketDataError`` for a file that is damaged or not of this layout.
  public static func ccxtTiers(
    _ bytes: [UInt8], named file: String
  ) throws(MarketDataError) -> [BracketMargin] {
    let margins = try MarketFile.document(bytes, named: file) { root throws(DocumentError) in
      if case .array = root.value { return [try tiers(root, of: nil)] }
      var margins: [BracketMargin] = []
      for entry in try root.entries(maximumCount: instrumentLimit) {
        margins.append(try tiers(entry.node, of: entry.key))
      }
      return margins
    }
    return try margins.checked(in: file)
  }

  /// The tiers of one market.
  private static func tiers(_ list: JSONNode, of key: String?) throws(DocumentError) -> BracketMargin {
    var margin = BracketMargin(symbol: key ?? "", brackets: [])
    for (index, node) in try list.array(maximumCount: 256).enumerated() {
      let tier = try LooseObject(node)
      if let named = tier.optional("symbol") {
        let symbol = try named.string(maximumLength: 256)
        if key == nil, index == 0 { margin.symbol = symbol }
        guard symbol == margin.symbol else {
          throw named.failure(.unknownWord(symbol, known: [margin.symbol]))
        }
      }
      if index == 0 { margin.currency = try currency(of: tier, in: margin.symbol) }
      let maintenance = try tier.number("maintenanceMarginRate")
      margin.brackets.append(
        NotionalBracket(
          floor: try tier.optionalNumber("minNotional") ?? margin.brackets.last?.cap ?? 0,
          cap: try tier.optionalNumber("maxNotional") ?? .infinity,
          initialRate: try tier.optionalNumber("maxLeverage").map { 1 / $0 } ?? maintenance,
          maintenanceRate: maintenance))
    }
    return margin
  }

  /// What the notional of a tier counts.
  private static func currency(of tier: LooseObject, in symbol: String) throws(DocumentError) -> String {
    // ccxt calls numbers of contracts notional, of OKX, MEXC and HTX.
    if let answer = tier.optional("info"), case .object = answer.value,
      try LooseObject(answer).optional("maxSz", "maxVol", "max_size") != nil
    {
      return "contracts"
    }
    // And numbers of the coins that contracts are settled in, with the currency that they are quoted in.
    let settled = SymbolName.account(ofSymbol: symbol)
    guard !symbol.contains(":") || settled == "USD", let currency = tier.optional("currency") else {
      return settled
    }
    return SymbolName.account(try currency.string(maximumLength: 256))
  }

  /// Reads brackets of Binance futures: an array of `symbol` and `brackets`, or one such object, each bracket
  /// with `initialLeverage`, `notionalFloor`, `notionalCap` and `maintMarginRatio`; of coin-margined futures
  /// `qtylFloor` and `qtyCap`, which count coins. Brackets must follow each other, and their rates must not
  /// fall. `cum`, which Binance computes from floors and rates, must be what they make of it.
  ///
  /// - Throws: ``MarketDataError`` for a file that is damaged or not of this layout.
  public static func binanceBrackets(
    _ bytes: [UInt8], named file: String
  ) throws(MarketDataError) -> [BracketMargin] {
    let (margins, fault) = try MarketFile.document(bytes, named: file) { root throws(DocumentError) in
      var (nodes, fault) = ([root], String?.none)
      if case .array = root.value {
        nodes = try root.array(maximumCount: instrumentLimit)
      } else if let words = try LooseObject(root).optional("msg") {
        (nodes, fault) = ([], "has no brackets; it says \(quoted(try words.string(maximumLength: 1_024)))")
      }
      var margins: [BracketMargin] = []
      for node in nodes { margins.append(try brackets(ofInstrument: node, &fault)) }
      return (margins, fault)
    }
    // What is wrong with a bracket itself goes before what does not fit others.
    if fault == nil || !margins.isEmpty { _ = try margins.checked(in: file) }
    if let fault { throw MarketDataError(file: file, .contradiction(fault)) }
    return margins
  }

  private static func brackets(
    ofInstrument node: JSONNode, _ fault: inout String?
  ) throws(DocumentError) -> BracketMargin {
    let object = try LooseObject(node)
    let symbol = object.optional("symbol") == nil ? try object.text("pair") : try object.text("symbol")
    var margin = BracketMargin(symbol: symbol, brackets: [], currency: SymbolName.account(ofSymbol: symbol))
    var cumulative = 0.0
    for node in try object.member("brackets").array(maximumCount: 64) {
      let bracket = try LooseObject(node)
      let isInCoins = bracket.optional("qtyCap") != nil
      if isInCoins { margin.currency = SymbolName.underlying(of: symbol) ?? "coins" }
      // Binance itself writes `qtylFloor`.
      let lower = bracket.optional("qtylFloor") == nil ? "qtyFloor" : "qtylFloor"
      let (floor, cap) = isInCoins ? (lower, "qtyCap") : ("notionalFloor", "notionalCap")
      let next = NotionalBracket(
        floor: try bracket.number(floor), cap: try bracket.number(cap),
        initialRate: 1 / (try bracket.number("initialLeverage")),
        maintenanceRate: try bracket.number("maintMarginRatio"))
      // What the whole position saves for what stands in the brackets below: cum + floor · (rate − rate
      // before).
      cumulative += next.floor * (next.maintenanceRate - (margin.brackets.last?.maintenanceRate ?? 0))
      if let stated = bracket.optional("cum"), !isInCoins {
        let number = try stated.decimalNumber()
        if fault == nil, abs(number - cumulative) > 1 + cumulative.magnitude / 1_000 {
          fault =
            "\(stated.path): cum is \(plain(number)), and floors and rates make \(plain(cumulative)) of it; was one of them "
            + "changed?"
        }
      }
      margin.brackets.append(next)
    }
    return margin
  }
}

extension SymbolName {
  /// Currencies of account that count as dollars.
  private static let dollars: Set<String> = [
    "USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "USDE", "USDS", "USDD", "USD1", "USDP", "ZUSD",
  ]

  /// A currency of account: `USD` for all dollars.
  static func account(_ currency: String) -> String {
    let upper = currency.uppercased()
    return dollars.contains(upper) ? "USD" : upper
  }

  /// The currency that the notional of an instrument is in: that of `BTCUSDT` and `BTC/USDT:USDT` is USD,
  /// that of `BTC/USD:BTC`, which is settled in coins, BTC.
  static func account(ofSymbol symbol: String) -> String {
    let upper = symbol.uppercased()
    let parts = upper.split(whereSeparator: { "/:".contains($0) }).map(String.init)
    if parts.count >= 3, let settled = parts[2].split(separator: "-").first {
      return account(String(settled))
    }
    if parts.count == 2 { return account(parts[1]) }
    // Delivery months stand behind the pair.
    let pair = upper.split(separator: "_").first.map(String.init) ?? upper
    return dollars.contains(where: pair.hasSuffix) ? "USD" : "another currency"
  }
}

extension NotionalBracket {
  /// Why a bracket cannot be, or cannot stand after the one before, in words; nil if it can.
  func fault(after before: NotionalBracket?) -> String? {
    if !(maintenanceRate > 0 && maintenanceRate <= initialRate * (1 + 1e-9) && initialRate <= 1) {
      return
        "its rates, initial \(initialRate) and maintenance \(maintenanceRate), are not 0 < maintenance ≤ initial ≤ 1; are "
        + "they percent, or exchanged?"
    }
    if floor != before?.cap ?? 0 {
      return
        "it begins at \(plain(floor)), and \(before.map { "the one before ends at \(plain($0.cap))" } ?? "the first begins at 0")"
    }
    if !(floor < cap) { return "it begins at \(plain(floor)) and ends at \(plain(cap)); are they exchanged?" }
    if let before, initialRate < before.initialRate || maintenanceRate < before.maintenanceRate {
      return "it asks less than the one before; is the order right?"
    }
    return nil
  }
}

extension StepMargin {
  /// Brackets of notional that ask at the end of every step what the steps ask of a whole position. Inside a
  /// step they ask less, since steps are charged from their beginning; at most `count` brackets.
  ///
  ///     rateₖ' = (Sₖ·rateₖ − Sₖ₋₁·rateₖ₋₁)/(Sₖ − Sₖ₋₁)
  public func brackets(count: Int) -> [NotionalBracket] {
    var brackets: [NotionalBracket] = []
    var (start, initialBefore, maintenanceBefore) = (0.0, 0.0, 0.0)
    for k in 0..<max(1, count) {
      let isLast = k + 1 == count || step == .infinity
      let end = base + Double(k) * step
      let size = k == 0 ? base : end
      guard size > start else { break }
      let (initial, maintenance) = (size * initialRate(size: size), size * maintenanceRate(size: size))
      brackets.append(
        NotionalBracket(
          floor: start * price, cap: isLast ? .infinity : size * price,
          initialRate: min(1, (initial - initialBefore) / (size - start)),
          maintenanceRate: min(1, (maintenance - maintenanceBefore) / (size - start))))
      if isLast { break }
      (start, initialBefore, maintenanceBefore) = (size, initial, maintenance)
    }
    return brackets
  }
}
