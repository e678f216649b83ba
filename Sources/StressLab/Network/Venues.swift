internal import RiskModels

/// A margin rate that another venue has published in a snapshot whose signature was verified.
public struct PeerRate: Hashable, Sendable {
  /// The venue.
  public let venue: String
  /// The rate, as a share of notional.
  public let rate: Double
  /// From when on the snapshot no longer applies, in seconds since 1970.
  public let validTo: Int64

  /// A rate of a verified snapshot.
  public init(venue: String, rate: Double, validTo: Int64) {
    self.venue = venue
    self.rate = rate
    self.validTo = validTo
  }
}

/// A floor for margins in common (mechanism M59): `max(own, w·median of the peers)`.
///
/// Half of the peers would have to lie together to move the median; those who are silent or late do not
/// count, and with fewer than a quorum the own rate stands alone.
public struct SynchronisedFloor: Hashable, Sendable {
  /// The rate to publish.
  public let rate: Double
  /// The median of the peers that count; nil without a quorum.
  public let median: Double?
  /// Who counted, in order of names.
  public let counted: [String]

  /// - Parameters:
  ///   - own: the venue's own rate.
  ///   - weight: w, 0 to 1.
  ///   - staleness: for how many seconds after its end a snapshot still counts.
  ///   - quorum: the least number of peers.
  public init(
    own: Double, peers: [PeerRate], weight: Double, at now: Int64, staleness: Int64, quorum: Int
  ) {
    var latest: [String: PeerRate] = [:]
    for peer in peers where peer.rate.isFinite && peer.rate > 0 && now - peer.validTo <= max(0, staleness) {
      if latest[peer.venue].map({ peer.validTo > $0.validTo }) ?? true { latest[peer.venue] = peer }
    }
    counted = latest.keys.sorted()
    median = counted.count >= max(1, quorum) ? OrderStatistics.median(of: latest.values.map(\.rate)) : nil
    rate = max(own, min(max(weight, 0), 1) * (median ?? 0))
  }
}

/// One venue among those that balance leverage together.
public struct VenueLeverage: Hashable, Sendable {
  /// The notional of all positions, in USD.
  public let notional: Double
  /// The equity of all accounts, in USD.
  public let equity: Double
  /// Depth, in USD: what a venue can bear to lose.
  public let depth: Double

  /// A venue.
  public init(notional: Double, equity: Double, depth: Double) {
    self.notional = notional
    self.equity = equity
    self.depth = depth
  }
}

/// Bringing the leverage of all venues together to a target (mechanism M64).
public enum LeverageBalance {
  /// G = Σ notional/Σ equity; nil without equity.
  public static func leverage(_ venues: [VenueLeverage]) -> Double? {
    let equity = venues.reduce(0) { $0 + $1.equity }
    return equity > 0 ? venues.reduce(0) { $0 + $1.notional } / equity : nil
  }

  /// The factor on initial margins: (G/G*)^k while G is above the target, 1 otherwise.
  ///
  /// - Parameter exponent: k; with 1 one step brings G to G*, if notional follows margin in proportion.
  public static func factor(leverage: Double, target: Double, exponent: Double) -> Double {
    guard leverage > target, target > 0 else { return 1 }
    return DeterministicMath.exp(exponent * DeterministicMath.log(leverage / target))
  }

  /// How much notional each venue gives up so that together they come to a target, water-filling by depth:
  /// the venue with most notional for its depth first, until all that give have the same.
  ///
  /// - Returns: USD for each venue; in sum what is beyond the target, as far as there is notional.
  public static func reductions(_ venues: [VenueLeverage], target: Double) -> [Double] {
    let equity = venues.reduce(0) { $0 + $1.equity }
    let excess = venues.reduce(0) { $0 + $1.notional } - target * equity
    guard excess > 0 else { return venues.map { _ in 0 } }
    // The level w: Σ max(0, notional - w·depth) = excess falls as w rises.
    func taken(_ level: Double) -> Double { venues.reduce(0) { $0 + max(0, $1.notional - level * $1.depth) } }
    var (low, high) = (0.0, venues.map { $0.depth > 0 ? $0.notional / $0.depth : 0 }.max() ?? 0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if taken(middle) > excess { low = middle } else { high = middle }
    }
    return venues.map { max(0, $0.notional - high * $0.depth) }
  }
}
