import CircuitLanguage
import MarginRules
import Solvency

/// The plain rule and the circuit of each shipped rule, over snapshots and books of all shapes.
///
/// For a snapshot S that validation accepts, every shipped rule R and every book b:
///
///     R_plain(b, S) covers  ⟺  R_circuit(S) has a witness for b
///
/// Neither traps; and no rule covers without charge: b with one lot more of an instrument that R admits, and
/// the cash that pays for it, is refused at some number of lots.
package struct Parity: Sendable {
  /// What was looked at, to see that a run is not empty.
  package struct Counts: Hashable, Sendable {
    /// Drafts, and those of them that validation accepted.
    package var (drafts, sound) = (0, 0)
    /// Rules that were compiled, and those that their circuit has no statement for.
    package var (compiled, unusable) = (0, 0)
    /// Books compared, and those of them that were covered.
    package var (books, covered) = (0, 0)
    /// Instruments that were seen to be charged for.
    package var charged = 0

    /// Nothing was looked at yet.
    package init() {}
  }

  private let rules: [(circuit: Circuit, plain: any MarginReport.Type)]

  /// Parity of the shipped circuits.
  ///
  /// - Parameter source: the text of a circuit, by its name.
  package init(_ source: (String) throws -> [UInt8]) throws {
    let plain: [(String, any MarginReport.Type)] = [
      ("portfolio-margin", PortfolioMargin.self), ("cross-margin", CrossMargin.self),
      ("value-at-risk", ValueAtRisk.self), ("collateral-ratio", CollateralRatio.self),
    ]
    rules = try plain.map { (try Circuit(parsing: source($0), named: $0), $1) }
  }

  /// Draws a snapshot and books from an input and compares.
  ///
  /// - Throws: ``FuzzFailure`` if plain rule and circuit disagree, or a rule charges nothing.
  package func check(_ bytes: [UInt8], counts: inout Counts) throws {
    var input = InputBytes(bytes)
    counts.drafts += 1
    guard let snapshot = try? RiskSnapshot(RandomSnapshot.draft(&input)) else { return }
    counts.sound += 1
    guard try RiskSnapshot(canonicalBytes: snapshot.canonicalBytes) == snapshot else {
      throw FuzzFailure("a snapshot is not what its canonical bytes say")
    }
    let registry = try Registry(of: snapshot)
    for (circuit, plain) in rules {
      for kind in MarginKind.allCases {
        guard
          let rule = try? MarginRule(circuit: circuit, snapshot: snapshot, kind: kind, registry: registry)
        else {
          // That circuit names its assets.
          let isNamed = ["BTC", "USDC"].allSatisfy { id in snapshot.collateral.contains { $0.id == id } }
          guard plain == CollateralRatio.self, !isNamed else {
            throw FuzzFailure("\(circuit.name) has no statement under a sound snapshot")
          }
          counts.unusable += 1
          continue
        }
        counts.compiled += 1
        try compare(rule, plain, &input, &counts)
        try checkCharges(rule, plain, &counts)
      }
    }
  }

  private func compare(
    _ rule: MarginRule, _ plain: any MarginReport.Type, _ input: inout InputBytes, _ counts: inout Counts
  ) throws {
    for _ in 0..<4 {
      var book = RandomBook(under: rule.snapshot, &input)
      if plain == CollateralRatio.self { book.reduceToLoan() }
      if !input.isOne(in: 4) { book.moveToEdge(by: Int64(input.choice(of: 3)) - 1, of: plain, rule.key.kind) }
      let isCovered = plain.verdict(on: book.portfolio, under: rule.snapshot, kind: rule.key.kind) == .covered
      counts.books += 1
      counts.covered += isCovered ? 1 : 0
      guard try hasWitness(book.amounts(rule.registry), rule) == isCovered else {
        throw FuzzFailure("\(rule.circuitName) \(rule.key.kind): plain \(isCovered) for \(book.portfolio)")
      }
    }
  }

  private func hasWitness(_ amounts: [Int64], _ rule: MarginRule) throws -> Bool {
    do throws(WitnessError) {
      _ = try rule.compiled.witness(for: amounts.span)
      return true
    } catch {
      switch error {
      case .requirementFails, .notAdmitted, .beyondBound: return false
      case .wrongCoordinateCount, .inconsistent: throw error
      }
    }
  }

  /// A position that was paid for exactly, at the price that equity counts, is refused: it has no equity of
  /// its own, so that whatever the rule asks for it is missing.
  private func checkCharges(
    _ rule: MarginRule, _ plain: any MarginReport.Type, _ counts: inout Counts
  ) throws {
    let snapshot = rule.snapshot
    for (index, instrument) in snapshot.instruments.enumerated() {
      for side in [1, -1] as [Int64] {
        let limit = (side > 0 ? instrument.maxLongLots : instrument.maxShortLots) ?? .max
        let lots = min(limit, 1 << 11)
        guard lots > 0, side < 0 || instrument.markFloor != 0 else { continue }
        var book = RandomBook(empty: snapshot)
        book.portfolio.positions[index] = side * lots
        book.portfolio.cash = -side * lots * (side > 0 ? instrument.markFloor : instrument.markCeil)
        guard SnapshotLimits.cash.contains(book.portfolio.cash) else { continue }
        let verdict = plain.verdict(on: book.portfolio, under: snapshot, kind: rule.key.kind)
        guard verdict != .covered else {
          throw FuzzFailure("\(rule.circuitName) charges nothing for \(side * lots) of \(instrument)")
        }
        counts.charged += 1
      }
    }
  }
}

/// A book in the order of its snapshot.
private struct RandomBook {
  let snapshot: RiskSnapshot
  var portfolio: Portfolio

  init(empty snapshot: RiskSnapshot) {
    self.snapshot = snapshot
    portfolio = Portfolio(
      positions: snapshot.instruments.map { _ in 0 }, holdings: snapshot.collateral.map { _ in 0 },
      debts: snapshot.collateral.map { _ in 0 }, cash: 0)
  }

  /// Amounts that are zero, at the ends of their ranges, at limits and sums of caps, beside them, or any.
  init(under snapshot: RiskSnapshot, _ input: inout InputBytes) {
    self.init(empty: snapshot)
    for (i, instrument) in snapshot.instruments.enumerated() where !input.isOne(in: 3) {
      let isLong = input.isOne(in: 2)
      let lots = Self.amount(
        isLong ? instrument.maxLongLots : instrument.maxShortLots,
        (isLong ? instrument.long : instrument.short).map(\.capLots), &input)
      portfolio.positions[i] = isLong ? lots : -lots
    }
    for (a, asset) in snapshot.collateral.enumerated() {
      if !input.isOne(in: 3) {
        portfolio.holdings[a] = Self.amount(nil, asset.tranches.map(\.capLots), &input)
      }
      if input.isOne(in: 3) { portfolio.debts[a] = Self.amount(asset.maxBorrow, [], &input) }
    }
    portfolio.cash = input.integer(in: SnapshotLimits.cash)
  }

  private static func amount(_ limit: Int64?, _ caps: [Int64?], _ input: inout InputBytes) -> Int64 {
    let most = SnapshotLimits.amounts.upperBound
    var sum: Int64 = 0
    let sums = caps.compactMap { $0 }.map { cap -> Int64 in
      sum += cap
      return sum
    }
    let edges = [limit ?? most, most] + sums
    let drawn =
      input.isOne(in: 3)
      ? input.element(of: edges) + Int64(input.choice(of: 3)) - 1
      : Int64(input.next() % (1 << UInt64(1 + input.choice(of: 20))))
    let bounded = input.isOne(in: 8) ? drawn : min(drawn, limit ?? most)
    return min(max(bounded, 0), most)
  }

  /// Only what the circuit of the collateral ratio knows.
  mutating func reduceToLoan() {
    portfolio.cash = 0
    portfolio.positions = portfolio.positions.map { _ in 0 }
    for (a, asset) in snapshot.collateral.enumerated() {
      if asset.id != "BTC" { portfolio.holdings[a] = 0 }
      if asset.id != "USDC" { portfolio.debts[a] = 0 }
    }
  }

  /// Moves cash to the least that the rule covers, and on by a few quanta, if it covers any.
  mutating func moveToEdge(by quanta: Int64, of plain: any MarginReport.Type, _ kind: MarginKind) {
    let limits = SnapshotLimits.cash
    guard plain != CollateralRatio.self else { return }
    var (low, high) = (limits.lowerBound, limits.upperBound)
    let before = portfolio.cash
    portfolio.cash = high
    guard plain.verdict(on: portfolio, under: snapshot, kind: kind) == .covered else {
      return portfolio.cash = before
    }
    while low < high {
      let middle = low + (high - low) / 2
      portfolio.cash = middle
      if plain.verdict(on: portfolio, under: snapshot, kind: kind) == .covered {
        high = middle
      } else {
        low = middle + 1
      }
    }
    portfolio.cash = min(max(high + quanta, limits.lowerBound), limits.upperBound)
  }

  func amounts(_ registry: Registry) -> [Int64] {
    var named = [Registry.cash: portfolio.cash]
    for (lots, instrument) in zip(portfolio.positions, snapshot.instruments) {
      named[Registry.position(instrument.id)] = lots
    }
    for (a, asset) in snapshot.collateral.enumerated() {
      named[Registry.holding(asset.id)] = portfolio.holdings[a]
      named[Registry.debt(asset.id)] = portfolio.debts[a]
    }
    return registry.names.map { named[$0] ?? 0 }
  }
}
