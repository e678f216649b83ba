internal import CommandSupport
internal import MarginRules
internal import MarketData
internal import Solvency
internal import SolvencyProver

/// The sorts of accounts that the demonstration draws.
package enum BookKind: String, CaseIterable {
  /// Options with their delta sold in the perpetual, and basis trades.
  case hedged
  /// Directional perpetuals on little equity.
  case levered
  /// Sold strangles and bought spreads.
  case options
  /// Positions that reach into the upper brackets and tranches.
  case whale
  /// Perpetuals on all underlyings, measured by their common factors.
  case diversified
  /// Coins pledged for dollars.
  case borrower
  /// A levered book whose equity is too small.
  case insolvent

  /// The circuit that the account proves.
  var circuit: String {
    switch self {
    case .hedged, .options, .whale, .insolvent: "portfolio-margin"
    case .levered: "cross-margin"
    case .diversified: "value-at-risk"
    case .borrower: "collateral-ratio"
    }
  }
}

extension BookKind {
  /// What the account's rule says of a portfolio in plain integers, without any circuit.
  func isCovered(_ portfolio: Portfolio, under snapshot: RiskSnapshot, as kind: MarginKind) -> Bool {
    let verdict =
      switch circuit {
      case "cross-margin": CrossMargin.verdict(on: portfolio, under: snapshot, kind: kind)
      case "value-at-risk": ValueAtRisk.verdict(on: portfolio, under: snapshot, kind: kind)
      case "collateral-ratio": CollateralRatio.verdict(on: portfolio, under: snapshot, kind: kind)
      default: PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: kind)
      }
    return verdict == .covered
  }
}

/// A made-up account under a synthetic snapshot.
struct SyntheticBook {
  let kind: BookKind
  let name: String
  let portfolio: Portfolio

  /// Draws positions, and then as much cash as the kind of account has: a cushion above the least that
  /// meets its rule, or a gap below it.
  ///
  /// - Parameter cushion: the share of the positions' value that is left over.
  init(
    _ kind: BookKind, named name: String, under snapshot: RiskSnapshot,
    cushion: ClosedRange<Double> = 0.005...0.2, using random: inout SeededGenerator
  ) {
    self.kind = kind
    self.name = name
    var draw = BookDraw(snapshot: snapshot, random: random)
    var portfolio = draw.portfolio(kind)
    if kind != .borrower {
      let least = Self.leastCash(for: portfolio, of: kind, under: snapshot)
      let gross = draw.grossValue(of: portfolio)
      let share =
        kind == .insolvent
        ? -Double.random(in: 0.001...0.03, using: &draw.random)
        : Double.random(in: cushion, using: &draw.random)
      portfolio.cash = least + Int64(share * gross)
    }
    self.portfolio = portfolio
    random = draw.random
  }

  /// The least cash with which a portfolio meets its rule: the requirement grows with no cash, so that
  /// bisection finds it.
  private static func leastCash(
    for portfolio: Portfolio, of kind: BookKind, under snapshot: RiskSnapshot
  ) -> Int64 {
    func isCovered(_ cash: Int64) -> Bool {
      var candidate = portfolio
      candidate.cash = cash
      return kind.isCovered(candidate, under: snapshot, as: .initial)
    }
    var (refused, covered) = (-(1 as Int64) << 58, (1 as Int64) << 58)
    while refused + 1 < covered {
      let middle = refused + (covered - refused) / 2
      if isCovered(middle) { covered = middle } else { refused = middle }
    }
    return covered
  }

  /// The same account with no more than another snapshot admits as well, and with cash for whatever that one
  /// asks.
  func careful(under snapshot: RiskSnapshot, and other: RiskSnapshot) -> SyntheticBook {
    var portfolio = portfolio
    for (i, instrument) in snapshot.instruments.enumerated() {
      let same = other.instruments.first { $0.id == instrument.id }
      let most = same.map { $0.maxLongLots ?? SnapshotLimits.amounts.upperBound } ?? 0
      let least = same.map { -($0.maxShortLots ?? SnapshotLimits.amounts.upperBound) } ?? 0
      portfolio.positions[i] = min(max(portfolio.positions[i], least), most)
    }
    portfolio.cash = max(portfolio.cash, 0) + (1 << 50)
    return SyntheticBook(kind: kind, name: name, portfolio: portfolio)
  }

  /// An account with this book.
  init(kind: BookKind, name: String, portfolio: Portfolio) {
    self.kind = kind
    self.name = name
    self.portfolio = portfolio
  }

  /// The secret amounts by coordinate, with the blinding that hides them.
  func opening(
    registry: Registry, snapshot: RiskSnapshot
  ) throws(ToolFailure) -> AccountOpening {
    var amounts = [Registry.cash: portfolio.cash]
    for (instrument, lots) in zip(snapshot.instruments, portfolio.positions) {
      amounts[Registry.position(instrument.id)] = lots
    }
    for (index, asset) in snapshot.collateral.enumerated() {
      amounts[Registry.holding(asset.id)] = portfolio.holdings[index]
      amounts[Registry.debt(asset.id)] = portfolio.debts[index]
    }
    return try ToolFailure.wrapping(name) { [amounts] in
      let account = try AccountID(name)
      return AccountOpening(
        of: try Book(account: account, registry: registry) { amounts[$0] ?? 0 })
    }
  }
}

/// Draws the positions of one account.
private struct BookDraw {
  let snapshot: RiskSnapshot
  var random: SeededGenerator

  private var perpetuals: [Int] { indices { $0.kind == .perpetual } }
  private var optionIndices: [Int] { indices { $0.kind == .call || $0.kind == .put } }

  private func indices(where isWanted: (Instrument) -> Bool) -> [Int] {
    snapshot.instruments.indices.filter { isWanted(snapshot.instruments[$0]) }
  }

  mutating func portfolio(_ kind: BookKind) -> Portfolio {
    var portfolio = Portfolio(
      positions: snapshot.instruments.map { _ in 0 }, holdings: snapshot.collateral.map { _ in 0 },
      debts: snapshot.collateral.map { _ in 0 }, cash: 0)
    portfolio.holdings[0] = lots(1_000...10_000_000)
    switch kind {
    case .hedged: hedge(&portfolio)
    case .levered: takeSides(&portfolio, among: perpetuals, lots: 100...100_000)
    case .options: sellStrangle(&portfolio)
    case .whale: growLarge(&portfolio)
    case .diversified: takeSides(&portfolio, among: perpetuals, lots: 1_000...140_000)
    case .borrower: borrow(&portfolio)
    case .insolvent:
      takeSides(&portfolio, among: perpetuals, lots: 1_000...200_000)
      sellStrangle(&portfolio)
    }
    keepLimits(&portfolio)
    return portfolio
  }

  /// No position and no debt is larger than the snapshot lets one account have.
  private func keepLimits(_ portfolio: inout Portfolio) {
    for (i, instrument) in snapshot.instruments.enumerated() {
      let most = instrument.maxLongLots ?? SnapshotLimits.amounts.upperBound
      let least = -(instrument.maxShortLots ?? SnapshotLimits.amounts.upperBound)
      portfolio.positions[i] = min(max(portfolio.positions[i], least), most)
    }
    for (a, asset) in snapshot.collateral.enumerated() {
      let most = asset.maxBorrow ?? SnapshotLimits.amounts.upperBound
      portfolio.debts[a] = min(portfolio.debts[a], most)
    }
  }

  /// What the positions are worth without regard to their side, in quanta.
  func grossValue(of portfolio: Portfolio) -> Double {
    zip(snapshot.instruments, portfolio.positions).reduce(0) { sum, item in
      sum + Double(item.0.markCeil) * Double(item.1.magnitude)
    }
  }

  private mutating func lots(_ range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &random)
  }

  private mutating func takeSides(
    _ portfolio: inout Portfolio, among instruments: [Int], lots range: ClosedRange<Int64>
  ) {
    for i in instruments {
      portfolio.positions[i] = Bool.random(using: &random) ? lots(range) : -lots(range)
    }
  }

  /// Buys an option of every underlying that has any, sells the perpetual of its group against it, and
  /// holds coins against a short perpetual.
  private mutating func hedge(_ portfolio: inout Portfolio) {
    for i in optionIndices where Bool.random(using: &random) {
      portfolio.positions[i] = lots(1...400)
      let group = snapshot.instruments[i].group
      for p in perpetuals where snapshot.instruments[p].group == group {
        let delta = snapshot.instruments[i].kind == .call ? -50 : 50
        portfolio.positions[p] += portfolio.positions[i] * Int64(delta)
      }
    }
    portfolio.holdings[1] = lots(10_000...900_000)
    if let p = perpetuals.first { portfolio.positions[p] -= portfolio.holdings[1] / 10 }
  }

  private mutating func sellStrangle(_ portfolio: inout Portfolio) {
    for i in optionIndices where Bool.random(using: &random) {
      portfolio.positions[i] = Bool.random(using: &random) ? -lots(1...800) : lots(1...300)
    }
  }

  /// Beyond the first two brackets of a perpetual and the first tranche of the coins.
  private mutating func growLarge(_ portfolio: inout Portfolio) {
    if let p = perpetuals.randomElement(using: &random) {
      let limit = snapshot.instruments[p].maxLongLots ?? 1_000_000
      let size = lots(limit / 4...limit)
      portfolio.positions[p] = Bool.random(using: &random) ? size : -size
    }
    sellStrangle(&portfolio)
    for asset in 1..<portfolio.holdings.count { portfolio.holdings[asset] = lots(900_000...8_000_000) }
  }

  /// Owes dollars worth 30 to 95 % of what the pledge allows.
  private mutating func borrow(_ portfolio: inout Portfolio) {
    let (dollars, coins) = (snapshot.collateral[0], snapshot.collateral[1])
    let pledge = lots(10_000...(coins.tranches[0].capLots ?? 10_000))
    portfolio.holdings = snapshot.collateral.map { $0.id == coins.id ? pledge : 0 }
    let value = Double(coins.tranches[0].valIM) * Double(pledge)
    let most = value * 1e6 / Double(snapshot.tiers.healthy) / Double(dollars.debtIM)
    portfolio.debts[0] = Int64(most * Double.random(in: 0.3...0.95, using: &random))
  }
}
