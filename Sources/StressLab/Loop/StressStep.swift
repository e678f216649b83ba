/// What a run looked like at the end of a step. Money is in USD.
public struct StressStep: Hashable, Sendable {
  /// Seconds since the scenario began.
  public var seconds: Int64
  /// The price of each instrument over its first one.
  public var prices: [Double]
  /// What the price would be without forced trades, over its first one.
  public var undisturbed: [Double]
  /// Maintenance margin of a long position in the first instrument, as a share of its value.
  public var marginRate: Double
  /// How much trading is stopped, 0 to 3.
  public var haltLevel: Int64
  /// Accounts that miss their requirement at the end of the step and have not been closed.
  public var backlog: Int
  /// Cases of this step.
  public var cases: Int
  /// Accounts that closed by themselves in this step.
  public var stopped: Int
  /// What was closed by force in this step, at its mark.
  public var forced: Double
  /// The same over what depth can absorb in a step (mechanism M55).
  public var absorption: Double
  /// What the insurance and the penalty pot hold.
  public var fund: Double
  /// What the backstop holds.
  public var backstop: Double
  /// Losses that accounts left in this step.
  public var losses: Double
  /// The value of positions of winners that were closed in this step.
  public var deleveraged: Double
  /// What winners gave up in this step.
  public var socialised: Double
  /// What nobody bore in this step.
  public var unpaid: Double
  /// What all longs are worth at the mark.
  public var openInterest: Double
  /// Whether the venue published a snapshot in this step.
  public var isPublished: Bool
  /// Cases of this step that the rise of margins alone made: at the margins before it, in proportion to the
  /// new marks, the account would have met its requirement.
  public var raisedCases: Int
  /// What was closed by force in them, at its mark.
  public var raisedForced: Double
  /// What arbitrageurs hold, without regard to side, at the price.
  public var arbitrage: Double

  init(seconds: Int64) {
    self.seconds = seconds
    (prices, undisturbed, marginRate, haltLevel) = ([], [], 0, 0)
    (backlog, cases, stopped, forced, absorption) = (0, 0, 0, 0, 0)
    (fund, backstop, losses, deleveraged, socialised, unpaid, openInterest) = (0, 0, 0, 0, 0, 0, 0)
    (isPublished, raisedCases, raisedForced, arbitrage) = (false, 0, 0, 0)
  }
}

/// Why a run ended before its last step.
public enum StressError: Error, Hashable, Sendable {
  /// The engine could publish nothing at all.
  case engine(String)
  /// Money or lots were made or lost in this step: by how many quanta or lots. It is a fault of this library.
  case notConserved(step: Int, difference: Int64)
  /// An input is outside its range: what, and what it may be.
  case parameter(String)
}

/// Everything that a run found. Money is in USD.
public struct StressResult: Hashable, Sendable {
  /// The scenario.
  public let scenario: StressScenario
  /// The seed that population and noise were drawn from.
  public let seed: UInt64
  /// The names of the instruments.
  public let instruments: [String]
  /// Number of accounts.
  public let accounts: Int
  /// One entry for each step.
  public internal(set) var steps: [StressStep]
  /// What the fund held at the beginning.
  public let fundAtStart: Double
  /// What all longs were worth at the beginning.
  public let openInterestAtStart: Double
  /// Liquidation maps at some steps, the first of them before the scenario began.
  public internal(set) var maps: [LiquidationMap]
  /// The step of each map.
  public internal(set) var mapSteps: [Int]
  /// Health of all accounts at the same steps.
  public internal(set) var health: [HealthDistribution]
  /// Fragility k at the same steps, for falls and for rises of the first instrument (mechanism M57).
  public internal(set) var fragility: [FragilityPair]
  /// What bore the losses, in sum over the run.
  public internal(set) var waterfall: [String: Double]
  /// Who lost what: equity of accounts at the begin less at the end by group, positive where lost.
  public internal(set) var lossesByGroup: [GroupLoss]
  /// What each case left unpaid, the largest first, at most a thousand.
  public internal(set) var largestLosses: [Double]
  /// Notices of predictive liquidation against what happened (mechanism M50).
  public internal(set) var forecasts: ForecastRecord
  /// What others than accounts have won or lost.
  public internal(set) var agents: AgentFigures
  /// Bookings that were checked: the sum of all purses and lots was what it had been, in every step.
  public internal(set) var conservationChecks: Int

  /// Fragility for falls and rises.
  public struct FragilityPair: Hashable, Sendable {
    /// Of a fall.
    public let fall: Double
    /// Of a rise.
    public let rise: Double
  }

  /// What others than accounts have won or lost, in USD, negative where lost.
  public struct AgentFigures: Hashable, Sendable {
    /// Liquidators, after they have sold on what they took; the backstop's part of it is its own.
    public internal(set) var liquidators = 0.0
    /// Arbitrageurs, what they hold at the end at the last price.
    public internal(set) var arbitrageurs = 0.0
    /// The front-runner of margin changes, its costs and its hedge taken off.
    public internal(set) var frontRunner = 0.0
    /// How often it traded.
    public internal(set) var frontRunnerTrades = 0
    /// In how many of its trades a snapshot came while it held them.
    public internal(set) var frontRunnerHits = 0
  }

  /// What a group of accounts lost.
  public struct GroupLoss: Hashable, Sendable {
    /// Which: "longs, equity under 1,000 USD", "whales".
    public let name: String
    /// How many accounts.
    public internal(set) var accounts: Int
    /// How many of them were liquidated, in part or whole.
    public internal(set) var liquidated: Int
    /// Equity at the beginning.
    public internal(set) var before: Double
    /// Equity at the end.
    public internal(set) var after: Double
  }

  /// Losses that accounts left, in sum.
  public var losses: Double { steps.reduce(0) { $0 + $1.losses } }
  /// What was closed by force, in sum.
  public var forced: Double { steps.reduce(0) { $0 + $1.forced } }
  /// What nobody bore, in sum.
  public var unpaid: Double { steps.reduce(0) { $0 + $1.unpaid } }
  /// What winners gave up, in sum.
  public var socialised: Double { steps.reduce(0) { $0 + $1.socialised } }
  /// The value of winners' positions that were closed, in sum.
  public var deleveraged: Double { steps.reduce(0) { $0 + $1.deleveraged } }
  /// Cases, in sum.
  public var cases: Int { steps.reduce(0) { $0 + $1.cases } }
  /// Cases that the rise of margins alone made, in sum.
  public var raisedCases: Int { steps.reduce(0) { $0 + $1.raisedCases } }
  /// What was closed by force in them, in sum.
  public var raisedForced: Double { steps.reduce(0) { $0 + $1.raisedForced } }
  /// The least that the fund held.
  public var leastFund: Double { steps.reduce(fundAtStart) { min($0, $1.fund) } }
  /// The greatest number of accounts that waited.
  public var greatestBacklog: Int { steps.reduce(0) { max($0, $1.backlog) } }
  /// The longest run of steps in which more was to be closed than depth absorbs.
  public var overAbsorption: Int {
    var (longest, run) = (0, 0)
    for step in steps {
      run = step.absorption > 1 ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
  /// The fall of the first instrument over the fall without forced trades, at the worst moment of the latter;
  /// 1 without a fall (mechanism M53).
  public var amplification: Double {
    guard let worst = steps.min(by: { ($0.undisturbed.first ?? 1) < ($1.undisturbed.first ?? 1) }),
      let undisturbed = worst.undisturbed.first, undisturbed < 0.999
    else { return 1 }
    let lowest = steps.map { $0.prices.first ?? 1 }.min() ?? 1
    return max(1, (1 - lowest) / (1 - undisturbed))
  }
  /// Whether fund and backstop bore every loss, so that no winner lost and nobody is owed.
  public var isCovered: Bool { unpaid == 0 && socialised == 0 && deleveraged == 0 }
}
