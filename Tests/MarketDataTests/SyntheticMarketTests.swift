import Foundation
import MarketData
import TestSupport
import Testing

@Suite("Synthetic market")
struct SyntheticMarketTests {
  /// FNV-1a of all paths and bytes.
  private func fingerprint(_ files: [MarketInput]) -> UInt64 {
    files.flatMap { Array($0.path.utf8) + $0.bytes }.reduce(0xCBF2_9CE4_8422_2325) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
  }

  @Test("the same seed gives the same bytes, on every machine")
  func reproducible() {
    let market = SyntheticMarket(seed: 7, scenario: .crash, days: 10)
    let print = fingerprint(market.directory())
    #expect(print == fingerprint(SyntheticMarket(seed: 7, scenario: .crash, days: 10).directory()))
    #expect(print != fingerprint(SyntheticMarket(seed: 8, scenario: .crash, days: 10).directory()))
    #expect(print == 17_691_504_076_342_521_180)
  }

  @Test("the generators give their known values")
  func generator() {
    // The first outputs of SplitMix64 from seed 1234567, as published with it.
    var random = SeededGenerator(seed: 1_234_567)
    #expect([random.next(), random.next()] == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973])
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<100_000 {
      let z = random.nearlyNormal()
      sum += z
      squares += z * z
      #expect(abs(z) < 6)
      #expect((0..<1).contains(random.uniform()))
    }
    #expect(abs(sum / 100_000) < 0.015 && abs(squares / 100_000 - 1) < 0.02)
  }

  @Test("every scenario reads as a sound market", arguments: SyntheticScenario.allCases)
  func sound(_ scenario: SyntheticScenario) throws {
    let synthetic = SyntheticMarket(seed: 3, scenario: scenario, days: 40)
    let market = try synthetic.market()
    #expect(market.underlyings.map(\.id) == ["BTC", "ETH", "SOL"])
    #expect(market.quality.allSatisfy { $0.gaps.isEmpty && $0.bad.count == 0 && $0.reordered.count == 0 })
    #expect(Set(market.files) == Set(synthetic.directory().map(\.path)))
    for underlying in market.underlyings {
      #expect(underlying.bars.interval == 3_600 && underlying.bars.bars.count == 40 * 24)
      #expect(underlying.bars.bars.allSatisfy { $0.isSound })
      #expect(underlying.funding.count == 40 * 3 - 1 && underlying.openInterest.count == 40 * 3 - 3)
      #expect(underlying.books.map(\.venue) == ["alpha", "beta"])
      for book in underlying.books.flatMap(\.books) {
        let (bid, ask) = (try #require(book.bids.first), try #require(book.asks.first))
        #expect(bid.price < ask.price && book.bids.count == 24 && book.asks.count == 24)
      }
    }
    #expect(market.instruments.count { $0.kind.isOption } == 20)
    #expect(Set(market.instruments.map(\.id)).count == market.instruments.count)
    #expect(market.latest?.time == synthetic.end)
  }

  @Test("volatility comes in clusters, a trend rises, a crash loses nearly half in eight hours")
  func facts() throws {
    func closes(_ scenario: SyntheticScenario, _ seed: UInt64) throws -> [Double] {
      try SyntheticMarket(seed: seed, scenario: scenario, days: 200).market().underlyings[0].bars.bars.map(
        \.close)
    }
    var correlations = 0.0
    for seed in UInt64(1)...5 {
      let prices = try closes(.calm, seed)
      let moves = zip(prices, prices.dropFirst()).map { abs($1 / $0 - 1) }
      let mean = moves.reduce(0, +) / Double(moves.count)
      let variance = moves.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let shifted = zip(moves, moves.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
      correlations += shifted / variance
    }
    #expect(correlations / 5 > 0.08)
    let trend = try closes(.trend, 1)
    #expect(trend[trend.count - 1] > 3 * trend[0])
    let crash = try closes(.crash, 1)
    let hour = 24 * 198
    #expect(crash[hour + 7] / crash[hour - 1] < 0.56)
  }

  @Test("options keep put-call parity, fall and rise with the strike, and quote around the mark")
  func options() throws {
    let market = try SyntheticMarket(seed: 5, scenario: .crash, days: 5).market()
    let chain = try #require(market.underlyings[0].chains.last)
    #expect(market.underlyings[0].chains.count == 2 && chain.quotes.count == 88)
    var parities = 0
    for call in chain.quotes where call.kind == .call {
      let put = try #require(
        chain.quotes.first { $0.kind == .put && $0.expiry == call.expiry && $0.strike == call.strike })
      if let c = call.mark, let p = put.mark {
        #expect(abs(c - p - (call.forward - call.strike)) < 2e-4)
        parities += 1
      }
      for quote in [call, put] {
        if let bid = quote.bid, let mark = quote.mark, let ask = quote.ask {
          #expect(bid <= mark + 0.01 && mark <= ask + 0.01)
        }
      }
    }
    #expect(parities > 20)
    for (a, b) in zip(chain.quotes, chain.quotes.dropFirst(2)) where a.expiry == b.expiry && a.kind == b.kind
    {
      guard let first = a.mark, let second = b.mark else { continue }
      #expect(a.kind == .call ? first > second : first < second)
    }
  }

  @Test("the example market is what the generator writes")
  func example() throws {
    let files = SyntheticMarket(seed: 2_026).directory()
    let folder = Vectors.packageRoot.appending(path: "Examples/market")
    // Set to write the files anew.
    if ProcessInfo.processInfo.environment["WRITE_EXAMPLES"] != nil {
      for file in files {
        let url = folder.appending(path: file.path)
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.bytes).write(to: url)
      }
    }
    #expect(files.reduce(0) { $0 + $1.bytes.count } < 400_000)
    for file in files {
      let written = try Data(contentsOf: folder.appending(path: file.path))
      #expect(Array(written) == file.bytes, "\(file.path)")
    }
    let found = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".csv") || $0.hasSuffix(".json") }
    #expect(Set(found) == Set(files.map(\.path)))
  }
}
