// Depth, open interest and crowding. Each row: name, unit, standard value, bounds, largest step, which way is tighter, what may
// override it, meaning.

extension Parameter {
  static let liquidityParameters: [ParameterDescriptor] = [
    ParameterDescriptor(
      .depthBand, "depthBandPpm", .ppm, 10_000, 1_000...100_000, step: 5_000, .neither, .underlying,
      "Depth is what both sides offer within this distance of the middle (M09)."),
    ParameterDescriptor(
      .depthMaximumAge, "depthMaximumAgeSeconds", .seconds, 7_200, 1...604_800, step: 3_600, .lower,
      .underlying,
      "An order book older than this counts as empty (M09)."),
    ParameterDescriptor(
      .depthHalfLife, "depthHalfLifeSeconds", .seconds, 21_600, 60...2_592_000, step: 86_400, .neither,
      .underlying,
      "Half-life of the average of depth (M09)."),
    ParameterDescriptor(
      .depthQuantile, "depthQuantilePpm", .ppm, 50_000, 0...500_000, step: 50_000, .lower, .underlying,
      "Depth is no more than this quantile of what was recently seen (M09)."),
    ParameterDescriptor(
      .depthBooks, "depthBooks", .count, 48, 1...10_000, step: 100, .neither, .underlying,
      "Order books of each venue that depth looks back over (M09)."),
    ParameterDescriptor(
      .volumeDepth, "volumeDepthPpm", .ppm, 10_000, 0...200_000, step: 10_000, .lower, .underlying,
      "Where there are no order books: depth as a share of daily volume."),
    ParameterDescriptor(
      .impactCoefficient, "impactCoefficientPpm", .ppm, 1_000_000, 100_000...5_000_000, step: 250_000, .raise,
      .underlying,
      "Trading all the depth moves the price by this multiple of its band (M10)."),
    ParameterDescriptor(
      .brackets, "brackets", .count, 5, 1...16, step: 2, .neither, .underlying,
      "Brackets of each side (M27)."),
    ParameterDescriptor(
      .firstBracket, "firstBracketPpm", .ppm, 250_000, 10_000...1_000_000, step: 100_000, .lower, .underlying,
      "Width of the first bracket as a share of depth; each node is twice the one before (M27)."),
    ParameterDescriptor(
      .positionLimit, "positionLimitPpm", .ppm, 4_000_000, 100_000...64_000_000, step: 2_000_000, .lower,
      .instrument,
      "Largest position of one account as a share of depth (M26)."),
    ParameterDescriptor(
      .crowdingFunding, "crowdingFundingPpm", .ppm, 100_000, 0...1_000_000, step: 50_000, .raise, .underlying,
      "Initial margin of the paying side for each standard deviation of funding (M11)."),
    ParameterDescriptor(
      .crowdingSkew, "crowdingSkewPpm", .ppm, 100_000, 0...1_000_000, step: 50_000, .raise, .underlying,
      "Initial margin of the larger side for each standard deviation of the skew of open interest (M11)."),
    ParameterDescriptor(
      .crowdingCap, "crowdingCapPpm", .ppm, 2_000_000, 1_000_000...10_000_000, step: 1_000_000, .raise,
      .underlying,
      "Greatest multiplier for crowding (M11)."),
    ParameterDescriptor(
      .openInterestLower, "openInterestLowerUSD", .dollars, 0, 0...1_000_000_000_000, step: 10_000_000_000,
      .lower, .underlying,
      "Initial margin rises from this open interest on (M26)."),
    ParameterDescriptor(
      .openInterestUpper, "openInterestUpperUSD", .dollars, 0, 0...1_000_000_000_000, step: 10_000_000_000,
      .lower, .underlying,
      "Initial margin is everything from this open interest on; 0 disables (M26)."),
    ParameterDescriptor(
      .openInterestCap, "openInterestCapUSD", .dollars, 0, 0...1_000_000_000_000, step: 10_000_000_000,
      .lower, .underlying,
      "No opening on a side with this much open interest; 0 disables (M26)."),
  ]
}
