internal import CanonicalBytes
internal import MarketData
internal import RiskModels

/// The probability that depth will fall below half its median (M39), from the books themselves.
///
///     p = 1/(1 + e^-(b₀ + Σ bᵢ·xᵢ)),  xᵢ = clip((featureᵢ - meanᵢ)/scaleᵢ, -8, 8)
///     factor = min(1 + k·p, cap)
///
/// Coefficients are the configuration's; means and scales are fixed, so that coefficients mean the same
/// everywhere. A feature that is not known counts as its mean. Without order books nothing is foretold.
package struct DroughtMeasures {
  /// p; nil without order books.
  let probability: Double?
  /// What the forecast volatility is multiplied by, at least 1.
  let factor: Double

  /// What each feature usually is, in the order of ``DroughtFeatures``: changes of ln depth over an hour and
  /// a day, score of the spread, fast over slow volatility, |score of funding|, open interest over depth, and
  /// the share of past weeks in which this hour was dry.
  package static let means: [Double] = [0, 0, 0, 1, 0.8, 10, 0.05]
  /// How far each feature usually strays.
  package static let scales: [Double] = [0.25, 0.5, 1, 0.4, 1, 20, 0.1]

  init(
    _ view: UnderlyingView, at time: Int64, depth: DepthMeasure?, effectiveDepth: Double,
    volatilityRatio: Double?, fundingScore: Double?, openInterest: Int64, terms: UnderlyingTerms,
    trace: inout Tracer
  ) {
    guard let depth, view.books.contains(where: { !$0.books.isEmpty }),
      let model = Self.model(terms)
    else {
      (probability, factor) = (nil, 1)
      trace.derived("drought probability", nil, "", "no order books, so nothing is foretold (M39)")
      return
    }
    var features = DroughtFeatures()
    let history = DepthHistory(view.books, terms: terms)
    let now = history.depth(at: time)
    features.depthChangeHour = Self.change(from: history.depth(at: time - 3_600), to: now)
    features.depthChangeDay = Self.change(from: history.depth(at: time - 86_400), to: now)
    features.spreadScore = depth.spreadScore
    features.volatilityRatio = volatilityRatio
    features.fundingScore = fundingScore.map(\.magnitude)
    if openInterest > 0, effectiveDepth > 0 {
      features.interestToDepth = Double(openInterest) / effectiveDepth
    }
    features.hourOfWeekRate = depth.usual.flatMap { history.dryShare(ofHourAfter: time, usual: $0) }
    let p = model.probability(features)
    probability = p
    factor = model.rateFactor(
      features, sensitivity: terms.fraction(.droughtSensitivity), cap: terms.fraction(.droughtCap))

    for (name, value, unit) in [
      ("depth change in an hour", features.depthChangeHour, "ln"),
      ("depth change in a day", features.depthChangeDay, "ln"),
      ("spread score", features.spreadScore, "σ"),
      ("open interest over depth", features.interestToDepth, "×"),
      ("dry share of this hour", features.hourOfWeekRate, "of weeks"),
    ] {
      trace.input(name, value, unit, "of the order books; the mean where it is not known (M39)")
    }
    trace.word("drought coefficients", "\(Self.digest(terms))", "SHA-256 of b₀ to b₇ in ppm (M39)")
    trace.derived("drought probability", p, "", "1/(1 + e^-(b₀ + Σ bᵢ·xᵢ))")
    trace.derived("drought factor", factor, "×", "min(1 + k·p, cap)")
  }

  /// ln(to/from); nil where either is zero or not known.
  private static func change(from before: Double?, to now: Double?) -> Double? {
    guard let before, let now, before > 0, now > 0 else { return nil }
    return DeterministicMath.log(now) - DeterministicMath.log(before)
  }

  package static let parameters: [Parameter] = [
    .droughtBase, .droughtDepthHour, .droughtDepthDay, .droughtSpread, .droughtVolatility,
    .droughtFunding, .droughtInterest, .droughtHour,
  ]

  private static func model(_ terms: UnderlyingTerms) -> DroughtModel? {
    LogisticModel(coefficients: parameters.map { terms.fraction($0) }).flatMap {
      DroughtModel(regression: $0, means: means, deviations: scales)
    }
  }

  private static func digest(_ terms: UnderlyingTerms) -> Digest {
    .sha256(of: Array(parameters.map { "\(terms[$0])" }.joined(separator: ",").utf8))
  }
}

/// Depth of all venues together at instants of the past.
private struct DepthHistory {
  let venues: [VenueBooksView]
  let bps: Double
  let maximumAge: Int64

  /// How many weeks an hour of the week is compared with.
  static let weeks: Int64 = 8

  init(_ venues: [VenueBooksView], terms: UnderlyingTerms) {
    self.venues = venues
    bps = terms.fraction(.depthBand) * 1e4
    maximumAge = terms[.depthMaximumAge]
  }

  /// Σ weight·depth of the last books up to an instant; nil when no venue had a fresh one.
  func depth(at time: Int64) -> Double? {
    var sum: Double?
    for venue in venues {
      let count = venue.books.count(upTo: time)
      guard count > 0 else { continue }
      // The last that says anything.
      let known = venue.books[..<(venue.books.startIndex + count)]
      guard let book = known.last(where: { BookDepth($0) != nil }),
        time - book.timeMilliseconds / 1_000 <= maximumAge
      else { continue }
      sum = (sum ?? 0) + Rate.fraction(venue.weightPpm) * least(book)
    }
    return sum
  }

  /// In how many of the past weeks the hour that now begins was dry: its least depth below half the usual
  /// one. Nil when no week is known.
  func dryShare(ofHourAfter time: Int64, usual: Double) -> Double? {
    var (dry, known) = (0, 0)
    for week in 1...Self.weeks {
      let start = time - week * 7 * 86_400
      var sum: Double?
      for venue in venues {
        let first = venue.books.startIndex + venue.books.count(upTo: start)
        let end = venue.books.startIndex + venue.books.count(upTo: start + 3_600)
        guard first < end else { continue }
        guard let lowest = venue.books[first..<end].filter({ BookDepth($0) != nil }).map({ least($0) }).min()
        else {
          continue
        }
        sum = (sum ?? 0) + Rate.fraction(venue.weightPpm) * lowest
      }
      guard let sum else { continue }
      known += 1
      if DroughtModel.isDrought(depths: [sum], medianBefore: usual) { dry += 1 }
    }
    return known > 0 ? Double(dry) / Double(known) : nil
  }

  private func least(_ book: OrderBook) -> Double {
    BookDepth(book)?.minimumDepthUSD(withinBps: bps) ?? 0
  }
}

extension ArraySlice<OrderBook> {
  /// How many books are of an instant in seconds or before it, in a series in order of time.
  fileprivate func count(upTo time: Int64) -> Int {
    let (limit, overflow) = time.multipliedReportingOverflow(by: 1_000)
    guard !overflow else { return time > 0 ? count : 0 }
    var (lower, upper) = (startIndex, endIndex)
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if self[middle].timeMilliseconds <= limit { lower = middle + 1 } else { upper = middle }
    }
    return lower - startIndex
  }
}
