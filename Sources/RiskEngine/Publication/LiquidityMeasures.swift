internal import MarketData
internal import RiskModels

/// Depth, volume and crowding of one underlying at one instant (M09, M11, M26).
struct LiquidityMeasures {
  /// Depth within the band in USD, as it is used: it fell at once and recovers slowly.
  let depth: Double
  /// The last depth over its median; 1 where it is not known.
  let depthShare: Double
  /// Volume of a day in USD: a low quantile of slow volume, or the last day's if that is less.
  let dailyVolume: Double
  /// What initial margin of longs is multiplied by, in ppm.
  let crowdingLong: Int64
  /// What initial margin of shorts is multiplied by, in ppm.
  let crowdingShort: Int64
  /// Open interest of the larger side in whole dollars; 0 where it is not known.
  let openInterest: Int64
  /// Whether longs may be opened as far as open interest goes.
  let opensLong: Bool
  /// Whether shorts may be opened.
  let opensShort: Bool
  /// The score of funding; nil where it is not known.
  let fundingScore: Double?
  /// (long - short)/(long + short) of the last open interest; nil where it is not known.
  let imbalance: Double?
  /// Whether the price is cheaper to move than what that could bring (M04).
  let isManipulable: Bool
  /// What the books hold; nil without any, or while the price is stale.
  let books: DepthMeasure?
  /// Whether every order book went silent: depth is then the last one known, and positions may only be
  /// closed. A feed that is down is not an empty market.
  let isSilent: Bool

  /// - Parameters:
  ///   - isPriceStale: depth holds while the price is stale.
  ///   - isBlind: depth does not grow while a series does not count.
  init(
    _ view: UnderlyingView, at time: Int64, isPriceStale: Bool, isBlind: Bool, terms: UnderlyingTerms,
    limiter: inout RateLimiter, trace: inout Tracer
  ) {
    let volume = view.hasVolume ? Self.dailyVolume(view, terms) : nil
    let isVolumeKnown = volume != nil
    dailyVolume = volume ?? 0
    trace.input(
      "daily volume", isVolumeKnown ? dailyVolume : nil, "USD",
      "min(last day, volumeQuantilePpm of days of the window)")
    let target: Double?
    if isPriceStale {
      (target, depthShare, isSilent, books) = (nil, 1, false, nil)
    } else if view.books.isEmpty {
      (isSilent, books) = (!isVolumeKnown, nil)
      // Without volume nothing says what depth is: the last one holds, and positions may only be closed.
      target = isVolumeKnown ? terms.fraction(.volumeDepth) * dailyVolume : nil
      depthShare = 1
      trace.input(
        "measured depth", target, "USD", "volumeDepthPpm · daily volume; there are no order books")
    } else {
      let measured = DepthMeasure(view.books, at: time, terms: terms)
      books = measured
      target = measured.effective
      depthShare = measured.share ?? 1
      isSilent = measured.effective == nil
      trace.input(
        "measured depth", target, "USD",
        "Σ weight · min(now, EWMA, low quantile) of min(bids, asks) within depthBandPpm")
    }
    let dollars = target.map { $0 >= 0 && $0 < 0x1p53 ? Int64($0) : 0 }
    // Where nothing was ever known of the books, volume says what depth is; that is not remembered.
    depth =
      limiter.step(
        towardAmount: dollars,
        growth: isBlind ? 0 : Pace.growth(terms[.relaxation], seconds: terms.elapsed)
      ).map { Double($0) }
      ?? (isSilent || isPriceStale ? (terms.fraction(.volumeDepth) * dailyVolume).rounded(.down) : 0)
    trace.derived("depth", depth, "USD", "falls at once, rises by at most relaxationPerHourPpm")

    let funding = Crowding.fundingScore(view.funding)?.score
    // Only what says how much is on each side says who is crowded.
    let oldest = (view.openInterest.last?.time ?? 0) - Crowding.imbalanceWindow
    let sides = Array(view.openInterest.reversed().prefix { $0.time >= oldest }.filter(\.hasSides).reversed())
    let score = Crowding.imbalanceScore(sides)
    fundingScore = funding
    func multiplier(_ side: PositionSide) -> Int64 {
      1_000_000
        + Rate.ceiling(
          Crowding.sideMultiplier(
            side, fundingScore: funding, imbalanceScore: score,
            fundingWeight: terms.fraction(.crowdingFunding),
            imbalanceWeight: terms.fraction(.crowdingSkew), cap: terms.fraction(.crowdingCap)) - 1)
    }
    crowdingLong = multiplier(.long)
    crowdingShort = multiplier(.short)
    trace.input("funding score", funding, "σ", "(f - mean)/σ over the 270 payments before")
    trace.input("imbalance score", score, "σ", "the same of (long - short)/(long + short)")
    trace.integer(
      "crowding of longs", crowdingLong, "ppm", "clip(1 + a·max(0, z) + b·max(0, s), 1, cap)")
    trace.integer(
      "crowding of shorts", crowdingShort, "ppm", "clip(1 + a·max(0, -z) + b·max(0, -s), 1, cap)")

    imbalance = sides.last.flatMap {
      Crowding.imbalance(longUSD: $0.longUSD, shortUSD: $0.shortUSD)
    }
    let (long, short) = view.openInterest.last.map { ($0.longUSD, $0.shortUSD) } ?? (0, 0)
    let larger = max(long, short)
    openInterest = larger < 0x1p53 ? Int64(max(0, larger)) : 1 << 53
    opensLong = OpenInterestCap.admitsOpening(openInterest: long, cap: terms[.openInterestCap])
    opensShort = OpenInterestCap.admitsOpening(openInterest: short, cap: terms[.openInterestCap])
    isManipulable =
      !isPriceStale && Self.isManipulable(view.books, at: time, openInterest: larger, terms: terms)
    trace.word(
      "cheap to move", isManipulable ? "yes" : "no",
      "Σ weight·cost of manipulationMovePpm ≤ manipulationFactorPpm · open interest · move")
    trace.input(
      "open interest", view.openInterest.isEmpty ? nil : larger, "USD", "of the larger side")
  }

  /// Whether moving the price of fresh books costs no more than k times what it can bring; no without books
  /// or open interest.
  private static func isManipulable(
    _ venues: [VenueBooksView], at time: Int64, openInterest: Double, terms: UnderlyingTerms
  ) -> Bool {
    let fresh = venues.filter { venue in
      venue.books.last { BookDepth($0) != nil }
        .map { time - $0.timeMilliseconds / 1_000 <= terms[.depthMaximumAge] } ?? false
    }
    guard !fresh.isEmpty, openInterest > 0, terms[.manipulationFactor] > 0 else { return false }
    return !ManipulationGuards.isTooCostly(
      books: fresh, openInterestUSD: openInterest, move: terms.fraction(.manipulationMove),
      factor: terms.fraction(.manipulationFactor))
  }

  /// The lower of the last day's volume and a low quantile of the days of the window, counted back from now.
  /// Volume rises with volatility, so what is traded now may make a market look shallower and never deeper.
  ///
  /// A bar whose price moved and whose volume is zero has none that is known, and a day of such bars is not a
  /// day without trade. Nil where no bar of the window has a volume.
  private static func dailyVolume(_ view: UnderlyingView, _ terms: UnderlyingTerms) -> Double? {
    let perDay = terms.barsPerDay(view.interval)
    let bars = view.bars.suffix(terms.bars(in: .volumeWindow, interval: view.interval))
    func volume(_ day: ArraySlice<Bar>) -> Double? {
      var (sum, count) = (0.0, 0.0)
      for bar in day where bar.quoteVolume > 0 || bar.high <= bar.low {
        sum += bar.quoteVolume
        count += 1
      }
      return count > 0 ? sum / count * Double(perDay) : nil
    }
    let last = volume(bars.suffix(perDay))
    var days: [Double] = []
    var end = bars.endIndex
    while end - perDay >= bars.startIndex {
      if let day = volume(bars[(end - perDay)..<end]) { days.append(day) }
      end -= perDay
    }
    let slow = OrderStatistics.quantile(terms.fraction(.volumeQuantile), of: days, rule: .lower)
    return [slow, last].compactMap(\.self).min()
  }
}

/// Depth of the books of all venues (M09).
struct DepthMeasure {
  /// Σ of venues' effective depths by weight, in USD; nil when no venue has a fresh book.
  let effective: Double?
  /// The last depth over its median; nil when no venue has a fresh book.
  let share: Double?
  /// Σ of venues' median depths by weight, in USD; nil when no venue has a fresh book.
  let usual: Double?
  /// How many standard deviations the last spread is above the mean of those before it, of the venue where it
  /// is furthest; nil for fewer than ``leastSpreads`` of them.
  let spreadScore: Double?

  /// The least number of spreads that a score is taken over.
  private static let leastSpreads = 10
  /// The least deviation of spreads, in basis points.
  private static let leastDeviation = 0.01

  init(_ venues: [VenueBooksView], at time: Int64, terms: UnderlyingTerms) {
    let bps = terms.fraction(.depthBand) * 1e4
    var (effective, latest, usual) = ([VenueDepth](), 0.0, 0.0)
    var score: Double?
    for venue in venues {
      // A book that is crossed or lacks a side says nothing of depth.
      guard let newest = venue.books.lastIndex(where: { BookDepth($0) != nil }) else { continue }
      let books = Self.sample(venue.books[...newest], at: time, over: terms[.depthWindow])
        .filter { BookDepth($0) != nil }
      // A venue that went silent counts as empty beside others.
      guard let first = books.first, let last = books.last,
        time - last.timeMilliseconds / 1_000 <= terms[.depthMaximumAge]
      else { continue }
      let spacing =
        Double(last.timeMilliseconds - first.timeMilliseconds) / 1_000
        / Double(max(1, books.count - 1))
      // 2^(-spacing/half-life)
      let decay = DeterministicMath.power(0.5, spacing / Double(terms[.depthHalfLife]))
      var depth = EffectiveDepth(
        EffectiveDepthParameters(
          window: books.count, decay: decay, worstQuantile: terms.fraction(.depthQuantile)))
      var (now, spreads) = (0.0, [Double]())
      for book in books {
        let sound = BookDepth(book)
        now = sound?.minimumDepthUSD(withinBps: bps) ?? 0
        depth.update(now)
        if let sound { spreads.append(sound.spreadBps) }
      }
      score = [score, Self.score(spreads)].compactMap(\.self).max()
      let weight = Rate.fraction(venue.weightPpm)
      effective.append(VenueDepth(depthUSD: depth.value, weight: weight))
      latest += weight * now
      usual += weight * (depth.median ?? 0)
    }
    self.effective = effective.isEmpty ? nil : Fragmentation.totalDepthUSD(effective)
    share = effective.isEmpty ? nil : usual > 0 ? latest / usual : 0
    self.usual = effective.isEmpty ? nil : usual
    spreadScore = score
  }

  /// How many books of a venue are looked at.
  private static let books: Int64 = 64

  /// The last book of each of a number of equal stretches of the window: the same number however often books
  /// were taken.
  private static func sample(
    _ books: ArraySlice<OrderBook>, at time: Int64, over window: Int64
  ) -> [OrderBook] {
    var found: [OrderBook] = []
    var (end, stretch) = (books.endIndex, Int64(0))
    while stretch < Self.books, end > books.startIndex {
      found.append(books[end - 1])
      // The next is the last that is older than the beginning of this stretch.
      stretch = max(stretch, (time - books[end - 1].timeMilliseconds / 1_000) * Self.books / window) + 1
      let limit = (time - stretch * window / Self.books) * 1_000
      var (lower, upper) = (books.startIndex, end)
      while lower < upper {
        let middle = lower + (upper - lower) / 2
        if books[middle].timeMilliseconds <= limit { lower = middle + 1 } else { upper = middle }
      }
      end = lower
    }
    return found.reversed()
  }

  private static func score(_ spreads: [Double]) -> Double? {
    guard let last = spreads.last, spreads.count > leastSpreads,
      let before = Moments(of: Array(spreads.dropLast())), let deviation = before.sampleDeviation
    else { return nil }
    return (last - before.mean) / max(deviation, leastDeviation)
  }
}
