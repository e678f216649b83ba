internal import CanonicalBytes
internal import Solvency
internal import SolvencyProver
internal import VenueSolvencyProver

/// An account of a file of balances, not read yet.
enum BalanceLine: Sendable {
  case bytes([UInt8])
  case fields([String])

  func book(in table: BalanceTable) throws(BalanceTableError) -> Book {
    switch self {
    case .bytes(let line): try table.book(line)
    case .fields(let fields): try table.book(fields: fields)
    }
  }
}

/// A file of balances that is a JSON array of objects, an account each, all with the same members.
struct BalanceObjects {
  /// The largest file, in bytes: what OKX's tool writes has about as many for 100,000 accounts.
  private static let byteLimit = 256 << 20

  let names: [String]
  let rows: [[String]]

  /// - Returns: nil for a file that does not begin with an array.
  init?(_ path: String) throws(ToolFailure) {
    // What is piped can be read once.
    guard path != InputFile.standardInput, InputFile.isRegular(path) else { return nil }
    guard Self.opening(of: try InputFile.open(path, limit: nil).chunk()) == UInt8(ascii: "[") else {
      return nil
    }
    let bytes = try InputFile.read(path, limit: Self.byteLimit)
    let elements = try ToolFailure.wrapping(path) {
      try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit).array(maximumCount: 1 << 24)
    }
    var (names, rows): ([String], [[String]]) = ([], [])
    for (index, element) in elements.enumerated() {
      guard case .object(let members) = element.value else {
        throw ToolFailure(
          .malformedInput, "\(path), account \(index + 1)",
          "is not an object with an account and its balances")
      }
      if index == 0 { names = members.map(\.key) }
      let fields = Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
      var row: [String] = []
      for name in names {
        switch fields[name] {
        case .string(let text), .number(let text): row.append(text)
        default:
          throw ToolFailure(
            .malformedInput, "\(path), account \(index + 1)",
            "has no text or number under \(name), which the first account has")
        }
      }
      guard fields.count == names.count else {
        throw ToolFailure(
          .malformedInput, "\(path), account \(index + 1)", "has other members than the first account")
      }
      rows.append(row)
    }
    guard !rows.isEmpty else { throw ToolFailure(.malformedInput, path, "is an array without accounts") }
    (self.names, self.rows) = (names, rows)
  }

  /// Whether a line may be the header of a table: it is not blank.
  ///
  /// - Throws: ``ToolFailure`` if it is the start of JSON, of which a table would have the quotation marks
  ///   refused.
  static func isHeader(_ line: [UInt8], of path: String) throws(ToolFailure) -> Bool {
    let name = InputFile.name(path)
    switch opening(of: line) {
    case UInt8(ascii: "{"):
      throw ToolFailure(
        .malformedInput, name,
        "is JSON that begins with an object; write the accounts as one array of objects, "
          + "[{\"account\": \"a\", \"cash\": 5}], or as a table whose first line names the columns. Nothing was written"
      )
    case UInt8(ascii: "["):
      throw ToolFailure(
        .malformedInput, name,
        "is a JSON array, which is read from a file and from no pipe; save it and name the file. Nothing was written"
      )
    case nil: return false
    default: return true
    }
  }

  /// The first byte that is no space, nor of a byte order mark.
  private static func opening(of bytes: [UInt8]) -> UInt8? {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    return text.first { $0 > 0x20 }
  }
}
