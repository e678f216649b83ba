/// A parameter of a statement, in the server's binary form.
enum PostgresValue {
  case integer(Int64)
  case text(String)
  case bytes([UInt8])
  case integers([Int64])
  case byteStrings(ArraySlice<[UInt8]>)

  /// The type's number in the server's catalogue.
  var type: UInt32 {
    switch self {
    case .integer: 20
    case .text: 25
    case .bytes: 17
    case .integers: 1_016
    case .byteStrings: 1_001
    }
  }

  /// Appends the value's encoding.
  func encode(to buffer: inout [UInt8]) {
    switch self {
    case .integer(let value): Self.append(UInt64(bitPattern: value), to: &buffer)
    case .text(let text): buffer.append(contentsOf: text.utf8)
    case .bytes(let bytes): buffer.append(contentsOf: bytes)
    case .integers(let values):
      Self.appendHeader(of: values.count, element: 20, to: &buffer)
      for value in values {
        Self.append(UInt32(8), to: &buffer)
        Self.append(UInt64(bitPattern: value), to: &buffer)
      }
    case .byteStrings(let strings):
      Self.appendHeader(of: strings.count, element: 17, to: &buffer)
      for string in strings {
        Self.append(UInt32(truncatingIfNeeded: string.count), to: &buffer)
        buffer.append(contentsOf: string)
      }
    }
  }

  /// Number of dimensions ‖ has nulls ‖ element type ‖ (length ‖ lower bound).
  private static func appendHeader(of count: Int, element: UInt32, to buffer: inout [UInt8]) {
    append(UInt32(count == 0 ? 0 : 1), to: &buffer)
    append(UInt32(0), to: &buffer)
    append(element, to: &buffer)
    guard count > 0 else { return }
    append(UInt32(truncatingIfNeeded: count), to: &buffer)
    append(UInt32(1), to: &buffer)
  }

  private static func append(_ value: some FixedWidthInteger, to buffer: inout [UInt8]) {
    for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
      buffer.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}

/// A statement that is prepared once for each connection. Its text is part of this program, never made of
/// anything that came from outside.
struct PostgresStatement: Hashable {
  let name: StaticString
  let sql: StaticString

  init(_ name: StaticString, _ sql: StaticString) {
    self.name = name
    self.sql = sql
  }

  static func == (one: Self, other: Self) -> Bool { one.name.description == other.name.description }

  func hash(into hasher: inout Hasher) { hasher.combine(name.description) }
}
