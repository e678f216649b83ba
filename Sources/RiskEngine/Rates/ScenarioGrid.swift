public import MarginRules

/// The market moves of a scenario group (M28): nine moves of the price by three of volatility, as Deribit's
/// portfolio margin and CME SPAN have, and far moves that count by range/|move|. A position that follows the
/// price so pays no more in a far row than in the furthest near one, and an option that is worth something
/// only there is caught.
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
  ///   - farWeight: the multiple of range/|move| by which a far loss counts, in ppm, at most 1 000 000.
  public init(range: Int64, steps: Int64, farDown: Int64, farUp: Int64, farWeight: Int64) {
    let steps = max(1, steps)
    let near = (-steps...steps).flatMap { step in
      [-1_000_000, 0, 1_000_000].map { vol in
        Scenario(weight: 1_000_000, price: range * step / steps, vol: vol)
      }
    }
    let far = [-farDown, -farDown / 2, farUp / 6, farUp / 3, farUp * 2 / 3, farUp].map {
      Scenario(weight: Self.weight(of: $0, range: range, share: farWeight), price: $0, vol: 1_000_000)
    }
    scenarios = near + far
  }

  /// ⌊share·range/|move|⌋ in ppm, within 1 ppm and 1: rounded down, so that weight·|move| is never above the
  /// range.
  public static func weight(of move: Int64, range: Int64, share: Int64) -> Int64 {
    guard move != 0 else { return 1_000_000 }
    return floorQuotient(
      Int128(share.clamped(to: 0...1_000_000)) * Int128(range), Int128(move.magnitude)
    ).clamped(to: 1...1_000_000)
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
  /// quanta: what is lost counts with the greater, what is gained with the lesser value. Moves and weights
  /// are in ppm; nothing is rounded but the end: ⌊±V·move·w⌋.
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
///     rise:  σ' = max(σ·(1 + v·up·(30/days)^p), upLeast)
///     fall:  σ' = σ·max(least, 1 - |v|·down·(30/days)^p)
///
/// with one power p for options of less than 30 days and another for the others.
public struct VolatilityShock: Hashable, Sendable {
  /// The relative rise for 30 days.
  public var up: Double
  /// The relative fall for 30 days.
  public var down: Double
  /// What a whole rise leads to at least, per √year.
  public var upLeast: Double

  /// A volatility falls to no less than this share of itself.
  public static let least = 0.1
  /// Shorter terms than this many days have the shock of this many.
  public static let shortestDays = 1.0

  /// These shocks.
  public init(up: Double, down: Double, upLeast: Double = 0) {
    self.up = up
    self.down = down
    self.upLeast = upLeast
  }

  /// The volatility after a shock: never below what it was for a rise.
  ///
  /// - Parameters:
  ///   - vol: the shock of the scenario in ppm.
  ///   - term: (30/days)^p of the option.
  public func shocked(_ volatility: Double, vol: Int64, term: Double) -> Double {
    let moved = volatility * multiplier(vol: vol, term: term)
    return vol > 0 ? max(moved, upLeast * min(1, Double(vol) / 1e6)) : moved
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
