// Volatility and regimes. Each row: name, unit, standard value, bounds, largest step, which way is tighter, what may
// override it, meaning.

extension Parameter {
  static let volatilityParameters: [ParameterDescriptor] = [
    ParameterDescriptor(
      .windowBars, "windowBars", .count, 2_000, 250...20_000, step: 1_000, .neither, .underlying,
      "Bars that estimators look back over."),
    ParameterDescriptor(
      .warmUpBars, "warmUpBars", .count, 168, 2...20_000, step: 720, .raise, .underlying,
      "With fewer bars than this the volatility of the static strategy counts too."),
    ParameterDescriptor(
      .fastHalfLife, "fastHalfLifeSeconds", .seconds, 86_400, 3_600...2_592_000, step: 86_400, .neither,
      .underlying,
      "Half-life of the fast volatility (M06, M08)."),
    ParameterDescriptor(
      .slowHalfLife, "slowHalfLifeSeconds", .seconds, 2_592_000, 86_400...31_536_000, step: 2_592_000,
      .neither, .underlying,
      "Half-life of the slow volatility (M06, M08)."),
    ParameterDescriptor(
      .volatilityFloor, "volatilityFloorPpm", .ppm, 300_000, 10_000...5_000_000, step: 200_000, .raise,
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
      .refitEpochs, "refitEpochs", .epochs, 168, 1...10_000, step: 168, .neither, .underlying,
      "Models with fitted coefficients are fitted again after so many epochs (M06, M23, M40)."),
    ParameterDescriptor(
      .fitBars, "fitBars", .count, 1_000, 100...20_000, step: 1_000, .neither, .underlying,
      "Bars that models are fitted to."),
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
      "Extreme after a bar of so many slow standard deviations (M08)."),
    ParameterDescriptor(
      .leaveEpochs, "regimeLeaveEpochs", .epochs, 12, 1...1_000, step: 24, .raise, .underlying,
      "A regime is left only after so many epochs below its level (M08)."),
  ]
}
