internal import Liquidation
internal import MarginRules

/// The money of everybody but the accounts, in quanta, and the lots that accounts no longer have.
struct LabFunds {
  var pot: Int64 = 0
  var layerPurses: [Int64]
  var layers: InsuranceLayers
  var backstop: Int64
  var venue: Int64 = 0
  /// Liquidators, the last of them who unwinds for the backstop: what they have earned and paid.
  var liquidators: [Int128]
  /// The rest of the market, which takes what liquidators sell.
  var external: Int128 = 0
  var externalLots: [Int64] = []
  /// What liquidators hold within a step.
  var heldLots: [Int64] = []
  /// What arbitrageurs and the front-runner have earned and paid, and the lots they hold.
  private(set) var arbitrage: Int128 = 0
  private(set) var arbitrageLots: [Int64] = []
  private(set) var frontRunner: Int128 = 0
  private(set) var frontRunnerLots: [Int64] = []
  var externalStable: Int64 = 0
  /// What each step of the waterfall bore, by its name.
  var borne: [String: Int64] = [:]
  /// What each case left.
  var losses: [Int64] = []
  /// Which accounts were long at the beginning.
  var wasLong: [Bool] = []
  private var lotsAtStart: [Int64] = []
  private var moneyAtStart: Int128 = 0
  private var stableAtStart: Int128 = 0

  /// Funds in proportion to the notional of all accounts.
  init(notional: Int128, _ terms: LabTerms) throws(LiquidationError) {
    let fund = Int64(Double(notional) * min(max(terms.fundShare, 0), 1))
    let first = Int64(Double(fund) * min(max(terms.firstLayerShare, 0), 1))
    var ends: [InsuranceLayer] = []
    if first > 0 { ends.append(InsuranceLayer(attachment: 0, exhaustion: first)) }
    if fund > first { ends.append(InsuranceLayer(attachment: first, exhaustion: fund)) }
    layers = try InsuranceLayers(ends)
    layerPurses = ends.map { $0.exhaustion - $0.attachment }
    backstop = Int64(Double(notional) * min(max(terms.backstopShare, 0), 1))
    liquidators = [Int128](repeating: 0, count: max(1, terms.liquidators) + 1)
  }

  /// What insurance and penalty pot hold.
  var insured: Int64 { layerPurses.reduce(pot, +) }

  /// Notes what there is at the beginning.
  mutating func open(_ population: Population) {
    let instruments = (population.legs.map { Int($0.instrument) }.max() ?? 0) + 1
    externalLots = [Int64](repeating: 0, count: max(instruments, 64))
    heldLots = externalLots
    (arbitrageLots, frontRunnerLots) = (externalLots, externalLots)
    lotsAtStart = externalLots
    for leg in population.legs { lotsAtStart[Int(leg.instrument)] += leg.lots }
    wasLong = (0..<population.count).map { account in
      (population.legs[population.start[account]..<population.start[account + 1]].first?.lots ?? 0) > 0
    }
    stableAtStart = population.stable.reduce(0) { $0 + Int128($1) }
    moneyAtStart = money(population)
  }

  private func money(_ population: Population) -> Int128 {
    var sum = external + arbitrage + frontRunner + Int128(pot) + Int128(backstop) + Int128(venue)
    for purse in layerPurses { sum += Int128(purse) }
    for purse in liquidators { sum += purse }
    for cash in population.cash { sum += Int128(cash) }
    return sum
  }

  /// The place among ``liquidators`` of who takes positions over; nil for accounts and the rest of the
  /// market, which have none.
  func place(of party: LabParty) -> Int? {
    switch party {
    case .liquidator(let index): index
    case .backstop: liquidators.count - 1
    case .account, .market: nil
    }
  }

  /// Adds what a liquidator, the backstop or the rest of the market earned in a case, or paid, in quanta.
  mutating func add(_ amount: Int64, to party: LabParty) {
    if let place = place(of: party) {
      liquidators[place] += Int128(amount)
    } else {
      external += Int128(amount)
    }
  }

  /// Who trades with the rest of the market for itself.
  enum Trader { case arbitrage, frontRunner }

  /// Buys lots of the rest of the market at a price per lot in USD; less than zero are sold to it.
  mutating func trade(_ trader: Trader, _ i: Int, lots: Int64, perLot: Double) {
    guard lots != 0 else { return }
    settle(trader, usd: -Double(lots) * perLot)
    externalLots[i] -= lots
    switch trader {
    case .arbitrage: arbitrageLots[i] += lots
    case .frontRunner: frontRunnerLots[i] += lots
    }
  }

  /// The rest of the market pays a trader, or is paid by it, in whole quanta.
  mutating func settle(_ trader: Trader, usd: Double) {
    let amount = Int128(usd * 1e6)
    external -= amount
    switch trader {
    case .arbitrage: arbitrage += amount
    case .frontRunner: frontRunner += amount
    }
  }

  /// What is missing of money, then of the stable asset, then of any instrument: 0 in every step.
  func difference(_ population: Population) -> Int64 {
    let money = money(population) - moneyAtStart
    if money != 0 { return Int64(clamping: money) }
    let stable = population.stable.reduce(Int128(externalStable)) { $0 + Int128($1) } - stableAtStart
    if stable != 0 { return Int64(clamping: stable) }
    var lots = externalLots
    for i in lots.indices { lots[i] += heldLots[i] + arbitrageLots[i] + frontRunnerLots[i] - lotsAtStart[i] }
    for leg in population.legs { lots[Int(leg.instrument)] += leg.lots }
    return lots.first { $0 != 0 } ?? 0
  }
}
