public import ExactIntegers

/// A public value that a circuit is compiled with: the parameter tree, or a part of it.
public enum ParameterValue: Hashable, Sendable {
  /// An integer of any size.
  case integer(Integer)
  /// A list; its elements are counted from 0.
  case list([ParameterValue])
  /// Named fields.
  case record(ParameterRecord)
}

/// Named public values, with an `id` if it is one of several that are told apart by name.
public struct ParameterRecord: Hashable, Sendable {
  /// What indexes families over lists of such records; not a field.
  public var id: String?
  /// The fields.
  public var fields: [String: ParameterValue]

  /// A record with the given identity and fields.
  public init(id: String? = nil, fields: [String: ParameterValue]) {
    self.id = id
    self.fields = fields
  }
}

extension ParameterValue: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// An integer.
  public init(integerLiteral value: Int64) { self = .integer(Integer(value)) }

  /// A list.
  public init(arrayLiteral elements: ParameterValue...) { self = .list(elements) }

  /// A record without an id; of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, ParameterValue)...) {
    self = .record(ParameterRecord(fields: Dictionary(elements) { $1 }))
  }

  /// A record with an id.
  public static func record(id: String, _ fields: [String: ParameterValue]) -> ParameterValue {
    .record(ParameterRecord(id: id, fields: fields))
  }
}

extension ParameterRecord {
  /// Integers in the record and everything in it, as far as parameters may be nested.
  var valueCount: Int { valueCount(depth: 0) }

  fileprivate func valueCount(depth: Int) -> Int {
    fields.values.reduce(0) { $0 + $1.valueCount(depth: depth + 1) }
  }
}

extension ParameterValue {
  fileprivate func valueCount(depth: Int) -> Int {
    guard depth <= Self.maximumNesting else { return 0 }
    return switch self {
    case .integer: 1
    case .list(let elements): elements.reduce(0) { $0 + $1.valueCount(depth: depth + 1) }
    case .record(let record): record.valueCount(depth: depth)
    }
  }

  /// Levels of lists and records that a tree may have.
  static let maximumNesting = 32

  /// What is wrong with a tree, if anything: nesting, or an id that is empty, not
  /// readable, or twice in one list.
  func defect() -> String? { isSound(depth: 0) ? nil : defect(depth: 0) }

  /// Whether nothing is wrong with a tree, in whatever order its fields come.
  private func isSound(depth: Int) -> Bool {
    guard depth <= Self.maximumNesting else { return false }
    switch self {
    case .integer: return true
    case .list(let elements):
      var ids: Set<String> = []
      for element in elements {
        switch element {
        case .integer: if depth == Self.maximumNesting { return false }
        case .record(let record):
          if let id = record.id, !Self.isReadable(id) || !ids.insert(id).inserted { return false }
          if !element.isSound(depth: depth + 1) { return false }
        case .list: if !element.isSound(depth: depth + 1) { return false }
        }
      }
      return true
    case .record(let record):
      return record.fields.values.allSatisfy { $0.isSound(depth: depth + 1) }
    }
  }

  private static func isReadable(_ id: String) -> Bool {
    if id.utf8.allSatisfy({ 0x20 <= $0 && $0 < 0x7F }) { return !id.isEmpty }
    return !id.unicodeScalars.contains(where: SourceText.isHidden)
  }

  /// What is wrong that is found first.
  private func defect(depth: Int) -> String? {
    guard depth <= Self.maximumNesting else {
      return "the parameters are nested more than \(Self.maximumNesting) levels deep"
    }
    switch self {
    case .integer:
      return nil
    case .list(let elements):
      var ids: Set<String> = []
      for element in elements {
        if case .record(let record) = element, let id = record.id {
          if id.isEmpty { return "an id in the parameters is empty" }
          if id.unicodeScalars.contains(where: SourceText.isHidden) {
            return "an id in the parameters holds a character that a reader would not see"
          }
          guard ids.insert(id).inserted else {
            return "two elements of one list in the parameters have the id \"\(id)\""
          }
        }
        if let defect = element.defect(depth: depth + 1) { return defect }
      }
      return nil
    case .record(let record):
      // In alphabetical order, so that the same tree always gives the same message.
      for (_, field) in record.fields.sorted(by: { $0.key < $1.key }) {
        if let defect = field.defect(depth: depth + 1) { return defect }
      }
      return nil
    }
  }
}
