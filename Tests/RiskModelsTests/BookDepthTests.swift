import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Order book depth")
struct BookDepthTests {
  private static func book(_ bids: [(Double, Double)], _ asks: [(Double, Double)]) -> OrderBook {
    OrderBook(
      timeMilliseconds: 0, bids: bids.map { BookLevel(price: $0.0, sizeUSD: $0.1) },
      asks: asks.map { BookLevel(price: $0.0, sizeUSD: $0.1) })
  }

  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      ("bitmex_20210722", "XBTUSD", AmountUnit.inverseContracts(multiplier: 1)),
      ("okx_20220513", "BTC-USDT", .base),
      ("dydx_v3_20211028", "ETH-USD", .base),
    ])
  func `G7: depth and slippage of recorded books`(_ file: String, _ symbol: String, _ unit: AmountUnit)
    throws
  {
    let entry = "G7 book \(file) \(symbol)"
    let golden = try Golden.numbers(entry)
    let path = "books/\(file).csv.gz"
    let books = try OrderBookReader.read(SharedData.bytes(path), named: path, symbol: symbol, unit: unit)
      .series
    let book = try #require(books.first)
    #expect(books.count == 1)
    #expect(book.bids.first?.price == golden["best_bid"])
    #expect(book.asks.first?.price == golden["best_ask"])
    let depth = try #require(BookDepth(book))
    #expect(depth.mid == golden["mid"])
    for (percent, bps) in [("0.1%", 10.0), ("0.5%", 50), ("1%", 100), ("2%", 200)] {
      #expect(agree(depth.depthUSD(.bids, withinBps: bps), golden["depth_usd_bid_\(percent)"]), "\(percent)")
      #expect(agree(depth.depthUSD(.asks, withinBps: bps), golden["depth_usd_ask_\(percent)"]), "\(percent)")
    }
    for (name, usd) in [("sell_0.1M", 1e5), ("sell_1M", 1e6), ("sell_5M", 5e6)] {
      let expected = try Golden.numbers(entry, name)
      let fill = depth.fill(usd: usd, against: .bids)
      #expect(agree(fill.averagePrice, expected["vwap"]), "\(name)")
      #expect(agree(fill.slippageBps, expected["slip_bps"], within: 1e-8), "\(name)")
      #expect((fill.unfilledUSD - (expected["unfilled"] ?? .nan)).magnitude < 1e-6, "\(name)")
    }
  }

  @Test("a book that is empty, one-sided, crossed or locked has no depth")
  func noMid() {
    #expect(BookDepth(Self.book([], [])) == nil)
    #expect(BookDepth(Self.book([(100, 1)], [])) == nil)
    #expect(BookDepth(Self.book([], [(100, 1)])) == nil)
    #expect(BookDepth(Self.book([(101, 1)], [(100, 1)])) == nil)
    #expect(BookDepth(Self.book([(100, 1)], [(100, 1)])) == nil)
  }

  @Test("walking the book takes the best price first and says what is left")
  func walk() throws {
    let depth = try #require(BookDepth(Self.book([(99, 990), (98, 980)], [(101, 505), (103, 1030)])))
    #expect(depth.mid == 100)
    #expect(depth.spreadBps == 200)
    // 990 USD at 99 are ten units, 490 at 98 are five
    let sale = depth.fill(usd: 1_480, against: .bids)
    #expect(agree(sale.averagePrice, 1_480 / 15.0))
    #expect(agree(sale.slippageBps, (100 - 1_480 / 15.0) * 100))
    #expect(sale.unfilledUSD == 0)
    let purchase = depth.fill(usd: 5_000, against: .asks)
    #expect(agree(purchase.averagePrice, 1_535 / 15.0))
    #expect(purchase.unfilledUSD == 5_000 - 1_535)
    #expect(purchase.slippageBps > 0)
    #expect(depth.fill(usd: 0, against: .bids) == depth.fill(usd: -5, against: .bids))
    #expect(depth.fill(usd: 0, against: .bids).averagePrice == nil)
    #expect(depth.priceMove(absorbing: 990, on: .bids) == 0.01)
    #expect(depth.priceMove(absorbing: 991, on: .bids) == 0.02)
    #expect(depth.priceMove(absorbing: 2_000, on: .bids) == nil)
  }

  @Test("wider bands never hold less, greater trades never slip less, and less depth never helps")
  func monotone() throws {
    var generator = SplitMix64(seed: 80)
    for _ in 0..<50 {
      var bids: [(Double, Double)] = []
      var asks: [(Double, Double)] = []
      for i in 0..<40 {
        bids.append((100 - 0.1 * Double(i + 1), 1_000 * generator.uniform()))
        asks.append((100 + 0.1 * Double(i + 1), 1_000 * generator.uniform()))
      }
      let depth = try #require(BookDepth(Self.book(bids, asks)))
      let thin = try #require(
        BookDepth(Self.book(bids.map { ($0.0, 0.7 * $0.1) }, asks.map { ($0.0, 0.7 * $0.1) })))
      for side in BookSide.allCases {
        var last = (depth: 0.0, slip: 0.0)
        for k in 1...50 {
          let within = depth.depthUSD(side, withinBps: 10 * Double(k))
          let slip = depth.fill(usd: 200 * Double(k), against: side).slippageBps
          #expect(within >= last.depth)
          #expect(slip >= last.slip - 1e-9)
          last = (within, slip)
          #expect(thin.depthUSD(side, withinBps: 10 * Double(k)) <= within)
          #expect(thin.fill(usd: 200 * Double(k), against: side).slippageBps >= slip - 1e-9)
        }
      }
    }
  }
}

@Suite("Effective depth and fragmentation")
struct EffectiveDepthTests {
  @Test("it is never more than the depth just now, and comes back slowly after a drought")
  func drought() {
    var depth = EffectiveDepth(EffectiveDepthParameters(window: 20, decay: 0.5, worstQuantile: 0.05))
    #expect(depth.value == 0)
    for _ in 0..<30 { depth.update(1_000) }
    #expect(depth.value == 1_000)
    depth.update(100)
    #expect(depth.value == 100)
    depth.update(1_000)
    // the window remembers the worst
    #expect(depth.value == 100)
    for _ in 0..<19 { depth.update(1_000) }
    #expect(depth.value > 999 && depth.value <= 1_000)
    #expect(depth.median == 1_000)
    depth.update(.nan)
    #expect(depth.value == 0)
  }

  @Test("less depth at any epoch never raises it")
  func monotone() {
    var generator = SplitMix64(seed: 81)
    for _ in 0..<200 {
      let depths = (0..<60).map { _ in 1_000 * generator.uniform() }
      let changed = Int(generator.next() % 60)
      var a = EffectiveDepth(EffectiveDepthParameters(window: 40))
      var b = a
      for (i, d) in depths.enumerated() {
        a.update(d)
        b.update(i == changed ? 0.5 * d : d)
        #expect(b.value <= a.value)
      }
    }
  }

  @Test("depth over venues is weighed by trust, and n equal venues have the index 1/n")
  func fragmentation() {
    let equal = (0..<4).map { _ in VenueDepth(depthUSD: 10, weight: 1) }
    #expect(Fragmentation.totalDepthUSD(equal) == 40)
    #expect(Fragmentation.herfindahl(equal) == 0.25)
    let one = [VenueDepth(depthUSD: 10, weight: 0.5), VenueDepth(depthUSD: 30, weight: 0)]
    #expect(Fragmentation.totalDepthUSD(one) == 5)
    #expect(Fragmentation.herfindahl(one) == 1)
    #expect(Fragmentation.herfindahl([]) == nil)
    #expect(
      Fragmentation.totalDepthUSD([
        VenueDepth(depthUSD: -3, weight: 2), VenueDepth(depthUSD: .nan, weight: 1),
      ]) == 0)
  }
}
