public import Liquidation
public import RiskEngine

/// What a venue is put through a scenario with: its engine, its rules of liquidation, its funds, and who
/// trades there.
public struct LabTerms: Sendable {
  /// The engine's parameters.
  public var engine: EngineConfiguration
  /// The terms of liquidations.
  public var liquidation: LiquidationTerms
  /// The insurance fund when the scenario begins, as a share of the notional of all accounts.
  public var fundShare: Double
  /// The part of the fund that the first layer is.
  public var firstLayerShare: Double
  /// What the backstop has, as a share of the notional of all accounts.
  public var backstopShare: Double
  /// The discount at which the backstop takes over, in ppm.
  public var backstopDiscountPpm: Int64
  /// Who is closed against when nobody else takes a position.
  public var deleveraging: DeleveragingPolicy
  /// How many liquidators there are.
  public var liquidators: Int
  /// What all of them can take over in a step of an hour, as a multiple of depth.
  public var liquidatorCapacity: Double
  /// The least gain at which they take a position, as a share of its value, beside the impact of selling it.
  public var liquidatorProfit: Double
  /// Y of the square-root law: forced trades of Q in a step move the price by Y·σ·√(Q/V); 0 for none.
  public var impact: Double
  /// The time in which half of an impact is gone, in seconds.
  public var impactHalfLife: Double
  /// The share of an impact that other underlyings follow.
  public var crossImpact: Double
  /// Market makers leave when the price has moved by this many of its deviations within an hour.
  public var makersLeaveAt: Double
  /// What of their depth is left then.
  public var makersLeft: Double
  /// Who else trades, and when snapshots come.
  public var agents: AgentTerms

  /// A venue under standard parameters.
  public static let standard = LabTerms()

  /// A venue under standard parameters, with a fund of half a percent of notional.
  public init() {
    engine = .standard
    liquidation = .standard
    fundShare = 0.005
    firstLayerShare = 0.5
    backstopShare = 0.01
    backstopDiscountPpm = 30_000
    deleveraging = .queue
    liquidators = 6
    liquidatorCapacity = 4
    liquidatorProfit = 0.002
    impact = 1
    impactHalfLife = 1_800
    crossImpact = 0.2
    makersLeaveAt = 2.5
    makersLeft = 0.3
    agents = AgentTerms()
  }
}
