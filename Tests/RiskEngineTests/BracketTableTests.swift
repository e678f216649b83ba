import CanonicalBytes
import Foundation
import MarginRules
import RiskEngine
import TestSupport
import Testing

@Suite("Brackets")
struct BracketTableTests {
  /// Hyperliquid, BTC: up to 150 million USD 40×, above 20×; maintenance is half of initial.
  private let hyperliquid = BracketTable([
    .init(width: 150_000_000, initial: 25_000, maintenance: 12_500),
    .init(width: nil, initial: 50_000, maintenance: 25_000),
  ])

  @Test(
    arguments: [
      (1_000_000, 12_500), (150_000_000, 1_875_000), (200_000_000, 3_125_000),
    ] as [(Int64, Int128)])
  func `G8: Hyperliquid's tiers`(_ notional: Int64, _ margin: Int128) {
    #expect(hyperliquid.requirement(notional, .maintenance) == margin * 1_000_000)
    let direct = zip(hyperliquid.rows, hyperliquid.deductions(.maintenance)).map {
      Int128($0.maintenance) * Int128(notional) - $1
    }
    #expect(direct.max() == margin * 1_000_000)
  }

  /// dYdX v3, BTC-USD on 28 October 2021, in tenths of a bitcoin.
  private let dydx = WholePositionSteps(
    base: 90, step: 15, initial: 40_000, maintenance: 30_000, initialIncrement: 10_000,
    maintenanceIncrement: 0)

  @Test(
    arguments: [
      (10, 40_000), (90, 40_000), (91, 50_000), (105, 50_000), (106, 60_000), (240, 140_000),
      (1_700, 1_000_000),
    ] as [(Int64, Int64)])
  func `G8b: dYdX v3's initial margin by size`(_ size: Int64, _ rate: Int64) throws {
    #expect(try #require(dydx).rate(size, .initial) == rate)
  }

  @Test
  func `G8: BitMEX's risk limits rise by a step beyond 200 XBT`() throws {
    let rule = try #require(
      WholePositionSteps(
        base: 200, step: 100, initial: 10_000, maintenance: 5_000, initialIncrement: 5_000,
        maintenanceIncrement: 5_000))
    #expect(rule.rate(180, .initial) == 10_000 && rule.rate(180, .maintenance) == 5_000)
    #expect(rule.rate(230, .initial) == 15_000 && rule.rate(230, .maintenance) == 10_000)
  }

  @Test("the majorant of a rule of steps is convex, nowhere below it, and exact just above each step")
  func majorant() throws {
    let rule = try #require(dydx)
    // 54 steps are brackets of their own; 108 are joined in pairs
    for largest: Int64 in [900, 1_700] {
      let table = try #require(rule.majorant(upTo: largest))
      for kind in MarginKind.allCases {
        for size in 1...largest {
          let asked = Int128(rule.rate(size, kind)) * Int128(size)
          #expect(table.requirement(size, kind) >= asked, "\(size)")
        }
        let rates = table.rows.map { $0.rate(kind) }
        #expect(rates == rates.sorted())
      }
    }
    let table = try #require(rule.majorant(upTo: 900))
    // At a threshold it asks for one step more: 9 bitcoin at 5 % instead of 4 %.
    #expect(table.requirement(90, .initial) == 90 * 50_000)
    // overcharge ≤ one step, up to the rounding of slopes
    for size: Int64 in [100, 200, 500, 900] {
      let asked = Int128(rule.rate(size, .initial) + 10_000) * Int128(size)
      #expect(table.requirement(size, .initial) <= asked + Int128(size))
    }
  }

  @Test("bracket form and maximum of lines agree, and no split of a position costs less (E1)")
  func lemma() {
    var random = SplitMix64(seed: 25)
    for _ in 0..<2_000 {
      let count = Int.random(in: 1...6, using: &random)
      let table = BracketTable(
        (0..<count).map { _ in
          BracketTable.Row(
            width: Int64.random(in: 0...1_000, using: &random),
            initial: Int64.random(in: 0...1_000_000, using: &random),
            maintenance: Int64.random(in: 0...1_000_000, using: &random))
        })
      #expect(table.rows.last?.width == nil)
      for kind in MarginKind.allCases {
        let amount = Int64.random(in: 0...5_000, using: &random)
        let lines = zip(table.rows, table.deductions(kind)).map {
          Int128($0.rate(kind)) * Int128(amount) - $1
        }
        #expect(lines.max() == table.requirement(amount, kind))
        // a split that fills brackets in another order
        var (rest, cost) = (amount, Int128(0))
        for row in table.rows.reversed() {
          let part = min(rest, row.width ?? Int64.random(in: 0...rest, using: &random))
          cost += Int128(row.rate(kind)) * Int128(part)
          rest -= part
        }
        #expect(rest > 0 || cost >= table.requirement(amount, kind))
      }
    }
  }

  @Test("no rows, or none with a width, ask for everything")
  func empty() {
    #expect(BracketTable([]).requirement(7, .initial) == 7_000_000)
    #expect(
      BracketTable([.init(width: 0, initial: 1, maintenance: 1)]).requirement(7, .maintenance)
        == 7_000_000)
  }

  @Test(
    arguments: [
      (10_000_000, 50_000), (20_000_000, 50_000), (35_000_000, 525_000), (50_000_000, 1_000_000),
      (60_000_000, 1_000_000),
    ] as [(Int64, Int64)])
  func `G8c: open interest scales initial margin as dYdX v4 does`(_ open: Int64, _ rate: Int64) {
    let scaling = OpenInterestScaling(lower: 20_000_000, upper: 50_000_000)
    #expect(scaling.ppm(50_000, openInterest: open) == rate)
    #expect(OpenInterestScaling(lower: 0, upper: 0).ppm(50_000, openInterest: open) == 50_000)
  }

  @Test("caps on a side close it")
  func caps() {
    #expect(OpenInterestCap.admitsOpening(openInterest: 9, cap: 10))
    #expect(!OpenInterestCap.admitsOpening(openInterest: 10, cap: 10))
    #expect(OpenInterestCap.admitsOpening(openInterest: 1e18, cap: 0))
    #expect(!OpenInterestCap.admitsOpening(openInterest: .nan, cap: 10))
  }
}

@Suite("Brackets from depth")
struct DepthBracketsTests {
  private func table(depth: Double) -> BracketTable {
    DepthBrackets(firstShare: 0.25, count: 5).table(
      base: .init(initial: 30_000, maintenance: 20_000),
      cost: ImpactCost(coefficient: 1, band: 0.01, depth: depth), ratio: 1_500_000,
      lotValue: 64_000_000)
  }

  @Test("E7: on the doubling grid a chord overstates the cost by at most 4.56 % and never understates it")
  func chords() {
    let cost = ImpactCost(coefficient: 1, band: 0.01, depth: 1e7)
    var worst = 0.0
    var lower = 1e5
    while lower < 1e8 {
      let slope = cost.chord(from: lower, to: 2 * lower)
      let start = cost.meanCost(lower) * lower
      for step in 0...1_000 {
        let amount = lower * (1 + Double(step) / 1_000)
        let exact = cost.meanCost(amount) * amount
        let charged = start + slope * (amount - lower)
        #expect(charged >= exact * (1 - 1e-12))
        worst = max(worst, charged / exact - 1)
      }
      lower *= 2
    }
    #expect(worst > 0.045 && worst <= 0.0456)
  }

  @Test("rates rise with the amount, and less depth never asks less of any position")
  func monotone() {
    var random = SplitMix64(seed: 27)
    for _ in 0..<300 {
      let depth = Double.random(in: 0...1e8, using: &random)
      let less = depth * Double.random(in: 0...1, using: &random)
      for kind in MarginKind.allCases {
        let rates = table(depth: depth).rows.map { $0.rate(kind) }
        #expect(rates == rates.sorted())
        for _ in 0..<5 {
          let lots = Int64.random(in: 0...4_000_000, using: &random)
          #expect(
            table(depth: less).requirement(lots, kind) >= table(depth: depth).requirement(lots, kind))
        }
      }
    }
  }

  @Test("widths are rounded down to lots and follow the doubling grid")
  func widths() {
    // a quarter of 10 million at 64 USD a lot is 39062.5 lots
    #expect(table(depth: 1e7).rows.map(\.width) == [39_062, 39_063, 78_125, 156_250, nil])
    #expect(table(depth: 0).rows == [.init(width: nil, initial: 1_000_000, maintenance: 1_000_000)])
    #expect(table(depth: 1).rows.count == 1)
  }
}
