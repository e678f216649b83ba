internal import CanonicalBytes

extension VenueMarginReader {
  /// Reads leverage tiers as ccxt gives them: an object of arrays by symbol, each tier with `minNotional`,
  /// `maxNotional`, `maintenanceMarginRate` and `maxLeverage`; the last may have no `maxNotional`. Tiers must
  /// follow each other, and their rates must not fall.
  ///
  /// - Throws: ``MarketDataError`` for a file that is damaged or not of this layout.
  public static func ccxtTiers(
    _ bytes: [UInt8], named file: String
  ) throws(MarketDataError) -> [BracketMargin] {
    let margins = try MarketFile.document(bytes, named: file) { root throws(DocumentError) in
      var margins: [BracketMargin] = []
      for entry in try root.entries(maximumCount: instrumentLimit) {
        var brackets: [NotionalBracket] = []
        for node in try entry.node.array(maximumCount: 256) {
          let tier = try LooseObject(node)
          let leverage = try tier.optionalNumber("maxLeverage")
          let maintenance = try tier.number("maintenanceMarginRate")
          let bracket = NotionalBracket(
            floor: try tier.optionalNumber("minNotional") ?? brackets.last?.cap ?? 0,
            cap: try tier.optionalNumber("maxNotional") ?? .infinity,
            initialRate: leverage.map { 1 / $0 } ?? maintenance, maintenanceRate: maintenance)
          guard bracket.follows(brackets.last) else {
            throw node.failure(
              .outOfRange(
                "\(bracket.floor)", lower: "\(brackets.last?.cap ?? 0)",
                upper: NotionalBracket.expectation))
          }
          brackets.append(bracket)
        }
        margins.append(BracketMargin(symbol: entry.key, brackets: brackets))
      }
      return margins
    }
    return try margins.checked(in: file)
  }
}

extension NotionalBracket {
  /// What a bracket must do, for messages.
  static let expectation = "the cap, with rates that do not fall, and maintenance not above initial"

  /// Whether the bracket begins where the one before ends, and asks no less, for maintenance no more than at first.
  func follows(_ before: NotionalBracket?) -> Bool {
    floor == before?.cap ?? 0 && floor < cap && initialRate > 0 && initialRate <= 1 && maintenanceRate > 0
      && maintenanceRate <= 1 && maintenanceRate >= before?.maintenanceRate ?? 0
      && initialRate >= before?.initialRate ?? 0 && maintenanceRate <= initialRate * (1 + 1e-9)
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
