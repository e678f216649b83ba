import CanonicalBytes
import Liquidation
import MarginRules
import TestSupport
import Testing

/// Whole cases in random worlds.
@Suite("Liquidation cases")
struct CaseTests {
  /// Everything that a case may change.
  private struct World {
    var purses: Purses
    var layers: InsuranceLayers
    var takes: [[AuctionTake]]
    var ended: LiquidationCase
    var settled: LiquidationCase.Settlement
  }

  @Test("money and lots are conserved in every step, whatever happens", arguments: [1, 2, 3, 4])
  func conservation(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var (waterfalls, partials, backstopped, deleveraged) = (0, 0, 0, 0)
    for round in 0..<25 {
      let snapshot = try Desk.random(instruments: 5, rows: 5, using: &random)
      let table = MarginTable(snapshot)
      let health = Int64.random(in: -800_000...999_000, using: &random)
      let book = try Desk.book(under: snapshot, legs: 3, healthPpm: health, using: &random)
      let bids = Self.bids(for: snapshot, book, using: &random)
      let depth = Int.random(in: 0...2, using: &random)
      let winners = snapshot.instruments.indices.map { i in
        (0..<3).map {
          Winner(account: "w\($0)", lots: abs(book.positions[i]) / 3 + 1, gain: 0, rank: Int64($0))
        }
      }
      var first: World?
      for _ in 0..<2 {
        var purses: [Purse: Int64] = [
          .account("x"): book.cash, .insurance(0): 1_000_000_000, .backstop: 500_000_000, .venue: 0,
          .penaltyPot: 7,
        ]
        for index in 0..<3 { purses[.account("w\(index)")] = 0 }
        var money = try Purses(purses)
        var layers = try InsuranceLayers([InsuranceLayer(attachment: 0, exhaustion: 1_000_000_000)])
        var all: [[AuctionTake]] = []
        var one = try LiquidationCase(of: "x", book, rule: .portfolioMargin, table, .standard)
        func check() {
          #expect(money.total == Int128(purses.values.reduce(0, +)))
          #expect(money.balances.values.reduce(0, +) == purses.values.reduce(0, +))
          for i in snapshot.instruments.indices {
            let others = one.takenOver.values.reduce(0) { $0 + ($1[.position(i)] ?? 0) }
            #expect(one.portfolio.positions[i] + others == book.positions[i])
          }
        }
        var time: Int64 = 1_000
        while let next = try one.nextAuction(at: time, under: snapshot, money) {
          let takes = try one.run(
            next.order, next.auction, bids: depth == 0 ? [] : bids[next.order.leg] ?? [], until: time + 1_200,
            purses: &money)
          all.append(takes)
          time += 1_200
          check()
        }
        if !one.unsold.isEmpty {
          try one.backstop(
            "backstop", discountPpm: 30_000, capacity: 20_000_000_000, under: snapshot, purses: &money)
          backstopped += 1
          check()
        }
        for i in snapshot.instruments.indices {
          let plan = try one.deleverage(
            i, against: winners[i], policy: .queue, under: snapshot, purses: &money)
          if plan?.shares.contains(where: { $0.lots > 0 }) ?? false { deleveraged += 1 }
          check()
        }
        #expect(one.unsold.isEmpty)
        let settled = try one.settle(
          certificate: Digest.sha256(of: [UInt8(round)]), gains: ["w0": 5_000_000_000, "w1": 1_000_000],
          under: snapshot, layers: &layers, purses: &money)
        check()
        #expect(one.isSettled && money[.venue] >= 0)
        if let waterfall = settled.waterfall {
          waterfalls += 1
          #expect(waterfall.lines.reduce(0) { $0 + $1.amount } == settled.loss)
          #expect(money[.account("x")] == -waterfall.unpaid)
        }
        if one.portfolio.positions.contains(where: { $0 != 0 }) { partials += 1 }
        #expect(throws: LiquidationError.auctionClosed) {
          try one.settle(
            certificate: .zero, gains: [:], under: snapshot, layers: &layers, purses: &money)
        }
        // The same inputs give the same case.
        if let first {
          #expect(
            first.takes == all && first.ended == one && first.settled == settled && first.purses == money
              && first.layers == layers)
        } else {
          first = World(purses: money, layers: layers, takes: all, ended: one, settled: settled)
        }
      }
    }
    #expect(waterfalls > 0 && partials + backstopped + deleveraged > 0)
  }

  @Test(
    "nobody bids and nobody stands on the other side: the account keeps every lot, the loss has an owner",
    arguments: 1...40)
  func noBids(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let price = Int64.random(in: 1_000_000...90_000_000, using: &random)
    let assets = [("USD", 10_000 as Int64), ("COIN", price)].map { id, price in
      CollateralAsset(
        id: id, lot: "1", tranches: [Tranche(capLots: nil, valIM: price, valMM: price)], debtIM: price,
        debtMM: price)
    }
    let snapshot = try RiskSnapshot(
      SnapshotDraft(
        epoch: 1, validFrom: 0, validTo: 3_600,
        tiers: Tiers(maintenance: 1_000_000, initial: 1_000_000, closeOnly: 1_100_000, healthy: 1_250_000),
        groups: [], collateral: assets, instruments: []))
    let coins = Int64.random(in: 1...1_000, using: &random)
    // Less than is owed, by a little or by all.
    let owed = coins * price / 10_000 * Int64.random(in: 9...30, using: &random) / 10 + 1
    let hasCash = Bool.random(using: &random)
    let book = Portfolio(
      positions: [], holdings: [0, coins], debts: [hasCash ? owed : 0, 0], cash: hasCash ? 0 : -owed * 10_000)
    let (fund, pot) = (Int64.random(in: 0...2_000_000_000, using: &random), 7 as Int64)
    var purses = try Purses([.account("x"): book.cash, .insurance(0): fund, .penaltyPot: pot])
    var layers = try InsuranceLayers(fund == 0 ? [] : [InsuranceLayer(attachment: 0, exhaustion: fund)])
    let total = purses.total
    guard
      var one = try? LiquidationCase(of: "x", book, rule: .collateralRatio, MarginTable(snapshot), .standard)
    else { return }
    var (time, auctions) = (0 as Int64, 0)
    while let next = try one.nextAuction(at: time, under: snapshot, purses) {
      let takes = try one.run(next.order, next.auction, bids: [], until: time + 1_800, purses: &purses)
      #expect(takes.isEmpty && purses.total == total && one.portfolio.holdings == book.holdings)
      time += 1_800
      auctions += 1
      // It ends: nothing is offered without end.
      try #require(auctions <= 8)
    }
    #expect(auctions > 0)
    if hasCash {
      // A debt that nobody sells is owed still: it is auctioned again, and the case stays open.
      #expect(throws: LiquidationError.auctionClosed) {
        try one.settle(
          certificate: .zero, gains: [:], under: snapshot, layers: &layers, purses: &purses)
      }
      #expect(!one.isSettled && purses.total == total)
      #expect(one.portfolio.holdings == book.holdings && one.portfolio.debts == book.debts)
    } else {
      let settled = try one.settle(
        certificate: .zero, gains: [:], under: snapshot, layers: &layers, purses: &purses)
      // Nobody bought the coins: they are the account's.
      #expect(one.isSettled && purses.total == total)
      #expect(one.portfolio.holdings == book.holdings && one.portfolio.debts == book.debts)
      #expect(settled.loss == -book.cash)
      let waterfall = try #require(settled.waterfall)
      #expect(waterfall.lines.reduce(0) { $0 + $1.amount } == settled.loss)
      #expect(purses[.account("x")] == -waterfall.unpaid)
    }
    #expect(purses[.insurance(0)] >= 0 && purses[.penaltyPot] >= 0)
  }

  private static func bids(
    for snapshot: RiskSnapshot, _ book: Portfolio, using random: inout SplitMix64
  ) -> [CaseLeg: [AuctionBid]] {
    var bids: [CaseLeg: [AuctionBid]] = [:]
    for i in snapshot.instruments.indices where book.positions[i] != 0 {
      let mark = snapshot.instruments[i].markCeil
      bids[.position(i)] = (0..<3).map { number in
        let off = Int64.random(in: -30_000...60_000, using: &random)
        return AuctionBid(
          bidder: "l\(number)", number: UInt64(number),
          limit: mark - Int64(book.positions[i].signum()) * Int64(Int128(mark) * Int128(off) / 1_000_000),
          lots: abs(book.positions[i]) / 2 + 1, placed: 0)
      }
    }
    return bids
  }

  @Test("no case opens on an account that meets its requirement, under any rule")
  func healthy() throws {
    var random = SplitMix64(seed: 51)
    let snapshot = try Desk.random(instruments: 4, rows: 5, using: &random)
    let table = MarginTable(snapshot)
    for rule in [AccountRule.portfolioMargin, .crossMargin] {
      for health in [1_000_000, 1_000_001, 3_000_000] as [Int64] {
        var book = try Desk.book(
          under: snapshot, legs: 3, healthPpm: health, rule: .portfolioMargin, using: &random)
        book.cash += 1
        #expect(throws: LiquidationError.healthy) {
          try LiquidationCase(of: "x", book, rule: rule, table, .standard)
        }
      }
    }
  }

  @Test("a loan is repaid from its pledge, and what the pledge lacks is a loss")
  func loans() throws {
    let assets = [("USD", 10_000 as Int64), ("COIN", 50_000_000)].map { id, price in
      CollateralAsset(
        id: id, lot: "1", tranches: [Tranche(capLots: nil, valIM: price, valMM: price)], debtIM: price,
        debtMM: price)
    }
    let snapshot = try RiskSnapshot(
      SnapshotDraft(
        epoch: 1, validFrom: 0, validTo: 3_600,
        tiers: Tiers(maintenance: 1_000_000, initial: 1_000_000, closeOnly: 1_100_000, healthy: 1_250_000),
        groups: [], collateral: assets, instruments: []))
    let table = MarginTable(snapshot)
    // 1,000 coins of 50 USD against 45,000 USD: 50,000 < 1.25·45,000.
    for (coins, expectedLoss) in [(1_000, false), (700, true)] as [(Int64, Bool)] {
      let book = Portfolio(positions: [], holdings: [0, coins], debts: [4_500_000, 0], cash: 0)
      var one = try LiquidationCase(of: "x", book, rule: .collateralRatio, table, .standard)
      var purses = try Purses([.account("x"): 0, .insurance(0): 50_000_000_000])
      var layers = try InsuranceLayers([InsuranceLayer(attachment: 0, exhaustion: 50_000_000_000)])
      var time: Int64 = 0
      while let next = try one.nextAuction(at: time, under: snapshot, purses) {
        let limit: Int64 = next.order.lots > 0 ? 49_500_000 : 10_050
        _ = try one.run(
          next.order, next.auction,
          bids: [AuctionBid(bidder: "l", number: 1, limit: limit, lots: 1 << 39, placed: time)],
          until: time + 1_800,
          purses: &purses)
        time += 1_800
      }
      let settled = try one.settle(
        certificate: .zero, gains: [:], under: snapshot, layers: &layers, purses: &purses)
      #expect((settled.loss > 0) == expectedLoss)
      #expect(purses.total == 50_000_000_000)
      if !expectedLoss {
        var after = one.portfolio
        #expect(purses[.account("x")] >= 0)
        after.cash = 0
        #expect(try !AccountHealth(of: after, under: snapshot, rule: .collateralRatio).isLiquidatable)
      } else {
        #expect(one.portfolio.debts == [0, 0] && one.portfolio.holdings == [0, 0])
        #expect(settled.waterfall?.unpaid == 0)
      }
    }
  }

  @Test
  func `A47: a case that owes cash is not settled before every holding was offered for it`() throws {
    let assets = [("USD", 10_000 as Int64), ("COIN", 50_000_000)].map { id, price in
      CollateralAsset(
        id: id, lot: "1", tranches: [Tranche(capLots: nil, valIM: price, valMM: price)], debtIM: price,
        debtMM: price)
    }
    let snapshot = try RiskSnapshot(
      SnapshotDraft(
        epoch: 1, validFrom: 0, validTo: 3_600,
        tiers: Tiers(maintenance: 1_000_000, initial: 1_000_000, closeOnly: 1_100_000, healthy: 1_250_000),
        groups: [], collateral: assets, instruments: []))
    let book = Portfolio(positions: [], holdings: [0, 700], debts: [4_500_000, 0], cash: 0)
    var one = try LiquidationCase(of: "x", book, rule: .collateralRatio, MarginTable(snapshot), .standard)
    var purses = try Purses([.account("x"): 0, .insurance(0): 50_000_000_000])
    var layers = try InsuranceLayers([InsuranceLayer(attachment: 0, exhaustion: 50_000_000_000)])
    let debt = try #require(try one.nextAuction(at: 0, under: snapshot, purses))
    _ = try one.run(
      debt.order, debt.auction,
      bids: [AuctionBid(bidder: "l", number: 1, limit: 10_050, lots: 1 << 39, placed: 0)], until: 1_800,
      purses: &purses)
    #expect(purses[.account("x")] < 0)
    let before = (one, purses, layers)
    #expect(throws: LiquidationError.auctionClosed) {
      try one.settle(certificate: .zero, gains: [:], under: snapshot, layers: &layers, purses: &purses)
    }
    #expect(one == before.0 && purses == before.1 && layers == before.2)
    // Offered and taken by nobody, it can be: then the insurance bears what is missing.
    let coin = try #require(try one.nextAuction(at: 1_800, under: snapshot, purses))
    _ = try one.run(coin.order, coin.auction, bids: [], until: 3_600, purses: &purses)
    let settled = try one.settle(
      certificate: .zero, gains: [:], under: snapshot, layers: &layers, purses: &purses)
    #expect(settled.loss > 0 && purses[.account("x")] == 0)
  }

  @Test("a book of sixty legs is planned in one go")
  func sixtyLegs() throws {
    var random = SplitMix64(seed: 61)
    let snapshot = try Desk.random(instruments: 60, rows: 33, using: &random)
    let table = MarginTable(snapshot)
    let book = try Desk.book(under: snapshot, legs: 60, healthPpm: 950_000, using: &random)
    let plan = try ReductionPlan(for: book, table, rule: .portfolioMargin, .standard)
    #expect(plan.after.covers(1_250_000) && !plan.isFullClose)
  }
}
