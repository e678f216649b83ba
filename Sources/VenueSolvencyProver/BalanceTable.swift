public import CanonicalBytes
internal import MarginRules
public import Solvency
public import SolvencyProver

/// Balances as venues export them: a header with column names, then a line for each account.
///
///     account,cash,position/BTC-PERP,holding/BTC,debt/USDC
///     desk-7,318000000,5,120,0
///
/// The account stands under `account`, `id`, `uid`, `user`, `username` or `account_id`. The other columns are
/// coordinates of the registry; those of a registry that no column names are zero. Amounts are whole lots, or quanta
/// of value for cash. Columns are separated by commas, semicolons or tabs, whichever the header has; a field may stand
/// in quotation marks (RFC 4180). Nothing is guessed: a column that is no coordinate is refused.
public struct BalanceTable: Sendable {
  /// The longest line that is read, in bytes.
  public static let lineByteLimit = 1 << 20
  private static let accountNames: Set<String> = ["account", "id", "uid", "user", "username", "account_id"]

  private let registry: Registry
  private let separator: UInt8
  private let account: Int
  /// The coordinate of each column, nil for the account's.
  private let coordinates: [Int?]

  /// Reads the header.
  ///
  /// - Throws: ``BalanceTableError``.
  public init(header line: [UInt8], registry: Registry) throws(BalanceTableError) {
    let separators: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    separator = separators.max { a, b in line.count { $0 == a } < line.count { $0 == b } } ?? separators[0]
    // A byte order mark belongs to the file, not to the first name.
    let text = line.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(line.dropFirst(3)) : line
    let names = try Self.fields(of: text, separator: separator)
    var (account, coordinates, seen): (Int?, [Int?], Set<Int>) = (nil, [], [])
    for (column, name) in names.enumerated() {
      if Self.accountNames.contains(name.lowercased()) {
        guard account == nil else { throw .duplicateColumn(name) }
        account = column
        coordinates.append(nil)
      } else {
        guard let index = registry.index(of: name) else { throw .unknownColumn(name) }
        guard seen.insert(index).inserted else { throw .duplicateColumn(name) }
        coordinates.append(index)
      }
    }
    guard let account else { throw .noAccountColumn }
    self.registry = registry
    self.account = account
    self.coordinates = coordinates
  }

  /// Reads the line of an account.
  ///
  /// - Throws: ``BalanceTableError``.
  public func book(_ line: [UInt8]) throws(BalanceTableError) -> Book {
    let fields = try Self.fields(of: line, separator: separator)
    guard fields.count == coordinates.count else {
      throw .wrongFieldCount(expected: coordinates.count, actual: fields.count)
    }
    let name: AccountID
    do throws(NameError) {
      name = try AccountID(fields[account])
    } catch {
      throw .account(error)
    }
    var amounts = [Int64](repeating: 0, count: registry.count)
    for (column, index) in coordinates.enumerated() {
      guard let index else { continue }
      guard let amount = Self.amount(fields[column]) else {
        throw .notAnInteger(column: registry.names[index])
      }
      amounts[index] = amount
    }
    do throws(BookError) {
      return try Book(account: name, registry: registry) { registry.index(of: $0).map { amounts[$0] } ?? 0 }
    } catch {
      guard case .outOfRange(let path) = error else { throw .outOfRange(column: "?") }
      throw .outOfRange(column: path)
    }
  }

  /// A whole number written in the one usual way; nil otherwise.
  private static func amount(_ text: String) -> Int64? {
    guard let value = Int64(text), String(value) == text || text == "-0" else { return nil }
    return value
  }

  private static func fields(of line: [UInt8], separator: UInt8) throws(BalanceTableError) -> [String] {
    let quote = UInt8(ascii: "\"")
    var (fields, field, index): ([String], [UInt8], Int) = ([], [], 0)
    func finish() throws(BalanceTableError) {
      guard let text = String(validating: field, as: UTF8.self) else { throw .notUTF8 }
      fields.append(text)
      field.removeAll(keepingCapacity: true)
    }
    while true {
      if index < line.count, line[index] == quote {
        index += 1
        while true {
          guard index < line.count else { throw .openQuotation }
          if line[index] == quote {
            index += 1
            guard index < line.count, line[index] == quote else { break }
          }
          field.append(line[index])
          index += 1
        }
        guard index == line.count || line[index] == separator else { throw .openQuotation }
      } else {
        while index < line.count, line[index] != separator {
          field.append(line[index])
          index += 1
        }
      }
      try finish()
      guard index < line.count else { return fields }
      index += 1
    }
  }
}

/// Why a line of balances is not read. Amounts are not part of it.
public enum BalanceTableError: Error, Hashable, Sendable {
  /// No column holds the account.
  case noAccountColumn
  /// The registry has no such coordinate.
  case unknownColumn(String)
  /// A column is there twice.
  case duplicateColumn(String)
  /// The line has another number of fields than the header.
  case wrongFieldCount(expected: Int, actual: Int)
  /// The account's name is not one.
  case account(NameError)
  /// The amount in this column is not a whole number.
  case notAnInteger(column: String)
  /// The amount in this column is out of the range that the coordinate may have.
  case outOfRange(column: String)
  /// A quotation mark is not closed, or something follows the closing one.
  case openQuotation
  /// The line is not UTF-8.
  case notUTF8
}
