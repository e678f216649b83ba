import CircuitLanguage
import ExactIntegers

/// Short paths into a parameter tree that is known to have them.
extension ParameterValue {
  subscript(field: String) -> ParameterValue {
    if case .record(let record) = self { record.fields[field] ?? .list([]) } else { .list([]) }
  }

  var list: [ParameterValue] { if case .list(let list) = self { list } else { [] } }

  var id: String { if case .record(let record) = self { record.id ?? "" } else { "" } }

  var integer: Integer { if case .integer(let value) = self { value } else { 0 } }
}

/// Margin requirements computed straight from the definitions, in exact integers: bracket formulas
/// instead of splits, maxima instead of reserves. Shares nothing with the circuits.
struct MarginOracle {
  let tree: ParameterValue
  /// By coordinate name.
  let book: [String: Integer]

  private func held(_ name: String) -> Integer { book[name] ?? 0 }

  /// Σ over brackets of rate · lots in the bracket.
  private func tiered(_ lots: Integer, _ list: ParameterValue, _ rate: String) -> Integer {
    var (rest, total) = (lots, Integer(0))
    for bracket in list.list {
      let part = min(rest, bracket["cap"].integer)
      total += part * bracket[rate].integer
      rest -= part
    }
    return total
  }

  var equity: Integer {
    var equity = held("cash")
    for asset in tree["collateral"].list {
      equity += tiered(held("holding/\(asset.id)"), asset["tranches"], "value")
      equity -= asset["debt"].integer * held("debt/\(asset.id)")
    }
    for instrument in tree["instruments"].list {
      let x = held("position/\(instrument.id)")
      equity += x * (x > 0 ? instrument["markFloor"].integer : instrument["markCeil"].integer)
    }
    return equity
  }

  var bracketRequirement: Integer {
    tree["instruments"].list.reduce(0) { sum, instrument in
      let x = held("position/\(instrument.id)")
      return sum
        + (x > 0
          ? tiered(x, instrument["long"], "margin") : tiered(-x, instrument["short"], "margin"))
    }
  }

  /// The worst scenario losses of all groups.
  var scenarioLosses: Integer {
    var total = Integer(0)
    for group in tree["groups"].list {
      var worst = Integer(0)
      for s in group["scenarios"].list.indices {
        let gain = group["instruments"].list.reduce(Integer(0)) { sum, instrument in
          let x = held("position/\(instrument.id)")
          return sum + x.magnitude * instrument[x > 0 ? "pnlLong" : "pnlShort"].list[s].integer
        }
        worst = max(worst, -gain)
      }
      total += worst
    }
    return total
  }

  /// Σ of the charges of lots held, and of lots sold.
  private func contingency(_ list: String, _ sign: Integer) -> Integer {
    tree["instruments"].list.reduce(0) { sum, instrument in
      let x = held("position/\(instrument.id)") * sign
      return x > 0 ? sum + x * instrument[list].integer : sum
    }
  }

  var scenarioSlack: Integer {
    1_000_000 * equity - tree["beta"].integer * (scenarioLosses + contingency("contLong", 1))
  }

  var minimumSlack: Integer {
    1_000_000 * equity - tree["beta"].integer * (contingency("contShort", -1) + contingency("contLong", 1))
  }

  var portfolioRequirement: Integer {
    var total = scenarioLosses
    for instrument in tree["instruments"].list {
      let x = held("position/\(instrument.id)")
      total += x.magnitude * instrument[x > 0 ? "contLong" : "contShort"].integer
    }
    return total
  }

  var bracketSlack: Integer { 1_000_000 * equity - tree["theta"].integer * bracketRequirement }

  var portfolioSlack: Integer { 1_000_000 * equity - tree["beta"].integer * portfolioRequirement }

  var valueAtRiskSlack: Integer {
    var slack = equity * equity
    for f in tree["factors"].list.indices {
      let exposure = tree["instruments"].list.reduce(Integer(0)) { sum, instrument in
        let loadings = instrument["factors"].list
        return loadings.isEmpty ? sum : sum + loadings[f].integer * held("position/\(instrument.id)")
      }
      slack -= exposure * exposure
    }
    return slack
  }

  var collateralSlack: Integer {
    let assets = tree["collateral"].list
    guard let btc = assets.first(where: { $0.id == "BTC" }),
      let usdc = assets.first(where: { $0.id == "USDC" })
    else { return 0 }
    return 1_000_000 * btc["tranches"].list[0]["value"].integer * held("holding/BTC")
      - tree["tiers"]["healthy"].integer * usdc["debt"].integer * held("debt/USDC")
  }
}
