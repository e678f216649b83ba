public import MarginRules

/// The market moves of a scenario group (M28): nine moves of the price by three of volatility, as Deribit's
/// portfolio margin and CME SPAN have, and far moves of which a share counts.
public struct ScenarioGrid: Hashable, Sendable {
  /// The moves.
  public let scenarios: [Scenario]

  /// For a group with options.
  ///
  /// - Parameters:
  ///   - range: the furthest move of the grid in ppm, positive.
  ///   - steps: moves on each side, at least 1.
  ///   - farDown: the furthest fall in ppm; half of it is a row as well.
  ///   - farUp: the furthest rise in ppm; ⅔, ⅓ and ⅙ of it are rows as well.
  ///   - farWeight: the share of a far loss that counts, in ppm.
  public init(range: Int64, steps: Int64, farDown: Int64, farUp: Int64, farWeight: Int64) {
    let steps = max(1, steps)
    let near = (-steps...steps).flatMap { step in
      [-1_000_000, 0, 1_000_000].map { vol in
        Scenario(weight: 1_000_000, price: range * step / steps, vol: vol)
      }
    }
    let far = [-farDown, -farDown / 2, farUp / 6, farUp / 3, farUp * 2 / 3, farUp].map {
      Scenario(weight: farWeight, price: $0, vol: 1_000_000)
    }
    scenarios = near + far
  }

  /// For a group of futures only: their losses are linear, so the two ends decide, and moving by the base
  /// rate makes the matrix ask no more than the first bracket does (margin B.4).
  public init(linearRange range: Int64) {
    scenarios = [-range, range].map { Scenario(weight: 1_000_000, price: $0, vol: 0) }
  }
}

/// What one lot gains in one scenario, rounded down for both sides, so that a long and a short lot together
/// never gain (margin B.5, lemma 3).
public struct ScenarioGain: Hashable, Sendable {
  /// What a long lot gains, in quanta.
  public let long: Int64
  /// What a short lot gains, in quanta.
  public let short: Int64

  /// These gains, which together must not be positive.
  init(long: Int64, short: Int64) {
    self.long = long
    self.short = min(short, -long)
  }

  /// From the exact gain of a long lot in USD, weighted: ⌊w·ΔV⌋ and ⌊-w·ΔV⌋.
  public init(dollars gain: Double, weight: Int64) {
    let weighted = gain * Double(weight) / 1e6
    self.long = Quanta.floorOfGain(dollars: weighted)
    // What is not a number is the greatest loss of both.
    self.short = Quanta.floorOfGain(dollars: -weighted)
  }

  /// Of a contract whose value follows the price, for a lot worth at least `markFloor` and at most `markCeil`
  /// quanta: what is lost counts with the greater, what is gained with the lesser value. Moves and weights are in
  /// ppm; nothing is rounded but the end: ⌊±V·move·w⌋.
  public init(markFloor: Int64, markCeil: Int64, move: Int64, weight: Int64) {
    // |V| < 2⁵⁰, |move| < 2⁴⁰, weight < 2²¹: below 2¹¹¹
    let factor = Int128(move) * Int128(weight)
    let range = SnapshotLimits.coefficients
    let (up, down) = (Int128(markFloor) * factor, Int128(markCeil) * factor)
    self.long = floorQuotient(move > 0 ? up : down, 1_000_000_000_000).clamped(to: range)
    self.short = floorQuotient(move > 0 ? -down : -up, 1_000_000_000_000).clamped(to: range)
  }
}

/// Shocks of volatility in a scenario (M28): relative, larger for short terms.
///
///     σ' = σ·max(least, 1 + v·shock·(30/days)^p)
public struct VolatilityShock: Hashable, Sendable {
  /// The relative rise for 30 days.
  public var up: Double
  /// The relative fall for 30 days.
  public var down: Double

  /// A volatility falls to no less than this share of itself.
  public static let least = 0.1
  /// Shorter terms than this many days have the shock of this many.
  public static let shortestDays = 1.0

  /// These shocks.
  public init(up: Double, down: Double) {
    self.up = up
    self.down = down
  }

  /// What volatility is multiplied by.
  ///
  /// - Parameters:
  ///   - vol: the shock of the scenario in ppm: 1 000 000 is one rise, -1 000 000 one fall.
  ///   - term: (30/days)^p of the option.
  public func multiplier(vol: Int64, term: Double) -> Double {
    let size = vol >= 0 ? up : down
    return max(Self.least, 1 + Double(vol) / 1e6 * size * term)
  }
}
