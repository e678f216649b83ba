internal import ExactIntegers

/// A public value while a circuit is evaluated.
enum PublicValue: Sendable {
  case integer(Integer)
  case condition(Bool)
  case list(PublicList)
  /// Consecutive integers.
  case range(Range<Int>)
  case record(PublicRecord)

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
    case .integer(let value): value.int.map { Key(number: $0) }
    case .record(let record): record.key
    case .condition, .list, .range: nil
    }
  }
}

/// A list of the parameters.
final class PublicList: Sendable {
  /// The field that `fill` reads of records.
  static let capacityField = "cap"

  let elements: [PublicValue]
  /// What `fill` reads, unless an element has no capacity; empty where no circuit asks.
  let capacities: [Integer]?
  /// The sum of the capacities before each place.
  let capacitiesBefore: [Integer]

  init(_ elements: [PublicValue], capacityField: Int?) {
    self.elements = elements
    var capacities: [Integer]? = []
    var (before, sum) = ([Integer](), Integer(0))
    for element in elements {
      guard let field = capacityField, let capacity = element.capacity(field) else {
        capacities = nil
        break
      }
      capacities?.append(capacity)
      before.append(sum)
      sum = sum + capacity
    }
    self.capacities = capacities
    capacitiesBefore = before
  }
}

/// A record of the parameters, and where in a list it stands.
final class PublicRecord: Sendable {
  let source: ParameterRecord
  /// Its place, if it is in a list.
  let position: Int?
  let key: Key?
  /// Of the fields that the circuit reads, those that there are, by their numbers.
  let fields: [PublicValue?]

  init(_ source: ParameterRecord, position: Int?, key: Key?, fields: [PublicValue?]) {
    (self.source, self.position, self.key, self.fields) = (source, position, key, fields)
  }
}

extension PublicValue {
  fileprivate func capacity(_ field: Int) -> Integer? {
    switch self {
    case .integer(let value): value
    case .record(let record): if case .integer(let value)? = record.fields[field] { value } else { nil }
    case .condition, .list, .range: nil
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

/// The parameters as they are read: fields and ids by number.
struct PublicValues {
  private let fieldNumbers: [String: Int]
  /// The fields in the order of their numbers.
  private let fieldNames: [String]
  private let capacityField: Int?
  private var ids: [String: Int] = [:]
  /// Every id, by its number.
  private(set) var names: [String] = []

  /// - Parameter fields: those that the circuit reads. Others are left where they are.
  init(fields: Set<String>) {
    fieldNames = fields.sorted()
    var numbers: [String: Int] = [:]
    for (number, name) in fieldNames.enumerated() { numbers[name] = number }
    fieldNumbers = numbers
    capacityField = numbers[PublicList.capacityField]
  }

  /// The number of a field that the circuit reads.
  func index(ofField name: String) -> Int { fieldNumbers[name] ?? fieldNames.count }

  mutating func key(of id: String) -> Key {
    if let known = ids[id] { return Key(id: known) }
    ids[id] = names.count
    names.append(id)
    return Key(id: names.count - 1)
  }

  mutating func value(_ value: ParameterValue, position: Int? = nil) -> PublicValue {
    switch value {
    case .integer(let value): return .integer(value)
    case .list(let elements):
      var converted: [PublicValue] = []
      converted.reserveCapacity(elements.count)
      for (position, element) in elements.enumerated() {
        converted.append(self.value(element, position: position))
      }
      return .list(PublicList(converted, capacityField: capacityField))
    case .record(let record):
      var fields: [PublicValue?] = []
      fields.reserveCapacity(fieldNames.count)
      for name in fieldNames { fields.append(record.fields[name].map { self.value($0) }) }
      let key = record.id.map { self.key(of: $0) } ?? position.map { Key(number: $0) }
      return .record(PublicRecord(record, position: position, key: key, fields: fields))
    }
  }
}

/// The public values of the names that loops and arguments have introduced, outermost first.
struct Scope: Sendable {
  private var values: [PublicValue] = []

  init() {}

  init(_ values: [PublicValue]) { self.values = values }

  var count: Int { values.count }

  subscript(slot: Int) -> PublicValue { values[slot] }

  /// The value that was added last.
  var last: PublicValue? { values.last }

  mutating func append(_ value: PublicValue) { values.append(value) }

  /// Puts another value in the place of the last one, without a copy unless somebody keeps the scope.
  mutating func replaceLast(with value: PublicValue) { values[values.count - 1] = value }
}

/// Steps that compiling a circuit takes, so that a small file with large loops comes to an end.
final class Meter {
  /// Visits of expressions that every circuit may take, and as many more for every value in its parameters: a
  /// rule visits each number of a snapshot a few dozen times.
  static let (leastSteps, stepsPerValue) = (1 << 24, 1 << 8)

  private let mostSteps: Int
  private var steps = 0

  /// The most steps of a ``Tape``, which are kept, at 20 bytes each: a rule computes a few times with each number of a
  /// snapshot.
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
    guard steps <= mostSteps else {
      throw Problem(
        .tooLarge, "this circuit takes more than \(mostSteps) steps with these parameters", at: range)
    }
  }
}
