internal import RiskModels

/// Losses that pass from one leveraged holder to another through the prices of what both hold (mechanism
/// M58).
///
/// Who has lost sells in proportion to what it holds until its leverage is what it was at most; prices of
/// asset a fall by λ_a for each USD sold, and fall further by what follows.
///
/// - SeeAlso: Greenwood, Landier, Thesmar 2015; Cont, Schaanning 2017.
public struct FireSales: Hashable, Sendable {
  /// USD of each asset that each holder has in the end.
  public let holdings: [[Double]]
  /// The price of each asset over its first one, after shock and sales.
  public let prices: [Double]
  /// What each holder has lost in all, in USD.
  public let losses: [Double]
  /// What of it the shock itself did.
  public let direct: [Double]
  /// Who has nothing left.
  public let failed: [Int]
  /// How many rounds it took.
  public let rounds: Int

  /// What of all losses is not the shock's.
  public var indirect: Double { losses.reduce(0, +) - direct.reduce(0, +) }

  /// Runs sales to their end.
  ///
  /// - Parameters:
  ///   - holdings: USD of each asset by holder.
  ///   - equity: of each holder, positive.
  ///   - leverage: the most that assets may be of equity, for each holder; at least 1.
  ///   - impact: λ, the share that one USD sold takes from the price of each asset; not negative.
  ///   - shock: the share that each asset loses at first, 0 to 1.
  /// - Returns: nil for lists of different lengths or numbers outside their range.
  public init?(
    holdings: [[Double]], equity: [Double], leverage: [Double], impact: [Double], shock: [Double],
    maximumRounds: Int = 1_000
  ) {
    let (n, m) = (equity.count, impact.count)
    guard holdings.count == n, leverage.count == n, shock.count == m, holdings.allSatisfy({ $0.count == m }),
      holdings.joined().allSatisfy({ $0.isFinite && $0 >= 0 }),
      equity.allSatisfy({ $0 > 0 && $0 < .infinity }),
      leverage.allSatisfy({ $0 >= 1 }), impact.allSatisfy({ $0.isFinite && $0 >= 0 }),
      shock.allSatisfy({ (0...1).contains($0) })
    else { return nil }
    var (held, own) = (holdings, equity)
    var prices = shock.map { 1 - $0 }
    var lost = [Double](repeating: 0, count: n)
    func revalue(_ falls: [Double]) {
      for i in 0..<n {
        for a in 0..<m {
          let loss = held[i][a] * falls[a]
          held[i][a] -= loss
          own[i] -= loss
          lost[i] += loss
        }
      }
    }
    revalue(shock)
    direct = lost
    var rounds = 0
    while rounds < maximumRounds {
      var sold = [Double](repeating: 0, count: m)
      for i in 0..<n {
        let assets = held[i].reduce(0, +)
        // Sold: what is beyond the greatest leverage; everything once nothing is left.
        let most = max(0, own[i]) * leverage[i]
        guard assets > most * (1 + 1e-12), assets > 0 else { continue }
        let share = 1 - most / assets
        for a in 0..<m {
          sold[a] += held[i][a] * share
          held[i][a] *= 1 - share
        }
      }
      guard sold.contains(where: { $0 > 0 }) else { break }
      rounds += 1
      let falls = zip(sold, impact).map { min(1, $0 * $1) }
      for a in 0..<m { prices[a] *= 1 - falls[a] }
      revalue(falls)
    }
    self.holdings = held
    self.prices = prices
    losses = lost
    failed = (0..<n).filter { own[$0] <= 0 }
    self.rounds = rounds
  }

  /// Ω = X·Λ·Xᵀ: what one USD sold in proportion by one holder costs another, by overlap of what they hold;
  /// nil for lists of different lengths.
  public static func overlap(holdings: [[Double]], impact: [Double]) -> [[Double]]? {
    guard holdings.allSatisfy({ $0.count == impact.count }) else { return nil }
    return holdings.map { x in
      holdings.map { y in zip(zip(x, y), impact).reduce(0) { $0 + $1.0.0 * $1.1 * $1.0.1 } }
    }
  }
}
