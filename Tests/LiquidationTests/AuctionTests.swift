import Liquidation
import TestSupport
import Testing

@Suite("Dutch auctions")
struct AuctionTests {
  private static func terms(_ curve: AuctionCurve) -> AuctionTerms {
    AuctionTerms(
      curve: curve, bufferPpm: 1_000_000, tailSeconds: 3_600, cuspPpm: 0, dust: 0, tip: 0, chipPpm: 0,
      stop: .nothing)
  }

  @Test
  func `G11, G11b: stairs and lines as MakerDAO publishes them`() throws {
    let stairs = try DutchAuction(
      lots: 1, isSale: true, mark: 1_200_000_000, at: 0,
      Self.terms(.stairstep(cutPpm: 10_000, stepSeconds: 90)))
    // 1200, 1188, 1085.25849001…, 981.488325…, 802.766110…, rounded up to a quantum.
    let expected: [(Int64, Int64)] = [
      (0, 1_200_000_000), (89, 1_200_000_000), (90, 1_188_000_000), (900, 1_085_258_491),
      (1_800, 981_488_326),
      (3_600, 802_766_111),
    ]
    for (time, price) in expected { #expect(stairs.price(at: time) == price, "\(time) s") }
    let line = try DutchAuction(
      lots: 1, isSale: true, mark: 1_200_000_000, at: 0, Self.terms(.linear(seconds: 3_600)))
    for (time, price): (Int64, Int64) in [
      (0, 1_200_000_000), (900, 900_000_000), (1_800, 600_000_000), (3_599, 333_334),
    ] {
      #expect(line.price(at: time) == price, "\(time) s")
    }
    #expect(line.price(at: 3_600) == 0)
    // What is bought back is the mirror image.
    let back = try DutchAuction(
      lots: 1, isSale: false, mark: 1_200_000_000, at: 0, Self.terms(.linear(seconds: 3_600)))
    #expect(back.price(at: 900) == 1_500_000_000)
  }

  @Test("what is taken depends on bids and clock, not on the order in which bids arrive")
  func order() throws {
    var random = SplitMix64(seed: 21)
    for _ in 0..<50 {
      var terms = AuctionTerms.standard
      terms.dust = 0
      let isSale = Bool.random(using: &random)
      let auction = try DutchAuction(lots: 1_000, isSale: isSale, mark: 50_000_000, at: 100, terms)
      let bids = (0..<12).map { number in
        AuctionBid(
          bidder: "b\(number % 5)", number: UInt64(number),
          limit: Int64.random(in: 35_000_000...65_000_000, using: &random),
          lots: Int64.random(in: 0...400, using: &random), placed: Int64.random(in: 0...1_500, using: &random)
        )
      }
      var first = auction
      let takes = first.clear(bids, until: 5_000)
      for _ in 0..<5 {
        var again = auction
        let others = again.clear(bids.shuffled(using: &random), until: 5_000)
        #expect(others == takes)
        #expect(again == first)
      }
      #expect(takes.reduce(0) { $0 + $1.lots } + first.lots == 1_000)
      for take in takes {
        let bid = try #require(bids.first { $0.number == take.number })
        #expect(isSale ? take.price <= bid.limit : take.price >= bid.limit)
        #expect(take.time >= bid.placed && take.time >= 100 && take.lots <= bid.lots)
        #expect(take.price == auction.price(at: take.time))
      }
      #expect(zip(takes, takes.dropFirst()).allSatisfy { $0.time <= $1.time })
    }
  }

  @Test("a tab is never overpaid and never left as dust; a stale auction takes nothing until it is reset")
  func tab() throws {
    var terms = Self.terms(.linear(seconds: 3_600))
    (terms.cuspPpm, terms.dust) = (500_000, 20_000_000)
    var auction = try DutchAuction(lots: 40, isSale: true, mark: 5_000_000, at: 0, tab: 110_000_000, terms)
    func bid(_ lots: Int64, _ number: UInt64 = 0) -> AuctionBid {
      AuctionBid(bidder: "a", number: number, limit: 6_000_000, lots: lots, placed: 0)
    }
    // 40 lots at 5 would be 200: 22 pay the tab of 110.
    var whole = auction
    let take = try whole.take(bid(40), at: 0)
    #expect(take.lots == 22 && whole.tab == 0 && whole.isOver && whole.lots == 18)
    // 20 lots would leave 10 of the tab, less than the dust of 20: 18 are taken.
    let part = try auction.take(bid(20), at: 0)
    #expect(part.lots == 18 && auction.tab == 20_000_000)
    #expect(throws: LiquidationError.auctionClosed) { try auction.take(bid(1), at: 1_801) }
    #expect(throws: LiquidationError.auctionClosed) { try auction.reset(mark: 4_000_000, at: 1_800) }
    try auction.reset(mark: 4_000_000, at: 1_801)
    #expect(auction.price(at: 1_801) == 4_000_000)
    let last = try auction.take(bid(9), at: 1_801)
    #expect(last.lots == 5 && auction.isOver)
  }

  @Test("stop levels stop what they name, and terms outside their range are refused")
  func stops() throws {
    var terms = AuctionTerms.standard
    var auction = try DutchAuction(lots: 10, isSale: true, mark: 1_000_000_000, at: 0, terms)
    terms.stop = .beginning
    #expect(throws: LiquidationError.auctionClosed) {
      try DutchAuction(lots: 10, isSale: true, mark: 1_000_000_000, at: 0, terms)
    }
    #expect(throws: LiquidationError.malformed) {
      try DutchAuction(lots: 10, isSale: true, mark: 1_000_000_000, at: .max, .standard)
    }
    #expect(throws: LiquidationError.malformed) {
      try auction.take(AuctionBid(bidder: "a", number: 0, limit: 1, lots: 10, placed: 0), at: 0)
    }
    #expect(throws: LiquidationError.dust) {
      var terms = AuctionTerms.standard
      terms.dust = 2_000_000_000
      var auction = try DutchAuction(lots: 10, isSale: true, mark: 1_000_000_000, at: 0, terms)
      return try auction.take(AuctionBid(bidder: "a", number: 0, limit: .max, lots: 9, placed: 0), at: 0)
    }
    for change: (inout AuctionTerms) -> Void in [
      { $0.bufferPpm = 999_999 }, { $0.curve = .linear(seconds: 0) }, { $0.tailSeconds = 0 },
      { $0.curve = .stairstep(cutPpm: 1_000_000, stepSeconds: 1) }, { $0.dust = -1 },
    ] {
      var bad = AuctionTerms.standard
      change(&bad)
      #expect(throws: LiquidationError.self) {
        try DutchAuction(lots: 10, isSale: true, mark: 1_000_000_000, at: 0, bad)
      }
    }
    terms = .standard
    (terms.tip, terms.chipPpm) = (5, 20_000)
    #expect(try DutchAuction(lots: 10, isSale: true, mark: 1_000_000, at: 0, terms).reward == 200_005)
  }
}
