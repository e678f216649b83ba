public import MarketData

/// How old a series is at an instant, against the greatest age at which it counts.
public struct SeriesAge: Hashable, Sendable {
  /// The series as inputs are named: "BTC/bars".
  public let series: String
  /// What it is.
  public let kind: SeriesKind
  /// When its newest row is of, in seconds since 1970: the end of a bar, the stamp of anything else; nil if
  /// nothing was known.
  public let newest: Int64?
  /// How old that is, in seconds.
  public let age: Int64?
  /// The greatest age at which it counts.
  public let limit: Int64

  /// Whether it does not count: too old, or nothing known at all.
  public var isStale: Bool { age.map { $0 > limit } ?? true }
}

/// Which series of a market count at an instant, and the market without the others (M01, M07, M09 for those
/// that had greatest ages before).
///
/// What is stale is not a measurement. Nothing takes the place of funding; what has no bars, no open interest
/// or no insurance report, though it is listed, is blind: its positions may only be closed, and its margin
/// does not relax.
struct Freshness {
  /// The ages of all series that are listed or known, in the order of the inputs.
  let ages: [SeriesAge]
  /// The underlyings as estimators see them.
  let underlyings: [UnderlyingView]
  /// What the insurance fund holds over what it should hold; nil where no report counts.
  let insurance: Double?
  /// What of the series that are fresh contradicts the others, and what is only further off than markets are.
  let contradictions, deviations: [String: SeriesAgreement.Disagreement]
  private let stale: [String: Set<SeriesKind>]
  private let staleUsage: Set<String>
  private let isInsuranceStale: Bool

  init(_ market: Market, _ view: MarketView, _ configuration: EngineConfiguration) {
    let ages = Self.ages(market, view, configuration)
    var (stale, usage, isInsuranceStale) = ([String: Set<SeriesKind>](), Set<String>(), false)
    for age in ages where age.isStale {
      let subject = age.series.split(separator: "/").first.map(String.init) ?? age.series
      switch age.kind {
      case .usage: usage.insert(subject)
      case .insurance: isInsuranceStale = true
      case .bars, .funding, .openInterest, .books, .chain, .prices:
        stale[subject, default: []].insert(age.kind)
      }
    }
    let old = Set(ages.lazy.filter(\.isStale).map(\.series))
    var (contradictions, deviations) = (
      [String: SeriesAgreement.Disagreement](), [String: SeriesAgreement.Disagreement]()
    )
    for underlying in view.underlyings {
      let agreement = SeriesAgreement(underlying, without: old)
      contradictions.merge(agreement.contradictions) { first, _ in first }
      deviations.merge(agreement.deviations) { first, _ in first }
      for disagreement in agreement.contradictions.values {
        stale[underlying.id, default: []].insert(disagreement.kind)
      }
    }
    (self.ages, self.stale, staleUsage, self.isInsuranceStale) = (ages, stale, usage, isInsuranceStale)
    (self.contradictions, self.deviations) = (contradictions, deviations)
    underlyings = view.underlyings.map { [stale, contradictions] view in
      view.measured(without: stale[view.id] ?? []) { contradictions["\(view.id)/\($0)"] != nil }
    }
    insurance = isInsuranceStale ? nil : view.insurance.last?.share
  }

  /// The series that do not count, as exceptions of a publication.
  var exceptions: [PublicationException] {
    ages.compactMap { age in
      if age.isStale {
        return PublicationException(id: age.series, reason: age.age == nil ? .missing : .stale)
      }
      guard contradictions[age.series] != nil else { return nil }
      return PublicationException(id: age.series, reason: .contradictory)
    }
  }

  /// What of an underlying does not count.
  func blindness(_ underlying: String) -> Blindness {
    let kinds = stale[underlying] ?? []
    return Blindness(
      toBars: kinds.contains(.bars), toCrowding: kinds.contains(.funding),
      closesOnly: kinds.contains(.bars) || kinds.contains(.openInterest) || isInsuranceStale
        || contradictions["\(underlying)/prices"] != nil)
  }

  /// Whether what is held and owed of an asset was reported and is too old.
  func isUsageStale(_ asset: String) -> Bool { staleUsage.contains(asset) }

  // MARK: Ages

  private static func ages(
    _ market: Market, _ view: MarketView, _ configuration: EngineConfiguration
  ) -> [SeriesAge] {
    var ages: [SeriesAge] = []
    func add(_ series: String, _ kind: SeriesKind, newest: Int64?, isListed: Bool, limit: Int64) {
      guard isListed || newest != nil else { return }
      ages.append(
        SeriesAge(
          series: series, kind: kind, newest: newest, age: newest.map { max(0, view.time - $0) }, limit: limit
        ))
    }
    for underlying in view.underlyings {
      let listing = market.listing.underlyings.first { $0.id == underlying.id }
      let terms = UnderlyingTerms(configuration, underlying: underlying.id, elapsed: 0)
      let id = underlying.id
      add(
        "\(id)/bars", .bars, newest: underlying.bars.last.map { $0.openTime + underlying.interval },
        isListed: true, limit: terms[.barMaximumAge] + underlying.interval)
      // Before its first payment a contract has none to be late with.
      add(
        "\(id)/funding", .funding, newest: underlying.funding.last?.time,
        isListed: false, limit: terms[.fundingMaximumAge])
      add(
        "\(id)/open-interest", .openInterest, newest: underlying.openInterest.last?.time,
        isListed: listing?.openInterest != nil, limit: terms[.openInterestMaximumAge])
      add(
        "\(id)/prices", .prices, newest: underlying.prices.last.map { $0.timeMilliseconds / 1_000 },
        isListed: listing?.prices != nil, limit: terms[.priceMaximumAge])
      for venue in underlying.books {
        add(
          "\(id)/books/\(venue.venue)", .books, newest: venue.books.last.map { $0.timeMilliseconds / 1_000 },
          isListed: true, limit: terms[.depthMaximumAge])
      }
      add(
        "\(id)/chain", .chain, newest: underlying.chain?.time, isListed: listing?.options != nil,
        limit: terms[.optionMaximumAge])
    }
    for (index, asset) in market.listing.assets.enumerated() {
      let terms = UnderlyingTerms(configuration, underlying: asset.underlying ?? asset.id, elapsed: 0)
      let prices = index < view.assetPrices.count ? view.assetPrices[index].last : nil
      add(
        "\(asset.id)/prices", .prices, newest: prices.map { $0.timeMilliseconds / 1_000 },
        isListed: asset.prices != nil, limit: terms[.priceMaximumAge])
      // What was never reported is a signal that is absent.
      add(
        "\(asset.id)/usage", .usage,
        newest: index < view.assetUsage.count ? view.assetUsage[index].last?.time : nil,
        isListed: false, limit: configuration[.reportMaximumAge])
    }
    add(
      "insurance", .insurance, newest: view.insurance.last?.time, isListed: false,
      limit: configuration[.reportMaximumAge])
    return ages
  }
}

/// What is not known of an underlying because series of it do not count.
struct Blindness {
  /// No bars: volatility, volume and regime are not known.
  let toBars: Bool
  /// No funding: crowding is not known.
  let toCrowding: Bool
  /// Positions may only be closed.
  let closesOnly: Bool

  /// Nothing.
  static let nothing = Blindness(toBars: false, toCrowding: false, closesOnly: false)

  /// Whether margin may not relax: what would let it is not known.
  var holdsMargin: Bool { toBars || toCrowding || closesOnly }

  /// Where a rate goes: not below what it is while something is not known.
  func target(_ asked: Int64, from current: Int64?) -> Int64 {
    holdsMargin ? max(asked, current ?? asked) : asked
  }
}
