import RiskModels
import TestSupport
import Testing

@Suite("Liquidation")
struct LiquidationTests {
  // MARK: Partial liquidation

  @Test
  func `G13, G13b: the share of a position that is closed, and the debt that is repaid`() throws {
    let file = "margin/golden2.json"
    let perpetual = try Golden.numbers("G13 perp partial close", file: file)
    let x = PartialLiquidation.closedShare(
      equity: 900, notional: 50_000, maintenance: 1_000, target: 1.25, cost: 0.015)
    #expect(agree(x, perpetual["x"]))
    let lending = try Golden.numbers("G13b lending repay to HF 1.1", file: file)
    let r = try #require(
      PartialLiquidation.repaidDebt(
        collateral: 100, threshold: 0.8, debt: 85, bonus: 0.05, target: 1.1))
    #expect(agree(r, lending["r"]))
    #expect(agree((100 - r * 1.05) * 0.8 / (85 - r), lending["HF"]))
  }

  @Test("what is closed is just enough, nothing when healthy and everything when closing does not help")
  func justEnough() throws {
    var random = SplitMix64(seed: 43)
    for _ in 0..<2_000 {
      let notional = Double.random(in: 1...1e6, using: &random)
      let maintenance = notional * Double.random(in: 0.005...0.1, using: &random)
      let equity = maintenance * Double.random(in: -0.5...2, using: &random)
      let target = Double.random(in: 1...2, using: &random)
      let cost = Double.random(in: 0...0.05, using: &random)
      let x = try #require(
        PartialLiquidation.closedShare(
          equity: equity, notional: notional, maintenance: maintenance, target: target, cost: cost))
      #expect((0...1).contains(x))
      let left = equity - x * notional * cost - target * (1 - x) * maintenance
      switch x {
      case 0: #expect(equity >= target * maintenance)
      case 1: break
      default: #expect(left.magnitude <= 1e-9 * notional)
      }
    }
    let helpless = PartialLiquidation.closedShare(
      equity: 0, notional: 100, maintenance: 1, target: 1, cost: 0.02)
    #expect(helpless == 1)
    #expect(
      PartialLiquidation.repaidDebt(
        collateral: 100, threshold: 0.9, debt: 95, bonus: 0.2, target: 1) == 95)
    #expect(
      PartialLiquidation.closedShare(
        equity: .nan, notional: 1, maintenance: 1, target: 1, cost: 0) == nil)
  }

  // MARK: Auctions

  @Test
  func `G11, G11b: stairs and lines`() throws {
    let stairs = try Golden.numbers("G11 abaci stairstep top=1200 cut=1% step=90s")
    for (seconds, price) in stairs {
      let found = AuctionPrice.stairstep(cut: 0.01, step: 90)
        .price(top: 1_200, after: try #require(Int64(seconds)))
      #expect(agree(found, price), "\(seconds) s")
    }
    let line = try Golden.numbers("G11b linear top=1200 tau=3600")
    for (seconds, price) in line {
      let found = AuctionPrice.linear(duration: 3_600)
        .price(top: 1_200, after: try #require(Int64(seconds)))
      #expect(agree(found, price), "\(seconds) s")
    }
    #expect(stairs.count == 6 && line.count == 5)
    #expect(AuctionPrice.linear(duration: 0).price(top: 1, after: 1) == nil)
    #expect(AuctionPrice.stairstep(cut: 2, step: 1).price(top: 1, after: 1) == nil)
  }

  // MARK: Losses that are shared

  @Test("what is taken from winners is the deficit, or all they have")
  func conservation() throws {
    var random = SplitMix64(seed: 47)
    for _ in 0..<500 {
      let gains = (0..<20).map { _ in Double.random(in: -100...300, using: &random) }
      let deficit = Double.random(in: 0...6_000, using: &random)
      let loss = try #require(SocialisedLoss(deficit: deficit, gains: gains))
      #expect(agree(loss.taken.reduce(0, +) + loss.uncovered, deficit, within: 1e-9))
      #expect(zip(loss.taken, gains).allSatisfy { $0 >= 0 && $0 <= max(0, $1) })
    }
    #expect(SocialisedLoss(deficit: 0, gains: [])?.share == 0)
    #expect(SocialisedLoss(deficit: 1, gains: [-1])?.uncovered == 1)
    #expect(SocialisedLoss(deficit: -1, gains: [1]) == nil)
  }

  @Test(.enabled(if: SharedData.isPresent))
  func `G18: sixteen waves of 10 October 2025`() throws {
    let golden = try Golden.numbers(
      "G18 ADL theta_needed = budget_needed/winners_pnl", file: "margin/golden2.json")
    let bytes = try SharedData.bytes("adl_20251010_hyperliquid/two_pass_equity_delta_by_wave.csv")
    let rows = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.split(separator: ",").map(String.init) }
    let header = try #require(rows.first)
    func column(_ name: String) throws -> [Double] {
      let index = try #require(header.firstIndex(of: name))
      return rows.dropFirst().compactMap { Double($0[index]) }
    }
    let (deficit, needed) = (try column("deficit_usd"), try column("budget_needed_usd"))
    let production = try column("budget_prod_usd")
    #expect(deficit.count == 16)
    #expect(agree(deficit.reduce(0, +), golden["sum_deficit"]))
    #expect(agree(needed.reduce(0, +), golden["sum_needed"]))
    #expect(agree(production.reduce(0, +), golden["sum_prod"]))
    // The share of the deficit that had to be taken from winners, wave by wave.
    for (index, share) in try column("theta_needed_capped").enumerated() {
      let loss = try #require(
        SocialisedLoss(deficit: needed[index], gains: [deficit[index]]))
      #expect((loss.share - share).magnitude <= 1e-12, "wave \(index + 1)")
    }
  }

  // MARK: Clearing

  @Test
  func `G16: three parties, of whom one defaults`() throws {
    let clearing = try #require(
      ClearingVector(liabilities: [[0, 6, 4], [2, 0, 3], [1, 1, 0]], equity: [3, 1, 0.5]))
    for (found, expected) in zip(clearing.payments, [6.0, 5, 2]) { #expect(agree(found, expected)) }
    #expect(clearing.defaults == [0])
  }

  @Test("payments solve the clearing equations for any network")
  func equations() throws {
    var random = SplitMix64(seed: 59)
    for _ in 0..<300 {
      let n = Int.random(in: 1...8, using: &random)
      var L = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
      for i in 0..<n {
        for j in 0..<n where i != j && Bool.random(using: &random) {
          L[i][j] = Double.random(in: 0...10, using: &random)
        }
      }
      let e = (0..<n).map { _ in Double.random(in: 0.1...8, using: &random) }
      let clearing = try #require(ClearingVector(liabilities: L, equity: e))
      let owed = L.map { $0.reduce(0, +) }
      for i in 0..<n {
        var worth = e[i]
        for j in 0..<n where owed[j] > 0 { worth += clearing.payments[j] * L[j][i] / owed[j] }
        let expected = min(owed[i], worth)
        #expect((clearing.payments[i] - expected).magnitude <= 1e-9)
      }
    }
    #expect(ClearingVector(liabilities: [[1]], equity: [1]) == nil)
    #expect(ClearingVector(liabilities: [[0, -1], [0, 0]], equity: [1, 1]) == nil)
  }
}
