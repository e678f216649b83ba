import MarginRules
import RiskEngine
import TestSupport
import Testing

@Suite("Collateral weights")
struct CollateralWeightTests {
  private func weight(move: Double, depeg: Double = 0, ceiling: Int64 = 1_000_000) -> CollateralWeight {
    CollateralWeight(least: 0.05, move: move, depeg: depeg, initialRatio: 1.5, ceiling: ceiling)
  }

  @Test("haircuts are the larger of floor and move, plus slippage and peg, and cost more for initial margin")
  func haircuts() {
    #expect(weight(move: 0.01).haircut(.maintenance, slippage: 0) == 50_000)
    #expect(weight(move: 0.125).haircut(.maintenance, slippage: 0.125) == 250_000)
    #expect(weight(move: 0.125).haircut(.initial, slippage: 0.125) == 375_000)
    #expect(weight(move: 2).haircut(.maintenance, slippage: 0) == 1_000_000)
    #expect(weight(move: .nan).haircut(.maintenance, slippage: 0) == 1_000_000)
    #expect(weight(move: 0.1, ceiling: 0).weight(haircut: 100_000) == 0)
    #expect(weight(move: 0.1).weight(haircut: 100_000) == 900_000)
  }

  @Test("the loss of a peg drives the weight of USDC on 11 March 2023 and of UST to zero")
  func peg() {
    func haircut(_ price: Double) -> Int64 {
      weight(
        move: 0.001,
        depeg: CollateralWeight.depeg(price: price, threshold: 0.005, slope: 5)
      ).haircut(.maintenance, slippage: 0)
    }
    #expect(haircut(0.999) == 50_000)
    #expect(haircut(0.882) > 600_000)
    #expect(haircut(0.225) == 1_000_000)
    #expect(haircut(1.3) == 1_000_000)
  }

  @Test(
    "tranches are concave: values never rise, initial is at most maintenance, the last takes the rest (E2)")
  func concave() {
    var random = SplitMix64(seed: 30)
    for _ in 0..<2_000 {
      let rows = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        CollateralTranches.Row(
          width: Bool.random(using: &random) ? Int64.random(in: 0...1_000, using: &random) : nil,
          initial: Int64.random(in: 0...1_000_000, using: &random),
          maintenance: Int64.random(in: 0...1_000_000, using: &random))
      }
      let cap = Bool.random(using: &random) ? Int64.random(in: 1...2_000, using: &random) : nil
      let sound = CollateralTranches.sound(rows, supplyCap: cap)
      #expect(!sound.isEmpty && sound.last?.width == nil)
      #expect(sound.dropLast().allSatisfy { ($0.width ?? 0) > 0 })
      #expect(sound.allSatisfy { $0.initial <= $0.maintenance })
      #expect(
        zip(sound, sound.dropFirst()).allSatisfy {
          $0.initial >= $1.initial && $0.maintenance >= $1.maintenance
        })
      let valued = sound.filter { $0.maintenance > 0 }
      if let cap, valued.allSatisfy({ $0.width != nil }) {
        #expect(valued.reduce(0) { $0 + ($1.width ?? 0) } <= cap)
      }
    }
    let capped = CollateralTranches.sound([.init(width: nil, initial: 9, maintenance: 9)], supplyCap: 5)
    #expect(
      capped == [.init(width: 5, initial: 9, maintenance: 9), .init(width: nil, initial: 0, maintenance: 0)])
  }

  @Test("a paused asset is worth nothing from the next epoch on")
  func paused() {
    #expect(PausedAsset.weight(900_000, pausedFor: nil, notice: 60) == 900_000)
    #expect(PausedAsset.weight(900_000, pausedFor: 60, notice: 60) == 900_000)
    #expect(PausedAsset.weight(900_000, pausedFor: 61, notice: 60) == 0)
  }

  @Test("a ceiling bounds what an asset backs")
  func isolation() {
    let asset = Isolation(ceiling: 100, backed: 60)
    #expect(asset.admits(40) && !asset.admits(41) && !asset.admits(.max))
    #expect(asset.headroom == 40)
    #expect(Isolation(ceiling: nil, backed: 60).admits(.max))
  }
}

@Suite("Rates of borrowing and fees")
struct BorrowRateTests {
  @Test(
    arguments: [
      (0.0, 0.0), (0.45, 0.02), (0.9, 0.04), (0.95, 0.415), (1.0, 0.79), (1.5, 0.79), (-1, 0),
    ])
  func `G15: the kinked rate`(_ utilisation: Double, _ expected: Double) throws {
    let rate = try #require(BorrowRate(base: 0, slope: 0.04, steepSlope: 0.75, kink: 0.9))
    #expect(abs(rate.yearly(utilisation: utilisation) - expected) < 1e-12)
    #expect(BorrowRate(base: 0, slope: 0, steepSlope: 0, kink: 0) == nil)
  }

  @Test("accrual by the second for a year is eʳ to 10⁻¹² and never below it")
  func accrual() {
    var index = AccrualIndex()
    for _ in 0..<8_760 { index.accrue(yearly: 50_000, seconds: 3_600) }
    // e^0.05 = 1.051271096376024
    let error = Double(index.value) / 1e18 - 1.0512710963760241
    #expect(error >= -1e-15 && error < 1e-12)
    #expect(index.debt(1_000_000, since: AccrualIndex()) == 1_051_272)
  }

  @Test("fees grow with risk up to their cap")
  func fees() {
    #expect(DynamicFee.trading(base: 500, slope: 0.5, ratio: 0.5, cap: 5_000) == 500)
    #expect(DynamicFee.trading(base: 500, slope: 0.5, ratio: 3, cap: 5_000) == 1_000)
    #expect(DynamicFee.trading(base: 500, slope: 0.5, ratio: 100, cap: 5_000) == 5_000)
    #expect(DynamicFee.leverage(base: 100, deviation: 2, tier: 3, cap: 5_000) == 600)
    #expect(DynamicFee.leverage(base: 100, deviation: -2, tier: 3, cap: 5_000) == 0)
  }
}

@Suite("Zones and intervals")
struct ZonesTests {
  private let tiers = Tiers(maintenance: 1_000_000, initial: 1_000_000, closeOnly: 1_100_000)

  @Test(
    "zones begin exactly at their boundary",
    arguments: [
      (999, Zone.liquidation), (1_000, .closeOnly), (1_099, .closeOnly), (1_100, .hold), (1_499, .hold),
      (1_500, .open),
    ] as [(Int128, Zone)])
  func zones(_ equity: Int128, _ zone: Zone) {
    #expect(
      Zone(
        equityMaintenance: equity, equityInitial: equity, maintenance: 1_000, initial: 1_500,
        tiers: tiers) == zone)
  }

  @Test("the surcharge grows towards liquidation")
  func surcharge() {
    #expect(Zone.increaseSurcharge(rate: 1_000, health: 1_100_000, multiplier: 1_100_000) == 0)
    #expect(Zone.increaseSurcharge(rate: 1_000, health: 550_000, multiplier: 1_100_000) == 500)
    #expect(Zone.increaseSurcharge(rate: 1_000, health: -5, multiplier: 1_100_000) == 1_000)
    #expect(Zone.liquidation < .closeOnly && .hold < Zone.open)
  }

  @Test("margin calls come sooner when it is volatile, twice as soon in stress, within their range")
  func intervals() {
    func seconds(_ volatility: Double, _ regime: Regime = .normal) -> Int64 {
      MarginCallInterval.seconds(
        standard: 3_600, reference: 0.6, volatility: volatility, range: 900...7_200, regime: regime)
    }
    #expect(seconds(0.6) == 3_600)
    #expect(seconds(0.9) == 2_400)
    #expect(seconds(0.9, .stress) == 1_200)
    #expect(seconds(0.1) == 7_200)
    #expect(seconds(10, .extreme) == 900)
    #expect(seconds(0) == 7_200)
  }

  @Test("a missing proof runs from grace to below maintenance")
  func standing() {
    func standing(_ proven: Int64) -> ProofStanding {
      MarginCallInterval.standing(provenEpoch: proven, epoch: 10, graceEpochs: 2)
    }
    #expect(standing(10) == .current)
    #expect(standing(9) == .grace && standing(8) == .grace)
    #expect(standing(7) == .missing)
    #expect(standing(11) == .missing)
  }

  @Test
  func `G12: the liquidation price of a long position in tiers`() throws {
    let tiers = try #require(LiquidationPrice(widths: [150e6], rates: [0.0125, 0.025]))
    // 2,000 BTC long at 100,000 with equity of 10 million: B = 10e6 - 200e6
    let price = try #require(tiers.price(amount: 2_000, value: 10e6 - 200e6))
    #expect(abs(price - 96_474.35897435897) < 1e-6)
    let short = try #require(tiers.price(amount: -2_000, value: 10e6 + 200e6))
    // E = MM at p*: 210e6 - 2000p = 0.025·2000p - 1.875e6
    #expect(abs(210e6 - 2_000 * short - (0.025 * 2_000 * short - 1.875e6)) < 1e-3)
    #expect(tiers.price(amount: 1, value: 1e9) == nil)
  }
}
