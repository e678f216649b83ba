/// Who trades beside the accounts of a run (mechanism M60). The standard is that only liquidators and market
/// makers do.
public struct AgentTerms: Hashable, Sendable {
  /// How long after an auction has begun the first liquidator bids, in seconds; each other one is five
  /// seconds later.
  public var liquidatorLatency: Int64
  /// What all liquidators may hold together at the mark before they have sold it on, as a share of the
  /// notional of all accounts; their losses lessen it, their gains add to it. Nil for as much as depth lets
  /// them take.
  public var liquidatorCapital: Double?
  /// What arbitrageurs have, as a multiple of the depth of all instruments; 0 for no arbitrageurs.
  public var arbitrageCapital: Double
  /// The deviation from the undisturbed price that they leave, as a share.
  public var arbitrageCost: Double
  /// Large accounts.
  public var whales: WhaleTerms
  /// A new snapshot comes every this number of steps, 1 to 10,000.
  public var publicationInterval: Int
  /// Whether it comes at each step with the chance of one in ``publicationInterval`` instead, decided by a
  /// beacon that nobody knows beforehand (mechanism M37).
  public var isPublicationRandom: Bool
  /// What a front-runner sells or buys before a snapshot, as a multiple of an instrument's depth; 0 for no
  /// front-runner.
  public var frontRunnerSize: Double
  /// What selling and buying back costs it beside its own impact, as a share.
  public var frontRunnerCost: Double
  /// By which share it expects the first snapshot to move a price; later it goes by what it has seen.
  public var frontRunnerExpectation: Double

  /// Liquidators without delay and limit, nobody else, a snapshot in every step.
  public init() {
    liquidatorLatency = 0
    liquidatorCapital = nil
    arbitrageCapital = 0
    arbitrageCost = 0.001
    whales = WhaleTerms()
    publicationInterval = 1
    isPublicationRandom = false
    frontRunnerSize = 0
    frontRunnerCost = 0.0005
    frontRunnerExpectation = 0.02
  }
}

/// A few accounts that hold a large part of a market, each with its own rule when to get out.
public struct WhaleTerms: Hashable, Sendable {
  /// How many, 0 to 1,000.
  public var count: Int
  /// Their part of the notional of all accounts, 0 to 0.9.
  public var share: Double
  /// The share of them that are long, the first of them; 0 to 1.
  public var longShare: Double
  /// Notional over equity at entry, at least 1; less where the initial margin of so large a position asks for
  /// it.
  public var leverage: Double
  /// The loss over equity at entry at which they begin to close, 0 to 1; 1 for never.
  public var stopLoss: Double
  /// What one of them closes in a step at most, as a multiple of depth.
  public var pace: Double

  /// None; if there are any, with a fifth of notional at three times their equity, out at a loss of half of
  /// it.
  public init() {
    count = 0
    share = 0.2
    longShare = 1
    leverage = 3
    stopLoss = 0.5
    pace = 0.25
  }
}
