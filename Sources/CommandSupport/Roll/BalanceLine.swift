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
    guard path != InputFile.standardInput else { return nil }
    let start = try InputFile.open(path, limit: nil).chunk()
    guard start.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") else { return nil }
    let bytes = try InputFile.read(path, limit: Self.byteLimit)
    let elements = try ToolFailure.wrapping(path) {
      try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit).array(maximumCount: 1 << 24)
    }
    var (names, rows): ([String], [[String]]) = ([], [])
    for (index, element) in elements.enumerated() {
      guard case .object(let members) = element.value else {
        throw ToolFailure(
          .malformedInput, "\(path):\(index + 1)", "is not an object with an account and its balances")
      }
      if index == 0 { names = members.map(\.key) }
      let fields = Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
      var row: [String] = []
      for name in names {
        switch fields[name] {
        case .string(let text), .number(let text): row.append(text)
        default:
          throw ToolFailure(
            .malformedInput, "\(path):\(index + 1)",
            "has no text or number under \(name), which the first account has")
        }
      }
      guard fields.count == names.count else {
        throw ToolFailure(.malformedInput, "\(path):\(index + 1)", "has other members than the first account")
      }
      rows.append(row)
    }
    (self.names, self.rows) = (names, rows)
  }
}
