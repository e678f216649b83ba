public import CanonicalBytes
internal import MarginRules
internal import Ristretto
internal import Solvency

extension MarginHeadroom {
  /// A move of the price of one group.
  public struct Move: Hashable, Sendable {
    /// The scenario group.
    public let group: String
    /// The move in ppm of the price.
    public let ppm: Int64
    /// Whether the move is beyond the scenarios of the snapshot, on a straight line through the last two.
    public let isBeyondScenarios: Bool
    /// The price now; nil where no instrument of the group follows it.
    public let price: UnitPrice?
  }

  /// What was looked for when the price of one group was moved, and all else in the snapshot stayed.
  public struct PriceSearch: Hashable, Sendable {
    /// The scenario group.
    public let group: String
    /// What of the book was moved in value: its positions in the group, and holdings and debts of the group's
    /// assets.
    public let moved: [String]
    /// What of the book, apart from cash, held still.
    public let held: [String]
    /// What falls of the price do.
    public let fall: Side
    /// What rises of the price do.
    public let rise: Side
  }

  /// What is known of the moves of a price on one side.
  public enum Side: Hashable, Sendable {
    /// The rule fails at this move, and at none nearer that was tried.
    case fails(Move)
    /// The rule holds at every move that was tried, up to this one in ppm, the farthest that is tried at all.
    case holds(upTo: Int64)
    /// The rule holds at every move that was tried up to this one in ppm; none beyond it was.
    case untried(beyond: Int64, Reason)

    /// Why moves are not tried.
    public enum Reason: Hashable, Sendable {
      /// The snapshot has no scenario on this side that moves the price alone, so that nothing says how the
      /// marks of the book's positions follow it.
      case noScenario
      /// The moved prices make no sound snapshot, no circuit, or one without room for the book.
      case noRule
    }

    /// The move at which the rule fails, if one was found.
    public var failure: Move? {
      if case .fails(let move) = self { move } else { nil }
    }
  }
}

extension SecretBlock<Int64> {
  /// For each group that anything in the book follows what was looked for, and what follows none. The rule
  /// has to be met.
  borrowing func priceSearches(
    _ rule: MarginRule
  ) throws(ProverError) -> ([MarginHeadroom.PriceSearch], withoutGroup: [String]) {
    var names: [String] = []
    for (index, name) in rule.registry.names.enumerated() where index < count && self[index] != 0 {
      if name != Registry.cash { names.append(name) }
    }
    let held = Set(names)
    var following: Set<String> = []
    var searches: [MarginHeadroom.PriceSearch] = []
    for (index, group) in rule.snapshot.groups.enumerated() {
      let prices = GroupPrices(rule.snapshot, group: index, held: held)
      let moved = Set(prices.coordinateNames).intersection(held)
      guard !moved.isEmpty else { continue }
      following.formUnion(moved)
      searches.append(
        MarginHeadroom.PriceSearch(
          group: group.id, moved: names.filter(moved.contains), held: names.filter { !moved.contains($0) },
          fall: try side(rule, prices, group.id, isRise: false),
          rise: try side(rule, prices, group.id, isRise: true)))
    }
    return (searches, names.filter { !following.contains($0) })
  }

  /// Whether a rule is met under moved prices.
  private enum Answer {
    case holds, fails
    /// There is no such rule, or it has no room for the book.
    case unknown
  }

  /// What is known of the moves of a group's prices on one side: they are tried from the nearest outwards,
  /// and between the last that holds and the first that does not by halving. Each is decided by the rule
  /// itself, under the snapshot with moved prices.
  private borrowing func side(
    _ rule: MarginRule, _ prices: GroupPrices, _ group: String, isRise: Bool
  ) throws(ProverError) -> MarginHeadroom.Side {
    guard !prices.lacksScenarios(isRise: isRise) else { return .untried(beyond: 0, .noScenario) }
    var good = Int64(0)
    for move in prices.lookedAt(isRise: isRise) {
      var (bad, answer) = (move, try self.answer(rule, prices, movedBy: move))
      if answer == .holds {
        good = move
        continue
      }
      while abs(bad - good) > 1 {
        let middle = good + (bad - good) / 2
        let found = try self.answer(rule, prices, movedBy: middle)
        if found == .holds { good = middle } else { (bad, answer) = (middle, found) }
      }
      guard answer == .fails else { return .untried(beyond: good, .noRule) }
      return .fails(
        MarginHeadroom.Move(
          group: group, ppm: bad, isBeyondScenarios: !prices.scenarios.contains(bad), price: prices.price))
    }
    return .holds(upTo: good)
  }

  private borrowing func answer(
    _ rule: MarginRule, _ prices: GroupPrices, movedBy ppm: Int64
  ) throws(ProverError) -> Answer {
    guard let moved = prices.rule(rule, movedBy: ppm), let holds = try meets(moved) else { return .unknown }
    return holds ? .holds : .fails
  }
}

// MARK: - For programs

extension MarginHeadroom.Move {
  /// The move for programs. Names of members end in their unit.
  public var json: JSONValue {
    [
      "group": .string(group), "ppm": .integer(ppm), "beyondScenarios": .bool(isBeyondScenarios),
      "instrument": price.map { .string($0.instrument) } ?? .null,
      "lot": price.map { .string($0.lot) } ?? .null,
      "lotPriceQuanta": price.map { .integer($0.lotQuanta) } ?? .null,
      "priceUSD": price.map { .string(MarginHeadroom.UnitPrice.decimal($0.trillionths)) } ?? .null,
      "priceAfterUSD": price.map {
        .string(MarginHeadroom.UnitPrice.decimal($0.trillionths(movedBy: ppm)))
      } ?? .null,
    ]
  }
}

extension MarginHeadroom.PriceSearch {
  /// What was looked for, for programs. Of each side `verdict` is `fails`, `holds` or `untried`: the rule
  /// fails at `ppm`, holds at all moves tried up to it, or was not tried beyond it.
  public var json: JSONValue {
    [
      "group": .string(group), "moved": .array(moved.map { .string($0) }),
      "held": .array(held.map { .string($0) }), "fall": fall.json, "rise": rise.json,
    ]
  }
}

extension MarginHeadroom.Side {
  fileprivate var json: JSONValue {
    switch self {
    case .fails(let move): ["verdict": "fails", "ppm": .integer(move.ppm)]
    case .holds(let end): ["verdict": "holds", "ppm": .integer(end)]
    case .untried(let end, .noScenario):
      ["verdict": "untried", "ppm": .integer(end), "reason": "noScenario"]
    case .untried(let end, .noRule): ["verdict": "untried", "ppm": .integer(end), "reason": "noRule"]
    }
  }
}
