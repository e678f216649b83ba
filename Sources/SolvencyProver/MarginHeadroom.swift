internal import CircuitLanguage
internal import ExactIntegers
internal import MarginRules
internal import Ristretto
public import Solvency

/// How far a book is from missing a rule, in money and in price moves. Secret: it stays with the trader.
public struct MarginHeadroom: Hashable, Sendable {
  /// The cash that may leave the account before the rule fails, in quanta; less than 0 what must be added for
  /// it to hold. Nil where no amount of cash decides.
  public let quanta: Int64?
  /// What stops one quantum more from leaving, or makes one quantum less too little. Nil where no amount of
  /// cash decides.
  public let limit: Limit?
  /// What was looked for in each group of instruments that anything in the book follows, in the order of the
  /// snapshot; empty where the rule fails already.
  public let prices: [PriceSearch]
  /// What the book has, apart from cash, that follows the price of no group; empty where the rule fails
  /// already.
  public let withoutGroup: [String]

  /// What stops cash.
  public enum Limit: Hashable, Sendable {
    /// The requirements of these numbers fail; those that hold advice to its rule come last.
    case requirements([Int])
    /// The rule has no room for a book with less of this coordinate or value: its range of cash ends.
    case room(String)
  }

  /// Moves of prices at which the rule fails, if everything else of the snapshot stays as it is, its
  /// scenarios, margins and limits: for each group of instruments at most one down and one up. ``prices``
  /// says of every side what is known.
  public var moves: [Move] { prices.flatMap { [$0.fall, $0.rise].compactMap(\.failure) } }
}

extension Book {
  /// How far the book is from missing a rule.
  ///
  /// - Throws: ``ProverError/wrongRegistry`` or ``ProverError/inconsistent``.
  public borrowing func headroom(_ rule: MarginRule) throws(ProverError) -> MarginHeadroom {
    guard registry == rule.registry else { throw .wrongRegistry }
    return try values.headroom(under: rule)
  }
}

extension AccountOpening {
  /// How far the book is from missing a rule.
  ///
  /// - Throws: ``ProverError/wrongRegistry`` or ``ProverError/inconsistent``.
  public borrowing func headroom(_ rule: MarginRule) throws(ProverError) -> MarginHeadroom {
    guard registry == rule.registry.digest else { throw .wrongRegistry }
    return try values.headroom(under: rule)
  }
}

extension SecretBlock<Int64> {
  fileprivate borrowing func headroom(under rule: MarginRule) throws(ProverError) -> MarginHeadroom {
    let quanta = try cash(rule) { $0.allSatisfy(\.holds) }
    let limit: MarginHeadroom.Limit? = if let quanta { try self.limit(rule, after: quanta) } else { nil }
    guard try meets(rule) == true else {
      return MarginHeadroom(quanta: quanta, limit: limit, prices: [], withoutGroup: [])
    }
    let (prices, withoutGroup) = try priceSearches(rule)
    return MarginHeadroom(quanta: quanta, limit: limit, prices: prices, withoutGroup: withoutGroup)
  }

  // MARK: Cash

  /// The cash that may leave before a condition on the requirements fails, less than 0 what must be added for
  /// it to hold, found by doubling and then halving: more cash never makes a rule fail. Nil where no amount
  /// of cash decides.
  borrowing func cash(
    _ rule: MarginRule, until isMet: ([Evaluation.Requirement]) -> Bool
  ) throws(ProverError) -> Int64? {
    guard let cash = rule.registry.index(of: Registry.cash) else { return nil }
    let now = try holds(rule, cash, adding: 0, isMet)
    guard let now else { return nil }
    let sign: Int64 = now ? -1 : 1
    // The answer is the same at `same`; at `other` it is another, or the circuit has no room for the book:
    // below it the rule fails as well, above it may hold nearer.
    var (same, other) = (Int64(0), Int64(1))
    var isFound = now
    while let answer = try holds(rule, cash, adding: sign * other, isMet) {
      if answer != now {
        isFound = true
        break
      }
      same = other
      // Cash is within ±2⁶², so that the whole way from one end to the other is below 2⁶³.
      guard other < .max else { return nil }
      other = other > .max / 2 ? .max : other * 2
    }
    while other - same > 1 {
      let middle = same + (other - same) / 2
      let answer = try holds(rule, cash, adding: sign * middle, isMet)
      if answer == now {
        same = middle
      } else {
        other = middle
        isFound = isFound || answer != nil
      }
    }
    guard isFound else { return nil }
    return now ? same : -other
  }

  /// What makes the rule fail with one quantum less than the least cash at which it is met.
  private borrowing func limit(
    _ rule: MarginRule, after quanta: Int64
  ) throws(ProverError) -> MarginHeadroom.Limit? {
    guard let cash = rule.registry.index(of: Registry.cash) else { return nil }
    let (least, overflow) = self[cash].subtractingReportingOverflow(quanta)
    guard !overflow, least > SnapshotLimits.cash.lowerBound, SnapshotLimits.cash.contains(least) else {
      return .room(Registry.cash)
    }
    let evaluation = try SecretBlock<Int64>(count: count) { $0 == cash ? least - 1 : self[$0] }
      .evaluation(rule)
    switch evaluation.admission {
    case .notAdmitted(let coordinate): return .room(coordinate)
    case .beyondBound(let value): return .room(value)
    case .admitted:
      let rows = evaluation.requirements
      let failing = rows.indices.filter { !rows[$0].holds }
      return .requirements(
        failing.filter { !rows[$0].supportsAdvice } + failing.filter { rows[$0].supportsAdvice })
    }
  }

  /// Whether a condition holds with so much more cash; nil where the circuit has no room for the book.
  private borrowing func holds(
    _ rule: MarginRule, _ cash: Int, adding quanta: Int64, _ isMet: ([Evaluation.Requirement]) -> Bool
  ) throws(ProverError) -> Bool? {
    let (sum, overflow) = self[cash].addingReportingOverflow(quanta)
    guard !overflow, SnapshotLimits.cash.contains(sum) else { return nil }
    let changed = SecretBlock<Int64>(count: count) { $0 == cash ? sum : self[$0] }
    let evaluation = try changed.evaluation(rule)
    guard evaluation.admission == .admitted else { return nil }
    return isMet(evaluation.requirements)
  }

  /// The requirements over the book as it is.
  borrowing func evaluation(_ rule: MarginRule) throws(ProverError) -> Evaluation {
    do throws(WitnessError) {
      return try withSpan { span throws(WitnessError) in try rule.compiled.evaluate(span) }
    } catch {
      throw .inconsistent
    }
  }

  /// Whether every requirement holds; nil where the circuit has no room for the book.
  borrowing func meets(_ rule: MarginRule) throws(ProverError) -> Bool? {
    let evaluation = try evaluation(rule)
    return evaluation.admission == .admitted ? evaluation.requirements.allSatisfy(\.holds) : nil
  }
}
