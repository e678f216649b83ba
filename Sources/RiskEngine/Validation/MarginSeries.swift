public import MarginRules
public import MarketData
internal import RiskModels

/// What one strategy would have published of an instrument, epoch by epoch, with the rates under all rules in
/// force.
public struct MarginSeries: Sendable {
  /// One epoch.
  public struct Epoch: Hashable, Sendable {
    /// When it was published, in seconds since 1970.
    public var time: Int64
    /// The price in USD, for what is held.
    public var price: Double
    /// Maintenance rates of a lone position, of longs and shorts, as fractions of notional.
    public var maintenance: SidePair
    /// Initial rates likewise.
    public var initial: SidePair
    /// The conditional volatility and that through the cycle, per √year.
    public var conditional: Double
    /// The volatility through the cycle, per √year.
    public var cycle: Double
    /// The volatility expected of the next day, per √year; nil where the strategy lacks it.
    public var forecast: Double?
    /// The regime of the snapshot.
    public var regime: Regime
    /// Whether the instrument may be opened, on either side.
    public var isOpen: Bool
    /// The strategy in effect.
    public var effective: MarginStrategy
    /// What the first lots of the asset that the instrument is written on lose as collateral.
    public var haircut: Double?

    /// An epoch.
    public init(
      time: Int64, price: Double, maintenance: SidePair, initial: SidePair, conditional: Double,
      cycle: Double,
      forecast: Double?, regime: Regime, isOpen: Bool, effective: MarginStrategy, haircut: Double?
    ) {
      self.time = time
      self.price = price
      self.maintenance = maintenance
      self.initial = initial
      self.conditional = conditional
      self.cycle = cycle
      self.forecast = forecast
      self.regime = regime
      self.isOpen = isOpen
      self.effective = effective
      self.haircut = haircut
    }
  }

  /// A number for each side.
  public struct SidePair: Hashable, Sendable {
    /// Of longs.
    public var long: Double
    /// Of shorts.
    public var short: Double

    /// Both.
    public init(long: Double, short: Double) {
      (self.long, self.short) = (long, short)
    }

    /// Of one side.
    public subscript(side: LinearRate.Side) -> Double { side == .long ? long : short }
    /// The mean of both.
    public var mean: Double { (long + short) / 2 }
  }

  /// The instrument.
  public let instrument: String
  /// The strategy asked for.
  public let strategy: MarginStrategy
  /// The epochs in order of time.
  public internal(set) var epochs: [Epoch]
  /// How many epochs at the beginning had no price, and how many fell back on the snapshot before.
  public internal(set) var skipped: Int
  /// How many epochs fell back on the snapshot before.
  public internal(set) var fallbacks: Int

  /// No epochs yet.
  public init(instrument: String, strategy: MarginStrategy) {
    self.instrument = instrument
    self.strategy = strategy
    (epochs, skipped, fallbacks) = ([], 0, 0)
  }

  /// Notes what a publication says of the instrument; nothing unless it is in the snapshot with brackets.
  mutating func append(_ publication: Publication, _ listing: InstrumentListing) {
    let snapshot = publication.snapshot
    guard let instrument = snapshot.instruments.first(where: { $0.id == self.instrument }) else { return }
    func pair(_ kind: MarginKind) -> SidePair? {
      guard let long = LinearRate.ppm(of: instrument, .long, kind, under: snapshot),
        let short = LinearRate.ppm(of: instrument, .short, kind, under: snapshot)
      else { return nil }
      return SidePair(long: Rate.fraction(long), short: Rate.fraction(short))
    }
    guard let maintenance = pair(.maintenance), let initial = pair(.initial) else { return }
    let notice = publication.terms.underlyings.first { $0.id == listing.underlying }
    let asset = publication.terms.assets.first { $0.id == listing.underlying }
    epochs.append(
      Epoch(
        time: snapshot.validFrom, price: Double(instrument.markFloor) / 1e6 / listing.lot.size,
        maintenance: maintenance, initial: initial,
        conditional: Rate.fraction(notice?.conditional ?? 0), cycle: Rate.fraction(notice?.cycle ?? 0),
        forecast: notice?.forecast.map { Rate.fraction($0) }, regime: snapshot.regime,
        isOpen: instrument.flags.openLong || instrument.flags.openShort,
        effective: notice?.strategy ?? strategy, haircut: asset.map { Rate.fraction($0.haircut) }))
  }
}

/// A replay of one strategy that keeps series of instruments.
public enum MarginReplay {
  /// Replays a stretch of history.
  ///
  /// - Parameters:
  ///   - instruments: which; those that are not options, in the order of the listing, if empty.
  ///   - times: the first epoch, and the instant after the last.
  ///   - step: seconds from one epoch to the next.
  ///   - progress: is told after each epoch how many of how many are done.
  /// - Throws: when the engine fails after there was a snapshot to fall back on, or never has a price.
  public static func series(
    of market: Market, _ configuration: EngineConfiguration, strategy: MarginStrategy,
    instruments: [String] = [], times: Range<Int64>, step: Int64,
    progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws(PublicationError) -> [MarginSeries] {
    var configuration = configuration
    let place = MarginStrategy.allCases.firstIndex(of: strategy) ?? 0
    // The place of a word is within its bounds.
    try? configuration.set(.strategy, to: Int64(place))
    var replay = Replay(
      engine: try SnapshotPublisher(market: market, configuration: configuration, tracing: .none))
    let listings = market.instruments.filter {
      !$0.kind.isOption && (instruments.isEmpty || instruments.contains($0.id))
    }
    var series = listings.map { MarginSeries(instrument: $0.id, strategy: strategy) }
    let count = Int((times.upperBound - times.lowerBound + step - 1) / step)
    var (time, done) = (times.lowerBound, 0)
    while time < times.upperBound {
      defer {
        time += step
        done += 1
        progress(done, count)
      }
      let publication: Publication
      do throws(PublicationError) {
        publication = try replay.step(to: time)
      } catch {
        guard case .noPrice = error, replay.snapshot == nil, done + 1 < count else { throw error }
        for index in series.indices { series[index].skipped += 1 }
        continue
      }
      for (index, listing) in listings.enumerated() {
        if replay.state.failures > 0 { series[index].fallbacks += 1 }
        series[index].append(publication, listing)
      }
    }
    return series
  }
}
