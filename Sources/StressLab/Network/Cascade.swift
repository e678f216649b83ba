internal import RiskModels

/// The spiral of a price and what is sold by force because of it (mechanism M53):
///
///     price falls ─▶ Q(p) is closed by force ─▶ the price falls by λ·ΔQ ─▶ …
///
/// iterated to its fixed point. In the linear case, Q = ρ·move, the move is amplified by A = 1/(1 - λ·ρ)
/// while λ·ρ < 1.
public struct Cascade: Hashable, Sendable {
  /// The move at first, as a share; negative for a fall.
  public let initial: Double
  /// The move at the end.
  public let total: Double
  /// What was closed by force, in USD.
  public let forced: Double
  /// How many rounds it took.
  public let rounds: Int
  /// Whether it came to rest: otherwise everything within the range was closed.
  public let hasConverged: Bool

  /// A: the move at the end over the first; 1 without a move.
  public var amplification: Double { initial != 0 ? total / initial : 1 }

  /// Iterates from a first move.
  ///
  /// - Parameters:
  ///   - initial: -0.99 to 10.
  ///   - forced: Q, the USD that are closed by force once the price has moved by a share; never falling with
  ///     the size of the move.
  ///   - impact: by which share closing an amount of USD moves the price; not negative.
  ///   - limit: the move at which everything is closed, such as -0.99.
  public init(
    initial: Double, forced: (Double) -> Double, impact: (Double) -> Double, limit: Double,
    maximumRounds: Int = 10_000
  ) {
    self.initial = initial
    let sign = initial < 0 ? -1.0 : 1
    var (move, closed, rounds, settled) = (initial, 0.0, 0, initial == 0)
    while !settled, rounds < maximumRounds {
      rounds += 1
      closed = max(closed, forced(move))
      var next = initial + sign * max(0, impact(closed))
      if next.magnitude >= limit.magnitude { next = sign * limit.magnitude }
      settled = (next - move).magnitude <= 1e-12 * max(1, next.magnitude)
      move = next
      if move.magnitude >= limit.magnitude { break }
    }
    total = move
    self.forced = initial == 0 ? 0 : max(closed, forced(move))
    self.rounds = rounds
    hasConverged = settled && move.magnitude < limit.magnitude
  }

  /// The closed form of the linear case: 1/(1 - k), nil for k ≥ 1, where nothing holds the price.
  public static func linearAmplification(_ k: Double) -> Double? { k < 1 ? 1 / (1 - k) : nil }

  /// The share of amplifications beyond a threshold: the probability of a cascade over seeds or scenarios;
  /// nil without any.
  public static func probability(_ amplifications: [Double], beyond threshold: Double) -> Double? {
    guard !amplifications.isEmpty else { return nil }
    return Double(amplifications.count { $0 > threshold }) / Double(amplifications.count)
  }
}

/// Early signs of a market that no longer returns to where it was: the first autocorrelation and the variance
/// of returns rise (mechanism M57).
public enum CriticalSlowing {
  /// The first autocorrelation of a series, -1 to 1; nil for fewer than three values or none that differ.
  public static func autocorrelation(_ values: [Double]) -> Double? {
    guard values.count > 2 else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    var (product, square) = (0.0, 0.0)
    for (a, b) in zip(values, values.dropFirst()) { product += (a - mean) * (b - mean) }
    for a in values { square += (a - mean) * (a - mean) }
    return square > 0 ? product / square : nil
  }

  /// How forced notional answers to the price: d ln Q/d ln p at a move x, by the difference of half a percent
  /// to both sides; nil where nothing is closed.
  public static func leverageDynamics(at x: Double, forced: (Double) -> Double) -> Double? {
    let h = 0.005
    let (a, b) = (forced(x - h), forced(x + h))
    guard a > 0, b > 0 else { return nil }
    return (DeterministicMath.log(b) - DeterministicMath.log(a))
      / (DeterministicMath.log(1 + x + h) - DeterministicMath.log(1 + x - h))
  }
}
