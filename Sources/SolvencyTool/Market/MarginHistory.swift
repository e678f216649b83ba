internal import CommandSupport
internal import MarginRules
internal import MarketData
internal import RiskEngine
internal import Solvency

/// What the engine would have published over the history of a market, epoch by epoch, for one instrument.
struct MarginHistory {
  /// One epoch.
  struct Epoch {
    let time: Int64
    /// The price in USD per unit of the underlying, for what is held.
    let price: Double
    /// Initial and maintenance margin of the first lots of each side, as shares of the value of a lot.
    let initial: (long: Double, short: Double)
    let maintenance: (long: Double, short: Double)
    let regime: Regime
    let haltLevel: Int64
    /// How far the price fell and rose until the next epoch, as shares of the price.
    let fall: Double
    let rise: Double
    /// 1 − weight of the first asset on the same underlying, or of the first asset at all.
    let haircut: Double?
    /// Annualised volatilities that the engine measured; nil without tracing.
    let volatility: (fast: Double?, slow: Double?, published: Double?)
    /// What multiplies margin for the skew of options, of each side; nil without tracing.
    let skew: (long: Double?, short: Double?)

    /// The most leverage of each side.
    var leverage: (long: Double, short: Double) { (1 / initial.long, 1 / initial.short) }
  }

  let instrument: String
  let strategy: MarginStrategy
  private(set) var epochs: [Epoch] = []
  /// How many epochs at the beginning had no price of something that is listed, and were left out.
  private(set) var skipped = 0
  /// How many epochs fell back on the snapshot before because the engine failed.
  private(set) var fallbacks = 0

  /// Replays a stretch of history.
  ///
  /// - Parameters:
  ///   - times: the first epoch, and the instant after the last.
  ///   - step: seconds from one epoch to the next.
  init(
    _ market: Market, _ configuration: EngineConfiguration, instrument: String,
    strategy: MarginStrategy, times: Range<Int64>, step: Int64, tracing: Tracing
  ) throws(ToolFailure) {
    self.instrument = instrument
    self.strategy = strategy
    guard let listing = market.instruments.first(where: { $0.id == instrument }),
      let series = market.underlying(listing.underlying)
    else {
      let known = market.instruments.map(\.id).joined(separator: ", ")
      throw ToolFailure(.usage, "--instrument", "\(instrument) is not listed; known are \(known)")
    }
    var configuration = configuration
    let index = MarginStrategy.allCases.firstIndex(of: strategy) ?? 0
    try ToolFailure.wrapping("--strategies") { try configuration.set(.strategy, to: Int64(index)) }
    let engine = try ToolFailure.wrapping("--config") { [configuration] in
      try SnapshotPublisher(market: market, configuration: configuration, tracing: tracing)
    }
    var replay = Replay(engine: engine)
    var bars = PriceWindow(series.bars)
    let count = Int((times.upperBound - times.lowerBound + step - 1) / step)
    for (number, time) in stride(from: times.lowerBound, to: times.upperBound, by: Int(step)).enumerated() {
      Console.progress(strategy.rawValue, number, of: count)
      let publication: Publication
      do throws(PublicationError) {
        publication = try replay.step(to: time)
      } catch {
        guard case .noPrice = error, replay.snapshot == nil, number + 1 < count else {
          throw ToolFailure(.malformedInput, instrument, error.description)
        }
        skipped += 1
        continue
      }
      if replay.state.failures > 0 { fallbacks += 1 }
      guard let published = publication.snapshot.instruments.first(where: { $0.id == instrument })
      else { continue }
      let move = bars.move(from: time, to: time + step)
      append(publication, published, listing, at: time, move)
    }
    Console.progress(strategy.rawValue, count, of: count)
  }

  private mutating func append(
    _ publication: Publication, _ instrument: Instrument, _ listing: InstrumentListing,
    at time: Int64, _ move: (fall: Double, rise: Double)
  ) {
    let value = Double(max(1, instrument.markCeil))
    func rate(_ brackets: [Bracket], _ kind: MarginKind) -> Double {
      brackets.first.map { Double($0.margin(kind)) / value } ?? 0
    }
    let asset =
      publication.snapshot.collateral.first { $0.id == listing.underlying }
      ?? publication.snapshot.collateral.first
    let underlying = publication.trace?.steps(.underlying(listing.underlying)) ?? []
    func number(_ name: String) -> Double? {
      underlying.first { $0.name == name }?.value.magnitude
    }
    epochs.append(
      Epoch(
        time: time, price: Double(instrument.markFloor) / 1e6 / listing.lot.size,
        initial: (rate(instrument.long, .initial), rate(instrument.short, .initial)),
        maintenance: (rate(instrument.long, .maintenance), rate(instrument.short, .maintenance)),
        regime: publication.snapshot.regime, haltLevel: publication.snapshot.haltLevel,
        fall: move.fall, rise: move.rise,
        haircut: asset.map { 1 - Double($0.tranches[0].valMM) / Double(max(1, $0.debtMM)) },
        volatility: (
          number("fast volatility"), number("slow volatility"), number("volatility")
        ),
        skew: (number("skew buffer of longs"), number("skew buffer of shorts"))))
  }
}

/// How far prices move from an instant on, walking forwards through bars.
private struct PriceWindow {
  private let series: BarSeries
  private var next = 0

  init(_ series: BarSeries) { self.series = series }

  /// How far the price falls and rises from the last close before `start` until `end`, as shares of it.
  mutating func move(from start: Int64, to end: Int64) -> (fall: Double, rise: Double) {
    while next < series.bars.count, series.bars[next].openTime < start { next += 1 }
    guard next > 0 else { return (0, 0) }
    let price = series.bars[next - 1].close
    var (low, high) = (price, price)
    for bar in series.bars[next...] {
      guard bar.openTime < end else { break }
      low = min(low, bar.low)
      high = max(high, bar.high)
    }
    return (1 - low / price, high / price - 1)
  }
}
