internal import MarginRules
internal import RiskModels

/// The scenarios of one group and what revaluation needs of them, computed once.
struct ScenarioTable {
  let group: ScenarioGroup
  /// The relative moves of the price.
  let moves: [Double]

  init(id: String, _ grid: ScenarioGrid) {
    group = ScenarioGroup(id: id, scenarios: grid.scenarios)
    moves = grid.scenarios.map { Double($0.price) / 1e6 }
  }

  /// What a lot of a contract that follows the price gains in each scenario.
  func gains(markFloor: Int64, markCeil: Int64) -> [ScenarioGain] {
    group.scenarios.map {
      ScenarioGain(
        markFloor: markFloor, markCeil: markCeil, move: $0.price, weight: $0.weight)
    }
  }

  /// What a lot of an option gains in each scenario, by full revaluation.
  ///
  /// - Parameters:
  ///   - size: what one lot is in units of the underlying.
  ///   - term: (30/days)^p.
  func gains(
    _ option: Black76, size: Double, shock: VolatilityShock, term: Double
  ) -> [ScenarioGain] {
    let now = option.price
    return zip(group.scenarios, moves).map { scenario, move in
      let moved = Black76(
        forward: option.forward * (1 + move), strike: option.strike, years: option.years,
        volatility: shock.shocked(option.volatility, vol: scenario.vol, term: term),
        kind: option.kind)
      // A value that cannot be had is the greatest loss of both sides.
      return ScenarioGain(
        dollars: moved.map { ($0.price - now) * size } ?? .nan, weight: scenario.weight)
    }
  }

  /// (30/days)^p for a time to expiry, days at least ``VolatilityShock/shortestDays``, p by whether that is
  /// less than 30.
  static func term(years: Double, short: Double, long: Double) -> Double {
    let days = max(VolatilityShock.shortestDays, years * 365)
    return DeterministicMath.power(30 / days, days < 30 ? short : long)
  }
}
