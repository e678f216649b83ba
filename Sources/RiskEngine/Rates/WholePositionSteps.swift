public import MarginRules

/// A margin rule with one rate for the whole position, which rises by a step for every `step` units above a
/// base (M25): dYdX v3's position-dependent initial margin, BitMEX's risk limits.
///
///     rate(n) = min(100 %, rate₀ + increment·⌈max(0, n - base) / step⌉)
public struct WholePositionSteps: Hashable, Sendable {
  /// Up to this amount, in lots, the rates are the first ones; not negative.
  public var base: Int64
  /// How much further each step reaches, in lots; positive.
  public var step: Int64
  /// The initial rate up to the base, in ppm.
  public var initial: Int64
  /// The maintenance rate up to the base, in ppm.
  public var maintenance: Int64
  /// What each step adds to the initial rate, in ppm.
  public var initialIncrement: Int64
  /// What each step adds to the maintenance rate, in ppm.
  public var maintenanceIncrement: Int64

  /// The most steps that become brackets.
  public static let mostSteps = 63

  /// A rule, or nil unless base and step are positive and no rate is negative.
  public init?(
    base: Int64, step: Int64, initial: Int64, maintenance: Int64, initialIncrement: Int64,
    maintenanceIncrement: Int64
  ) {
    guard base > 0, step > 0, min(initial, maintenance, initialIncrement, maintenanceIncrement) >= 0
    else { return nil }
    self.base = base
    self.step = step
    self.initial = initial
    self.maintenance = maintenance
    self.initialIncrement = initialIncrement
    self.maintenanceIncrement = maintenanceIncrement
  }

  /// The rate of a position, in ppm.
  public func rate(_ amount: Int64, _ kind: MarginKind) -> Int64 {
    rate(steps: ceilingQuotient(Int128(max(0, amount)) - Int128(base), Int128(step)), kind)
  }

  private func rate(steps: Int64, _ kind: MarginKind) -> Int64 {
    let (first, increment) =
      switch kind {
      case .initial: (initial, initialIncrement)
      case .maintenance: (maintenance, maintenanceIncrement)
      }
    return Int64(
      clamping: min(1_000_000, Int128(first) + Int128(increment) * Int128(max(0, steps))))
  }

  /// Convex brackets that are nowhere below the rule up to the largest position, in which the steps are
  /// joined in equal runs where there are more than ``mostSteps``.
  public func majorant(upTo largest: Int64) -> BracketTable? {
    let steps = max(0, ceilingQuotient(Int128(largest) - Int128(base), Int128(step)))
    let run = max(1, ceilingQuotient(Int128(steps), Int128(Self.mostSteps)))
    var (thresholds, rates) = ([Int64](), [rates(steps: 0)])
    var passed: Int64 = 0
    while passed < steps {
      let (reach, overflow) = passed.multipliedReportingOverflow(by: step)
      guard !overflow, reach <= SnapshotLimits.caps.upperBound - base else { break }
      thresholds.append(base + reach)
      // A run of steps has the rate of its last.
      passed = min(passed + run, steps)
      rates.append(self.rates(steps: passed))
    }
    return BracketTable.majorant(thresholds: thresholds, rates: rates)
  }

  private func rates(steps: Int64) -> BracketTable.Rates {
    BracketTable.Rates(
      initial: rate(steps: steps, .initial), maintenance: rate(steps: steps, .maintenance))
  }
}
