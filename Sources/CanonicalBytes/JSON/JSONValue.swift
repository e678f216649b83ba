public import ExactIntegers

/// A JSON text as a tree.
///
/// Members keep the order in which they were written, and numbers keep their digits: `1`, `1.0` and
/// `1e0` are three different values, so nothing is lost before a reader decides what it accepts.
public enum JSONValue: Hashable, Sendable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number, as the literal in the text.
  case number(String)
  /// A text.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Named values in the order of the text.
  case object([JSONMember])
}

/// One named value of an object.
public struct JSONMember: Hashable, Sendable {
  /// The name.
  public let key: String
  /// The value under that name.
  public let value: JSONValue

  /// The value under this name.
  public init(_ key: String, _ value: JSONValue) {
    self.key = key
    self.value = value
  }
}

extension JSONValue {
  /// An integer, exact for every reader: a number when |v| < 2⁵³, a decimal string beyond, because
  /// many programs read JSON numbers as binary fractions of 53 bits.
  @inlinable
  public static func integer(_ value: some BinaryInteger) -> JSONValue {
    value.magnitude < (1 as UInt64) << 53 ? .number(value.description) : .string(value.description)
  }

  /// An integer of any size, written as ``integer(_:)-(BinaryInteger)`` does.
  public static func integer(_ value: Integer) -> JSONValue {
    value.bitWidth <= 53 ? .number(value.description) : .string(value.description)
  }

  /// Which of the six kinds this value is.
  public var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }
}

/// The six kinds of JSON value, and the one that this project adds on top of them.
public enum JSONKind: String, Hashable, Sendable {
  /// Nothing.
  case null
  /// True or false.
  case bool = "true or false"
  /// A number literal.
  case number = "a number"
  /// A text.
  case string = "a string"
  /// Values in order.
  case array = "an array"
  /// Named values.
  case object = "an object"
  /// A number literal without point or exponent, or a string of decimal digits.
  case integer = "an integer"
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// True or false.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// Values in order.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Named values in this order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { JSONMember($0, $1) })
  }
}
