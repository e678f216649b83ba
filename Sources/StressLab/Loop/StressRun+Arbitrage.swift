internal import RiskModels

/// Arbitrageurs lean against the deviation of a price from the undisturbed path, with what they have
/// (mechanism M60).
///
/// A price deviates by Y·σ·√(∣F∣/V), F being what was sold by force and has not been absorbed. They buy of F
/// what brings the deviation down to their cost, at the mean of the prices before and after, as far as equity
/// less what they hold reaches. What they hold they give back at the pace at which the market absorbs: with G
/// the forced flow and I what they hold,
///
///     F = G + I,  dG = -λ·G·dt,  dI = -λ·I·dt,  so that dF = -λ·F·dt
///
/// as without them, and their selling needs no law of its own.
extension StressRun {
  /// What arbitrageurs have at the beginning, in USD.
  private var arbitrageCapital: Double {
    terms.agents.arbitrageCapital * lab.instruments.reduce(0) { $0 + $1.depth }
  }

  /// What they have won or lost so far at these prices, in USD.
  func arbitrageProfit(_ prices: [Double]) -> Double {
    Double(funds.arbitrage) / 1e6 + lots(of: funds.arbitrageLots, at: prices) { $0 }
  }

  /// What they hold at these prices without regard to side, in USD.
  func arbitrageHoldings(_ prices: [Double]) -> Double {
    lots(of: funds.arbitrageLots, at: prices, \.magnitude)
  }

  private func lots(of held: [Int64], at prices: [Double], _ part: (Double) -> Double) -> Double {
    lab.instruments.indices.reduce(0) { $0 + part(Double(held[$1]) * usd(prices, $1)) }
  }

  /// The price of a lot in USD.
  func usd(_ prices: [Double], _ i: Int) -> Double { prices[i] * lab.instruments[i].lot }

  /// Arbitrageurs give back what the market has absorbed, and take of the rest what they can.
  ///
  /// - Parameter undisturbed: the prices of this step without forced trades.
  mutating func arbitrage(_ undisturbed: [Double], _ depths: [Double]) {
    guard terms.agents.arbitrageCapital > 0 else { return }
    let kept = ForcedFlow.kept(after: scenario.stepSeconds, halfLife: terms.impactHalfLife)
    var prices = undisturbed
    for (i, instrument) in lab.instruments.enumerated() {
      prices[i] *= DeterministicMath.exp(flow.impact(i, instrument, terms, depth: depths[i]))
      let given = Int64(Double(funds.arbitrageLots[i]) * (1 - kept))
      funds.trade(.arbitrage, i, lots: -given, perLot: usd(prices, i))
    }
    let equity = arbitrageCapital + arbitrageProfit(prices)
    var room = max(0, equity - arbitrageHoldings(prices))
    for (i, instrument) in lab.instruments.enumerated() where room > 0 {
      let outstanding = flow.outstanding(i)
      let left = flow.quantity(moving: terms.agents.arbitrageCost, instrument, terms, depth: depths[i])
      let wanted = min(outstanding.magnitude - left, room)
      guard wanted > 0 else { continue }
      func deviation(_ quantity: Double) -> Double {
        flow.law(quantity, instrument, terms, depth: depths[i]) * (outstanding < 0 ? -1 : 1)
      }
      let (before, after) = (deviation(outstanding.magnitude), deviation(outstanding.magnitude - wanted))
      let price = undisturbed[i] * instrument.lot * DeterministicMath.exp((before + after) / 2)
      let bought = Int64(wanted / price) * (outstanding < 0 ? 1 : -1)
      funds.trade(.arbitrage, i, lots: bought, perLot: price)
      flow.add(i, usd: Double(bought) * price)
      room -= Double(bought.magnitude) * price
    }
  }
}
