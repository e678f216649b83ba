/// What is published beside a snapshot: terms that no statement about an account contains, so the schema of
/// snapshots has no place for them. They stand in the record of the publication, follow from the same inputs,
/// and are checked with it when it is computed again.
///
/// All rates are in ppm and rounded against the trader. What is not known is nil.
public struct PublishedTerms: Hashable, Sendable {
  /// What is foretold and watched of each underlying, in the order of the listing.
  public var underlyings: [UnderlyingNotice] = []
  /// The fees of each instrument of the snapshot, in its order.
  public var fees: [InstrumentFees] = []
  /// What maintenance margin of open positions is on its way to, of sides that are not there yet.
  public var ramps: [MaintenanceRamp] = []
  /// Interest and isolation of each asset, in the order of the listing.
  public var assets: [AssetNotice] = []
  /// The surcharge on orders that grow a position near liquidation (M32).
  public var surcharge = IncreaseSurcharge(rate: 0, multiplier: 1_000_000)
  /// Listed instruments that the snapshot does not have or not with terms of their own, series of the market
  /// that do not count, and why.
  public var exceptions: [PublicationException] = []

  /// Nothing.
  public init() {}
}

/// What is foretold and watched of an underlying.
public struct UnderlyingNotice: Hashable, Sendable {
  /// The underlying.
  public var id: String
  /// The volatility index over thirty days, per √year (M07).
  public var index: Int64?
  /// The strategy in effect: that of the configuration, or the one before it where something lacked.
  public var strategy: MarginStrategy
  /// What the strategy of the configuration lacked; empty unless another one is in effect.
  public var lacked: String
  /// The volatility through the cycle and the conditional one that rates come from, per √year.
  public var cycle: Int64
  /// The conditional volatility that rates come from, per √year.
  public var conditional: Int64
  /// The volatility expected of the next day, per √year (M40).
  public var forecast: Int64?
  /// The upper end of its band of 95 %.
  public var forecastUpper: Int64?
  /// The probability that depth falls below half its median (M39).
  public var drought: Int64?
  /// What the forecast volatility is multiplied by for it.
  public var droughtFactor: Int64
  /// What forecasts leave of the largest position.
  public var positionShare: Int64
  /// The level of the circuit breaker, 0 to 3 (M46).
  public var breaker: Int64
  /// Liquidations over what the market absorbs (M55).
  public var liquidationLoad: Int64?
  /// What the insurance fund holds over what it should hold.
  public var insuranceShare: Int64?

  /// An underlying of which nothing is known.
  public init(id: String) {
    self.id = id
    strategy = .buffer
    lacked = ""
    (cycle, conditional) = (0, 0)
    (droughtFactor, positionShare) = (1_000_000, 1_000_000)
    breaker = 0
  }
}

/// What trading and leverage cost in an instrument (M36), of notional.
public struct InstrumentFees: Hashable, Sendable {
  /// The instrument.
  public var id: String
  /// The fee of closing; the snapshot has it as `feeExit`, in quanta per lot.
  public var close: Int64
  /// The fee of opening a long, with the premium where longs are the larger side.
  public var openLong: Int64
  /// The fee of opening a short.
  public var openShort: Int64
  /// The fee of leverage for a day, for lots in each bracket from the first; empty for options.
  public var leverage: [Int64]
}

/// Maintenance margin of one side of an instrument that tightens in steps.
public struct MaintenanceRamp: Hashable, Sendable {
  /// The instrument.
  public var id: String
  /// Whether it is the rate of longs.
  public var isLong: Bool
  /// The rate of this snapshot in the first bracket, in ppm.
  public var rate: Int64
  /// The rate that the market asks for now, in ppm.
  public var target: Int64
  /// The most that the rate rises in an hour, in ppm of itself.
  public var perHour: Int64
}

/// Interest and isolation of an asset (M35, M36).
public struct AssetNotice: Hashable, Sendable {
  /// The asset.
  public var id: String
  /// The share that is lent.
  public var utilisation: Int64?
  /// Interest a year on debts in it, until the next publication.
  public var borrowRate: Int64?
  /// What interest is multiplied by in the regime; it is in ``borrowRate`` already.
  public var borrowRegime: Int64
  /// What one unit of debt taken at the beginning has grown to.
  public var accrual: AccrualIndex
  /// What may still be borrowed against it, in quanta; nil when it has no ceiling or nobody says what it
  /// backs.
  public var headroom: Int64?
  /// Whether it is paused.
  public var isPaused: Bool
  /// What the first lots lose of their price as collateral for maintenance margin.
  public var haircut: Int64
  /// Whether its price collapsed, so that it backs nothing until it is listed anew.
  public var hasCollapsed: Bool
}

/// The surcharge on orders that grow a position near liquidation: s·(1 - health/θ), of notional (M32).
public struct IncreaseSurcharge: Hashable, Sendable {
  /// s, at no health at all.
  public var rate: Int64
  /// θ, the multiple of maintenance margin from which on there is none.
  public var multiplier: Int64

  /// These terms.
  public init(rate: Int64, multiplier: Int64) {
    self.rate = rate
    self.multiplier = multiplier
  }

  /// The surcharge of an account that shows no more than to be in a band: that of the least health in it.
  ///
  /// - Parameter band: the multiple of maintenance margin that the account proved, in ppm.
  public func ppm(proving band: Int64) -> Int64 {
    Zone.increaseSurcharge(rate: rate, health: band, multiplier: multiplier)
  }
}

/// Why a listed instrument is not in a snapshot or not with terms of its own, or a series of the market does
/// not count.
public struct PublicationException: Hashable, Sendable {
  /// The reasons.
  public enum Reason: String, CaseIterable, Hashable, Sendable {
    /// It has expired, so it is left out; accounts settle it before they prove under this snapshot.
    case expired
    /// Nothing was ever known of the option's volatility, so it stands at its arbitrage bounds: held for what
    /// exercising it now would give, owed at the most that it can be worth, and may only be closed.
    case boundsOnly
    /// The series is older than the greatest age at which it counts; see ``SeriesAge``.
    case stale
    /// The series is listed and nothing is known of it.
    case missing
    /// The series says another price than the others of its underlying, or its own columns contradict each
    /// other.
    case contradictory
    /// The price fell until one lot is worth less than a thousand quanta: marks and margins are rounded
    /// against the account by more than a thousandth, and it may only be closed until it is listed in larger
    /// lots.
    case lotTooSmall
  }

  /// The instrument or asset, or the series as inputs are named: "BTC/bars".
  public var id: String
  /// The reason.
  public var reason: Reason

  /// An instrument, an asset or a series, and the reason.
  public init(id: String, reason: Reason) {
    self.id = id
    self.reason = reason
  }
}
