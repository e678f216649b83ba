internal import MarginRules
internal import RiskModels

/// What an option is worth at least and at most whatever its volatility: not below what exercising it gives,
/// not above the forward of a call or the strike of a put.
struct OptionBounds {
  let forward: Double
  let strike: Double
  let isCall: Bool

  /// max(0, ±(F - K))
  var least: Double { max(0, isCall ? forward - strike : strike - forward) }
  /// F of a call, K of a put.
  var most: Double { isCall ? forward : strike }

  /// The bounds after a relative move of the forward.
  func moved(by move: Double) -> OptionBounds {
    OptionBounds(forward: forward * (1 + move), strike: strike, isCall: isCall)
  }
}

extension ScenarioTable {
  /// What a lot of an option at its bounds may lose in each scenario: what is held, of the lower bound; what
  /// is owed, of the upper. Gains do not count, since nobody knows them.
  func gains(_ bounds: OptionBounds, size: Double) -> [ScenarioGain] {
    zip(group.scenarios, moves).map { scenario, move in
      let moved = bounds.moved(by: move)
      return ScenarioGain(
        long: ScenarioGain(dollars: min(0, moved.least - bounds.least) * size, weight: scenario.weight).long,
        short: ScenarioGain(dollars: max(0, moved.most - bounds.most) * size, weight: scenario.weight).short)
    }
  }
}
