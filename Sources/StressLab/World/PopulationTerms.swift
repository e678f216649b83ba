/// A leverage, and how many accounts have it.
public struct LeverageWeight: Hashable, Sendable {
  /// Notional over equity at entry; at least 1.
  public var leverage: Double
  /// Its weight beside the others.
  public var weight: Double

  /// A leverage with a weight.
  public init(_ leverage: Double, _ weight: Double) {
    self.leverage = leverage
    self.weight = weight
  }
}

/// What a made-up population is drawn from.
public struct PopulationTerms: Hashable, Sendable {
  /// How many accounts.
  public var accounts: Int
  /// The share of longs, 0 to 1.
  public var longShare: Double
  /// Leverages at entry, each with its weight.
  public var leverages: [LeverageWeight]
  /// The notional that half of the accounts have at most, in USD.
  public var medianNotional: Double
  /// How unequal accounts are: the deviation of the logarithm of notional.
  public var inequality: Double
  /// The most legs of an account.
  public var legs: Int
  /// Over how many hours before the scenario accounts were opened.
  public var entryHours: Int
  /// The share of accounts that close by themselves, and at which loss over their equity at entry.
  public var stopShare: Double
  /// The loss at which they do, as a share of equity at entry.
  public var stopLoss: Double
  /// The share of accounts whose equity is in the stable asset; the others have cash.
  public var stableShare: Double
  /// What all longs are worth in sum, in USD; nil for what the accounts come to.
  public var openInterest: Double?

  /// A population like those of venues for perpetuals.
  public init(accounts: Int) {
    self.accounts = accounts
    longShare = 0.6
    leverages = [
      LeverageWeight(2, 0.2), LeverageWeight(3, 0.2), LeverageWeight(5, 0.25), LeverageWeight(10, 0.2),
      LeverageWeight(20, 0.15),
    ]
    medianNotional = 5_000
    inequality = 1.6
    legs = 2
    entryHours = 240
    stopShare = 0.15
    stopLoss = 0.6
    stableShare = 0.3
    openInterest = nil
  }
}
