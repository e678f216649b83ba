public import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarketData
public import RiskEngine
internal import Solvency

/// Which stretch of a market's history is replayed, and how.
struct HistoryOptions: ParsableArguments {
  @OptionGroup var market: MarketOptions

  @Option(help: "The instrument; by default the first that is no option.")
  var instrument: String?

  @Option(
    help: ArgumentHelp(
      "The first epoch: RFC 3339, or seconds since 1970. By default the first day with enough history.",
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

  /// Replays the stretch once for each strategy.
  func histories(
    _ strategies: [MarginStrategy], tracing: Tracing
  ) throws(ToolFailure) -> [MarginHistory] {
    let configuration = try market.configuration.load()
    let data = try market.market()
    guard
      let name = instrument ?? data.instruments.first(where: { !$0.kind.isOption })?.id
    else { throw ToolFailure(.malformedInput, market.directory, "lists no future; name --instrument") }
    let listing = data.instruments.first { $0.id == name }
    let series = listing.flatMap { data.underlying($0.underlying) } ?? data.underlyings.first
    let bars = series?.bars.bars ?? []
    guard let first = bars.first, let last = bars.last, let interval = series?.bars.interval else {
      throw ToolFailure(.malformedInput, market.directory, "has no bars for \(name)")
    }
    let warm = first.openTime + Int64(configuration[.warmUpBars] + 1) * interval
    let start = from.map { Int64(clamping: $0.timestamp.seconds) } ?? warm
    let end = to.map { Int64(clamping: $0.timestamp.seconds) } ?? last.openTime + interval
    guard start < end, end - start <= 20 * 366 * 86_400 else {
      throw ToolFailure(
        .usage, "--from", "the stretch is empty or longer than twenty years; choose another")
    }
    var histories: [MarginHistory] = []
    for strategy in strategies {
      histories.append(
        try MarginHistory(
          data, configuration, instrument: name, strategy: strategy, times: start..<end, step: every,
          tracing: tracing))
    }
    return histories
  }
}

extension MarginStrategy: ExpressibleByArgument {}
