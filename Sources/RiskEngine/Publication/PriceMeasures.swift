internal import MarketData

/// The price of one underlying or asset at one instant, with its bounds (M01, M02, M04).
struct PriceMeasures {
  /// What one unit held is worth at least, in USD.
  var held: Double
  /// What one unit owed is worth at most, in USD.
  var owed: Double
  /// Whether too few sources are fresh; the prices are then the last ones known.
  var isStale: Bool
  /// Whether the price stands too far from its average to open positions.
  var diverges: Bool
  /// The age of the price in seconds; nil when it is stale.
  var age: Double?

  /// - Parameters:
  ///   - observations: prices by source, in order of time.
  ///   - last: the bounds published before, if there were any.
  /// - Returns: nil when the price is stale and there never was one.
  init?(
    _ observations: ArraySlice<PriceObservation>, at time: Int64, terms: PriceTerms,
    last: (held: Double, owed: Double)?, trace: inout Tracer
  ) {
    let now = time.multipliedReportingOverflow(by: 1_000)
    guard !now.overflow else { return nil }
    let rules = PriceRules(
      maximumAge: terms.maximumAge * 1_000, agreement: terms.deviation, quorum: Int(terms.quorum))
    switch AggregatedPrice.aggregate(observations, at: now.partialValue, rules: rules) {
    case .fresh(let price):
      let confidence = min(0.5, max(price.confidence, terms.confidenceFloor))
      held = price.low * (1 - confidence)
      owed = price.high * (1 + confidence)
      isStale = false
      age = Double(now.partialValue - price.oldestMilliseconds) / 1_000
      let start = now.partialValue - terms.averageSeconds * 1_000
      // Of medians, which no single source can drag. One price may stand for as long as it is fresh.
      let average = TimeWeightedAverage.average(
        of: AggregatedPrice.medians(
          of: observations.suffix(4_096), from: start, to: now.partialValue, rules: rules),
        from: start, to: now.partialValue, maximumGap: rules.maximumAge)
      diverges = ManipulationGuards.diverges(
        mark: price.low, average: average ?? price.low, limit: terms.divergence)
      trace.input("index price", price.low, "USD", "lower median of \(price.live) fresh sources")
      trace.derived(
        "confidence", confidence, "", "max(1.4826·MAD / price, of the sources, confidenceFloorPpm)")
      trace.input("average price", average, "USD", "of medians over twapSeconds, by time")
    case .stale(let agreeing, let live):
      guard let last else { return nil }
      (held, owed) = last
      isStale = true
      diverges = false
      age = nil
      trace.input("index price", nil, "USD", "stale: \(agreeing) of \(live) fresh sources agree")
    }
    trace.derived("price held", held, "USD", "p·(1 - c)")
    trace.derived("price owed", owed, "USD", "p·(1 + c)")
  }
}

/// The parameters of a price.
struct PriceTerms {
  var maximumAge: Int64
  var deviation: Double
  var quorum: Int64
  var confidenceFloor: Double
  var averageSeconds: Int64
  var divergence: Double
  var relaxingCap: Double

  init(_ terms: UnderlyingTerms) {
    maximumAge = terms[.priceMaximumAge]
    deviation = terms.fraction(.priceDeviation)
    quorum = terms[.priceQuorum]
    confidenceFloor = terms.fraction(.confidenceFloor)
    averageSeconds = terms[.averageSeconds]
    divergence = terms.fraction(.divergenceLimit)
    relaxingCap = Rate.fraction(Pace.growth(terms[.relaxingMoveCap], seconds: terms.elapsed))
  }
}

extension UnderlyingView {
  /// Prices by source; where the market has none, the close of the last bars at their end.
  var observations: ArraySlice<PriceObservation> {
    guard prices.isEmpty else { return prices }
    return bars.suffix(64).map { bar in
      PriceObservation(
        source: "bars", timeMilliseconds: (bar.openTime + interval) * 1_000, price: bar.close)
    }[...]
  }
}
