import CanonicalBytes
import MarginRules
import MarketData
import RiskEngine
import TestSupport
import Testing

/// A market of one underlying with books, funding and open interest.
private func shape(_ change: (inout RandomMarket.Shape) -> Void = { _ in }) -> RandomMarket.Shape {
  var shape = RandomMarket.Shape()
  (shape.bars, shape.depth, shape.funding, shape.openInterest) = (1_200, 2e7, 300, 60)
  change(&shape)
  return shape
}

/// The publication of the end of a market that was changed.
private func publication(
  _ shape: RandomMarket.Shape, seed: UInt64 = 4, configuration: EngineConfiguration = .standard,
  state: EngineState = .initial, tracing: Tracing = .none,
  _ change: (inout Market, Int64) -> Void = { _, _ in }
) throws -> Publication {
  let random = RandomMarket(shape, seed: seed)
  var market = random.market
  change(&market, random.end)
  let engine = try SnapshotPublisher(market: market, configuration: configuration, tracing: tracing)
  let publication = try engine.publish(at: random.end, state: state, previous: .zero, beacon: .zero)
  // Whatever stands beside a snapshot is computed again with it.
  let record = PublicationRecord(of: publication, configuration: configuration, state: state)
  #expect(try PublicationRecord(json: record.json.encoded(.indented)) == record)
  #expect(record.reexecute(market, published: publication.snapshot) == .identical)
  return publication
}

@Suite("Fees, interest and isolation beside a snapshot")
struct PublishedTermsTests {
  @Test("fees grow with the regime and on the larger side only, and leverage is dearer bracket by bracket")
  func fees() throws {
    let calm = try publication(shape { $0.longShare = 0.5 })
    let crowded = try publication(shape { $0.longShare = 0.8 })
    let (a, b) = (try #require(calm.terms.fees.first), try #require(crowded.terms.fees.first))
    #expect(a.id == "BTC-PERP" && a.openLong == a.close && a.openShort == a.close)
    // 500 ppm · (0.8 - 0.2)
    #expect(b.openLong == b.close + 300 && b.openShort == b.close)
    let perpetual = calm.snapshot.instruments[0]
    #expect(perpetual.feeExit == (perpetual.markCeil * a.close + 999_999) / 1_000_000)
    #expect(a.leverage.count == perpetual.long.count)
    // A market that turned wild at the end: leverage has a price, in proportion to the bracket.
    let wild = try publication(shape()) { market, _ in
      for i in market.underlyings[0].bars.bars.indices.suffix(24) {
        market.underlyings[0].bars.bars[i].close *= i.isMultiple(of: 2) ? 1.04 : 0.96
      }
    }
    let fees = try #require(wild.terms.fees.first)
    #expect(fees.close > a.close && (fees.leverage.first ?? 0) > (a.leverage.first ?? 0))
    #expect(fees.leverage.count >= 2 && zip(fees.leverage, fees.leverage.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(
      fees.leverage[1] >= min(5_000, 2 * fees.leverage[0] - 2) && fees.leverage.allSatisfy { $0 <= 5_000 })
  }

  @Test(
    "interest has a kink, is unknown without the venue's word, and debts grow by the rate that was published")
  func interest() throws {
    let unknown = try publication(shape())
    #expect(unknown.terms.assets.map(\.borrowRate) == [nil, nil, nil])
    #expect(unknown.terms.assets.allSatisfy { $0.accrual.value == AccrualIndex.one })
    func used(_ borrowed: Double) throws -> Publication {
      try publication(shape()) { market, end in
        market.assetUsage[0] = [
          AssetUsagePrint(time: end, supplied: 1_000, borrowed: borrowed, backedUSD: 0)
        ]
      }
    }
    // Golden number G15: r₁ 4 %, r₂ 75 %, kink 0.9.
    for (borrowed, rate) in [(450.0, 20_000 as Int64), (900, 40_000), (950, 415_000), (1_000, 790_000)] {
      let notice = try used(borrowed).terms.assets[0]
      let found = try #require(notice.borrowRate)
      let asked = rate * notice.borrowRegime / 1_000_000
      #expect(found >= asked && found <= asked + 2, "\(found) instead of \(asked)")
    }
    let first = try used(950)
    let random = RandomMarket(shape(), seed: 4)
    let next = try random.publisher().publish(
      at: random.end + 86_400, state: first.state, previous: .zero, beacon: .zero)
    var expected = AccrualIndex()
    expected.accrue(yearly: try #require(first.terms.assets[0].borrowRate), seconds: 86_400)
    #expect(next.terms.assets[0].accrual == expected && expected.value > AccrualIndex.one)
  }

  @Test(
    "interest follows the regime: half as much again in stress, twice as much while the market is extreme")
  func interestOfRegimes() throws {
    #expect(BorrowRate.multiple(in: .calm, stress: 500_000) == 1_000_000)
    #expect(BorrowRate.multiple(in: .normal, stress: 500_000) == 1_000_000)
    #expect(BorrowRate.multiple(in: .stress, stress: 500_000) == 1_500_000)
    #expect(BorrowRate.multiple(in: .extreme, stress: 500_000) == 2_000_000)
    func used(_ change: (inout Market) -> Void = { _ in }) throws -> Publication {
      try publication(shape()) { market, end in
        market.assetUsage[0] = [AssetUsagePrint(time: end, supplied: 1_000, borrowed: 450, backedUSD: 0)]
        change(&market)
      }
    }
    let calm = try used()
    let wild = try used { market in
      for i in market.underlyings[0].bars.bars.indices.suffix(24) {
        market.underlyings[0].bars.bars[i].close *= i.isMultiple(of: 2) ? 1.08 : 0.92
      }
    }
    #expect(calm.snapshot.regime != .extreme && wild.snapshot.regime == .extreme)
    let (a, b) = (calm.terms.assets[0], wild.terms.assets[0])
    #expect(b.borrowRegime == 2_000_000 && a.borrowRegime < b.borrowRegime)
    let (before, after) = (try #require(a.borrowRate), try #require(b.borrowRate))
    #expect(abs(before * b.borrowRegime - after * a.borrowRegime) <= 2_000_000)
    // What was published then is what a debt grows by until the next publication.
    #expect(wild.state.assets[wild.terms.assets[0].id]?.borrowRate == after)
  }

  @Test("an account that shows initial margin is above the zone in which it may only close, in every bracket")
  func zones() throws {
    for seed in 0..<40 as Range<UInt64> {
      let snapshot = try RandomMarket(seed: seed).first().snapshot
      for instrument in snapshot.instruments {
        for bracket in instrument.long + instrument.short {
          #expect(
            Int128(bracket.imPerLot) * 1_000_000 >= Int128(bracket.mmPerLot)
              * Int128(snapshot.tiers.closeOnly)
              - 1_000_000 || bracket.imPerLot >= instrument.markCeil, "\(instrument.id), seed \(seed)")
        }
      }
    }
  }

  @Test("an asset at its ceiling backs nothing new, belongs to its group, and a paused one backs nothing")
  func isolation() throws {
    func backed(_ usd: Double) throws -> Publication {
      try publication(shape()) { market, end in
        market.listing.assets[1].isolationCeiling = 1_000_000_000
        market.listing.assets[1].group = "BTC"
        market.assetUsage[1] = [AssetUsagePrint(time: end, supplied: 10, borrowed: 0, backedUSD: usd)]
      }
    }
    let (below, at) = (try backed(400), try backed(1_000))
    #expect(below.terms.assets[1].headroom == 600_000_000 && at.terms.assets[1].headroom == 0)
    let (open, full) = (below.snapshot.collateral[1], at.snapshot.collateral[1])
    #expect(open.group == "BTC" && open.isolationCeiling == 1_000_000_000)
    #expect(open.tranches[0].valIM > 0)
    #expect(full.tranches.allSatisfy { $0.valIM == 0 } && full.tranches[0].valMM == open.tranches[0].valMM)
    // Whatever happens to one asset, the others are what they were.
    #expect(below.snapshot.collateral[0] == at.snapshot.collateral[0])
    #expect(below.snapshot.instruments == at.snapshot.instruments)

    func paused(since offset: Int64, state: EngineState) throws -> Publication {
      try publication(shape(), state: state) { market, end in
        market.listing.assets[1].pausedSince = end + offset
      }
    }
    let before = try publication(shape())
    var earlier = before.state
    earlier.time -= 3_600
    let grace = try paused(since: -60, state: earlier)
    #expect(grace.terms.assets[1].isPaused && grace.snapshot.collateral[1].tranches[0].valMM > 0)
    let gone = try paused(since: -7_200, state: earlier)
    #expect(gone.snapshot.collateral[1].tranches.allSatisfy { $0.valIM == 0 && $0.valMM == 0 })
    #expect(gone.snapshot.collateral[1].debtMM > 0)
    #expect(try paused(since: 1, state: earlier).terms.assets[1].isPaused == false)
  }

  @Test("the surcharge is that of the least health in the band that an account proved")
  func surcharge() throws {
    let terms = try publication(shape()).terms.surcharge
    #expect(terms == IncreaseSurcharge(rate: 10_000, multiplier: 1_500_000))
    #expect(terms.ppm(proving: 0) == 10_000 && terms.ppm(proving: 1_500_000) == 0)
    // 1 % · (1 - 1.1/1.5), rounded up
    #expect(terms.ppm(proving: 1_100_000) == 2_667)
  }

  @Test("terms that were changed after computing are found")
  func changed() throws {
    let random = RandomMarket(shape(), seed: 4)
    let first = try random.first()
    let record = PublicationRecord(of: first, configuration: .standard, state: .initial)
    let changes: [(String, (inout PublishedTerms) -> Void)] = [
      ("underlyings", { $0.underlyings[0].droughtFactor -= 1 }), ("fees", { $0.fees[0].openLong -= 1 }),
      ("assets", { $0.assets[0].borrowRate = 1 }), ("surcharge", { $0.surcharge.rate -= 1 }),
      ("exceptions", { $0.exceptions.append(PublicationException(id: "X", reason: .expired)) }),
    ]
    for (name, change) in changes {
      var forged = record
      change(&forged.terms)
      #expect(forged.reexecute(random.market, published: first.snapshot) == .termsDiffer(name))
    }
  }

  @Test("an option whose volatility was never known may be closed at its bounds; an expired one is named")
  func exceptions() throws {
    let options = shape { $0.options = 3 }
    func unmarked(_ market: inout Market) {
      for i in market.underlyings[0].chains[0].quotes.indices {
        market.underlyings[0].chains[0].quotes[i].mark = nil
      }
    }
    let known = try publication(options) { market, _ in unmarked(&market) }
    #expect(known.terms.exceptions.isEmpty)
    let publication = try publication(options) { market, end in
      unmarked(&market)
      for i in market.underlyings[0].chains[0].quotes.indices.prefix(4) {
        market.underlyings[0].chains[0].quotes[i].markVolatility = nil
      }
      market.instruments[1].expiry = end
    }
    let snapshot = publication.snapshot
    #expect(publication.terms.exceptions.first == PublicationException(id: "BTC-SEP", reason: .expired))
    #expect(!snapshot.instruments.contains { $0.id == "BTC-SEP" })
    let named = publication.terms.exceptions.filter { $0.reason == .boundsOnly }.map(\.id)
    #expect(named.count == 4)
    #expect(snapshot.groups[0].scenarios.count == 33)
    for id in named {
      let option = try #require(snapshot.instruments.first { $0.id == id })
      let priced = try #require(known.snapshot.instruments.first { $0.id == id })
      #expect(
        option.flags == InstrumentFlags(openLong: false, openShort: false, closeOnly: true, stale: true))
      // Nothing that could be known would be worse: held for no more, owed for no less, losing no less.
      #expect(option.markFloor <= priced.markFloor && option.markCeil >= priced.markCeil)
      for row in option.pnlLong.indices {
        #expect(option.pnlLong[row] <= 0 && option.pnlShort[row] <= 0)
        let weight = snapshot.groups[0].scenarios[row].weight
        guard weight == 1_000_000 else { continue }
        // The spread is a share of the mark, so it differs by that share of what the marks differ by.
        let floors = 2 + (priced.markFloor - option.markFloor) / 900
        let ceils = 2 + (option.markCeil - priced.markCeil) / 900
        #expect(option.markFloor + option.pnlLong[row] <= priced.markFloor + priced.pnlLong[row] + floors)
        #expect(option.pnlShort[row] - option.markCeil <= priced.pnlShort[row] - priced.markCeil + ceils)
      }
    }
    #expect(publication.state.instruments[named[0]]?.volatility == nil)
  }
}

@Suite("Breakers that listen to the venue")
struct BreakerFileTests {
  private func level(_ change: (inout Market, Int64) -> Void) throws -> Int64 {
    try publication(shape(), change).snapshot.haltLevel
  }

  @Test("liquidations beyond what depth absorbs halt opening; older ones and small ones do not")
  func liquidations() throws {
    let quiet = try level { _, _ in }
    #expect(quiet == 0)
    func liquidated(_ usd: Double, ago: Int64) throws -> Int64 {
      try level { market, end in
        market.underlyings[0].liquidations = [
          LiquidationPrint(time: end - ago, notionalUSD: usd / 2),
          LiquidationPrint(time: end - ago, notionalUSD: usd / 2),
        ]
      }
    }
    #expect(try liquidated(1e8, ago: 60) == 2)
    #expect(try liquidated(1e8, ago: 900) == 0)
    #expect(try liquidated(1e4, ago: 60) == 0)
    let publication = try publication(shape()) { market, end in
      market.underlyings[0].liquidations = [LiquidationPrint(time: end, notionalUSD: 1e8)]
    }
    #expect(publication.snapshot.instruments.allSatisfy { $0.flags.closeOnly && !$0.flags.openLong })
    #expect((publication.terms.underlyings[0].liquidationLoad ?? 0) > 1_000_000)
    #expect(publication.terms.underlyings[0].breaker == 2)
  }

  @Test("insurance below its share halts everything, and without a word of it nothing happens")
  func insurance() throws {
    func insured(_ fund: Double) throws -> Int64 {
      try level { market, end in
        market.insurance = [InsurancePrint(time: end, fundUSD: fund, requiredUSD: 1_000)]
      }
    }
    #expect(try insured(250) == 0)
    #expect(try insured(249) == 3)
    let later = try level { market, end in
      market.insurance = [InsurancePrint(time: end + 1, fundUSD: 0, requiredUSD: 1_000)]
    }
    #expect(later == 0)
    #expect(try publication(shape()).terms.underlyings[0].insuranceShare == nil)
  }

  @Test("what the venue says is among the recorded inputs, and a changed word is found")
  func recorded() throws {
    let random = RandomMarket(shape(), seed: 4)
    var market = random.market
    market.underlyings[0].liquidations = [LiquidationPrint(time: random.end, notionalUSD: 1e8)]
    market.insurance = [InsurancePrint(time: random.end, fundUSD: 1, requiredUSD: 1)]
    market.assetUsage[0] = [AssetUsagePrint(time: random.end, supplied: 2, borrowed: 1, backedUSD: 1)]
    let first = try SnapshotPublisher(market: market, configuration: .standard, tracing: .none).publish(
      at: random.end, state: .initial, previous: .zero, beacon: .zero)
    let record = PublicationRecord(of: first, configuration: .standard, state: .initial)
    let changes: [(String, (inout Market) -> Void)] = [
      ("BTC/liquidations", { $0.underlyings[0].liquidations[0].notionalUSD -= 1 }),
      ("BTC/liquidations", { $0.underlyings[0].liquidations = [] }),
      ("insurance", { $0.insurance[0].fundUSD += 1 }), ("USDC/usage", { $0.assetUsage[0][0].borrowed += 1 }),
      ("listing", { $0.listing.assets[0].group = "BTC" }),
      ("listing", { $0.listing.assets[0].pausedSince = 5 }),
    ]
    for (name, change) in changes {
      var forged = market
      change(&forged)
      #expect(record.reexecute(forged, published: first.snapshot) == .inputDiffers(name))
    }
  }
}
