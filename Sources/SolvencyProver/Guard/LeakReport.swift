internal import CanonicalBytes
internal import MarginRules

/// What a sequence of answered questions can have told about a book.
///
/// An accepted proof tells that the book lies in the set that the rule admits under the snapshot, cut out by
/// linear inequalities with public coefficients; a refusal tells that it does not. k answers tell at most k
/// bits: each costs one at most, whatever was varied to ask it, an exit fee, a scenario row, a zone, a limit
/// or an order. Questions that repeat rule, snapshot, order and book tell nothing new.
public struct LeakReport: Hashable, Sendable {
  /// What the answers about one state of the book told.
  public struct State: Hashable, Sendable {
    /// The state: the number of fills before it.
    public var sequence: UInt64
    /// How many answers were given.
    public var questions: Int
    /// How many different sets the book was shown to lie in, or not to.
    public var sets: Int
    /// How many different snapshots they were asked under.
    public var snapshots: Int
    /// How many different orders they were about.
    public var orders: Int

    /// The most that the answers tell, in bits: one for each set.
    public var bits: Int { sets }
  }

  /// By state, earliest first. Public fills link the states: an adversary who knows them may put all of
  /// them together.
  public let states: [State]

  /// The most that all answers together tell, in bits.
  public var bits: Int { states.reduce(0) { $0 + $1.bits } }

  /// What these questions told.
  public init(of questions: [SnapshotGuard.Question]) {
    let sequences = Set(questions.map(\.sequence)).sorted()
    states = sequences.map { sequence in
      let asked = questions.filter { $0.sequence == sequence }
      let sets = Set(
        asked.map {
          [$0.circuit.bytes, $0.snapshot.bytes, Array($0.kind.rawValue.utf8), $0.order?.bytes ?? []]
        })
      return State(
        sequence: sequence, questions: asked.count, sets: sets.count,
        snapshots: Set(asked.map(\.snapshot)).count, orders: Set(asked.compactMap(\.order)).count)
    }
  }
}
