internal import RiskModels

extension StressRun {
  /// What a trade of the front-runner costs on one side, as a share: half of its cost, and the mean of its
  /// own impact.
  private func side(_ usd: Double, _ i: Int, _ depths: [Double]) -> Double {
    terms.agents.frontRunnerCost / 2
      + flow.law(usd, lab.instruments[i], terms, depth: depths[i]) * 2 / 3
  }

  /// Once the prices of a step are known: it learns what the last snapshot did, and buys back.
  mutating func leaveFrontRun(_ step: Int, _ undisturbed: [Double], _ prices: [Double], _ depths: [Double]) {
    guard terms.agents.frontRunnerSize > 0 else { return }
    for i in lab.instruments.indices {
      let deviation = DeterministicMath.log(prices[i] / undisturbed[i])
      if frontRunner.directions[i] != 0 {
        let move = frontRunner.directions[i] * (deviation - frontRunner.deviations[i])
        frontRunner.expected[i] = (frontRunner.expected[i] + max(0, move)) / 2
      }
      frontRunner.deviations[i] = deviation
      if let position = frontRunner.positions[i], step >= position.step + 2 {
        leave(position, i, undisturbed, prices, depths)
      }
    }
  }

  private mutating func leave(
    _ position: FrontRunner.Position, _ i: Int, _ undisturbed: [Double], _ prices: [Double],
    _ depths: [Double]
  ) {
    let price = usd(prices, i)
    let worse = side(Double(position.lots.magnitude) * price, i, depths)
    funds.trade(
      .frontRunner, i, lots: -position.lots, perLot: price * (position.lots < 0 ? 1 + worse : 1 - worse))
    flow.add(i, usd: -Double(position.lots) * price)
    funds.settle(
      .frontRunner, usd: -Double(position.lots) * (usd(undisturbed, i) - position.hedge))
    frontRunner.positions[i] = nil
  }

  /// At the end of a step: whether it trades before the next.
  mutating func enterFrontRun(
    _ step: Int, published: Bool, _ undisturbed: [Double], _ prices: [Double], _ depths: [Double]
  ) {
    guard terms.agents.frontRunnerSize > 0 else { return }
    let chance = schedule.chance(step + 1)
    for (i, instrument) in lab.instruments.enumerated() {
      let direction: Double =
        prices[i] < frontRunner.published[i] ? -1 : prices[i] > frontRunner.published[i] ? 1 : 0
      frontRunner.directions[i] = published ? direction : 0
      if published {
        frontRunner.published[i] = prices[i]
        if frontRunner.positions[i] != nil { frontRunner.hits += 1 }
      }
      guard !published, direction != 0, frontRunner.positions[i] == nil, step + 2 < scenario.steps else {
        continue
      }
      let (value, price) = (terms.agents.frontRunnerSize * instrument.depth, usd(prices, i))
      let worse = side(value, i, depths)
      guard chance * frontRunner.expected[i] > 2 * worse else { continue }
      let lots = Int64(value / price) * (direction < 0 ? -1 : 1)
      guard lots != 0 else { continue }
      funds.trade(.frontRunner, i, lots: lots, perLot: price * (lots < 0 ? 1 - worse : 1 + worse))
      flow.add(i, usd: Double(lots) * price)
      frontRunner.positions[i] = FrontRunner.Position(lots: lots, step: step, hedge: usd(undisturbed, i))
      frontRunner.trades += 1
    }
  }
}
