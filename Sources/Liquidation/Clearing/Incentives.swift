/// What one maker quoted at a sampled moment.
public struct QuoteSample: Hashable, Sendable {
  /// What stood on the side of buyers within the band, in quanta; not negative.
  public let bid: Int64
  /// What stood on the side of sellers within the band, in quanta; not negative.
  public let ask: Int64
  /// What of both the maker had as quotes against itself, or took back before they could be met, in quanta.
  public let wash: Int64

  /// A sample.
  public init(bid: Int64, ask: Int64, wash: Int64 = 0) {
    self.bid = bid
    self.ask = ask
    self.wash = wash
  }
}

/// How a pool of rebates is shared among those who provide depth (mechanism M49):
///
///     score = uptime·Σ_t min(bid, ask) less wash quotes,   rebate = pool·score/Σ score
///
/// Only two-sided depth counts, at every sample, so that one side or one moment earns nothing, and quotes
/// that nobody could meet are taken off.
public enum LiquidityIncentives {
  /// The score of a maker, in quanta times ppm.
  ///
  /// - Parameters:
  ///   - samples: one for each moment of the period.
  ///   - leastDepth: below this a moment does not count as uptime, in quanta.
  public static func score(_ samples: [QuoteSample], leastDepth: Int64) -> Int128 {
    guard !samples.isEmpty else { return 0 }
    var (sum, up): (Int128, Int64) = (0, 0)
    for sample in samples {
      let depth = max(0, min(sample.bid, sample.ask) - max(0, sample.wash))
      guard depth > 0, depth >= leastDepth else { continue }
      sum += Int128(depth)
      up += 1
    }
    return sum * Int128(up) * Int128(onePpm) / Int128(samples.count)
  }

  /// The rebates of makers: in sum the pool, to the quantum; nothing at all if nobody has a score.
  ///
  /// - Throws: ``LiquidationError/malformed`` for a negative pool, ``LiquidationError/overflow``.
  public static func rebates(
    pool: Int64, samples: [[QuoteSample]], leastDepth: Int64
  ) throws(LiquidationError) -> [Int64] {
    let scores = samples.map { score($0, leastDepth: leastDepth) }
    let largest = scores.max() ?? 0
    guard largest > 0 else { return samples.map { _ in 0 } }
    // Scores are only compared: they are brought below 2⁴⁰ together.
    let unit = max(1, largest >> 40)
    return try Apportionment.parts(of: pool, by: scores.map { Int64($0 / unit) })
  }

  /// What of a backstop's commitment bonus is paid: in proportion to what it filled of what it was asked in
  /// stress, and nothing if it was never asked.
  ///
  /// - Throws: ``LiquidationError/malformed`` for negative amounts, or more filled than asked.
  public static func commitmentBonus(
    _ bonus: Int64, asked: Int64, filled: Int64
  ) throws(LiquidationError) -> Int64 {
    guard bonus >= 0, asked >= 0, (0...max(0, asked)).contains(filled) else { throw .malformed }
    guard asked > 0 else { return 0 }
    return try ExactMoney.amount(ExactMoney.floor(Int128(bonus), times: Int128(filled), over: Int128(asked)))
  }
}
