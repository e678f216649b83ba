internal import ExactIntegers

/// The parameters as they are read: lists, records, fields and ids by number, each in one list with all
/// others.
struct ParameterTable: Sendable {
  /// The field that `fill` reads of records.
  static let capacityField = "cap"

  /// Consecutive entries of ``elements``.
  struct List: Sendable {
    let first: Int
    let count: Int

    var places: Range<Int> { first..<(first + count) }
  }

  /// A record, and where in a list it stands.
  struct Record: Sendable {
    /// The place of its first field; the others follow.
    let firstField: Int
    /// Its place, if it is in a list.
    let position: Int?
    let key: Key?
  }

  private(set) var lists: [List] = []
  private(set) var elements: [PublicValue] = []
  private(set) var records: [Record] = []
  /// Of every record, the fields that the circuit reads, in the order of their numbers.
  private(set) var fields: [PublicValue?] = []
  /// Of every record, what it was made from.
  private(set) var sources: [ParameterRecord] = []
  /// Integers of more than a word, by number.
  private(set) var wides: [Integer]
  /// Every id, by its number.
  private(set) var ids: [String]
  /// The number of the field that `fill` reads, if the circuit reads it.
  let capacityField: Int?

  private let fieldNumbers: [String: Int]
  private var idNumbers: [String: Int] = [:]

  /// The constants and ids of a circuit, and no parameters.
  init(_ circuit: ResolvedCircuit) {
    wides = circuit.wideConstants
    ids = circuit.ids
    fieldNumbers = circuit.fieldNumbers
    capacityField = fieldNumbers[Self.capacityField]
    for (number, id) in ids.enumerated() { idNumbers[id] = number }
  }

  /// Adds a value with everything in it.
  mutating func add(_ value: ParameterValue, position: Int? = nil) -> PublicValue {
    switch value {
    case .integer(let value):
      return value.int.map { .word($0) } ?? add(wide: value)
    case .list(let values):
      let list = List(first: elements.count, count: values.count)
      elements.append(contentsOf: repeatElement(.word(0), count: values.count))
      for (position, element) in values.enumerated() {
        elements[list.first + position] = add(element, position: position)
      }
      lists.append(list)
      return .list(lists.count - 1)
    case .record(let record):
      return add(record, position: position)
    }
  }

  mutating func add(_ record: ParameterRecord, position: Int? = nil) -> PublicValue {
    let first = fields.count
    fields.append(contentsOf: repeatElement(nil, count: fieldNumbers.count))
    // Most records have few fields, and most circuits read more; the numbers of what is found here mean
    // nothing.
    for (name, value) in record.fields {
      guard let number = fieldNumbers[name] else { continue }
      let added = add(value)
      fields[first + number] = added
    }
    let key = record.id.map { self.key(of: $0) } ?? position.map { Key(number: $0) }
    records.append(Record(firstField: first, position: position, key: key))
    sources.append(record)
    return .record(records.count - 1)
  }

  mutating func add(wide: Integer) -> PublicValue {
    wides.append(wide)
    return .wide(wides.count - 1)
  }

  private mutating func key(of id: String) -> Key {
    if let known = idNumbers[id] { return Key(id: known) }
    idNumbers[id] = ids.count
    ids.append(id)
    return Key(id: ids.count - 1)
  }
}
