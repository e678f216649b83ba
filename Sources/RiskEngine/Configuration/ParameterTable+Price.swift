// Prices and latency. Each row: name, unit, standard value, bounds, largest step, which way is tighter, what
// may override it, meaning.

extension Parameter {
  static let priceParameters: [ParameterDescriptor] = [
    ParameterDescriptor(
      .priceMaximumAge, "priceMaximumAgeSeconds", .seconds, 7_200, 1...86_400, step: 3_600, .lower,
      .underlying,
      "A price older than this is stale and its instruments may only be closed (M01)."),
    ParameterDescriptor(
      .priceDeviation, "priceDeviationPpm", .ppm, 50_000, 1_000...500_000, step: 25_000, .neither,
      .underlying,
      "A source further than this from the median of all is left out (M01)."),
    ParameterDescriptor(
      .priceQuorum, "priceQuorum", .count, 1, 1...16, step: 2, .raise, .underlying,
      "The least number of live sources; with fewer the price is stale (M01)."),
    ParameterDescriptor(
      .confidenceFloor, "confidenceFloorPpm", .ppm, 100, 0...50_000, step: 1_000, .raise, .underlying,
      "Least half-width between the mark of what is held and of what is sold (M01)."),
    ParameterDescriptor(
      .relaxingMoveCap, "relaxingMoveCapPerHourPpm", .ppm, 50_000, 1_000...1_000_000, step: 25_000, .lower,
      .underlying,
      "Largest rise of the price of what is held, an hour, that counts when margin relaxes (M04)."),
    ParameterDescriptor(
      .divergenceLimit, "divergenceLimitPpm", .ppm, 100_000, 10_000...500_000, step: 25_000, .lower,
      .underlying,
      "A price further than this from its average of twapSeconds allows closing only (M04)."),
    ParameterDescriptor(
      .averageSeconds, "twapSeconds", .seconds, 3_600, 60...86_400, step: 3_600, .neither, .underlying,
      "Time over which prices are averaged for the divergence guard (M02, M04)."),
    ParameterDescriptor(
      .blockSeconds, "blockSeconds", .seconds, 12, 0...3_600, step: 60, .raise, .engine,
      "Time between blocks of the settling chain (M03)."),
    ParameterDescriptor(
      .confirmations, "confirmations", .count, 2, 0...1_000, step: 20, .raise, .engine,
      "Blocks until a liquidation is final (M03)."),
    ParameterDescriptor(
      .queueSeconds, "queueSeconds", .seconds, 30, 0...3_600, step: 300, .raise, .engine,
      "Time that a liquidation waits when the chain is not congested (M03)."),
    ParameterDescriptor(
      .congestion, "congestionPpm", .ppm, 1_000_000, 1_000_000...20_000_000, step: 5_000_000, .raise, .engine,
      "How much longer the chain takes now than usual (M13)."),
    ParameterDescriptor(
      .latencyCeiling, "latencyCeilingSeconds", .seconds, 7_200, 60...86_400, step: 3_600, .raise, .engine,
      "Latency that is assumed when it is unknown, and the most that counts (M03)."),
    ParameterDescriptor(
      .gapMultiple, "gapMultiplePpm", .ppm, 2_326_000, 1_000_000...8_000_000, step: 1_000_000, .raise,
      .underlying,
      "Standard deviations of the move during the latency that margin covers (M03)."),
  ]
}
