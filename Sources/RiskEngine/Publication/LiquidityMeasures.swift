internal import MarketData
internal import RiskModels

/// Depth, volume and crowding of one underlying at one instant (M09, M11, M26).
struct LiquidityMeasures {
  /// Depth within the band in USD, as it is used: it fell at once and recovers slowly.
  let depth: Double
  /// The last depth over its median; 1 where it is not known.
  let depthShare: Double
  /// Volume of a day in USD: the lower of the last day and the mean of thirty.
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
  /// Whether every order book went silent: depth is then the last one known, and positions may only be closed. A
  /// feed that is down is no empty market.
  let isSilent: Bool

  /// - Parameter isPriceStale: depth holds while the price is stale.
  init(
    _ view: UnderlyingView, at time: Int64, isPriceStale: Bool, terms: UnderlyingTerms,
    limiter: inout RateLimiter, trace: inout Tracer
  ) {
    dailyVolume = Self.dailyVolume(view)
    trace.input("daily volume", dailyVolume, "USD", "min(last day, mean of 30 days)")
    let target: Double?
    if isPriceStale {
      (target, depthShare, isSilent, books) = (nil, 1, false, nil)
    } else if view.books.isEmpty {
      (isSilent, books) = (false, nil)
      target = terms.fraction(.volumeDepth) * dailyVolume
      depthShare = 1
      trace.input(
        "measured depth", target, "USD", "volumeDepthPpm · daily volume; there are no order books")
    } else {
      let measured = DepthMeasure(view.books, at: time, terms: terms)
      books = measured
      target = measured.effective
      depthShare = measured.share ?? 1
      isSilent = measured.effective == nil && view.books.contains { !$0.books.isEmpty }
      trace.input(
        "measured depth", target, "USD",
        "Σ weight · min(now, EWMA, low quantile) of min(bids, asks) within depthBandPpm")
    }
    let dollars = target.map { $0 >= 0 && $0 < 0x1p53 ? Int64($0) : 0 }
    depth = Double(limiter.step(towardAmount: dollars, relaxation: terms[.relaxation]) ?? 0)
    trace.derived("depth", depth, "USD", "falls at once, rises by at most relaxationPpm an epoch")

    let funding = Crowding.fundingScore(view.funding)?.score
    let score = Crowding.imbalanceScore(view.openInterest)
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

    imbalance = view.openInterest.last.flatMap {
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
    trace.input("open interest", larger, "USD", "of the larger side")
  }

  /// Whether moving the price of fresh books costs no more than k times what it can bring; no without books or open
  /// interest.
  private static func isManipulable(
    _ venues: [VenueBooksView], at time: Int64, openInterest: Double, terms: UnderlyingTerms
  ) -> Bool {
    let fresh = venues.filter { venue in
      venue.books.last.map { time - $0.timeMilliseconds / 1_000 <= terms[.depthMaximumAge] } ?? false
    }
    guard !fresh.isEmpty, openInterest > 0, terms[.manipulationFactor] > 0 else { return false }
    return !ManipulationGuards.isTooCostly(
      books: fresh, openInterestUSD: openInterest, move: terms.fraction(.manipulationMove),
      factor: terms.fraction(.manipulationFactor))
  }

  /// The lower of the last day's volume and a day's mean over thirty: a crash multiplies volume and must not make
  /// a market look deep (margin B.7, trap 8).
  private static func dailyVolume(_ view: UnderlyingView) -> Double {
    let perDay = max(1, Int(clamping: 86_400 / max(1, view.interval)))
    let month = view.bars.suffix(30 * perDay)
    guard !month.isEmpty else { return 0 }
    let sum = month.reduce(0) { $0 + $1.quoteVolume }
    let mean = sum / Double(month.count) * Double(perDay)
    let day = month.suffix(perDay)
    let last = day.reduce(0) { $0 + $1.quoteVolume } / Double(day.count) * Double(perDay)
    return min(mean, last)
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
  /// How many standard deviations the last spread is above the mean of those before it, of the venue where it is
  /// furthest; nil for fewer than ``leastSpreads`` of them.
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
      let books = venue.books.suffix(Int(terms[.depthBooks]))
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

  private static func score(_ spreads: [Double]) -> Double? {
    guard let last = spreads.last, spreads.count > leastSpreads,
      let before = Moments(of: Array(spreads.dropLast())), let deviation = before.sampleDeviation
    else { return nil }
    return (last - before.mean) / max(deviation, leastDeviation)
  }
}
