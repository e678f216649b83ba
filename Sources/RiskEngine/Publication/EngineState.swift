public import CanonicalBytes

/// What the engine remembers from one publication to the next, and nothing else: everything that a snapshot
/// depends on besides the market, the configuration and the beacon.
///
/// Estimators look back over bars each time, so no window is kept here. Binary fractions are written as their
/// bits, so a state that was written and read again gives the same snapshots.
public struct EngineState: Hashable, Sendable {
  /// The number of the last snapshot; 0 before the first.
  public var epoch: Int64
  /// When the last snapshot was published, in seconds since 1970.
  public var time: Int64
  /// How many publications in a row failed.
  public var failures: Int64
  /// What is remembered of each underlying, by name.
  public var underlyings: [String: UnderlyingState]
  /// What is remembered of each instrument, by name.
  public var instruments: [String: InstrumentState]
  /// What is remembered of each asset, by name.
  public var assets: [String: AssetState]

  /// Before the first snapshot.
  public static let initial = EngineState()

  init() {
    epoch = 0
    time = 0
    failures = 0
    underlyings = [:]
    instruments = [:]
    assets = [:]
  }

  /// SHA-256 of ``canonicalBytes``.
  public var digest: Digest { .sha256(of: canonicalBytes) }
}

/// What is remembered of an underlying.
public struct UnderlyingState: Hashable, Sendable {
  /// The last price for what is held, in USD.
  public var held: Double?
  /// The last price for what is owed, in USD.
  public var owed: Double?
  /// The breaker.
  public var breaker = CircuitBreaker()
  /// Depth in whole dollars, which falls at once and recovers slowly.
  public var depth = RateLimiter()
  /// The buffer against longs for the skew of options, at least 1.
  public var skewLong = 1.0
  /// The buffer against shorts.
  public var skewShort = 1.0
  /// The coefficients of models and when they were fitted.
  public var fit: ModelFit?
  /// The volatility index once a day; empty while no options say one.
  public var index = IndexHistory()
  /// The worst moves of its own bars.
  public var stress = ObservedStress()

  init() {}
}

/// Coefficients that are fitted now and then rather than at every publication.
public struct ModelFit: Hashable, Sendable {
  /// When it was made, in seconds since 1970.
  public var time: Int64
  /// The variance a year through the cycle, without the prior; 0 while nothing moved.
  public var cycleVariance: Double
  /// The seconds of history behind it.
  public var cycleSeconds: Int64
  /// The coefficients of ``LogarithmicFit/recorded``; empty while there is too little history.
  public var autoregression: [Double]
  /// The same with the implied variance; empty while there is too little history of an index.
  public var impliedAutoregression: [Double]
  /// The quantile of losses of longs in standard deviations (M23).
  public var tailLong: Double
  /// The quantile of losses of shorts.
  public var tailShort: Double

  /// These coefficients.
  public init(
    time: Int64, cycleVariance: Double, cycleSeconds: Int64, autoregression: [Double],
    impliedAutoregression: [Double] = [], tailLong: Double, tailShort: Double
  ) {
    self.time = time
    self.cycleVariance = cycleVariance
    self.cycleSeconds = cycleSeconds
    self.autoregression = autoregression
    self.impliedAutoregression = impliedAutoregression
    self.tailLong = tailLong
    self.tailShort = tailShort
  }
}

/// What is remembered of an instrument.
public struct InstrumentState: Hashable, Sendable {
  /// Rates of longs.
  public var long = SideState()
  /// Rates of shorts.
  public var short = SideState()
  /// The last volatility of an option, per √year.
  public var volatility: Double?

  init() {}
}

/// The published rates of one side of an instrument.
public struct SideState: Hashable, Sendable {
  /// The initial rate.
  public var initial = RateLimiter()
  /// The maintenance rate.
  public var maintenance = RateLimiter()
  /// The largest position in lots, which rises at once and falls slowly, so that what is open can be closed.
  public var limit = RateLimiter()

  init() {}
}

/// What is remembered of an asset.
public struct AssetState: Hashable, Sendable {
  /// The haircut for initial margin.
  public var initial = RateLimiter()
  /// The haircut for maintenance margin.
  public var maintenance = RateLimiter()
  /// The last price for what is held, in USD.
  public var held: Double?
  /// The last price for what is owed, in USD.
  public var owed: Double?
  /// Interest a year on debts in the asset since the last snapshot, in ppm; 0 while it is not known.
  public var borrowRate: Int64 = 0
  /// What a debt taken at the beginning has grown to.
  public var accrual = AccrualIndex()
  /// When its price fell below a share of its slow average; nil unless it did, and was not listed anew since.
  public var collapsedAt: Int64?

  init() {}
}
