import MarginRules
import MarketData
import RiskEngine
import TestSupport
import Testing

/// What replays showed to be wrong, on made-up markets: what was not known yet, forecasts, haircuts, hikes.
@Suite("Findings of replays")
struct FindingsOfReplaysTests {
  @Test("C3 the stress table of 11 March 2020 does not know of the 12th and the 13th")
  func knownThen() {
    let (before, after): (Int64, Int64) = (1_583_884_800, 1_584_144_000)
    func worst(_ direction: StressObservation.Direction, _ time: Int64) -> Double {
      StressTable.standard.floor(of: "BTC", direction, knownAt: time).move(within: 86_400)
    }
    #expect(worst(.fall, before) < 0.3 && worst(.fall, after) > 0.5)
    #expect(worst(.rise, before) < 0.36 && worst(.rise, after) > 0.42)
    // Falls say nothing of rises, and what is known of one market nothing of another.
    #expect(StressTable.standard.floor(of: "XYZ", .fall, knownAt: after).worstMoves.allSatisfy { $0 == 0 })
  }

  @Test("C7 the forecast is closer to the next day than an exponential average, and its lack is said")
  func forecasts() throws {
    let random = RegimeMarket(RegimeMarket.Shape(), seed: 9)
    func report(_ times: Range<Int64>) throws -> (MarginSeries, ValidationReport) {
      let series = try #require(
        try MarginReplay.series(
          of: random.market, .standard, strategy: .predictive, times: times, step: 21_600
        ).first)
      return (series, ValidationReport(series, random.market.underlyings[0].bars))
    }
    let (_, long) = try report((random.end - 100 * 86_400)..<random.end)
    let own = try #require(long.forecasts.first { $0.name == ValidationReport.ForecastLoss.expected }?.loss)
    let average = try #require(long.forecasts.first { $0.name.contains("r², half-life a day") }?.loss)
    #expect(own <= average, "QLIKE \(own), of the average \(average)")
    // Thirty days are no two months.
    let (young, lacking) = try report((RegimeMarket.start + 20 * 86_400)..<(RegimeMarket.start + 30 * 86_400))
    #expect(lacking.lacking == young.epochs.count && young.epochs.allSatisfy { $0.effective == .buffer })
  }

  @Test("C8 the haircut of a series is what the first lots lose, and not the debt side's as well")
  func haircuts() throws {
    let random = RegimeMarket(RegimeMarket.Shape(), seed: 10)
    let publication = try SnapshotPublisher(market: random.market, configuration: .standard, tracing: .none)
      .publish(at: random.end, state: .initial, previous: .zero, beacon: .zero)
    let series = try #require(
      try MarginReplay.series(
        of: random.market, .standard, strategy: .buffer, times: random.end..<random.end + 1, step: 3_600
      ).first)
    let asset = try #require(publication.snapshot.collateral.first { $0.id == "BTC" })
    let price = Double(publication.snapshot.instruments[0].markFloor) / 0.001
    let lost = 1 - Double(asset.tranches[0].valMM) / (price * 0.0001)
    let shown = try #require(series.epochs.first?.haircut)
    #expect(abs(shown - lost) < 1e-4, "\(shown) shown, \(lost) lost")
    #expect(Double(asset.debtMM) / Double(asset.tranches[0].valMM) > 1 / (1 - shown))
  }

  @Test("C11 a ramp liquidates fewer by hikes than rates that jump")
  func hikes() throws {
    var shape = RegimeMarket.Shape()
    (shape.days, shape.crash) = (90, (70 * 24 + 3, 0.15))
    let random = RegimeMarket(shape, seed: 11)
    let bars = random.market.underlyings[0].bars
    func hikes(_ perHour: Int64) throws -> Int {
      var configuration = EngineConfiguration.standard
      try configuration.set(.ramp, to: perHour)
      let series = try #require(
        try MarginReplay.series(
          of: random.market, configuration, strategy: .buffer, times: (random.end - 40 * 86_400)..<random.end,
          step: 3_600
        ).first)
      return ValidationReport(series, bars).live.byHike
    }
    #expect(try hikes(50_000) <= hikes(10_000_000))
  }

  @Test("initial margin is used up in a crash rather than hiked: it rises by less than maintenance margin")
  func buffer() throws {
    var shape = RegimeMarket.Shape()
    (shape.days, shape.crash) = (150, (130 * 24 + 2, 0.2))
    let random = RegimeMarket(shape, seed: 12)
    let series = try #require(
      try MarginReplay.series(
        of: random.market, .standard, strategy: .buffer, times: (random.end - 25 * 86_400)..<random.end,
        step: 3_600
      ).first)
    let (initial, maintenance) = (
      Procyclicality(times: series.epochs.map(\.time), rates: series.epochs.map(\.initial.long)),
      Procyclicality(times: series.epochs.map(\.time), rates: series.epochs.map(\.maintenance.long))
    )
    #expect(
      initial.fiveDays < maintenance.fiveDays && initial.fiveDays <= 2.5,
      "\(initial.fiveDays) and \(maintenance.fiveDays)")
    #expect(series.epochs.allSatisfy { $0.initial.long >= 1.1 * $0.maintenance.long - 1e-5 })
  }
}
