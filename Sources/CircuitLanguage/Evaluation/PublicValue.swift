internal import ExactIntegers

/// A public value while a circuit is evaluated.
enum PublicValue: Sendable {
  case integer(Integer)
  case condition(Bool)
  case list([ParameterValue])
  /// Consecutive integers.
  case range(Range<Int>)
  /// A record, and where in a list it was found.
  case record(ParameterRecord, position: Int?)

  init(_ value: ParameterValue, position: Int? = nil) {
    switch value {
    case .integer(let value): self = .integer(value)
    case .list(let elements): self = .list(elements)
    case .record(let record): self = .record(record, position: position)
    }
  }

  /// How a diagnostic speaks of its type.
  var typeName: String {
    switch self {
    case .integer: "an integer"
    case .condition: "a condition"
    case .list, .range: "a list"
    case .record: "a record"
    }
  }

  /// What it selects as an index: the id of a record, its position if it has none, an integer itself.
  var key: Key? {
    switch self {
    case .integer(let value): value.int.map { .number($0) }
    case .record(let record, let position):
      record.id.map { .id($0) } ?? position.map { .number($0) }
    case .condition, .list, .range: nil
    }
  }
}

/// One index of an element of a family.
enum Key: Hashable, Sendable, CustomStringConvertible {
  case id(String)
  case number(Int)

  var description: String {
    switch self {
    case .id(let text): text
    case .number(let value): String(value)
    }
  }
}

/// The public names that loops and arguments have introduced, innermost last.
struct Scope: Sendable {
  private var values: [(name: String, value: PublicValue)] = []

  subscript(name: String) -> PublicValue? { values.last { $0.name == name }?.value }

  func adding(_ name: String, _ value: PublicValue) -> Scope {
    var scope = self
    scope.values.append((name, value))
    return scope
  }
}

/// Steps that compiling a circuit takes, so that a small file with large loops comes to an end.
final class Meter {
  /// Visits of expressions that every circuit may take, and as many more for every value in its parameters: a
  /// rule visits each number of a snapshot a few dozen times.
  static let (leastSteps, stepsPerValue) = (1 << 24, 1 << 8)

  private let mostSteps: Int
  private var steps = 0

  /// - Parameter program: whose parameters say how many steps there are.
  init(for program: Program) { mostSteps = program.mostSteps }

  /// The limit for some parameters.
  static func mostSteps(for parameters: ParameterRecord) -> Int {
    leastSteps + stepsPerValue * min(parameters.valueCount, 1 << 20)
  }

  func step(at range: SourceRange) throws(Problem) {
    steps += 1
    guard steps <= mostSteps else {
      throw Problem(
        .tooLarge, "this circuit takes more than \(mostSteps) steps with these parameters", at: range)
    }
  }
}
