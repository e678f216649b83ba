// Collateral. Each row: name, unit, standard value, bounds, largest step, which way is tighter, what may
// override it, meaning.

extension Parameter {
  static let collateralParameters: [ParameterDescriptor] = [
    ParameterDescriptor(
      .haircutMultiple, "haircutMultiplePpm", .ppm, 2_326_000, 1_000_000...8_000_000, step: 500_000, .raise,
      .asset,
      "Standard deviations that a haircut covers (M30)."),
    ParameterDescriptor(
      .haircutHorizon, "haircutHorizonSeconds", .seconds, 3_600, 60...2_592_000, step: 86_400, .raise, .asset,
      "Time that selling collateral takes (M30)."),
    ParameterDescriptor(
      .haircutFloor, "haircutFloorPpm", .ppm, 50_000, 0...1_000_000, step: 50_000, .raise, .asset,
      "Least haircut of an asset that is not stable (M30)."),
    ParameterDescriptor(
      .stableHaircut, "stableHaircutPpm", .ppm, 1_000, 0...1_000_000, step: 20_000, .raise, .asset,
      "Least haircut of a stable asset (M30)."),
    ParameterDescriptor(
      .initialHaircutRatio, "initialHaircutRatioPpm", .ppm, 1_500_000, 1_000_000...5_000_000, step: 250_000,
      .raise, .asset,
      "Haircut for initial over that for maintenance margin (M30)."),
    ParameterDescriptor(
      .weightCeiling, "weightCeilingPpm", .ppm, 1_000_000, 0...1_000_000, step: 250_000, .lower, .asset,
      "Greatest weight of an asset; 0 for own tokens and wrong-way risk (M30)."),
    ParameterDescriptor(
      .supplyCap, "supplyCapLots", .lots, 0, 0...1_099_511_627_775, step: 274_877_906_944, .neither, .asset,
      "Lots beyond this are worth nothing; 0 for no cap (M30)."),
    ParameterDescriptor(
      .collateralTranches, "collateralTranches", .count, 3, 1...8, step: 2, .neither, .asset,
      "Tranches of an asset that is not stable (M30)."),
    ParameterDescriptor(
      .depegThreshold, "depegThresholdPpm", .ppm, 5_000, 500...100_000, step: 5_000, .lower, .asset,
      "A stable asset further than this from one dollar has lost its peg (M30)."),
    ParameterDescriptor(
      .depegSlope, "depegSlopePpm", .ppm, 5_000_000, 1_000_000...100_000_000, step: 5_000_000, .raise, .asset,
      "Haircut for each unit beyond the threshold (M30)."),
    ParameterDescriptor(
      .collapseWindow, "collapseWindowSeconds", .seconds, 7_776_000, 604_800...31_536_000, step: 2_592_000,
      .neither, .asset,
      "Time over which the slow average of an asset's price is taken (M30)."),
    ParameterDescriptor(
      .collapseShare, "collapseSharePpm", .ppm, 200_000, 0...900_000, step: 100_000, .raise, .asset,
      "Below this share of its slow average an asset has collapsed and backs nothing until it is listed anew (M30)."
    ),
    ParameterDescriptor(
      .pauseNotice, "pauseNoticeSeconds", .seconds, 3_600, 0...604_800, step: 21_600, .lower, .asset,
      "For how long a paused asset still backs what it backed (M35)."),
    ParameterDescriptor(
      .borrowBase, "borrowBasePpm", .ppm, 0, 0...1_000_000, step: 50_000, .neither, .asset,
      "Interest a year on a debt in the asset when none of it is lent (M36)."),
    ParameterDescriptor(
      .borrowSlope, "borrowSlopePpm", .ppm, 40_000, 0...5_000_000, step: 50_000, .neither, .asset,
      "What is added to it when as much is lent as the kink says (M36)."),
    ParameterDescriptor(
      .borrowSteepSlope, "borrowSteepSlopePpm", .ppm, 750_000, 0...20_000_000, step: 250_000, .neither,
      .asset,
      "What is further added when all is lent (M36)."),
    ParameterDescriptor(
      .borrowKink, "borrowKinkPpm", .ppm, 900_000, 10_000...1_000_000, step: 100_000, .neither, .asset,
      "The share lent from which on interest rises steeply (M36)."),
    ParameterDescriptor(
      .borrowStress, "borrowStressPpm", .ppm, 500_000, 0...10_000_000, step: 500_000, .neither, .asset,
      "Interest is higher by this share in stress, and by twice it while the market is extreme (M36)."),
  ]
}
