import MarketData
import TestSupport
import Testing

@Suite("The present of a market")
struct PresentTests {
  private let start: Int64 = 1_767_225_600

  /// A market of bars, one underlying for each interval and count, with prices at some instants.
  private func market(_ bars: [(interval: Int64, count: Int)], prices: [Int64] = []) -> Market {
    var listing = MarketListing(underlyings: [], instruments: [], assets: [])
    var series: [UnderlyingSeries] = []
    for (index, one) in bars.enumerated() {
      let rows = (0..<one.count).map {
        Bar(
          openTime: start + Int64($0) * one.interval, open: 1, high: 1, low: 1, close: 1, baseVolume: 1,
          quoteVolume: 1)
      }
      listing.underlyings.append(UnderlyingListing(id: "U\(index)", bars: "b"))
      series.append(UnderlyingSeries(id: "U\(index)", bars: BarSeries(interval: one.interval, bars: rows)))
    }
    series[0].prices = prices.map { PriceObservation(source: "s", timeMilliseconds: $0 * 1_000, price: 1) }
    return Market(listing: listing, underlyings: series)
  }

  @Test("a price within the last bar is the present, and the bar has not ended")
  func inProgress() throws {
    let market = market([(3_600, 24)], prices: [start + 23 * 3_600 + 600])
    let view = try #require(market.latest)
    #expect(view.time == start + 23 * 3_600 + 600)
    #expect(view.underlyings[0].bars.count == 23)
  }

  @Test("a price at the end of the last bar or later lets it count")
  func ended() {
    for late: Int64 in [0, 1, 3_000] {
      let market = market([(3_600, 24)], prices: [start + 24 * 3_600 + late])
      #expect(market.newestInstant() == start + 24 * 3_600 + late)
      #expect(market.latest?.underlyings[0].bars.count == 24)
    }
  }

  @Test("bars alone end when they end, unless the clock says that they have not")
  func clock() {
    let market = market([(3_600, 24)])
    let end = start + 24 * 3_600
    #expect(market.newestInstant() == end)
    #expect(market.newestInstant(clock: end) == end)
    #expect(market.newestInstant(clock: end - 1) == end - 3_600)
    // Prices that ended long before say nothing of it.
    #expect(self.market([(3_600, 24)], prices: [start]).newestInstant(clock: end - 1) == end - 3_600)
  }

  @Test("the shortest bars tell the time for the longer ones")
  func intervals() {
    // Hours to 24:00, of which the last is in progress, and five minutes to 23:10.
    let market = market([(3_600, 24), (300, 23 * 12 + 2)])
    #expect(market.newestInstant() == start + 23 * 3_600 + 600)
  }

  @Test("nothing at all has no present")
  func nothing() {
    #expect(market([(3_600, 0)]).newestInstant() == nil)
  }

  // MARK: Times that no market has

  private func load(_ bars: String, funding: String? = nil) throws -> Market {
    let funding = funding.map { ($0, ",\"funding\":\"f.csv\"") }
    let listing = """
      {"version":1,"underlyings":[{"id":"BTC","bars":"b.csv"\(funding?.1 ?? "")}],
       "instruments":[{"id":"BTC-PERP","kind":"perpetual","underlying":"BTC","lot":"0.001"}],"assets":[]}
      """
    return try Market.load { path in
      ["market.json": listing.bytes, "b.csv": bars.bytes, "f.csv": funding?.0.bytes ?? []][path]
    }
  }

  private func hours(_ times: [Int64]) -> String {
    "ts,open,high,low,close,volume_base\n" + times.map { "\($0),1,1,1,1,1\n" }.joined()
  }

  @Test(
    "years, grids and gaps that no market has are refused with their line",
    arguments: [
      (0 as Int64, 3_600 as Int64, "1970-01-01", 2), (20_260_001, 1, "10 s or longer", 2),
      (1_767_225_600, 1, "10 s or longer", 2), (4_102_444_800, 3_600, "2100", 2),
    ])
  func implausible(_ first: Int64, _ step: Int64, _ mention: String, _ line: Int) {
    let found = failure { _ = try load(hours((0..<50).map { first + $0 * step })) }
    #expect(found?.file == "b.csv" && found?.line == line, "\(String(describing: found))")
    #expect(found?.description.contains(mention) == true, "\(String(describing: found))")
  }

  @Test("a row of another year is refused at its gap, in bars and in payments")
  func gap() {
    var times = (0..<50).map { start + Int64($0) * 3_600 }
    // 2006 for 2026.
    times[30] -= 7_305 * 86_400
    let found = failure { _ = try load(hours(times)) }
    #expect(found?.description.contains("days") == true && found?.line != nil)
    let payments =
      "ts,rate\n" + [Int64(0), 1, 2].map { "\(start + $0 * 28_800),0.1\n" }.joined() + "1083369600,0.1\n"
    let late = failure { _ = try load(hours([start, start + 3_600]), funding: payments) }
    #expect(late?.file == "f.csv" && late?.description.contains("2004") == true)
  }

  @Test("a file of which no row can be used says how many there were and why the first was not")
  func unusable() {
    let rows = (0..<40).map { "\(start + Int64($0) * 3_600),-0.0001,0.1,-0.2,0,0" }
    let file = "ts,open,high,low,close,volume_base\n" + rows.joined(separator: "\n")
    let found = failure { _ = try load(file) }
    #expect(found?.line == 2)
    #expect(found?.description.contains("none of its 40 rows") == true)
    #expect(found?.description.contains("open is -0.0001, not positive") == true)
  }

  @Test("a price that is suddenly of another size is noted with its line and what to do, a crash is not")
  func jumps() throws {
    func quality(_ factor: Double, back: Bool = false, within: Bool = false) throws -> DataQuality {
      var (price, lines) = (95.0, [String]())
      var random = SplitMix64(seed: 8)
      for i in 0..<60 {
        var open = price
        price *= 1 + Double.random(in: -0.01...0.01, using: &random)
        if i == 30 || (back && i == 31) {
          let factor = i == 30 ? factor : 1 / factor
          price *= factor
          if !within { open *= factor }
        }
        lines.append("\(start + Int64(i) * 3_600),\(open),\(max(open, price)),\(min(open, price)),\(price),1")
      }
      return try BarReader.read(bars(lines.joined(separator: "\n")), named: "f").quality
    }
    for factor in [1_000, 0.001, 10, 0.1, 1e6, 2, 0.5, 4] {
      let found = try quality(factor)[.jump]
      #expect(found.count == 1 && found.firstLine == 32, "\(factor)")
      #expect(found.reason.contains(factor > 1 ? "multiply" : "divide"))
    }
    #expect(try quality(1_000, within: true)[.jump].count == 1)
    #expect(try quality(0.7)[.jump].count == 0)
    #expect(try quality(0.45, within: true)[.jump].count == 0)
    // What comes back at once is an outlier.
    let outlier = try quality(1_000, back: true)
    #expect(outlier[.jump].count <= 1 && outlier.outliers.count == 1)
  }
}
