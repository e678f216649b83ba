// Zones, intervals, fees, breakers and failure. Each row: name, unit, standard value, bounds, largest step,
// which way is tighter, what may override it, meaning.

extension Parameter {
  static let operationParameters: [ParameterDescriptor] = [
    ParameterDescriptor(
      .closeOnlyZone, "closeOnlyZonePpm", .ppm, 1_100_000, 1_000_000...3_000_000, step: 100_000, .raise,
      .engine,
      "Below this multiple of maintenance margin an account may only close (M32)."),
    ParameterDescriptor(
      .healthyZone, "healthyZonePpm", .ppm, 1_500_000, 1_000_000...8_000_000, step: 250_000, .raise, .engine,
      "Multiple of debt of a healthy loan (M32)."),
    ParameterDescriptor(
      .graceEpochs, "graceEpochs", .epochs, 2, 0...100, step: 5, .lower, .engine,
      "Later epochs in which a proof is still accepted (M33)."),
    ParameterDescriptor(
      .callSeconds, "callSeconds", .seconds, 3_600, 60...604_800, step: 3_600, .lower, .engine,
      "Time between margin calls at the reference volatility (M33)."),
    ParameterDescriptor(
      .callLeast, "callLeastSeconds", .seconds, 900, 10...604_800, step: 3_600, .lower, .engine,
      "Least time between margin calls (M33)."),
    ParameterDescriptor(
      .callMost, "callMostSeconds", .seconds, 7_200, 60...2_592_000, step: 7_200, .lower, .engine,
      "Greatest time between margin calls (M33)."),
    ParameterDescriptor(
      .referenceVolatility, "referenceVolatilityPpm", .ppm, 600_000, 50_000...5_000_000, step: 200_000,
      .lower, .engine,
      "Volatility at which margin is called after callSeconds (M33)."),
    ParameterDescriptor(
      .updateHazard, "updateHazardPpm", .ppm, 50_000, 100...1_000_000, step: 50_000, .neither, .engine,
      "Probability that a block brings a new snapshot (M37)."),
    ParameterDescriptor(
      .updateLeast, "updateLeastSeconds", .seconds, 60, 0...86_400, step: 600, .neither, .engine,
      "No new snapshot sooner than this, except in an emergency (M37)."),
    ParameterDescriptor(
      .updateMost, "updateMostSeconds", .seconds, 3_600, 60...604_800, step: 3_600, .lower, .engine,
      "A new snapshot at this age of the last one at the latest (M37)."),
    ParameterDescriptor(
      .takerFee, "takerFeePpm", .ppm, 500, 0...20_000, step: 250, .neither, .instrument,
      "Fee of closing, of notional, in a normal regime (M36)."),
    ParameterDescriptor(
      .takerFeeSlope, "takerFeeSlopePpm", .ppm, 500_000, 0...5_000_000, step: 500_000, .neither, .underlying,
      "How much the fee grows with the excess of fast over slow volatility (M36)."),
    ParameterDescriptor(
      .takerFeeCap, "takerFeeCapPpm", .ppm, 5_000, 0...50_000, step: 2_500, .neither, .instrument,
      "Greatest fee of closing, of notional (M36)."),
    ParameterDescriptor(
      .breakerSigmas, "breakerSigmasPpm", .ppm, 6_000_000, 2_000_000...20_000_000, step: 2_000_000, .lower,
      .underlying,
      "Level 1 after a bar of this number of standard deviations (M46)."),
    ParameterDescriptor(
      .breakerDepth, "breakerDepthPpm", .ppm, 200_000, 0...1_000_000, step: 100_000, .raise, .underlying,
      "Level 1 below this share of usual depth (M46)."),
    ParameterDescriptor(
      .breakerMove, "breakerMovePpm", .ppm, 130_000, 20_000...900_000, step: 50_000, .lower, .underlying,
      "Level 2 after a bar that moves this far (M46)."),
    ParameterDescriptor(
      .breakerHalt, "breakerHaltPpm", .ppm, 400_000, 50_000...1_000_000, step: 100_000, .lower, .underlying,
      "Level 3 after a bar that moves this far (M46)."),
    ParameterDescriptor(
      .breakerCoolDown, "breakerCoolDownSeconds", .seconds, 21_600, 60...2_592_000, step: 43_200, .raise,
      .underlying,
      "A level is left, one at a time, after this time without cause (M46)."),
    ParameterDescriptor(
      .breakerWidening, "breakerWideningPpm", .ppm, 1_000_000, 1_000_000...4_000_000, step: 250_000, .raise,
      .underlying,
      "Multiplier of margin from level 1 on (M46)."),
    ParameterDescriptor(
      .failureWidening, "failureWideningPpm", .ppm, 1_250_000, 1_000_000...4_000_000, step: 250_000, .raise,
      .engine,
      "Multiplier of the last good margin while the engine fails (M22)."),
    ParameterDescriptor(
      .failureTime, "failureSeconds", .seconds, 10_800, 0...604_800, step: 10_800, .lower, .engine,
      "Time without a good snapshot after which everything is halted (M22)."),
    ParameterDescriptor(
      .skewPremium, "skewPremiumPpm", .ppm, 500, 0...20_000, step: 500, .neither, .underlying,
      "Fee of opening on the larger side, of notional, when all open interest is there (M36)."),
    ParameterDescriptor(
      .leverageFee, "leverageFeePpm", .ppm, 100, 0...10_000, step: 100, .neither, .instrument,
      "Fee of leverage a day, of notional in the first bracket, for each standard deviation of volatility above its mean (M36)."
    ),
    ParameterDescriptor(
      .leverageFeeCap, "leverageFeeCapPpm", .ppm, 5_000, 0...50_000, step: 2_500, .neither, .instrument,
      "Greatest fee of leverage a day, of notional (M36)."),
    ParameterDescriptor(
      .increaseSurcharge, "increaseSurchargePpm", .ppm, 10_000, 0...200_000, step: 10_000, .neither, .engine,
      "Surcharge on orders that grow a position, of notional, at no health at all; none from healthyZonePpm on (M32)."
    ),
    ParameterDescriptor(
      .liquidationWindow, "liquidationWindowSeconds", .seconds, 900, 60...86_400, step: 900, .raise,
      .underlying,
      "Liquidations within this number of seconds count together (M46, M55)."),
    ParameterDescriptor(
      .absorption, "absorptionPpm", .ppm, 1_000_000, 10_000...10_000_000, step: 500_000, .lower, .underlying,
      "Multiple of depth that the market absorbs in that time (M46, M55)."),
    ParameterDescriptor(
      .breakerLoad, "breakerLoadPpm", .ppm, 1_000_000, 10_000...20_000_000, step: 500_000, .lower,
      .underlying,
      "Level 2 when liquidations exceed this multiple of what the market absorbs (M46)."),
    ParameterDescriptor(
      .breakerInsurance, "breakerInsurancePpm", .ppm, 250_000, 0...2_000_000, step: 100_000, .raise, .engine,
      "Level 3 when the insurance fund holds less than this share of what it should (M46)."),
  ]
}
