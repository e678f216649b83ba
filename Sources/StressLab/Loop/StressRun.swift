internal import CanonicalBytes
internal import Liquidation
internal import MarginRules
internal import MarketData
internal import RiskEngine
internal import RiskModels

/// A venue in a scenario, step by step: path, market as the engine sees it, snapshot, health of all accounts,
/// liquidations by the real rules, forced trades, impact, and so on.
///
/// It publishes with ``RiskEngine`` and closes with ``Liquidation`` themselves. The same scenario, market,
/// terms and seed give the same result to the bit on every machine.
///
/// Not every account is computed in every step. An account whose equity exceeds its requirement by s cannot
/// miss it before Σ∣lots∣·(movement of what a lot's value and margin are made of) has reached s; until then
/// it is passed over. The bound is of every account in every step, so that nobody who is liquidatable goes
/// unseen: the tests compare with looking at all.
public struct StressRun {
  let scenario: StressScenario
  let terms: LabTerms
  let seed: UInt64
  var lab: LabMarket
  var replay: Replay
  var table: MarginTable
  var population: Population
  var funds: LabFunds
  var flow: ForcedFlow
  var watch: AccountWatch
  /// Whom this step has changed, and who has been ranked in it.
  var changes: AccountChanges
  var rankings: [Ranking: RankedAccounts] = [:]
  let schedule: PublicationSchedule
  var frontRunner: FrontRunner
  /// The notional of all accounts when the scenario began, in USD.
  private let notional: Double
  var random: SeededGenerator
  var result: StressResult
  /// The walk around the path, in logarithms, by instrument.
  private var noise: [Double]
  private var recent: [[Double]] = []
  private var isWatchingAll: Bool
  private var forecasts: (step: Int, horizon: Int, probabilities: [Double], closed: [Bool])?
  private var touched: [Bool]
  private let equityBefore: [Double]

  /// Runs a scenario to its end.
  ///
  /// - Parameters:
  ///   - market: the market before it.
  ///   - population: what accounts are drawn from.
  ///   - progress: called after each step with its number.
  /// - Throws: ``StressError``.
  public static func run(
    _ scenario: StressScenario, in market: LabMarket, population: PopulationTerms, terms: LabTerms,
    seed: UInt64,
    progress: (Int) -> Void = { _ in }
  ) throws(StressError) -> StressResult {
    try run(
      scenario, in: market, population: population, terms: terms, seed: seed, isWatchingAll: false,
      progress: progress)
  }

  /// The same, with every account computed in every step if that is asked for: slow, to compare with.
  package static func run(
    _ scenario: StressScenario, in market: LabMarket, population: PopulationTerms, terms: LabTerms,
    seed: UInt64,
    isWatchingAll: Bool, progress: (Int) -> Void = { _ in }
  ) throws(StressError) -> StressResult {
    var run = try StressRun(scenario, market, population, terms, seed: seed, isWatchingAll: isWatchingAll)
    for step in 0..<scenario.steps {
      try run.step(step)
      progress(step)
    }
    run.finish()
    return run.result
  }

  private init(
    _ scenario: StressScenario, _ market: LabMarket, _ drawn: PopulationTerms, _ terms: LabTerms,
    seed: UInt64,
    isWatchingAll: Bool
  ) throws(StressError) {
    guard (1...5_000_000).contains(drawn.accounts) else { throw .parameter("accounts: 1 to 5,000,000") }
    guard scenario.steps > 0, scenario.stepSeconds > 0 else {
      throw .parameter("steps and stepSeconds: 1 or more")
    }
    (self.scenario, self.terms, self.seed, self.isWatchingAll) = (scenario, terms, seed, isWatchingAll)
    lab = market
    random = SeededGenerator(seed: seed)
    let snapshot: RiskSnapshot
    do throws(PublicationError) {
      replay = Replay(
        engine: try SnapshotPublisher(market: market.market, configuration: terms.engine, tracing: .none))
      snapshot = try replay.step(to: market.start).snapshot
    } catch {
      throw .engine("\(error)")
    }
    table = MarginTable(snapshot)
    let drawnAccounts = Population(
      drawn, whales: terms.agents.whales, seed: seed, market: market, table: table,
      initial: MarginTable(snapshot, kind: .initial))
    population = drawnAccounts
    let n = market.instruments.count
    noise = [Double](repeating: 0, count: n)
    recent = [[Double]](repeating: [], count: n)
    touched = [Bool](repeating: false, count: drawnAccounts.count)
    flow = ForcedFlow(count: n)
    schedule = PublicationSchedule(terms.agents, seed: seed)
    frontRunner = FrontRunner(
      market.instruments.map(\.price), expecting: terms.agents.frontRunnerExpectation)
    watch = AccountWatch(accounts: drawnAccounts.count, instruments: n)
    changes = AccountChanges(count: drawnAccounts.count)
    var notional: Int128 = 0
    for leg in drawnAccounts.legs { notional += table.value(of: leg) }
    self.notional = Double(notional) / 1e6
    do throws(LiquidationError) {
      funds = try LabFunds(notional: notional, terms)
    } catch {
      throw .parameter("\(error)")
    }
    let (accounts, start) = (drawnAccounts, table)
    equityBefore = (0..<accounts.count).map { Double(accounts.health($0, start).equity) / 1e6 }
    result = StressResult(
      scenario: scenario, seed: seed, instruments: market.instruments.map(\.id), accounts: accounts.count,
      steps: [],
      fundAtStart: Double(funds.insured) / 1e6, openInterestAtStart: accounts.longValue(start), maps: [],
      mapSteps: [],
      health: [], fragility: [], waterfall: [:], lossesByGroup: [], largestLosses: [],
      forecasts: ForecastRecord(), agents: StressResult.AgentFigures(), conservationChecks: 0)
    funds.open(accounts)
    result.steps.reserveCapacity(scenario.steps)
    picture(0)
  }

  // MARK: A step

  private mutating func step(_ step: Int) throws(StressError) {
    let seconds = Int64(step + 1) * scenario.stepSeconds
    let time = lab.start + seconds
    var record = StressStep(seconds: seconds)
    let undisturbed = path(seconds)
    flow.decay(seconds: scenario.stepSeconds, halfLife: terms.impactHalfLife)
    let depths = depths(seconds, step)
    arbitrage(undisturbed, depths)
    let prices = prices(undisturbed, depths)
    leaveFrontRun(step, undisturbed, prices, depths)
    see(step, time, prices, depths, seconds)
    let before = table
    record.isPublished = schedule.publishes(step)
    if record.isPublished { try publish(at: time) }
    watch.move(from: before, to: table)
    var held: MarginTable?
    changes.beginStep()
    rankings = [:]
    if step == scenario.venueFailure { flow.capital *= 1 - scenario.venueFailureShare }
    flow.beginStep(
      terms, table, depths: depths, seconds: scenario.stepSeconds, notional: notional,
      earned: funds.liquidators)
    let isKept = !scenario.keeperOutage.contains(step)
    for account in watch.due(population, all: isWatchingAll) where !population.open(account).isEmpty {
      let health = population.health(account, table)
      if !health.isLiquidatable, let stop = population.stop[account], health.equity < Int128(stop) {
        close(account, &record)
      } else if health.isLiquidatable {
        if isKept {
          if record.isPublished { held = held ?? before.repriced(as: table) }
          let isRaised = held.map { !population.health(account, $0).isLiquidatable } ?? false
          let (cases, forced) = (record.cases, record.forced)
          do throws(LiquidationError) {
            try liquidate(account, at: time, &record)
          } catch {
            throw .parameter("account \(account): \(error)")
          }
          if isRaised {
            record.raisedCases += record.cases - cases
            record.raisedForced += record.forced - forced
          }
        }
        let after = population.health(account, table)
        if after.isLiquidatable { record.backlog += 1 }
        if isKept { touched[account] = true }
      }
      watch.note(account, population.health(account, table), population)
    }
    flow.unwind(&funds, table, lab.instruments, terms, depths: depths)
    record.absorption = flow.absorption(depths: depths, seconds: scenario.stepSeconds, terms)
    enterFrontRun(step, published: record.isPublished, undisturbed, prices, depths)
    try check(step)
    record.arbitrage = arbitrageHoldings(prices)
    result.agents.arbitrageurs = arbitrageProfit(prices)
    record.prices = zip(prices, lab.instruments).map { $0 / $1.price }
    record.undisturbed = zip(undisturbed, lab.instruments).map { $0 / $1.price }
    if let first = table.snapshot.draft.instruments.first {
      record.marginRate = Double(first.long.first?.mmPerLot ?? 0) / Double(max(first.markCeil, 1))
    }
    record.haltLevel = table.snapshot.draft.haltLevel
    record.fund = Double(funds.insured) / 1e6
    record.backstop = Double(funds.backstop) / 1e6
    record.openInterest = population.longValue(table)
    result.steps.append(record)
    if (step + 1) % max(1, scenario.steps / 12) == 0 || step == scenario.steps - 1 { picture(step + 1) }
    forecast(step)
  }

  private mutating func publish(at time: Int64) throws(StressError) {
    do throws(PublicationError) {
      // Nobody else holds the market while it grows.
      let configuration = terms.engine
      replay.engine = try SnapshotPublisher(market: lab.market, configuration: configuration, tracing: .none)
      table = MarginTable(try replay.step(to: time).snapshot)
    } catch {
      throw .engine("\(error)")
    }
  }

  /// The prices without forced trades: the path, and a walk around it.
  private mutating func path(_ seconds: Int64) -> [Double] {
    let days = Double(scenario.stepSeconds) / 86_400
    let common = scenario.noise > 0 ? random.nearlyNormal() : 0
    let (shared, own) = (scenario.correlation.squareRoot(), (1 - scenario.correlation).squareRoot())
    return lab.instruments.enumerated().map { i, instrument in
      if scenario.noise > 0 {
        noise[i] += scenario.noise * days.squareRoot() * (shared * common + own * random.nearlyNormal())
      }
      let factor = scenario.factor(of: instrument.underlying, after: seconds, deviation: instrument.deviation)
      return instrument.price * factor * DeterministicMath.exp(noise[i])
    }
  }

  /// What stands in the books: what the scenario leaves, and less where market makers have left.
  private func depths(_ seconds: Int64, _ step: Int) -> [Double] {
    let share = StressScenario.value(scenario.depth, after: seconds, otherwise: 1)
    return lab.instruments.enumerated().map { i, instrument in
      let hour = max(1, Int(3_600 / scenario.stepSeconds))
      let path = recent[i].suffix(hour)
      let move = path.first.flatMap { a in path.last.map { ($0 / a - 1).magnitude } } ?? 0
      let hasLeft = move > terms.makersLeaveAt * instrument.deviation / 24.0.squareRoot()
      return instrument.depth * share * (hasLeft ? terms.makersLeft : 1)
    }
  }

  private mutating func prices(_ undisturbed: [Double], _ depths: [Double]) -> [Double] {
    let own = lab.instruments.indices.map { i in flow.impact(i, lab.instruments[i], terms, depth: depths[i]) }
    let sum = own.reduce(0, +)
    return undisturbed.enumerated().map { i, price in
      let others = own.count > 1 ? (sum - own[i]) / Double(own.count - 1) : 0
      let moved = price * DeterministicMath.exp(own[i] + terms.crossImpact * others)
      recent[i].append(moved)
      return moved
    }
  }

  /// The market as the engine sees it: late, or not at all.
  private mutating func see(
    _ step: Int, _ time: Int64, _ prices: [Double], _ depths: [Double], _ seconds: Int64
  ) {
    let isSilent = scenario.oracleOutage.contains(step)
    let late = step - scenario.oracleDelay
    var seen: (time: Int64, prices: [Double])?
    if !isSilent, late >= 0 {
      let stamp = time - Int64(scenario.oracleDelay) * scenario.stepSeconds
      seen = (stamp, recent.map { $0[late] })
    }
    let peg = StressScenario.value(scenario.peg, after: seconds, otherwise: 1)
    let interest = lab.instruments.map { _ in result.openInterestAtStart / Double(lab.instruments.count) }
    lab.advance(
      to: time, prices: prices, seen: seen, depths: depths, peg: isSilent ? nil : peg, openInterest: interest)
  }

  /// An account closes by itself, at the mark less impact: at once, or a whale as fast as its pace allows.
  private mutating func close(_ account: Int, _ record: inout StressStep) {
    changes.note(account)
    var isOpen = false
    for place in population.start[account]..<population.start[account + 1]
    where population.legs[place].lots != 0 {
      let whole = population.legs[place]
      let i = Int(whole.instrument)
      var most = Int64.max
      if population.whales.contains(account) {
        let mark = Double(table.snapshot.draft.instruments[i].markCeil) / 1e6
        most = Int64(min(terms.agents.whales.pace * lab.instruments[i].depth / mark, 1e12))
      }
      let lots = whole.lots.signum() * Int64(min(whole.lots.magnitude, most.magnitude))
      guard lots != 0 else {
        isOpen = true
        continue
      }
      let leg = BookLeg(instrument: i, lots: lots)
      let paid = flow.sell(leg, table, lab.instruments, terms, depth: 0)
      population.cash[account] += paid
      funds.external -= Int128(paid)
      funds.externalLots[Int(leg.instrument)] += leg.lots
      reduce(account, i, by: lots)
      isOpen = isOpen || lots != whole.lots
    }
    if !isOpen { record.stopped += 1 }
  }

  /// The sum of all money, of all lots and of the stable asset is what it was.
  private mutating func check(_ step: Int) throws(StressError) {
    let difference = funds.difference(population)
    guard difference == 0 else { throw .notConserved(step: step, difference: difference) }
    result.conservationChecks += 1
  }

  // MARK: Pictures

  /// Map, health and fragility at this moment.
  private mutating func picture(_ step: Int) {
    var (map, health) = (LiquidationMap(), HealthDistribution())
    let first = Int32(0)
    for account in 0..<population.count {
      let legs = population.open(account)
      guard !legs.isEmpty else { continue }
      let now = population.health(account, table)
      let value = legs.reduce(0 as Int128) { $0 + table.value(of: $1) }
      health.add(now.ppm.map { Double($0) / 1e6 }, weight: Double(value) / 1e6)
      for leg in legs where leg.instrument == first {
        map.add(
          isLong: leg.lots > 0, factor: table.liquidationFactor(of: leg, in: now),
          notional: Double(table.value(of: leg)) / 1e6)
      }
    }
    let depth = depths(Int64(step) * scenario.stepSeconds, step).first ?? 0
    let move = 0.02
    func impact(_ quantity: Double) -> Double {
      guard let one = lab.instruments.first else { return 0 }
      return flow.law(quantity, one, terms, depth: depth)
    }
    result.maps.append(map)
    result.mapSteps.append(step)
    result.health.append(health)
    result.fragility.append(
      StressResult.FragilityPair(
        fall: map.fragility(move: -move, impact: impact), rise: map.fragility(move: move, impact: impact)))
  }

  /// At a quarter of the way, everybody is told how probable liquidation within the next quarter is.
  private mutating func forecast(_ step: Int) {
    let quarter = scenario.steps / 4
    guard quarter > 0 else { return }
    if step == quarter {
      let years = Double(quarter) * Double(scenario.stepSeconds) / (365 * 86_400)
      var probabilities = [Double](repeating: -1, count: population.count)
      for account in 0..<population.count where !touched[account] {
        let legs = population.open(account)
        guard let leg = legs.max(by: { table.value(of: $0) < table.value(of: $1) }) else { continue }
        let now = population.health(account, table)
        guard !now.isLiquidatable else { continue }
        let factor = table.liquidationFactor(of: leg, in: now)
        let i = Int(leg.instrument)
        // The deviation of the last hours, or that of the days before if it is greater.
        let path = recent[i].suffix(max(2, Int(14_400 / scenario.stepSeconds)))
        var sum = 0.0
        for (a, b) in zip(path, path.dropFirst()) {
          let r = DeterministicMath.log(b / a)
          sum += r * r
        }
        let perDay = sum / Double(max(1, path.count - 1)) * 86_400 / Double(scenario.stepSeconds)
        let volatility = max(lab.instruments[i].deviation, perDay.squareRoot()) * 365.0.squareRoot()
        probabilities[account] =
          factor.flatMap { factor in
            TouchProbability(
              leg.lots > 0 ? .long : .short, price: 1, liquidationPrice: factor, volatility: volatility,
              years: years)
          }?.probability ?? 0
      }
      forecasts = (step, quarter, probabilities, touched)
    }
    if let told = forecasts, step == told.step + told.horizon {
      for account in 0..<population.count where told.probabilities[account] >= 0 {
        result.forecasts.add(told.probabilities[account], happened: touched[account] && !told.closed[account])
      }
      forecasts = nil
    }
  }

  private mutating func finish() {
    var groups: [String: StressResult.GroupLoss] = [:]
    for account in 0..<population.count {
      let isLong = funds.wasLong[account]
      let size = equityBefore[account]
      let band =
        size < 1_000 ? "equity under 1,000 USD" : size < 10_000 ? "1,000 to 10,000 USD" : "over 10,000 USD"
      let name =
        population.whales.contains(account) ? "whales" : "\(isLong ? "longs" : "shorts"), \(band)"
      var group =
        groups[name] ?? StressResult.GroupLoss(name: name, accounts: 0, liquidated: 0, before: 0, after: 0)
      group.accounts += 1
      if touched[account] { group.liquidated += 1 }
      group.before += equityBefore[account]
      group.after += Double(population.health(account, table).equity) / 1e6
      groups[name] = group
    }
    result.lossesByGroup = groups.values.sorted { $0.name < $1.name }
    result.agents.liquidators = Double(funds.liquidators.dropLast().reduce(0, +)) / 1e6
    result.agents.frontRunner = Double(funds.frontRunner) / 1e6
    (result.agents.frontRunnerTrades, result.agents.frontRunnerHits) = (frontRunner.trades, frontRunner.hits)
    result.waterfall = funds.borne.mapValues { Double($0) / 1e6 }
    result.largestLosses = funds.losses.sorted(by: >).prefix(1_000).map { Double($0) / 1e6 }
  }
}
