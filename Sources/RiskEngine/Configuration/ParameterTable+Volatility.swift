// Volatility and regimes. Each row: name, unit, standard value, bounds, largest step, which way is tighter,
// what may override it, meaning.

extension Parameter {
  static let volatilityParameters: [ParameterDescriptor] = [
    ParameterDescriptor(
      .window, "windowSeconds", .seconds, 7_776_000, 604_800...63_072_000, step: 2_592_000, .neither,
      .underlying,
      "Time that estimators look back over."),
    ParameterDescriptor(
      .warmUp, "warmUpSeconds", .seconds, 604_800, 3_600...63_072_000, step: 2_592_000, .raise, .underlying,
      "With less history than this the volatility of the static strategy counts too."),
    ParameterDescriptor(
      .fastHalfLife, "fastHalfLifeSeconds", .seconds, 86_400, 3_600...2_592_000, step: 86_400, .neither,
      .underlying,
      "Half-life of the fast volatility (M06, M08)."),
    ParameterDescriptor(
      .slowHalfLife, "slowHalfLifeSeconds", .seconds, 2_592_000, 86_400...31_536_000, step: 2_592_000,
      .neither, .underlying,
      "Half-life of the slow volatility (M06, M08)."),
    ParameterDescriptor(
      .volatilityFloor, "volatilityFloorPpm", .ppm, 100_000, 10_000...5_000_000, step: 200_000, .raise,
      .underlying,
      "Least volatility, per square root of a year."),
    ParameterDescriptor(
      .volatilityCeiling, "volatilityCeilingPpm", .ppm, 10_000_000, 1_000_000...50_000_000, step: 5_000_000,
      .raise, .underlying,
      "Greatest volatility that counts, per square root of a year."),
    ParameterDescriptor(
      .staticVolatility, "staticVolatilityPpm", .ppm, 800_000, 100_000...10_000_000, step: 300_000, .raise,
      .underlying,
      "Volatility of the static strategy, per square root of a year (M31)."),
    ParameterDescriptor(
      .impliedWeight, "impliedWeightPpm", .ppm, 300_000, 0...1_000_000, step: 200_000, .neither, .underlying,
      "Weight of implied beside realised volatility (M07)."),
    ParameterDescriptor(
      .impliedMaximumAge, "impliedMaximumAgeSeconds", .seconds, 7_200, 60...604_800, step: 86_400, .neither,
      .underlying,
      "Implied volatility older than this does not count (M07)."),
    ParameterDescriptor(
      .refit, "refitSeconds", .seconds, 604_800, 3_600...31_536_000, step: 604_800, .neither, .underlying,
      "Models with fitted coefficients are fitted again after this time (M06, M23, M40)."),
    ParameterDescriptor(
      .fitWindow, "fitSeconds", .seconds, 63_072_000, 604_800...315_360_000, step: 31_536_000, .neither,
      .underlying,
      "Time that tails are fitted to (M23)."),
    ParameterDescriptor(
      .calmBelow, "regimeCalmBelowPpm", .ppm, 800_000, 100_000...1_000_000, step: 200_000, .neither,
      .underlying,
      "Calm below this ratio of fast to slow volatility (M08)."),
    ParameterDescriptor(
      .stressAbove, "regimeStressAbovePpm", .ppm, 1_500_000, 1_000_000...5_000_000, step: 300_000, .lower,
      .underlying,
      "Stress above this ratio of fast to slow volatility (M08)."),
    ParameterDescriptor(
      .extremeAbove, "regimeExtremeAbovePpm", .ppm, 1_900_000, 1_000_000...8_000_000, step: 300_000, .lower,
      .underlying,
      "Extreme above this ratio of fast to slow volatility (M08)."),
    ParameterDescriptor(
      .jumpSigmas, "regimeJumpPpm", .ppm, 6_000_000, 2_000_000...20_000_000, step: 2_000_000, .lower,
      .underlying,
      "Extreme after a bar of this number of slow standard deviations (M08)."),
    ParameterDescriptor(
      .leave, "regimeLeaveSeconds", .seconds, 43_200, 60...2_592_000, step: 86_400, .raise, .underlying,
      "A regime is left only after this time below its level (M08)."),
    ParameterDescriptor(
      .conditionalFast, "conditionalFastSeconds", .seconds, 21_600, 3_600...2_592_000, step: 86_400, .neither,
      .underlying,
      "Half-life of the faster part of the conditional variance (M06)."),
    ParameterDescriptor(
      .conditionalSlow, "conditionalSlowSeconds", .seconds, 864_000, 86_400...31_536_000, step: 864_000,
      .neither, .underlying,
      "Half-life of the slower part of the conditional variance (M06)."),
    ParameterDescriptor(
      .conditionalFastWeight, "conditionalFastWeightPpm", .ppm, 800_000, 0...1_000_000, step: 200_000,
      .neither, .underlying,
      "Weight of the faster part in the conditional variance (M06)."),
    ParameterDescriptor(
      .cycleWindow, "cycleSeconds", .seconds, 315_360_000, 31_536_000...946_080_000, step: 94_608_000,
      .neither,
      .underlying,
      "Time over which the variance through the cycle is taken."),
    ParameterDescriptor(
      .cyclePrior, "cyclePriorSeconds", .seconds, 31_536_000, 0...94_608_000, step: 7_776_000, .neither,
      .underlying,
      "How much time of the static strategy's volatility counts beside what was observed through the cycle."),
    ParameterDescriptor(
      .cycleWeight, "cycleWeightPpm", .ppm, 500_000, 250_000...1_000_000, step: 100_000, .neither,
      .underlying,
      "Weight of what holds through the cycle in the rate (EMIR RTS 153/2013, art. 28)."),
    ParameterDescriptor(
      .conditionalCap, "conditionalCapPpm", .ppm, 4_000_000, 1_000_000...20_000_000, step: 1_000_000, .raise,
      .underlying,
      "Conditional volatility counts up to this multiple of that through the cycle."),
  ]
}
