public import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarketData
public import RiskEngine
internal import Solvency

/// Which stretch of a market's history is replayed, and how.
struct HistoryOptions: ParsableArguments {
  @OptionGroup var market: MarketOptions

  @Option(
    help: ArgumentHelp(
      "The first epoch: as 2026-02-05T21:29:37Z, or seconds since 1970. By default the first day with enough history.",
      valueName: "time"))
  var from: Moment?

  @Option(help: ArgumentHelp("The instant after the last epoch.", valueName: "time"))
  var to: Moment?

  @Option(help: ArgumentHelp("From one epoch to the next.", valueName: "seconds"))
  var every: Int64 = 3_600

  func validate() throws {
    guard (60...86_400).contains(every) else {
      throw ValidationError("--every is a number of seconds from 60 to 86400.")
    }
  }

  /// The market, the configuration, and the stretch of what is known of an instrument, or of the first.
  func stretch(of instrument: String?) throws(ToolFailure) -> MarketStretch {
    let configuration = try market.configuration.load()
    let data = try market.market()
    market.note(data)
    let known = data.instruments.filter { !$0.kind.isOption }
    guard let listing = instrument.map({ name in known.first { $0.id == name } }) ?? known.first else {
      let names = known.map(\.id).joined(separator: ", ")
      guard let instrument else {
        throw ToolFailure(
          .malformedInput, market.directory, "lists options only; name a market with another instrument")
      }
      throw ToolFailure(
        .usage, "--instrument", "\(instrument) is not listed, or an option; known are \(names)")
    }
    guard let bars = data.underlying(listing.underlying)?.bars, let first = bars.bars.first,
      let last = bars.bars.last
    else { throw ToolFailure(.malformedInput, market.directory, "has no bars for \(listing.id)") }
    let warm = first.openTime + configuration[.warmUp] + bars.interval
    let start = from.map { Int64(clamping: $0.timestamp.seconds) } ?? warm
    let end = to.map { Int64(clamping: $0.timestamp.seconds) } ?? last.openTime + bars.interval
    guard start < end, end - start <= 40 * 366 * 86_400 else {
      throw ToolFailure(.usage, "--from", "the stretch is empty or longer than forty years; choose another")
    }
    return MarketStretch(
      market: data, configuration: configuration, instrument: listing.id, times: start..<end, step: every)
  }
}

/// A market and the epochs that are replayed.
struct MarketStretch {
  let market: Market
  let configuration: EngineConfiguration
  /// The instrument that was asked for, or the first that is not an option.
  let instrument: String
  let times: Range<Int64>
  let step: Int64

  /// The series of instruments under one strategy, with progress.
  ///
  /// - Parameter instruments: which; all that are not options if empty.
  func series(
    _ strategy: MarginStrategy, _ instruments: [String]
  ) throws(ToolFailure) -> [MarginSeries] {
    try ToolFailure.wrapping("--market") {
      try MarginReplay.series(
        of: market, configuration, strategy: strategy, instruments: instruments, times: times, step: step
      ) { done, count in
        if done.isMultiple(of: 64) || done == count { Console.progress(strategy.rawValue, done, of: count) }
      }
    }
  }

  /// The bars that an instrument is written on.
  func bars(of instrument: String) -> BarSeries {
    market.instruments.first { $0.id == instrument }.flatMap { market.underlying($0.underlying)?.bars }
      ?? BarSeries(interval: 3_600, bars: [])
  }
}

extension MarginStrategy: ExpressibleByArgument {}
