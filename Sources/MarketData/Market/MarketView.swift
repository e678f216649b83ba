/// What was known of a market at one instant: nothing of it happened later.
///
/// A view shares the storage of its market: it is made by binary search and copies no series.
public struct MarketView: Sendable {
  /// The instant, in seconds since 1970 UTC.
  public let time: Int64
  /// Each underlying, in the order of the listing.
  public let underlyings: [UnderlyingView]
  /// Prices of the assets that have files of their own, in the order of the listing; empty for the
  /// others.
  public let assetPrices: [ArraySlice<PriceObservation>]
  /// What all accounts held and owed of each asset, in the same order; empty where no file says.
  public let assetUsage: [ArraySlice<AssetUsagePrint>]
  /// The states of the insurance fund, the last the latest.
  public let insurance: ArraySlice<InsurancePrint>

  /// What was known of an underlying, or nil if there is none of this name.
  public func underlying(_ id: String) -> UnderlyingView? {
    underlyings.first { $0.id == id }
  }
}

/// What was known of one underlying at one instant.
public struct UnderlyingView: Sendable {
  /// The name of the underlying.
  public let id: String
  /// The length of a bar in seconds.
  public let interval: Int64
  /// The bars that had ended.
  public let bars: ArraySlice<Bar>
  /// The same as bars of an hour, where they are shorter than that and an hour is a multiple; the bars
  /// themselves otherwise. Estimators look at these, so that how often a source samples makes no margin.
  public let hourly: ArraySlice<Bar>
  /// The length of ``hourly`` bars in seconds.
  public let hourlyInterval: Int64
  /// The last close of shorter bars over that of the last of ``hourly``: what the price did since; 1 without
  /// them.
  public let moveSinceHour: Double
  /// Whether volumes are known; where they are not, those of all bars are zero.
  public let hasVolume: Bool
  /// The funding payments that had been settled.
  public let funding: ArraySlice<FundingPrint>
  /// The open interest that had been reported.
  public let openInterest: ArraySlice<OpenInterestPrint>
  /// Order books by venue, the last of each slice the latest.
  public let books: [VenueBooksView]
  /// The latest option chain, if there was any.
  public let chain: OptionChain?
  /// Prices by source, the last the latest.
  public let prices: ArraySlice<PriceObservation>
  /// What the venue had liquidated.
  public let liquidations: ArraySlice<LiquidationPrint>
}

extension UnderlyingView {
  /// The view as estimators see it: ``bars`` are the ``hourly`` ones, and ``prices`` are there even where
  /// only bars say them: then they are the closes of the last bars at their ends.
  ///
  /// - Parameters:
  ///   - without: series that do not count.
  ///   - isContradicted: whether the books of a venue ("books/alpha") or the chain ("chain") contradict other
  ///     series, so that there are none.
  public func measured(
    without stale: Set<SeriesKind> = [], isContradicted: (String) -> Bool = { _ in false }
  ) -> UnderlyingView {
    let closes = bars.suffix(64).map { bar in
      PriceObservation(source: "bars", timeMilliseconds: (bar.openTime + interval) * 1_000, price: bar.close)
    }
    let hourly = stale.contains(.bars) ? [] : self.hourly
    return UnderlyingView(
      id: id, interval: hourlyInterval, bars: hourly, hourly: hourly, hourlyInterval: hourlyInterval,
      moveSinceHour: stale.contains(.bars) ? 1 : moveSinceHour, hasVolume: hasVolume,
      funding: stale.contains(.funding) ? [] : funding,
      openInterest: stale.contains(.openInterest) ? [] : openInterest,
      books: books.map {
        isContradicted("books/\($0.venue)")
          ? VenueBooksView(venue: $0.venue, weightPpm: $0.weightPpm, books: []) : $0
      },
      chain: isContradicted("chain") ? nil : chain,
      prices: prices.isEmpty ? closes[...] : prices, liquidations: liquidations)
  }
}

/// The kinds of series of a market.
public enum SeriesKind: String, CaseIterable, Hashable, Sendable {
  /// Bars.
  case bars
  /// Funding payments.
  case funding
  /// Open interest.
  case openInterest
  /// Order books of one venue.
  case books
  /// Option chains.
  case chain
  /// Prices by source.
  case prices
  /// What is held and owed of an asset.
  case usage
  /// The insurance fund.
  case insurance
}

/// What was known of one venue's order books at one instant.
public struct VenueBooksView: Sendable {
  /// The name of the venue.
  public let venue: String
  /// How far its depth is relied upon, in ppm.
  public let weightPpm: Int64
  /// The books, the last the latest.
  public let books: ArraySlice<OrderBook>
}

extension Market {
  /// Everything known at an instant, in seconds since 1970 UTC: bars that have ended by then and what
  /// is stamped no later.
  ///
  /// - Complexity: O(log n) for each series.
  public func upTo(_ time: Int64) -> MarketView {
    MarketView(
      time: time, underlyings: underlyings.map { $0.upTo(time) },
      assetPrices: assetPrices.map { observations in
        observations.known { isAtMost($0.timeMilliseconds, seconds: time) }
      },
      assetUsage: assetUsage.map { usage in usage.known { $0.time <= time } },
      insurance: insurance.known { $0.time <= time })
  }

  /// Everything in the market: the view at ``newestInstant(clock:)``, or nil if all series are empty.
  public var latest: MarketView? { newestInstant().map(upTo) }

  /// The instant of the newest thing that happened, in seconds since 1970; nil if all series are empty.
  ///
  /// Prices, books, payments and reports happened at their stamp. That a bar opened happened; that it ended
  /// is known only if something is stamped later, or if nothing is stamped since it opened and the clock is
  /// past its end. So a bar in progress, as every interface returns it last, is not a time to come.
  ///
  /// - Parameter clock: the present by a clock in seconds since 1970; nil where there is none, as in a
  ///   replay.
  public func newestInstant(clock: Int64? = nil) -> Int64? {
    var stamped = underlyings.compactMap(\.lastStamp)
    stamped += assetPrices.compactMap { $0.last.map { wholeSeconds($0.timeMilliseconds) } }
    stamped += assetUsage.compactMap { $0.last?.time }
    stamped += insurance.last.map { [$0.time] } ?? []
    let stamp = stamped.max()
    let bars = underlyings.compactMap { series in
      series.bars.bars.last.map { (open: $0.openTime, end: $0.openTime + series.bars.interval) }
    }
    guard let opened = bars.map(\.open).max(), opened > stamp ?? .min else { return stamp }
    // Bars are the newest. The shortest of those in progress tells the time for the others.
    guard let end = bars.map(\.end).filter({ $0 > opened }).min() else { return opened }
    return clock.map { end <= $0 } ?? true ? end : opened
  }
}

extension UnderlyingSeries {
  /// What was known at an instant, in seconds since 1970 UTC.
  public func upTo(_ time: Int64) -> UnderlyingView {
    let (ended, hours) = (bars.ended(by: time), hourly.ended(by: time))
    var move = 1.0
    if let last = ended.last, let hour = hours.last, last.openTime >= hour.openTime + hourly.interval {
      move = last.close / hour.close
    }
    return UnderlyingView(
      id: id, interval: bars.interval, bars: ended, hourly: hours, hourlyInterval: hourly.interval,
      moveSinceHour: move, hasVolume: bars.hasVolume,
      funding: funding.known { $0.time <= time },
      openInterest: openInterest.known { $0.time <= time },
      books: books.map { venue in
        VenueBooksView(
          venue: venue.venue, weightPpm: venue.weightPpm,
          books: venue.books.known { isAtMost($0.timeMilliseconds, seconds: time) })
      },
      chain: chains.known { $0.time <= time }.last,
      prices: prices.known { isAtMost($0.timeMilliseconds, seconds: time) },
      liquidations: liquidations.known { $0.time <= time })
  }

  /// The instant, in seconds, of the last of everything but bars.
  fileprivate var lastStamp: Int64? {
    let milliseconds =
      books.compactMap { $0.books.last?.timeMilliseconds } + (prices.last.map { [$0.timeMilliseconds] } ?? [])
    let times = [funding.last?.time, openInterest.last?.time, chains.last?.time, liquidations.last?.time]
    return (times.compactMap(\.self) + milliseconds.map(wholeSeconds)).max()
  }
}

extension BarSeries {
  /// The bars that had ended at an instant.
  fileprivate func ended(by time: Int64) -> ArraySlice<Bar> {
    bars.known { bar in
      // openTime + interval ≤ time
      let (end, overflow) = bar.openTime.addingReportingOverflow(interval)
      return !overflow && end <= time
    }
  }
}

/// The second by which a millisecond is known: when it has ended.
private func wholeSeconds(_ milliseconds: Int64) -> Int64 { (milliseconds + 999) / 1_000 }

/// Whether an instant in milliseconds is no later than one in seconds.
private func isAtMost(_ milliseconds: Int64, seconds: Int64) -> Bool {
  let (limit, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
  return overflow ? seconds > 0 : milliseconds <= limit
}

extension Array {
  /// The longest prefix whose elements are known, for a series in order of time.
  fileprivate func known(_ isKnown: (Element) -> Bool) -> ArraySlice<Element> {
    var (lower, upper) = (0, count)
    // Everything before `lower` is known; nothing from `upper` on is.
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if isKnown(self[middle]) { lower = middle + 1 } else { upper = middle }
    }
    return self[..<lower]
  }
}
