import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Crowding")
struct CrowdingTests {
  private static func payments(_ rates: [Double]) -> [FundingPrint] {
    rates.enumerated().map { FundingPrint(time: Int64($0.offset) * 28_800, ratePerEightHours: $0.element) }
  }

  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      ("G10 funding z 2020-03-13 08:00", "2020-03-13", 8),
      ("G10 funding z 2021-04-13 16:01", "2021-04-13", 16),
      ("G10 funding z 2022-11-10 00:01", "2022-11-10", 0),
      ("G10 funding z 2025-10-11 00:01", "2025-10-11", 0),
    ])
  func `G10: funding against the 90 days before`(_ entry: String, _ day: String, _ hour: Int64) throws {
    let golden = try Golden.numbers(entry)
    let path = "funding/btcusdt_binance_8h_2019_2026.csv.gz"
    let payments = try FundingReader.read(SharedData.bytes(path), named: path).series
    let time = startOfDay(day) + hour * 3600
    let index = try #require(payments.firstIndex { $0.time >= time - 60 })
    let score = try #require(Crowding.fundingScore(payments[...index]))
    #expect(score.rate == golden["rate"])
    #expect(agree(score.mean, golden["mean90d"]))
    #expect(agree(score.deviation, golden["sd90d"]))
    #expect(agree(score.score, golden["z"]))
  }

  @Test("a score needs 270 payments before the last, and its deviation has a floor")
  func window() throws {
    #expect(Crowding.fundingScore(Self.payments([Double](repeating: 1e-4, count: 270))) == nil)
    let still = Self.payments([Double](repeating: 1e-4, count: 270) + [3e-4])
    let score = try #require(Crowding.fundingScore(still))
    #expect(agree(score.score, 20, within: 1e-9))
    #expect(Crowding.fundingScore(Self.payments([Double](repeating: 1e-4, count: 270) + [.nan])) == nil)
    #expect(Crowding.fundingScore(Self.payments([.nan] + [Double](repeating: 1e-4, count: 270))) == nil)
    // what came before the window does not matter
    let longer = Self.payments([9, -9, 9] + still.map(\.ratePerEightHours))
    #expect(Crowding.fundingScore(longer)?.score == score.score)
  }

  @Test("the imbalance is between minus one and one, and there is none of nothing")
  func imbalance() {
    #expect(Crowding.imbalance(longUSD: 3, shortUSD: 1) == 0.5)
    #expect(Crowding.imbalance(longUSD: 0, shortUSD: 7) == -1)
    #expect(Crowding.imbalance(longUSD: 0, shortUSD: 0) == nil)
    #expect(Crowding.imbalance(longUSD: -1, shortUSD: 2) == nil)
    var prints = (0..<40).map { OpenInterestPrint(time: $0, longUSD: 50, shortUSD: 50) }
    #expect(Crowding.imbalanceScore(prints) == 0)
    prints.append(OpenInterestPrint(time: 40, longUSD: 60, shortUSD: 40))
    #expect(agree(Crowding.imbalanceScore(prints), 20))
    #expect(Crowding.imbalanceScore(prints.suffix(10)) == nil)
  }

  @Test("only the crowded side is charged, more for more, and never beyond the cap")
  func multiplier() {
    func m(_ side: PositionSide, _ z: Double?, _ s: Double? = nil) -> Double {
      Crowding.sideMultiplier(
        side, fundingScore: z, imbalanceScore: s, fundingWeight: 0.1, imbalanceWeight: 0.2, cap: 2)
    }
    #expect(m(.long, 3) > 1.29 && m(.long, 3) < 1.31)
    #expect(m(.short, 3) == 1)
    #expect(m(.short, -3) == m(.long, 3))
    #expect(m(.long, 1, 1) > m(.long, 1))
    #expect(m(.long, 100) == 2)
    #expect(m(.long, nil) == 1)
    #expect(m(.long, .nan) == 1)
    var last = 1.0
    for k in -50...50 {
      let now = m(.long, Double(k) / 5, 0.3)
      #expect(now >= last)
      last = now
    }
  }
}
