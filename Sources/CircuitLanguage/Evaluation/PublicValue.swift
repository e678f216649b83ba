internal import ExactIntegers

/// A public value while a circuit is evaluated: an integer, or the number of something in the
/// ``ParameterTable``. It holds no reference.
enum PublicValue: Sendable {
  case word(Int)
  /// An integer of more than a word, by its number.
  case wide(Int)
  case condition(Bool)
  case list(Int)
  /// Consecutive integers.
  case range(first: Int, count: Int32)
  case record(Int)

  /// How a diagnostic speaks of its type.
  var typeName: String {
    switch self {
    case .word, .wide: "an integer"
    case .condition: "a condition"
    case .list, .range: "a list"
    case .record: "a record"
    }
  }
}

/// One index of an element of a family: a number, or an id by its number among all ids.
struct Key: Hashable, Sendable {
  let value: Int
  let isID: Bool

  init(number: Int) { (value, isID) = (number, false) }

  init(id: Int) { (value, isID) = (id, true) }
}

/// The public values of the names that loops and arguments have introduced, outermost first.
struct Scope: Sendable {
  /// Nearly all scopes are not larger.
  private static let inPlace = 4

  private var first: InlineArray<4, PublicValue> = .init(repeating: .word(0))
  private var others: [PublicValue] = []
  private(set) var count = 0

  init() {}

  subscript(slot: Int) -> PublicValue {
    slot < Self.inPlace ? first[slot] : others[slot - Self.inPlace]
  }

  /// The value that was added last.
  var last: PublicValue? { count > 0 ? self[count - 1] : nil }

  mutating func append(_ value: PublicValue) {
    if count < Self.inPlace { first[count] = value } else { others.append(value) }
    count += 1
  }

  /// Puts another value in the place of the last one.
  mutating func replaceLast(with value: PublicValue) {
    if count <= Self.inPlace {
      first[count - 1] = value
    } else {
      others[count - 1 - Self.inPlace] = value
    }
  }
}

/// Steps that compiling a circuit takes, so that a small file with large loops comes to an end.
final class Meter {
  /// Visits of expressions that every circuit may take, and as many more for every value in its parameters: a
  /// rule visits each number of a snapshot a few dozen times.
  static let (leastSteps, stepsPerValue) = (1 << 24, 1 << 8)

  private let mostSteps: Int
  // Counted in one place, which nothing interrupts.
  @exclusivity(unchecked) private var steps = 0

  /// The most steps of a ``Tape``, which are kept, at 20 bytes each: a rule computes a few times with each
  /// number of a snapshot.
  var mostRecordedSteps: Int { mostSteps / 4 }

  init(mostSteps: Int) { self.mostSteps = mostSteps }

  /// - Parameter program: whose parameters say how many steps there are.
  convenience init(for program: Program) { self.init(mostSteps: program.mostSteps) }

  /// The limit for some parameters.
  static func mostSteps(for parameters: ParameterRecord) -> Int {
    leastSteps + stepsPerValue * min(parameters.valueCount, 1 << 20)
  }

  /// One with as many steps that has taken none.
  var restarted: Meter { Meter(mostSteps: mostSteps) }

  func step(at range: SourceRange) throws(Problem) {
    steps += 1
    if steps > mostSteps { throw exhausted(at: range) }
  }

  private func exhausted(at range: SourceRange) -> Problem {
    Problem(
      .tooLarge, "this circuit takes more than \(mostSteps) steps with these parameters", at: range)
  }
}
