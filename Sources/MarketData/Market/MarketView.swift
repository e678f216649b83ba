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

  /// Everything in the market: the view at the latest instant of any series, or nil if all are empty.
  public var latest: MarketView? {
    underlyings.compactMap(\.lastTime).max().map(upTo)
  }
}

extension UnderlyingSeries {
  /// What was known at an instant, in seconds since 1970 UTC.
  public func upTo(_ time: Int64) -> UnderlyingView {
    let ended = bars.bars.known { bar in
      // openTime + interval ≤ time
      let (end, overflow) = bar.openTime.addingReportingOverflow(bars.interval)
      return !overflow && end <= time
    }
    return UnderlyingView(
      id: id, interval: bars.interval, bars: ended,
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

  /// The instant, in seconds, by which the last bar has ended and the last of everything else is known.
  public var lastTime: Int64? {
    let milliseconds =
      (books.compactMap { $0.books.last?.timeMilliseconds }
        + [
          prices.last?.timeMilliseconds
        ].compactMap(\.self))
    let times = [
      bars.bars.last.map { $0.openTime + bars.interval }, funding.last?.time,
      openInterest.last?.time, chains.last?.time, liquidations.last?.time,
    ]
    // A millisecond within a second is known when the second has ended.
    return (times.compactMap(\.self) + milliseconds.map { ($0 + 999) / 1_000 }).max()
  }
}

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
