// Depth, open interest and crowding. Each row: name, unit, standard value, bounds, largest step, which way is
// tighter, what may override it, meaning.

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
      .depthWindow, "depthWindowSeconds", .seconds, 2_592_000, 3_600...7_776_000, step: 864_000, .neither,
      .underlying,
      "Time that depth looks back over, at instants evenly apart (M09)."),
    ParameterDescriptor(
      .volumeWindow, "volumeWindowSeconds", .seconds, 7_776_000, 604_800...31_536_000, step: 2_592_000,
      .neither, .underlying,
      "Time over which the low quantile of a day's volume is taken (M22)."),
    ParameterDescriptor(
      .volumeQuantile, "volumeQuantilePpm", .ppm, 100_000, 0...500_000, step: 100_000, .lower, .underlying,
      "Volume of a day is no more than this quantile of the days of the window (M22)."),
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
      .positionForecast, "positionForecastPpm", .ppm, 1_000_000, 0...1_000_000, step: 250_000, .raise,
      .underlying,
      "How far the forecasts of volatility and of a drought cut the largest position (M26, M39, M40)."),
    ParameterDescriptor(
      .crowdingFunding, "crowdingFundingPpm", .ppm, 50_000, 0...1_000_000, step: 50_000, .raise, .underlying,
      "Initial margin of the paying side for each standard deviation of funding (M11)."),
    ParameterDescriptor(
      .crowdingSkew, "crowdingSkewPpm", .ppm, 50_000, 0...1_000_000, step: 50_000, .raise, .underlying,
      "Initial margin of the larger side for each standard deviation of the skew of open interest (M11)."),
    ParameterDescriptor(
      .crowdingCap, "crowdingCapPpm", .ppm, 1_100_000, 1_000_000...10_000_000, step: 1_000_000, .raise,
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
    ParameterDescriptor(
      .manipulationFactor, "manipulationFactorPpm", .ppm, 1_000_000, 0...100_000_000, step: 1_000_000, .raise,
      .underlying,
      "Positions may only be closed unless moving the price costs this multiple of what it can bring; 0 disables (M04)."
    ),
    ParameterDescriptor(
      .manipulationMove, "manipulationMovePpm", .ppm, 10_000, 1_000...200_000, step: 10_000, .neither,
      .underlying,
      "The move of the price for which that is asked (M04)."),
    ParameterDescriptor(
      .droughtSensitivity, "droughtSensitivityPpm", .ppm, 1_000_000, 0...10_000_000, step: 500_000, .raise,
      .underlying,
      "By how much a drought that is certain raises the forecast volatility: k of 1 + k·p (M39)."),
    ParameterDescriptor(
      .droughtCap, "droughtCapPpm", .ppm, 2_000_000, 1_000_000...10_000_000, step: 500_000, .raise,
      .underlying,
      "Greatest factor of the forecast volatility for a drought (M39)."),
    ParameterDescriptor(
      .droughtBase, "droughtBasePpm", .ppm, -3_000_000, -20_000_000...20_000_000, step: 1_000_000, .raise,
      .underlying,
      "b₀ of the probability of a drought: its log odds when every feature is usual (M39)."),
    ParameterDescriptor(
      .droughtDepthHour, "droughtDepthHourPpm", .ppm, -700_000, -20_000_000...20_000_000, step: 1_000_000,
      .neither, .underlying,
      "Log odds of a drought for a rise of ln depth by 0.25 in an hour (M39)."),
    ParameterDescriptor(
      .droughtDepthDay, "droughtDepthDayPpm", .ppm, -500_000, -20_000_000...20_000_000, step: 1_000_000,
      .neither, .underlying,
      "Log odds of a drought for a rise of ln depth by 0.5 in a day (M39)."),
    ParameterDescriptor(
      .droughtSpread, "droughtSpreadPpm", .ppm, 300_000, -20_000_000...20_000_000, step: 1_000_000, .neither,
      .underlying,
      "Log odds of a drought for a spread one standard deviation above its mean (M39)."),
    ParameterDescriptor(
      .droughtVolatility, "droughtVolatilityPpm", .ppm, 600_000, -20_000_000...20_000_000, step: 1_000_000,
      .neither, .underlying,
      "Log odds of a drought for a ratio of fast to slow volatility 0.4 above 1 (M39)."),
    ParameterDescriptor(
      .droughtFunding, "droughtFundingPpm", .ppm, 150_000, -20_000_000...20_000_000, step: 1_000_000,
      .neither, .underlying,
      "Log odds of a drought for funding one standard deviation further off than usual (M39)."),
    ParameterDescriptor(
      .droughtInterest, "droughtInterestPpm", .ppm, 100_000, -20_000_000...20_000_000, step: 1_000_000,
      .neither, .underlying,
      "Log odds of a drought for open interest of 30 instead of 10 times depth (M39)."),
    ParameterDescriptor(
      .droughtHour, "droughtHourPpm", .ppm, 200_000, -20_000_000...20_000_000, step: 1_000_000, .neither,
      .underlying,
      "Log odds of a drought for an hour of the week that was dry in 15 instead of 5 % of weeks (M39)."),
  ]
}
