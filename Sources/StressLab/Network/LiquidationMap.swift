internal import RiskModels

/// Where positions would be liquidated: the value of positions by the price at which they would, over the
/// price now (mechanism M54).
public struct LiquidationMap: Hashable, Sendable {
  /// The edges of the bins, as multiples of the price now, ascending and evenly apart in logarithms; one more
  /// than bins.
  public let edges: [Double]
  /// USD of longs in each bin.
  public private(set) var longs: [Double]
  /// USD of shorts in each bin.
  public private(set) var shorts: [Double]
  /// USD of positions that no price in the range liquidates.
  public private(set) var beyond = 0.0

  /// A map from `lowest` to `highest` times the price now.
  public init(bins: Int = 60, lowest: Double = 0.4, highest: Double = 2) {
    let bins = max(1, bins)
    let (a, b) = (DeterministicMath.log(lowest), DeterministicMath.log(highest))
    edges = (0...bins).map { DeterministicMath.exp(a + (b - a) * Double($0) / Double(bins)) }
    longs = [Double](repeating: 0, count: bins)
    shorts = [Double](repeating: 0, count: bins)
  }

  /// A map with the usual bins that holds this; with as many of each as there are bins.
  init(longs: [Double], shorts: [Double], beyond: Double) {
    self.init()
    (self.longs, self.shorts, self.beyond) = (longs, shorts, beyond)
  }

  /// Adds a position.
  ///
  /// - Parameters:
  ///   - factor: the price of liquidation over the price now; nil for a position that none liquidates.
  ///   - notional: its value in USD.
  public mutating func add(isLong: Bool, factor: Double?, notional: Double) {
    guard let factor, let first = edges.first, let last = edges.last, factor >= first, factor < last,
      let bin = edges.lastIndex(where: { $0 <= factor }), longs.indices.contains(bin)
    else {
      beyond += notional
      return
    }
    if isLong { longs[bin] += notional } else { shorts[bin] += notional }
  }

  /// All that was added, in USD: bins and what is beyond them.
  public var total: Double { longs.reduce(0, +) + shorts.reduce(0, +) + beyond }

  /// Q: what would be closed by force if the price went to a multiple of the present one, in USD: longs whose
  /// price of liquidation lies at or above it when it falls, shorts when it rises.
  public func forced(at factor: Double) -> Double {
    var sum = 0.0
    for bin in longs.indices {
      let middle = (edges[bin] * edges[bin + 1]).squareRoot()
      if factor < 1, middle >= factor { sum += longs[bin] }
      if factor > 1, middle <= factor { sum += shorts[bin] }
    }
    return sum
  }

  /// k = λ·ρ: the further move that closing everything within a move x would bring, over x (mechanism M57).
  ///
  /// - Parameters:
  ///   - move: x, negative for a fall.
  ///   - impact: the share by which selling an amount of USD moves the price.
  public func fragility(move: Double, impact: (Double) -> Double) -> Double {
    guard move != 0 else { return 0 }
    let quantity = forced(at: 1 + move)
    return quantity > 0 ? impact(quantity) / move.magnitude : 0
  }
}

/// The warning that a fragility gives.
public enum FragilityAlarm: String, CaseIterable, Hashable, Sendable {
  /// k ≤ 0.6.
  case quiet
  /// k > 0.6.
  case warning
  /// k > 0.9.
  case alarm

  /// The warning of k; one that is not a number is an alarm.
  public init(_ k: Double) {
    if k <= 0.6 { self = .quiet } else if k <= 0.9 { self = .warning } else { self = .alarm }
  }
}

/// How healthy accounts are, each weighed by the value of its positions (mechanism M56).
public struct HealthDistribution: Hashable, Sendable {
  /// The lower edges of the bands; the last has no end.
  public static let edges: [Double] = [0, 0.5, 0.9, 1, 1.05, 1.1, 1.2, 1.5, 2, 3, 5]
  /// Accounts in each band.
  public private(set) var counts: [Int]
  /// USD of positions in each band.
  public private(set) var weights: [Double]
  /// Accounts without any requirement.
  public private(set) var endless = 0
  private var values: [(health: Double, weight: Double)] = []

  /// Nobody.
  public init() {
    counts = [Int](repeating: 0, count: Self.edges.count)
    weights = [Double](repeating: 0, count: Self.edges.count)
  }

  /// Accounts and USD by band, of whom no more is known.
  init(counts: [Int], weights: [Double], endless: Int) {
    (self.counts, self.weights, self.endless) = (counts, weights, endless)
  }

  /// Adds an account: equity over requirement, nil where nothing is required. Below zero counts as zero.
  public mutating func add(_ health: Double?, weight: Double) {
    guard let health else {
      endless += 1
      return
    }
    let band = Self.edges.lastIndex { $0 <= health } ?? 0
    counts[band] += 1
    weights[band] += weight
    values.append((max(0, health), weight))
  }

  /// Adds accounts of which only the band is known: hidden ones have proved no more.
  public mutating func add(band: Int, accounts: Int) {
    guard counts.indices.contains(band) else { return }
    counts[band] += accounts
  }

  /// All accounts.
  public var total: Int { counts.reduce(0, +) + endless }

  /// The health that a share of accounts is below, of those whose health is known exactly; nil without any.
  public func quantile(_ share: Double) -> Double? {
    OrderStatistics.quantile(share, of: values.map(\.health), rule: .lower)
  }

  /// The mean health of the worst share of accounts; nil without any.
  public func expectedShortfall(_ share: Double) -> Double? {
    let sorted = values.map(\.health).sorted()
    let count = max(1, Int((share * Double(sorted.count)).rounded(.up)))
    guard !sorted.isEmpty else { return nil }
    return sorted.prefix(count).reduce(0, +) / Double(min(count, sorted.count))
  }

  /// Whether two distributions have the same bands.
  public static func == (a: Self, b: Self) -> Bool {
    a.counts == b.counts && a.weights == b.weights && a.endless == b.endless
  }

  /// Hashes the bands.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(counts)
    hasher.combine(weights)
    hasher.combine(endless)
  }
}
