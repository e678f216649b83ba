internal import Foundation
internal import MarginEngine
internal import Solvency

/// A made-up venue: perpetuals with brackets on three underlyings, options on two of them revalued over a
/// grid of scenarios, three assets with haircut tranches. The same seed gives the same market.
///
/// The margin numbers follow what large venues publish. Every value is rounded against the account, once
/// per lot: what is held and gained down, what is owed, lost and required up.
struct SyntheticMarket {
  /// One underlying and the terms of its contracts.
  private struct Underlying {
    let name: String
    let price: Double
    /// Per √year.
    let volatility: Double
    /// One lot of the perpetual, in units of the underlying.
    let lot: Double
    /// One lot of an option; nil for an underlying without options.
    let optionLot: Double?
    /// Lots of the first two brackets.
    let bracketLots: Int64
    /// Most lots on one side.
    let positionLimit: Int64
    /// σ per day along each factor.
    let loadings: [Double]
  }

  private let underlyings: [Underlying]

  /// Draws prices and volatilities.
  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func draw(_ value: Double, _ spread: Double) -> Double {
      value * random.factor(spread: spread)
    }
    underlyings = [
      Underlying(
        name: "BTC", price: draw(64_000, 0.1), volatility: draw(0.55, 0.2), lot: 0.001,
        optionLot: 0.1, bracketLots: 150_000, positionLimit: 4_000_000, loadings: [0.030, 0, 0]),
      Underlying(
        name: "ETH", price: draw(1_900, 0.1), volatility: draw(0.7, 0.2), lot: 0.01, optionLot: 1,
        bracketLots: 300_000, positionLimit: 8_000_000, loadings: [0.033, 0.021, 0]),
      Underlying(
        name: "SOL", price: draw(90, 0.1), volatility: draw(0.9, 0.2), lot: 1, optionLot: nil,
        bracketLots: 100_000, positionLimit: 2_000_000, loadings: [0.036, 0.010, 0.032]),
    ]
  }

  /// The snapshot of an epoch.
  ///
  /// - Parameters:
  ///   - validity: when it applies, in seconds since 1970.
  ///   - previous: the digest of the snapshot before it.
  func snapshot(
    epoch: Int64, validity: Range<Int64>, previous: MarginEngine.Digest = .zero
  ) throws(ToolFailure) -> RiskSnapshot {
    var draft = SnapshotDraft(
      epoch: epoch, validFrom: validity.lowerBound, validTo: validity.upperBound,
      tiers: Tiers(maintenance: 1_000_000, initial: 1_000_000, closeOnly: 1_100_000),
      groups: underlyings.map(Self.group), collateral: collateral, instruments: instruments)
    draft.prevHash = previous
    draft.bufferPpm = 1_150_000
    draft.factors = ["market", "ether", "solana"].map { RiskFactor(id: $0) }
    draft.note = "Synthetic: for demonstration only."
    return try ToolFailure.wrapping("demo market") { [draft] in try RiskSnapshot(draft) }
  }

  private var instruments: [Instrument] {
    underlyings.flatMap { underlying in
      [Self.perpetual(underlying)] + Self.options(underlying)
    }
  }

  // MARK: Scenarios

  /// One step of the volatility shock, relative, for options of 30 days.
  private static let volatilityShock = 0.45
  /// What the perpetual moves in a group without options: its first bracket's initial rate.
  private static let perpetualShock = 0.05

  /// 9 × 3 moves of price and volatility and 6 far ones at a quarter of their loss; for an underlying
  /// without options two suffice, since losses are linear.
  private static func scenarios(_ underlying: Underlying) -> [Scenario] {
    guard underlying.optionLot != nil else {
      return [-perpetualShock, perpetualShock].map {
        Scenario(weight: 1_000_000, price: ppm($0), vol: 0)
      }
    }
    let near = [-0.16, -0.12, -0.08, -0.04, 0, 0.04, 0.08, 0.12, 0.16].flatMap { price in
      [-1.0, 0, 1].map { Scenario(weight: 1_000_000, price: ppm(price), vol: ppm($0)) }
    }
    let far = [-0.66, -0.33, 0.5, 1, 2, 3].map {
      Scenario(weight: 250_000, price: ppm($0), vol: ppm(1))
    }
    return near + far
  }

  private static func group(_ underlying: Underlying) -> ScenarioGroup {
    ScenarioGroup(id: underlying.name, scenarios: scenarios(underlying))
  }

  private static func ppm(_ value: Double) -> Int64 { Int64((value * 1e6).rounded()) }

  /// The gains of a long and of a short lot in every scenario, each rounded down.
  private static func gains(
    _ underlying: Underlying, _ gain: (Scenario) -> Double
  ) -> (long: [Int64], short: [Int64]) {
    let exact = scenarios(underlying).map { gain($0) * Double($0.weight) / 1e6 }
    return (exact.map(down), exact.map { down(-$0) })
  }

  // MARK: Contracts

  /// Half the distance between the marks for sellers and buyers.
  private static let halfSpread = 0.0001
  /// Initial margin of the brackets; maintenance is half of it.
  private static let bracketRates = [0.02, 0.04, 0.10]

  private static func perpetual(_ underlying: Underlying) -> Instrument {
    let value = underlying.price * underlying.lot
    let gains = gains(underlying) { value * Double($0.price) / 1e6 }
    var instrument = Instrument(
      id: "\(underlying.name)-PERP", lot: "\(underlying.lot) \(underlying.name)",
      group: underlying.name, markFloor: down(value * (1 - halfSpread)),
      markCeil: up(value * (1 + halfSpread)), pnlLong: gains.long, pnlShort: gains.short)
    instrument.kind = .perpetual
    let caps: [Int64?] = [underlying.bracketLots, underlying.bracketLots, nil]
    let brackets = zip(caps, bracketRates).map { cap, rate in
      Bracket(capLots: cap, imPerLot: up(value * rate), mmPerLot: up(value * rate / 2))
    }
    (instrument.long, instrument.short) = (brackets, brackets)
    instrument.maxLongLots = underlying.positionLimit
    instrument.maxShortLots = underlying.positionLimit
    // 99 %, one side, one day.
    instrument.factors = underlying.loadings.map { up(2.326 * $0 * value) }
    return instrument
  }

  /// Days to expiry of all options.
  private static let daysToExpiry = 45.0

  private static func options(_ underlying: Underlying) -> [Instrument] {
    guard let lot = underlying.optionLot else { return [] }
    let step = underlying.price > 10_000 ? 5_000.0 : 100.0
    let strikes = [0.85, 1.0, 1.2].map { (underlying.price * $0 / step).rounded() * step }
    return strikes.flatMap { strike in
      Black76.Kind.allCases.map { kind in
        option(
          underlying, lot: lot,
          Black76(kind: kind, strike: strike, expiry: daysToExpiry / 365))
      }
    }
  }

  private static func option(
    _ underlying: Underlying, lot: Double, _ option: Black76
  ) -> Instrument {
    // A smile: volatility rises away from the money, more so below it.
    let moneyness = log(option.strike / underlying.price)
    let volatility = underlying.volatility * (1 - 0.15 * moneyness + 0.5 * moneyness * moneyness)
    let mark = option.price(forward: underlying.price, volatility: volatility)
    let shock = volatilityShock * pow(30 / daysToExpiry, 0.3)
    let gains = gains(underlying) { scenario in
      let moved = option.price(
        forward: underlying.price * (1 + Double(scenario.price) / 1e6),
        volatility: volatility * max(0.1, 1 + shock * Double(scenario.vol) / 1e6))
      return (moved - mark) * lot
    }
    var instrument = Instrument(
      id: "\(underlying.name)-45D-\(Int(option.strike))-\(option.kind.rawValue)",
      lot: "\(lot) \(underlying.name)", group: underlying.name,
      markFloor: down(mark * lot * (1 - 10 * halfSpread)),
      markCeil: up(mark * lot * (1 + 10 * halfSpread)), pnlLong: gains.long, pnlShort: gains.short)
    instrument.kind = option.kind == .call ? .call : .put
    instrument.contShort = up(underlying.price * lot * 0.01)
    instrument.maxLongLots = 1 << 20 - 1
    instrument.maxShortLots = 1 << 20 - 1
    return instrument
  }

  // MARK: Collateral

  private var collateral: [CollateralAsset] {
    let dollar = Self.asset(
      "USDC", price: 1, lot: 0.01, tranches: [(nil, 0.999, 0.999)], debt: (1.01, 1.005))
    let coins = underlyings.prefix(2).map { underlying in
      Self.asset(
        underlying.name, price: underlying.price, lot: underlying.lot / 10,
        tranches: [(1_000_000, 0.90, 0.95), (4_000_000, 0.80, 0.88), (nil, 0.50, 0.60)],
        debt: (1.10, 1.05))
    }
    return [dollar] + coins
  }

  private static func asset(
    _ id: String, price: Double, lot: Double,
    tranches: [(cap: Int64?, initial: Double, maintenance: Double)],
    debt: (initial: Double, maintenance: Double)
  ) -> CollateralAsset {
    let value = price * lot
    return CollateralAsset(
      id: id, lot: "\(lot) \(id)",
      tranches: tranches.map {
        Tranche(
          capLots: $0.cap, valIM: down(value * $0.initial), valMM: down(value * $0.maintenance))
      },
      debtIM: up(value * debt.initial), debtMM: up(value * debt.maintenance))
  }

  // MARK: Rounding

  /// A value in dollars as quanta of 10⁻⁶, rounded down.
  private static func down(_ dollars: Double) -> Int64 { Int64((dollars * 1e6).rounded(.down)) }

  /// A value in dollars as quanta of 10⁻⁶, rounded up.
  private static func up(_ dollars: Double) -> Int64 { Int64((dollars * 1e6).rounded(.up)) }
}
