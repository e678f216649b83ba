/// What a venue has decided about liquidations beforehand: every number that a step depends on besides the
/// book, the snapshot, the bids and the clock.
public struct LiquidationTerms: Hashable, Sendable {
  /// θ, the health that a partial liquidation restores, in ppm.
  public var targetPpm: Int64
  /// Below this health an account is warned, in ppm; at least 1.0.
  public var warningPpm: Int64
  /// Below this health everything is closed, in ppm; at most 1.0.
  public var fullClosePpm: Int64
  /// Positions that are worth less than this in sum are closed whole, in quanta.
  public var dust: Int64
  /// What a plan expects to lose by trading, in ppm of the value closed.
  public var slippagePpm: Int64
  /// The penalty at health 1.0, in ppm of the value closed.
  public var penaltyLeastPpm: Int64
  /// The penalty at health ``penaltyFloorPpm`` and below, in ppm of the value closed.
  public var penaltyMostPpm: Int64
  /// The health at which the penalty stops rising, in ppm; below 1.0.
  public var penaltyFloorPpm: Int64
  /// The share of a penalty that the liquidator has, in ppm.
  public var liquidatorSharePpm: Int64
  /// The share of a penalty that the insurance has, in ppm; the venue has the rest.
  public var insuranceSharePpm: Int64
  /// How positions are sold.
  public var auction: AuctionTerms

  /// Terms of a venue that has set none of its own.
  public static let standard = LiquidationTerms(
    targetPpm: 1_250_000, warningPpm: 1_100_000, fullClosePpm: 900_000, dust: 1_000_000_000,
    slippagePpm: 2_000, penaltyLeastPpm: 2_500, penaltyMostPpm: 10_000, penaltyFloorPpm: 800_000,
    liquidatorSharePpm: 400_000, insuranceSharePpm: 400_000, auction: .standard)

  /// Terms of these parts.
  public init(
    targetPpm: Int64, warningPpm: Int64, fullClosePpm: Int64, dust: Int64, slippagePpm: Int64,
    penaltyLeastPpm: Int64, penaltyMostPpm: Int64, penaltyFloorPpm: Int64, liquidatorSharePpm: Int64,
    insuranceSharePpm: Int64, auction: AuctionTerms
  ) {
    self.targetPpm = targetPpm
    self.warningPpm = warningPpm
    self.fullClosePpm = fullClosePpm
    self.dust = dust
    self.slippagePpm = slippagePpm
    self.penaltyLeastPpm = penaltyLeastPpm
    self.penaltyMostPpm = penaltyMostPpm
    self.penaltyFloorPpm = penaltyFloorPpm
    self.liquidatorSharePpm = liquidatorSharePpm
    self.insuranceSharePpm = insuranceSharePpm
    self.auction = auction
  }

  /// Whether every number is within its range.
  ///
  /// - Throws: ``LiquidationError/parameter(_:_:)`` for the first that is not.
  public func check() throws(LiquidationError) {
    for (name, value, range) in numbers where !range.contains(value) { throw .parameter(name, range) }
    guard penaltyLeastPpm <= penaltyMostPpm else {
      throw .parameter("penaltyLeastPpm", 0...penaltyMostPpm)
    }
    guard liquidatorSharePpm + insuranceSharePpm <= onePpm else {
      throw .parameter("insuranceSharePpm", 0...max(0, onePpm - liquidatorSharePpm))
    }
    try auction.check()
  }

  /// Every number of its own by name, with its range.
  private var numbers: [(String, Int64, ClosedRange<Int64>)] {
    let money = 0...(Int64(1) << 52)
    return [
      ("targetPpm", targetPpm, onePpm...16_000_000),
      ("warningPpm", warningPpm, onePpm...16_000_000),
      ("fullClosePpm", fullClosePpm, 0...onePpm),
      ("dust", dust, money),
      ("slippagePpm", slippagePpm, 0...500_000),
      ("penaltyLeastPpm", penaltyLeastPpm, 0...500_000),
      ("penaltyMostPpm", penaltyMostPpm, 0...500_000),
      ("penaltyFloorPpm", penaltyFloorPpm, 0...(onePpm - 1)),
      ("liquidatorSharePpm", liquidatorSharePpm, 0...onePpm),
      ("insuranceSharePpm", insuranceSharePpm, 0...onePpm),
    ]
  }
}

/// How far an account has come down the ladder (mechanism M43).
public enum LadderStage: String, CaseIterable, Hashable, Sendable {
  /// Nothing is done.
  case healthy
  /// It meets its requirement with little to spare, and is told so.
  case warned
  /// It misses its requirement: as much is closed as restores the target health.
  case reduced
  /// It misses it by far: everything is sold.
  case liquidated
  /// It has no equity left: the venue takes the positions over, and the waterfall bears what is missing.
  case takenOver

  /// The stage of an account.
  public init(_ health: AccountHealth, _ terms: LiquidationTerms) {
    if !health.isLiquidatable {
      self = health.requirement > 0 && !health.covers(terms.warningPpm) ? .warned : .healthy
    } else if health.equity <= 0 {
      self = .takenOver
    } else {
      self = health.covers(terms.fullClosePpm) ? .reduced : .liquidated
    }
  }
}
