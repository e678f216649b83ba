public import CanonicalBytes

/// The fields of a risk snapshot before anything has checked them.
///
/// Everything is an integer: values in quanta of 10⁻⁶ USD, rates and multipliers in parts per million
/// (ppm), amounts in lots, times in seconds since 1970. ``RiskSnapshot`` is made from a draft and only
/// exists when the draft is sound.
public struct SnapshotDraft: Hashable, Sendable {
  /// The number of the snapshot in its chain, within ``SnapshotLimits/totals``.
  public var epoch: Int64
  /// When the market data were taken, in seconds since 1970 (UTC), within ``SnapshotLimits/times``; not after
  /// `validFrom`.
  public var asOf: Int64
  /// The first second at which the snapshot applies, in seconds since 1970, within ``SnapshotLimits/times``.
  public var validFrom: Int64
  /// The first second at which it no longer applies, in seconds since 1970; later than `validFrom`.
  public var validTo: Int64
  /// The digest of the snapshot before this one; zero for the first.
  public var prevHash: Digest
  /// The hash of the market data and other inputs.
  public var inputRoot: Digest
  /// The public randomness that decided when to publish.
  public var beacon: Digest
  /// The state of volatility that the engine saw.
  public var regime: Regime
  /// How much trading is stopped: 0 none, 1 only closing, 2 no opening, 3 everything.
  public var haltLevel: Int64
  /// For how many later epochs a proof under this snapshot is still accepted: 0 to 65,535.
  public var graceEpochs: Int64
  /// The zone multipliers θ.
  public var tiers: Tiers
  /// The multiplier β of scenario losses and contingency for initial margin, in ppm, 1.0 to 16.0
  /// (``SnapshotLimits/multipliers``).
  public var bufferPpm: Int64
  /// A remark for human readers, at most 1,024 bytes. It is part of the digest and has no other effect.
  public var note: String?
  /// The factors of the factor value at risk.
  public var factors: [RiskFactor]
  /// The scenario groups. Losses of one are not offset by gains of another.
  public var groups: [ScenarioGroup]
  /// The assets that may be held as collateral or owed.
  public var collateral: [CollateralAsset]
  /// The instruments in which positions are held.
  public var instruments: [Instrument]
  /// The names of the venue's own numbers of instruments and assets; nil for none. At least one if not nil.
  public var attributes: SnapshotAttributes?

  /// A draft with everything but these fields at its default: the first of a chain, no halt, a
  /// volatility regime that is normal, a buffer of 1.0.
  public init(
    epoch: Int64, validFrom: Int64, validTo: Int64, tiers: Tiers,
    groups: [ScenarioGroup], collateral: [CollateralAsset], instruments: [Instrument]
  ) {
    self.epoch = epoch
    asOf = validFrom
    self.validFrom = validFrom
    self.validTo = validTo
    prevHash = .zero
    inputRoot = .zero
    beacon = .zero
    regime = .normal
    haltLevel = 0
    graceEpochs = 0
    self.tiers = tiers
    bufferPpm = 1_000_000
    note = nil
    factors = []
    self.groups = groups
    self.collateral = collateral
    self.instruments = instruments
    attributes = nil
  }
}

/// The state of volatility, from the ratio of a fast to a slow estimate.
public enum Regime: String, CaseIterable, Hashable, Sendable {
  /// Below its long-run level.
  case calm
  /// About its long-run level.
  case normal
  /// Well above it.
  case stress
  /// Far above it, or just after a jump.
  case extreme
}

/// The zone multipliers θ in ppm, each 1.0 to 16.0: an account is in a zone while equity covers θ times a
/// requirement.
public struct Tiers: Hashable, Sendable {
  /// On the maintenance requirement: below it an account is liquidated.
  public var maintenance: Int64
  /// On the initial requirement: at or above it an account may open positions.
  public var initial: Int64
  /// On the maintenance requirement: below it an account may only close positions.
  public var closeOnly: Int64
  /// On debt, for the collateral ratio of a loan.
  public var healthy: Int64

  /// The multiplier ``healthy`` where a snapshot names none: 1.5.
  public static let defaultHealthy: Int64 = 1_500_000

  /// These multipliers.
  public init(
    maintenance: Int64, initial: Int64, closeOnly: Int64, healthy: Int64 = defaultHealthy
  ) {
    self.maintenance = maintenance
    self.initial = initial
    self.closeOnly = closeOnly
    self.healthy = healthy
  }
}

/// A source of risk that moves instruments together, such as the level of one price.
public struct RiskFactor: Hashable, Sendable {
  /// The name of the factor.
  public var id: String

  /// The factor of this name.
  public init(id: String) {
    self.id = id
  }
}

/// Market moves that instruments of one kind are revalued under.
public struct ScenarioGroup: Hashable, Sendable {
  /// The name of the group.
  public var id: String
  /// The moves; every instrument of the group has one gain or loss for each.
  public var scenarios: [Scenario]

  /// A group of these scenarios.
  public init(id: String, scenarios: [Scenario]) {
    self.id = id
    self.scenarios = scenarios
  }
}

/// One market move. It informs: what counts is the gain or loss that each instrument states for it.
public struct Scenario: Hashable, Sendable {
  /// The share of the loss that counts, in ppm (1,000,000 is all of it), already inside the gains and losses.
  public var weight: Int64
  /// The relative change of the price, in ppm: -660,000 is a fall by 66 %.
  public var price: Int64
  /// The change of volatility in ppm of the engine's shock: 1000000 is one shock upwards.
  public var vol: Int64

  /// A move of price and volatility.
  public init(weight: Int64, price: Int64, vol: Int64) {
    self.weight = weight
    self.price = price
    self.vol = vol
  }
}
