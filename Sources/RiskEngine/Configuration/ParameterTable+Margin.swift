// Rates of margin. Each row: name, unit, standard value, bounds, largest step, which way is tighter, what may
// override it, meaning.

extension Parameter {
  static let marginParameters: [ParameterDescriptor] = [
    ParameterDescriptor(
      .strategy, "strategy", .word(MarginStrategy.allCases.map(\.rawValue)), 1, 0...2, step: 2, .neither,
      .underlying,
      "How volatility enters: fixed, measured, or also forecast (M31)."),
    ParameterDescriptor(
      .lossMultiple, "lossMultiplePpm", .ppm, 2_500_000, 1_000_000...8_000_000, step: 500_000, .raise,
      .underlying,
      "Standard deviations that maintenance margin covers (M22)."),
    ParameterDescriptor(
      .liquidationHorizon, "liquidationHorizonSeconds", .seconds, 86_400, 60...604_800, step: 21_600, .raise,
      .underlying,
      "Least time that closing a position takes (M22)."),
    ParameterDescriptor(
      .horizonCeiling, "horizonCeilingSeconds", .seconds, 259_200, 3_600...2_592_000, step: 86_400, .raise,
      .underlying,
      "Most time that closing a position is taken to need (M22)."),
    ParameterDescriptor(
      .participation, "participationPpm", .ppm, 50_000, 1_000...500_000, step: 25_000, .lower, .underlying,
      "Share of traded volume that closing a position may be (M22)."),
    ParameterDescriptor(
      .referenceNotional, "referenceNotionalUSD", .dollars, 250_000, 1_000...1_000_000_000, step: 1_000_000,
      .raise, .underlying,
      "Position for which the first bracket covers impact and closing time (M22)."),
    ParameterDescriptor(
      .liquidationFee, "liquidationFeePpm", .ppm, 2_500, 0...100_000, step: 2_500, .raise, .underlying,
      "Liquidation fee inside maintenance margin (M22)."),
    ParameterDescriptor(
      .maintenanceFloor, "maintenanceFloorPpm", .ppm, 5_000, 1_000...500_000, step: 10_000, .raise,
      .instrument,
      "Least maintenance margin of notional (M22)."),
    ParameterDescriptor(
      .maintenanceCeiling, "maintenanceCeilingPpm", .ppm, 500_000, 10_000...1_000_000, step: 100_000, .raise,
      .instrument,
      "Greatest maintenance margin of notional in the first bracket (M22)."),
    ParameterDescriptor(
      .initialRatio, "initialRatioPpm", .ppm, 1_500_000, 1_050_000...5_000_000, step: 250_000, .raise,
      .instrument,
      "Initial over maintenance margin, while the market is no worse than through the cycle (M22)."),
    ParameterDescriptor(
      .initialLeastRatio, "initialLeastRatioPpm", .ppm, 1_100_000, 1_000_000...5_000_000, step: 100_000,
      .raise,
      .instrument,
      "Initial over maintenance margin once the buffer between them is used up (M22)."),
    ParameterDescriptor(
      .initialCeiling, "initialCeilingPpm", .ppm, 1_000_000, 100_000...2_000_000, step: 250_000, .raise,
      .instrument,
      "Greatest initial margin of notional (M22, M26)."),
    ParameterDescriptor(
      .leverageCap, "leverageCap", .count, 50, 1...200, step: 10, .lower, .instrument,
      "Greatest leverage whatever the market (M22)."),
    ParameterDescriptor(
      .insolvencyProbability, "insolvencyProbabilityPpm", .ppm, 10_000, 1...50_000, step: 500, .lower,
      .underlying,
      "Probability that a loss within the horizon exceeds initial margin (M23)."),
    ParameterDescriptor(
      .tailShare, "tailSharePpm", .ppm, 100_000, 10_000...250_000, step: 25_000, .neither, .underlying,
      "Share of the worst returns that the tail is fitted to (M23)."),
    ParameterDescriptor(
      .stressWeight, "stressWeightPpm", .ppm, 100_000, 0...1_000_000, step: 100_000, .raise, .underlying,
      "Weight of the worst move observed so far in what holds through the cycle."),
    ParameterDescriptor(
      .relaxation, "relaxationPerHourPpm", .ppm, 10_000, 1_000...500_000, step: 25_000, .lower, .underlying,
      "Margin relaxes by no more than this share in an hour (M24)."),
    ParameterDescriptor(
      .deadBand, "deadBandPpm", .ppm, 20_000, 0...200_000, step: 20_000, .raise, .underlying,
      "Margin does not relax until it would by more than this share (M24)."),
    ParameterDescriptor(
      .ramp, "maintenanceRampPerHourPpm", .ppm, 100_000, 10_000...10_000_000, step: 100_000, .raise,
      .underlying,
      "Maintenance margin of open positions tightens by no more than this share in an hour (M24)."),
    ParameterDescriptor(
      .skewMean, "skewMeanPpm", .ppm, 100_000, -1_000_000...1_000_000, step: 100_000, .lower, .underlying,
      "Usual 25-delta risk reversal over at-the-money volatility (M19)."),
    ParameterDescriptor(
      .skewDeviation, "skewDeviationPpm", .ppm, 70_000, 1_000...1_000_000, step: 35_000, .lower, .underlying,
      "Standard deviation of the same (M19)."),
    ParameterDescriptor(
      .skewSlope, "skewSlopePpm", .ppm, 50_000, 0...500_000, step: 50_000, .raise, .underlying,
      "Buffer for each standard deviation of skew against a side (M19)."),
    ParameterDescriptor(
      .skewCap, "skewCapPpm", .ppm, 1_500_000, 1_000_000...4_000_000, step: 250_000, .raise, .underlying,
      "Greatest buffer for skew (M19)."),
    ParameterDescriptor(
      .skewMemory, "skewMemoryPerHourPpm", .ppm, 950_000, 0...1_000_000, step: 50_000, .raise, .underlying,
      "Share of the excess buffer that stays after an hour without quotes (M19)."),
    ParameterDescriptor(
      .skewButterflyMean, "skewButterflyMeanPpm", .ppm, 50_000, -1_000_000...1_000_000, step: 100_000, .lower,
      .underlying,
      "Usual 25-delta butterfly over at-the-money volatility (M19)."),
    ParameterDescriptor(
      .skewButterflyDeviation, "skewButterflyDeviationPpm", .ppm, 50_000, 1_000...1_000_000, step: 35_000,
      .lower, .underlying,
      "Standard deviation of the same (M19)."),
    ParameterDescriptor(
      .skewButterflySlope, "skewButterflySlopePpm", .ppm, 25_000, 0...500_000, step: 50_000, .raise,
      .underlying,
      "Buffer of both sides for each standard deviation of the butterfly above its mean (M19)."),
  ]
}
