public import MarginRules

/// What an account may do by how far its equity covers its requirement (M32). The multipliers are public, so
/// each zone is one more linear inequality.
public enum Zone: String, CaseIterable, Comparable, Hashable, Sendable {
  /// Equity is below the maintenance requirement.
  case liquidation
  /// Below θ times it: positions may only be reduced.
  case closeOnly
  /// Positions are kept, but the initial requirement for more is not met.
  case hold
  /// Positions may be opened.
  case open

  /// The zone of an account with this equity and these requirements, all in quanta. Everything is compared as
  /// integers; on the boundary an account is in the better zone.
  public init(
    equityMaintenance: Int128, equityInitial: Int128, maintenance: Int128, initial: Int128,
    tiers: Tiers
  ) {
    func covers(_ equity: Int128, _ requirement: Int128, _ θ: Int64) -> Bool {
      let (left, overflow) = equity.multipliedReportingOverflow(by: 1_000_000)
      let (right, rightOverflow) = requirement.multipliedReportingOverflow(by: Int128(θ))
      return !overflow && !rightOverflow && left >= right
    }
    self =
      if !covers(equityMaintenance, maintenance, tiers.maintenance) {
        .liquidation
      } else if !covers(equityMaintenance, maintenance, tiers.closeOnly) {
        .closeOnly
      } else if !covers(equityInitial, initial, tiers.initial) {
        .hold
      } else {
        .open
      }
  }

  /// The surcharge on orders that grow a position near liquidation: s·(1 - health/θ), in ppm, rounded up
  /// (M32).
  ///
  /// - Parameters:
  ///   - rate: s in ppm, the surcharge at health 0.
  ///   - health: equity over maintenance requirement, in ppm.
  ///   - multiplier: θ in ppm, at and above which the surcharge is 0.
  public static func increaseSurcharge(rate: Int64, health: Int64, multiplier: Int64) -> Int64 {
    guard health < multiplier else { return 0 }
    return ceilingQuotient(
      Int128(rate) * (Int128(multiplier) - Int128(max(0, health))), Int128(max(1, multiplier)))
  }

  /// By how much may be done.
  public static func < (a: Zone, b: Zone) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .liquidation: 0
    case .closeOnly: 1
    case .hold: 2
    case .open: 3
    }
  }
}

/// How often accounts prove that they are covered (M33): the more volatile, the more often.
///
///     T = clip(T₀·σ₀/σ, least, greatest), halved in stress, and never below the least
public enum MarginCallInterval {
  /// T in whole seconds, rounded down.
  ///
  /// - Parameters:
  ///   - standard: T₀ in seconds, at σ = σ₀.
  ///   - reference: σ₀ per √year.
  ///   - volatility: σ per √year; what is not positive gives the greatest interval.
  public static func seconds(
    standard: Int64, reference: Double, volatility: Double, range: ClosedRange<Int64>,
    regime: Regime
  ) -> Int64 {
    guard volatility > 0 else { return range.upperBound }
    let exact = Double(standard) * reference / volatility
    let longest = Double(range.upperBound)
    var seconds = exact < longest ? Int64(exact.rounded(.down)) : range.upperBound
    if regime == .stress || regime == .extreme { seconds /= 2 }
    return seconds.clamped(to: range)
  }

  /// What a missing proof means for an account (M33). Liquidation never waits for a proof of the trader's.
  ///
  /// - Parameters:
  ///   - provenEpoch: the epoch of the last proof.
  ///   - epoch: the present epoch.
  ///   - graceEpochs: for how many later epochs a proof is accepted.
  public static func standing(
    provenEpoch: Int64, epoch: Int64, graceEpochs: Int64
  ) -> ProofStanding {
    let (age, overflow) = epoch.subtractingReportingOverflow(provenEpoch)
    guard !overflow, age >= 0 else { return .missing }
    if age == 0 { return .current }
    return age <= graceEpochs ? .grace : .missing
  }
}

/// Whether the last proof of an account still counts.
public enum ProofStanding: String, Hashable, Sendable {
  /// It is of this epoch.
  case current
  /// It is of an earlier epoch and still accepted: only for reducing.
  case grace
  /// The account counts as below maintenance.
  case missing
}
