// Scenarios and contingency. Each row: name, unit, standard value, bounds, largest step, which way is
// tighter, what may override it, meaning.

extension Parameter {
  static let scenarioParameters: [ParameterDescriptor] = [
    ParameterDescriptor(
      .buffer, "bufferPpm", .ppm, 1_150_000, 1_000_000...4_000_000, step: 200_000, .raise, .engine,
      "Multiplier of scenario losses for initial margin (M19, M28)."),
    ParameterDescriptor(
      .priceRange, "priceRangePpm", .ppm, 160_000, 20_000...900_000, step: 50_000, .raise, .underlying,
      "Furthest move of the scenario grid, of groups with options (M28)."),
    ParameterDescriptor(
      .priceSteps, "priceSteps", .count, 4, 1...16, step: 2, .neither, .underlying,
      "Moves of the grid on each side (M28)."),
    ParameterDescriptor(
      .volatilityUp, "volatilityUpPpm", .ppm, 500_000, 50_000...3_000_000, step: 100_000, .raise, .underlying,
      "Relative rise of the volatility of an option of 30 days (M28)."),
    ParameterDescriptor(
      .volatilityDown, "volatilityDownPpm", .ppm, 250_000, 50_000...900_000, step: 100_000, .raise,
      .underlying,
      "Relative fall of the volatility of an option of 30 days (M28)."),
    ParameterDescriptor(
      .volatilityPower, "volatilityPowerPpm", .ppm, 300_000, 0...1_000_000, step: 100_000, .neither,
      .underlying,
      "Power p of the term structure (30/days)^p of volatility shocks, of options of less than 30 days (M28)."
    ),
    ParameterDescriptor(
      .volatilityPowerLong, "volatilityPowerLongPpm", .ppm, 130_000, 0...1_000_000, step: 100_000, .neither,
      .underlying,
      "The same of options of 30 days and more (M28)."),
    ParameterDescriptor(
      .volatilityUpLeast, "volatilityUpLeastPpm", .ppm, 500_000, 0...5_000_000, step: 200_000, .raise,
      .underlying,
      "The volatility that a rise leads to at least, per square root of a year (M28)."),
    ParameterDescriptor(
      .farDown, "farDownPpm", .ppm, 660_000, 200_000...950_000, step: 100_000, .raise, .underlying,
      "Furthest fall; a second row has half of it (M28)."),
    ParameterDescriptor(
      .farUp, "farUpPpm", .ppm, 3_000_000, 500_000...20_000_000, step: 1_000_000, .raise, .underlying,
      "Furthest rise; further rows have 2/3, 1/3 and 1/6 of it (M28)."),
    ParameterDescriptor(
      .farWeight, "farWeightPpm", .ppm, 1_000_000, 250_000...1_000_000, step: 100_000, .raise, .underlying,
      "Multiple of range/|move| by which a far loss counts (M28)."),
    ParameterDescriptor(
      .shortOptionMinimum, "shortOptionMinimumPpm", .ppm, 10_000, 0...200_000, step: 10_000, .raise,
      .underlying,
      "Contingency of a short option, of the underlying (M29)."),
    ParameterDescriptor(
      .basisCharge, "basisChargePpm", .ppm, 0, 0...100_000, step: 5_000, .raise, .underlying,
      "Contingency of each lot of a future, of notional (M29)."),
    ParameterDescriptor(
      .optionSpread, "optionSpreadPpm", .ppm, 1_000, 0...200_000, step: 10_000, .raise, .underlying,
      "Half-width between the marks of an option held and sold, of its mark."),
    ParameterDescriptor(
      .optionSpreadCharge, "optionSpreadChargePpm", .ppm, 10_000, 0...200_000, step: 10_000, .raise,
      .underlying,
      "Charge of each lot of an option for closing it, of its mark (M29)."),
    ParameterDescriptor(
      .optionVegaCharge, "optionVegaChargePpm", .ppm, 5_000, 0...200_000, step: 10_000, .raise, .underlying,
      "Charge of each lot of an option for its vega: so much volatility (M29)."),
    ParameterDescriptor(
      .optionMaximumAge, "optionMaximumAgeSeconds", .seconds, 7_200, 1...2_592_000, step: 3_600, .lower,
      .underlying,
      "An option chain older than this is stale: its options may only be closed."),
  ]
}
