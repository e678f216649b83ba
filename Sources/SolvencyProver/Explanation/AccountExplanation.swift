public import CircuitLanguage
public import ExactIntegers
public import MarginRules
public import Solvency

/// What a rule says of a book, in money. Secret: it stays with the trader.
///
/// A requirement that cash changes has its slack in cash: how much may leave before it fails. Its parts are
/// in money where the slack counts a quantum of cash once and in proportion, so that they are what the book
/// has; where it does not, as in a rule that compares two snapshots or squares, they are in units of the
/// rule.
public struct AccountExplanation: Sendable {
  /// One requirement in money.
  public struct Requirement: Hashable, Sendable {
    /// The requirement in units of the rule.
    public let requirement: Evaluation.Requirement
    /// The cash that may leave before it fails, in quanta, rounded down; less than 0 what must be added. What
    /// the rule has for the one that binds; others may have more than the rule's range of cash lets leave.
    /// Nil where cash does not decide it, or not in proportion and only after the rule has failed.
    public let slackQuanta: Int64?
    /// What the slack is made of; empty where it was not taken apart. Values add up to that of `requirement`,
    /// quanta to `slackQuanta`: all parts have them, or none.
    public let parts: [Part]
  }

  /// What one value adds to a slack.
  public struct Part: Hashable, Sendable {
    /// The definition of the circuit that it stands in, such as `equity`; nil for the requirement itself.
    public let definition: String?
    /// The coordinate or value: `position/BTC-PERP`, `reserve[BTC]`.
    public let name: String
    /// What it adds, in units of the rule.
    public let value: Int256
    /// What it adds, in quanta; nil where units of the rule are not money.
    public let quanta: Int64?
    /// What the circuit multiplies it by, in its own words: `beta`, `contLong`.
    public let factors: [String]
  }

  /// How much of an instrument may still be bought or sold at its mark, as far as the rule and the
  /// instrument's `maxLots` decide: halt level and flags of the snapshot are not asked.
  public struct OrderRoom: Hashable, Sendable {
    /// The instrument.
    public let instrument: String
    /// Whether it is bought, rather than sold.
    public let isPurchase: Bool
    /// The most lots after which the rule holds and the position is within `maxLots`: so it is for all
    /// smaller sizes that were tried, and not for one more.
    public let lots: Int64
    /// What they are worth at the mark, in quanta.
    public let valueQuanta: Int64
    /// What stops one lot more.
    public let limit: Limit
    /// Whether the rule holds for every smaller size and for no larger one, since the books that meet it have
    /// no gaps; else it does so at the sizes that were tried: powers of two, some between them, and, up to
    /// the size that closes the position, some between it and the largest.
    public let isExact: Bool
    /// A larger size after which the rule holds again: the least that was tried, and from there down by
    /// halving to one whose next smaller size fails.
    public let holdsAgainAt: Int64?

    /// What stops an order.
    public enum Limit: Hashable, Sendable {
      /// A requirement of the rule fails.
      case requirement(String)
      /// The instrument's `maxLots` on the side of the position, in lots: the venue's, whatever the rule
      /// is. No
      /// margin would make more of it.
      case maxLots(Int64)
      /// The circuit's range of the position, or that which positions have in all books, ends at so many
      /// lots.
      case range(String, end: Int64)
      /// The circuit does not commit this coordinate, and proves it to be 0: no order that changes it can be
      /// held.
      case notCommitted(String)
      /// The rule has no room for more of this coordinate or value, such as the cash that the order would
      /// cost.
      case room(String)
    }
  }

  /// How much of a holding may leave.
  public struct Withdrawal: Hashable, Sendable {
    /// The asset.
    public let asset: String
    /// The most lots, without anything else leaving.
    public let lots: Int64
    /// As ``OrderRoom/isExact``.
    public let isExact: Bool
    /// As ``OrderRoom/holdsAgainAt``.
    public let holdsAgainAt: Int64?
  }

  /// How much the book has of a coordinate.
  public struct Amount: Hashable, Sendable {
    /// The coordinate: `position/BTC-PERP`, `cash`.
    public let coordinate: String
    /// Lots, of cash quanta; negative when sold.
    public let value: Int64
  }

  /// What the positions of a group gain in one scenario.
  public struct ScenarioGain: Hashable, Sendable {
    /// The scenario group.
    public let group: String
    /// The scenario.
    public let scenario: Scenario
    /// The gain in quanta, as the snapshot states it: already times the weight.
    public let quanta: Int64
  }

  /// What fails whatever cash the account has.
  public struct Incurable: Hashable, Sendable {
    /// The requirements that fail with all the cash that the rule has room for, by number; those that hold
    /// advice to its rule come last.
    public let rows: [Int]
    /// The cash after which all others hold, in quanta; 0 where they do already.
    public let othersQuanta: Int64
  }

  /// Every requirement in the units of the rule.
  public let evaluation: Evaluation
  /// What the book has: every coordinate that is not 0, in the order of the registry.
  public let amounts: [Amount]
  /// How far the book is from missing the rule.
  public let headroom: MarginHeadroom
  /// The requirements, as ``Evaluation/requirements``.
  public let requirements: [Requirement]
  /// Why cash does not make a rule hold that fails; nil where it holds, or some amount of cash cures it.
  public let incurable: Incurable?
  /// The number of the requirement that decides: the one that the least cash makes fail, or lacks the most of
  /// it, with the slack in cash that ``headroom`` has. Nil without requirements, and where none is found, as
  /// where the rule's range of cash ends before any fails: ``MarginHeadroom/limit`` tells.
  public let binding: Int?
  /// For instruments that were asked about.
  public let orders: [OrderRoom]
  /// For each asset that is held.
  public let withdrawals: [Withdrawal]
  /// For each group with positions, in the order of the snapshot.
  public let scenarios: [ScenarioGain]
}

extension Book {
  /// What a rule says of the book, in money.
  ///
  /// - Parameter instruments: those whose largest further orders are looked for; each costs one to three
  ///   hundred evaluations.
  /// - Throws: ``ProverError/wrongRegistry`` or ``ProverError/inconsistent``.
  public borrowing func explanation(
    _ rule: MarginRule, ordersOf instruments: [String]
  ) throws(ProverError) -> AccountExplanation {
    guard registry == rule.registry else { throw .wrongRegistry }
    return try values.explanation(rule, instruments, evaluation: explain(rule), headroom: headroom(rule))
  }
}

extension AccountOpening {
  /// As ``Book/explanation(_:ordersOf:)``.
  ///
  /// - Throws: ``ProverError/wrongRegistry`` or ``ProverError/inconsistent``.
  public borrowing func explanation(
    _ rule: MarginRule, ordersOf instruments: [String]
  ) throws(ProverError) -> AccountExplanation {
    guard registry == rule.registry.digest else { throw .wrongRegistry }
    return try values.explanation(rule, instruments, evaluation: explain(rule), headroom: headroom(rule))
  }

  /// The instruments of which the book holds a position.
  public borrowing func heldInstruments(under rule: MarginRule) -> [String] {
    values.heldInstruments(under: rule)
  }
}

extension Book {
  /// The instruments of which the book holds a position.
  public borrowing func heldInstruments(under rule: MarginRule) -> [String] {
    values.heldInstruments(under: rule)
  }
}
