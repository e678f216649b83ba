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
  /// Moves of prices at which the rule fails, if everything else of the snapshot stays as it is, its scenarios, margins
  /// and limits: for each group of instruments at most one down and one up.
  public let moves: [Move]

  /// A move of the price of one group.
  public struct Move: Hashable, Sendable {
    /// The scenario group.
    public let group: String
    /// The move in ppm of the price.
    public let ppm: Int64
    /// Whether the move is beyond the scenarios of the snapshot, on a straight line through the last two.
    public let isBeyondScenarios: Bool
    /// The price now, in quanta for one unit of the asset; nil where no instrument of the group follows it.
    public let price: Int64?

    /// The price after the move.
    public var priceAfter: Int64? {
      price.map { Int64(clamping: Int128($0) * Int128(1_000_000 + ppm) / 1_000_000) }
    }
  }
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
    guard try meets(rule) == true else { return MarginHeadroom(quanta: quanta, moves: []) }
    var moves: [MarginHeadroom.Move] = []
    for index in rule.snapshot.groups.indices {
      let prices = GroupPrices(rule.snapshot, group: index)
      guard isMoved(prices, rule.registry) else { continue }
      for isRise in [false, true] {
        guard let ppm = try firstFailure(rule, prices, isRise: isRise) else { continue }
        moves.append(
          MarginHeadroom.Move(
            group: rule.snapshot.groups[index].id, ppm: ppm,
            isBeyondScenarios: !prices.scenarios.contains(ppm), price: prices.price))
      }
    }
    return MarginHeadroom(quanta: quanta, moves: moves)
  }

  // MARK: Cash

  /// The cash that may leave before a condition on the requirements fails, less than 0 what must be added for it to
  /// hold, found by doubling and then halving: more cash never makes a rule fail. Nil where no amount of cash decides.
  borrowing func cash(
    _ rule: MarginRule, until isMet: ([Evaluation.Requirement]) -> Bool
  ) throws(ProverError) -> Int64? {
    guard let cash = rule.registry.index(of: Registry.cash) else { return nil }
    let now = try holds(rule, cash, adding: 0, isMet)
    guard let now else { return nil }
    let sign: Int64 = now ? -1 : 1
    // The answer is the same at `same`, and another at `other`.
    var (same, other) = (Int64(0), Int64(1))
    while true {
      guard let answer = try holds(rule, cash, adding: sign * other, isMet) else {
        // Beyond what the circuit has room for: below, the rule fails there as well.
        if now { break }
        return nil
      }
      if answer != now { break }
      same = other
      guard other < 1 << 61 else { return nil }
      other *= 2
    }
    while other - same > 1 {
      let middle = same + (other - same) / 2
      if try holds(rule, cash, adding: sign * middle, isMet) ?? !now == now {
        same = middle
      } else {
        other = middle
      }
    }
    return now ? same : -other
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
  private borrowing func meets(_ rule: MarginRule) throws(ProverError) -> Bool? {
    let evaluation = try evaluation(rule)
    return evaluation.admission == .admitted ? evaluation.requirements.allSatisfy(\.holds) : nil
  }

  // MARK: Prices

  /// Whether the book has anything whose value follows the price of a group.
  private borrowing func isMoved(_ prices: GroupPrices, _ registry: Registry) -> Bool {
    for name in prices.coordinateNames {
      if let coordinate = registry.index(of: name), coordinate < count, self[coordinate] != 0 { return true }
    }
    return false
  }

  /// The nearest move of a group's prices on one side at which the rule fails: looked for at the snapshot's scenarios
  /// and beyond them, and between the last of these that holds and the first that fails by halving. Each is decided by
  /// the rule itself, under the snapshot with moved prices. Nil if there is none before a move that no snapshot or no
  /// circuit has room for.
  private borrowing func firstFailure(
    _ rule: MarginRule, _ prices: GroupPrices, isRise: Bool
  ) throws(ProverError) -> Int64? {
    var good = Int64(0)
    for ppm in prices.lookedAt(isRise: isRise) {
      guard let moved = prices.rule(rule, movedBy: ppm), let holds = try meets(moved) else { return nil }
      if holds {
        good = ppm
        continue
      }
      var bad = ppm
      while abs(bad - good) > 1 {
        let middle = good + (bad - good) / 2
        guard let moved = prices.rule(rule, movedBy: middle), let holds = try meets(moved) else { return nil }
        if holds { good = middle } else { bad = middle }
      }
      return bad
    }
    return nil
  }
}
