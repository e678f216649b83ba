internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarketData

/// Which instant a market is looked at, and whether that may be one that has not come.
struct PresentOptions: ParsableArguments {
  @Flag(help: "Allow an instant after this machine's clock.")
  var allowFuture = false

  /// The instant that was asked for, or that of the newest thing that happened.
  ///
  /// - Throws: ``ToolFailure`` if there is none, or it is after this machine's clock and nobody allowed that.
  func instant(
    _ asked: Moment?, of market: Market, in directory: String
  ) throws(ToolFailure) -> Int64 {
    try Self.instant(asked, of: market, in: directory, allowFuture: allowFuture)
  }

  /// The same without options.
  static func instant(
    _ asked: Moment? = nil, of market: Market, in directory: String, allowFuture: Bool = false
  ) throws(ToolFailure) -> Int64 {
    let clock = Int64(clamping: Timestamp.now.seconds)
    if let asked {
      let time = Int64(clamping: asked.timestamp.seconds)
      guard allowFuture || time <= clock else {
        throw ToolFailure(
          .usage, "--at",
          "\(UTCTime.text(time)) is after this machine's clock, \(UTCTime.text(clock)); "
            + "choose an earlier instant, or ask for it with --allow-future")
      }
      return time
    }
    guard let time = market.newestInstant(clock: allowFuture ? nil : clock) else {
      throw ToolFailure(.malformedInput, directory, "the market has no data at all")
    }
    guard allowFuture || time <= clock else {
      throw ToolFailure(
        .malformedInput, directory,
        "its newest data are stamped \(UTCTime.text(time)), after this machine's clock, \(UTCTime.text(clock)); "
          + "are its times UTC? Choose an instant with --at, or allow it with --allow-future")
    }
    return time
  }
}
