internal import Liquidation
internal import MarginRules
internal import RiskModels

/// Forced trades: what liquidators can take in a step, what they took, and how the price answers.
///
/// The price is moved by Y·σ·√(∣F∣/V) against the flow, F being what was sold by force, half of it forgotten
/// after the half-life. Where depth is less than usual, V is less in the same proportion.
struct ForcedFlow {
  /// F by instrument, in USD, negative where it was sold.
  private var memory: [Double]
  /// Lots that liquidators took in this step by instrument, negative where they sold.
  private var taken: [[Int64]] = []
  /// What each liquidator can still take of each instrument in this step, in USD.
  private(set) var room: [[Double]] = []
  /// USD that were closed by force in this step, by instrument.
  private var forced: [Double]
  /// What is left of the capital of liquidators.
  var capital = 1.0
  /// What each liquidator can still hold in this step, in USD.
  private var equity: [Double] = []

  init(count: Int) {
    memory = [Double](repeating: 0, count: count)
    forced = memory
  }

  mutating func decay(seconds: Int64, halfLife: Double) {
    let left = Self.kept(after: seconds, halfLife: halfLife)
    for i in memory.indices { memory[i] *= left }
  }

  /// What is left of an impact after some seconds, 0 to 1.
  static func kept(after seconds: Int64, halfLife: Double) -> Double {
    halfLife > 0 ? DeterministicMath.exp(-0.693_147_180_559_945_3 * Double(seconds) / halfLife) : 0
  }

  /// F of an instrument, in USD.
  func outstanding(_ i: Int) -> Double { memory[i] }

  /// Somebody buys for an amount in USD, or sells where it is less than zero.
  mutating func add(_ i: Int, usd: Double) { memory[i] += usd }

  /// The quantity that moves the price by a share: the inverse of ``law(_:_:_:depth:)``.
  func quantity(moving share: Double, _ instrument: LabMarket.Instrument, _ terms: LabTerms, depth: Double)
    -> Double
  {
    let one = law(1, instrument, terms, depth: depth)
    return one > 0 ? (share / one) * (share / one) : .infinity
  }

  /// By which share Q moves the price.
  func law(_ usd: Double, _ instrument: LabMarket.Instrument, _ terms: LabTerms, depth: Double) -> Double {
    guard terms.impact > 0, usd > 0 else { return 0 }
    let share = instrument.depth > 0 ? max(0.01, min(1, depth / instrument.depth)) : 1
    // A fall by all of it has no meaning; the logarithm is bounded.
    return min(
      2,
      PriceImpact.squareRoot(
        usd: usd, dailyVolatility: instrument.deviation, dailyVolumeUSD: instrument.dailyVolume * share,
        prefactor: terms.impact) ?? 0)
  }

  /// How far the price of an instrument is moved now, in logarithms.
  func impact(_ i: Int, _ instrument: LabMarket.Instrument, _ terms: LabTerms, depth: Double) -> Double {
    let size = law(memory[i].magnitude, instrument, terms, depth: depth)
    return memory[i] < 0 ? -size : size
  }

  /// - Parameters:
  ///   - notional: of all accounts when the scenario began, in USD.
  ///   - earned: what liquidators have won or lost so far, in quanta.
  mutating func beginStep(
    _ terms: LabTerms, _ table: MarginTable, depths: [Double], seconds: Int64, notional: Double,
    earned: [Int128]
  ) {
    let liquidators = max(1, terms.liquidators)
    equity = (0..<liquidators).map { k in
      guard let share = terms.agents.liquidatorCapital else { return .infinity }
      return max(0, share * notional * capital / Double(liquidators) + Double(earned[k]) / 1e6)
    }
    taken = [[Int64]](repeating: [Int64](repeating: 0, count: memory.count), count: liquidators + 1)
    let hours = Double(seconds) / 3_600
    room = (0..<liquidators).map { _ in
      depths.map { $0 * terms.liquidatorCapacity * hours * capital / Double(liquidators) }
    }
    for i in forced.indices { forced[i] = 0 }
  }

  /// The bids of all liquidators for lots of an instrument.
  func bids(
    for i: Int, isSale: Bool, mark: Int64, at time: Int64, _ instrument: LabMarket.Instrument,
    _ terms: LabTerms,
    depth: Double
  ) -> [AuctionBid] {
    room.enumerated().compactMap { k, left in
      let lots = Int64(min(min(left[i], equity[k]) / (Double(mark) / 1e6), 1e12))
      guard lots > 0 else { return nil }
      // They give what selling brings, less what they want to earn, each a little more than the one before.
      let profit = terms.liquidatorProfit * (1 + Double(k) / Double(room.count))
      let discount = min(0.9, profit + law(forced[i], instrument, terms, depth: depth) * 2 / 3)
      let limit = Int64(Double(mark) * (isSale ? 1 - discount : 1 + discount))
      return AuctionBid(
        bidder: LabParty.liquidator(k).name, number: UInt64(k), limit: limit, lots: lots,
        placed: time + terms.agents.liquidatorLatency + Int64(k) * 5)
    }
  }

  /// Notes what a liquidator, or the backstop as the last one, took over: positive lots were sold to it.
  mutating func take(_ k: Int, _ i: Int, _ lots: Int64, value: Double) {
    taken[k][i] += lots
    forced[i] += value
    if room.indices.contains(k) {
      room[k][i] = max(0, room[k][i] - value)
      equity[k] = max(0, equity[k] - value)
    }
    memory[i] -= lots > 0 ? value : -value
  }

  /// An account closes a leg, or lots of it, itself: what it is paid, in quanta, negative where it pays.
  mutating func sell(
    _ leg: BookLeg, _ table: MarginTable, _ instruments: [LabMarket.Instrument], _ terms: LabTerms,
    depth: Double
  ) -> Int64 {
    let i = Int(leg.instrument)
    let value = Double(table.value(of: leg)) / 1e6
    memory[i] -= leg.lots > 0 ? value : -value
    let mark = table.snapshot.draft.instruments[i]
    let worse = law(value, instruments[i], terms, depth: instruments[i].depth) * 2 / 3
    let price = leg.lots > 0 ? Double(mark.markFloor) * (1 - worse) : Double(mark.markCeil) * (1 + worse)
    return Int64(Double(leg.lots) * price)
  }

  /// Liquidators sell what they took to the rest of the market.
  mutating func unwind(
    _ funds: inout LabFunds, _ table: MarginTable, _ instruments: [LabMarket.Instrument], _ terms: LabTerms,
    depths: [Double]
  ) {
    for k in taken.indices {
      for i in taken[k].indices where taken[k][i] != 0 {
        let lots = taken[k][i]
        let mark = table.snapshot.draft.instruments[i]
        let worse = law(forced[i], instruments[i], terms, depth: depths[i]) * 2 / 3
        let price =
          lots > 0 ? Double(mark.markFloor) * (1 - min(0.95, worse)) : Double(mark.markCeil) * (1 + worse)
        let paid = Int64(Double(lots) * price)
        funds.liquidators[k] += Int128(paid)
        funds.external -= Int128(paid)
        funds.externalLots[i] += lots
        funds.heldLots[i] -= lots
        taken[k][i] = 0
      }
    }
  }

  /// What was closed by force over what depth absorbs in a step (M55): v·dt/(κ·D), infinite without depth.
  func absorption(depths: [Double], seconds: Int64, _ terms: LabTerms) -> Double {
    let closed = forced.reduce(0, +)
    let absorbed = depths.reduce(0, +) * terms.liquidatorCapacity * Double(seconds) / 3_600
    return absorbed > 0 ? closed / absorbed : closed > 0 ? .infinity : 0
  }
}
