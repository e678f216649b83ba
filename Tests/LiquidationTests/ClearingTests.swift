import Liquidation
import MarginRules
import TestSupport
import Testing

@Suite("Clearing, incentives and hedges")
struct ClearingTests {
  @Test("positions and variation margin of any trades and prices add up to zero")
  func sumsToZero() throws {
    var random = SplitMix64(seed: 41)
    for _ in 0..<30 {
      var house = ClearingHouse()
      var wealth: [String: Int128] = [:]
      var books: [String: [Int: Int64]] = [:]
      let members = ["a", "b", "c", "d"]
      for _ in 0..<20 {
        let pair = members.shuffled(using: &random)
        let trade = ClearedTrade(
          buyer: pair[0], seller: pair[1], instrument: Int.random(in: 0...2, using: &random),
          lots: Int64.random(in: 1...50, using: &random), price: Int64.random(in: 0...1_000, using: &random))
        try house.novate(trade)
        for (name, sign) in [(trade.buyer, 1), (trade.seller, -1)] as [(String, Int64)] {
          wealth[name, default: 0] -= Int128(sign * trade.lots * trade.price)
          books[name, default: [:]][trade.instrument, default: 0] += sign * trade.lots
        }
        #expect(house.openSums.values.allSatisfy { $0 == 0 })
      }
      var paid: [String: Int128] = [:]
      var prices: [Int: Int64] = [:]
      for _ in 0..<4 {
        for i in 0...2 { prices[i] = Int64.random(in: 0...1_000, using: &random) }
        let epoch = try house.settle(at: prices)
        #expect(epoch.values.reduce(0, +) == 0)
        for (name, amount) in epoch { paid[name, default: 0] += Int128(amount) }
      }
      // What was paid in all is what each member's trades are worth at the last prices.
      for name in members {
        var worth = wealth[name] ?? 0
        for (i, lots) in books[name] ?? [:] { worth += Int128(lots) * Int128(prices[i] ?? 0) }
        #expect(paid[name] ?? 0 == worth)
      }
    }
    // A ring of three equal trades nets to nothing.
    var ring = ClearingHouse()
    for (buyer, seller) in [("a", "b"), ("b", "c"), ("c", "a")] {
      try ring.novate(ClearedTrade(buyer: buyer, seller: seller, instrument: 0, lots: 10, price: 5))
    }
    #expect(ring.positions.isEmpty && ring.nettingEfficiencyPpm == 1_000_000)
    #expect(throws: LiquidationError.malformed) {
      try ring.novate(ClearedTrade(buyer: "a", seller: "a", instrument: 0, lots: 1, price: 1))
    }
    #expect(
      ClearingHouse.covers2(fund: 15, losses: ["a": 20, "b": 10, "c": 9], margins: ["a": 10, "b": 5]) == false
    )
    #expect(ClearingHouse.covers2(fund: 19, losses: ["a": 20, "b": 10, "c": 9], margins: ["a": 10, "b": 5]))
  }

  @Test(
    "rebates are the pool, equal makers earn the same, and one side, one moment or wash quotes earn nothing")
  func incentives() throws {
    let steady = [QuoteSample](repeating: QuoteSample(bid: 100, ask: 120), count: 10)
    let oneSided = [QuoteSample](repeating: QuoteSample(bid: 0, ask: 10_000), count: 10)
    let washed = [QuoteSample](repeating: QuoteSample(bid: 100, ask: 100, wash: 100), count: 10)
    let once =
      [QuoteSample(bid: 1_000, ask: 1_000)] + [QuoteSample](repeating: QuoteSample(bid: 0, ask: 0), count: 9)
    let rebates = try LiquidityIncentives.rebates(
      pool: 1_001, samples: [steady, oneSided, washed, steady], leastDepth: 1)
    #expect(rebates == [501, 0, 0, 500])
    // As much depth, all at one moment, is worth a tenth.
    #expect(
      LiquidityIncentives.score(once, leastDepth: 1) * 10 == LiquidityIncentives.score(steady, leastDepth: 1))
    #expect(try LiquidityIncentives.rebates(pool: 5, samples: [oneSided], leastDepth: 1) == [0])
    #expect(try LiquidityIncentives.commitmentBonus(90, asked: 30, filled: 10) == 30)
    #expect(try LiquidityIncentives.commitmentBonus(90, asked: 0, filled: 0) == 0)
  }

  @Test("a hedge is the cheapest of all whole lots on small books, and the rule is met after it")
  func hedges() throws {
    var random = SplitMix64(seed: 42)
    var (found, exact) = (0, 0)
    for _ in 0..<25 {
      let snapshot = try Desk.random(instruments: 4, rows: 5, using: &random)
      let table = MarginTable(snapshot)
      var book = try Desk.book(under: snapshot, legs: 3, healthPpm: 800_000, using: &random)
      book.positions = book.positions.map { min(max($0, -40), 40) }
      let bare = try AccountHealth(of: book, under: snapshot, rule: .portfolioMargin)
      book.cash += Int64(bare.requirement * 8 / 10 - bare.equity)
      let offers = [0, 2].map { i in
        HedgeOffer(
          instrument: i, buyable: 12, sellable: 12,
          costPerLot: Int64.random(in: 0...snapshot.instruments[i].markCeil / 200, using: &random))
      }
      // All ways of trading up to twelve lots of both.
      var cheapest: Int128?
      for a in -12...12 as ClosedRange<Int64> {
        for b in -12...12 as ClosedRange<Int64> {
          var after = book
          var cost: Int128 = 0
          for (offer, lots) in zip(offers, [a, b]) {
            let instrument = snapshot.instruments[offer.instrument]
            after.positions[offer.instrument] += lots
            after.cash -= lots * (lots > 0 ? instrument.markCeil : instrument.markFloor)
            after.cash -= Int64(lots.magnitude) * offer.costPerLot
            cost +=
              Int128(lots.magnitude) * Int128(instrument.markCeil - instrument.markFloor + offer.costPerLot)
          }
          guard try !AccountHealth(of: after, under: snapshot, rule: .portfolioMargin).isLiquidatable else {
            continue
          }
          cheapest = min(cheapest ?? cost, cost)
        }
      }
      let hedge = try CheapestHedge(
        of: book, table, rule: .portfolioMargin, offers: offers, targetPpm: 1_000_000)
      guard let cheapest else { continue }
      guard let hedge else { continue }
      found += 1
      #expect(!hedge.after.isLiquidatable)
      #expect(hedge.cost >= cheapest)
      // Whole lots cost at most one more of each than the program, which costs at most what the cheapest do.
      let oneLot = offers.reduce(0 as Int128) { sum, offer in
        let instrument = snapshot.instruments[offer.instrument]
        return sum + Int128(instrument.markCeil - instrument.markFloor + offer.costPerLot)
      }
      #expect(hedge.cost <= cheapest + 2 * oneLot)
      if hedge.cost == cheapest { exact += 1 }
      var after = book
      for (i, lots) in hedge.trades {
        let instrument = snapshot.instruments[i]
        let cost = offers.first { $0.instrument == i }?.costPerLot ?? 0
        after.positions[i] += lots
        after.cash -=
          lots * (lots > 0 ? instrument.markCeil : instrument.markFloor) + Int64(lots.magnitude) * cost
      }
      #expect(try AccountHealth(of: after, under: snapshot, rule: .portfolioMargin) == hedge.after)
    }
    #expect(found >= 5)
    #expect(exact * 3 >= found, "\(exact) of \(found)")
  }

  @Test("only what is beyond the band is traded")
  func deltaBand() {
    #expect(DeltaBand.trade(delta: 120, band: 100) == -20)
    #expect(DeltaBand.trade(delta: -120, band: 100) == 20)
    #expect(DeltaBand.trade(delta: 100, band: 100) == 0)
    for delta in -300...300 as ClosedRange<Int64> {
      #expect(DeltaBand.isNeutral(delta: delta + DeltaBand.trade(delta: delta, band: 70), band: 70))
    }
  }
}
