internal import CanonicalBytes
internal import MarginRules
public import Solvency
public import SolvencyProver

/// Balances as venues export them: a header with column names, then a line for each account.
///
///     account,cash,position/BTC-PERP,holding/BTC,debt/USDC
///     desk-7,318000000,5,120,0
///
/// The account stands under `account`, `id`, `#ID`, `uid`, `user`, `username` or `account_id`. The other
/// columns are coordinates of the registry; those of a registry that no column names are zero. Amounts are
/// whole lots, or quanta of value for cash. Columns are separated by commas, semicolons or tabs, whichever
/// the header has; a field may stand in quotation marks (RFC 4180). Nothing is guessed: a column that is not
/// a coordinate is refused.
///
/// With the sizes of lots, files for two other tools are read as well, whose amounts are decimal numbers of
/// an asset. They must be whole lots: rounding would change what a venue owes.
///
///     rn,id,e_btc,d_btc,btc,vl_btc,m_btc,pm_btc,…,total_net_balance_usdt    zkmerkle-proof-of-solvency: e_ is the holding
///                                                                           and d_ the debt; the net balance and what of
///                                                                           the holding is pledged for which kind of
///                                                                           loan is not read, nor are Gate's columns
///                                                                           of prices, btc_udst_price
///     username,balance_ETH_ETH,balance_USDT_ETH                             Summa: asset and chain
///
/// Any other layout is read by saying what its columns are (``ColumnChoice``): of BitMEX's proof of
/// liabilities (`account,amount`, satoshis) that is `amount` as `holding/BTC` with 8 digits, of OKX's
/// proof-of-reserves-v2 (a JSON array of objects, an integer under each asset) every asset, of The Network
/// Firm's Merkle tree generator (`#ID,balance1,…`, decimal numbers) each balance as an amount.
public struct BalanceTable: Sendable {
  /// What a column of an unknown name holds, as the holder of the file says.
  public enum ColumnChoice: Hashable, Sendable {
    /// Lots of this coordinate, or quanta for cash.
    case lots(String)
    /// Whole numbers of 10^-digits of the asset of this coordinate, 0 to 18 digits: satoshis are 8.
    case units(String, digits: Int)
    /// A decimal number of the asset of this coordinate.
    case amount(String)
    /// Nothing that is read.
    case ignored
  }

  /// The longest line that is read, in bytes.
  public static let lineByteLimit = 1 << 20
  private static let accountNames: Set<String> = [
    "account", "id", "#id", "uid", "user", "username", "account_id",
  ]

  /// What a column holds.
  private enum Column {
    case account
    /// Lots of the coordinate of this index.
    case lots(Int)
    /// An amount of the asset of the coordinate of this index.
    case asset(Int)
    /// A whole number of 10^-digits of it.
    case units(Int, Int)
    /// What another tool derives from other columns.
    case derived
  }

  private let registry: Registry
  private let separator: UInt8
  private let account: Int
  private let columns: [Column]
  private let lots: LotSizes?

  /// Reads the header.
  ///
  /// - Parameters:
  ///   - lots: the sizes of lots, without which the layouts of other tools are not read.
  ///   - choices: what columns hold whose names say nothing; they come before every other meaning of a name.
  /// - Throws: ``BalanceTableError``.
  public init(
    header line: [UInt8], registry: Registry, lots: LotSizes? = nil, choices: [String: ColumnChoice] = [:]
  ) throws(BalanceTableError) {
    let separators: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    let separator =
      separators.max { a, b in line.count { $0 == a } < line.count { $0 == b } } ?? separators[0]
    // A byte order mark belongs to the file, not to the first name.
    let text = line.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(line.dropFirst(3)) : line
    try self.init(
      names: Self.fields(of: text, separator: separator), separator: separator, registry: registry,
      lots: lots,
      choices: choices)
  }

  /// A table with columns of these names.
  ///
  /// - Throws: ``BalanceTableError``.
  public init(
    names: [String], registry: Registry, lots: LotSizes? = nil, choices: [String: ColumnChoice] = [:]
  ) throws(BalanceTableError) {
    try self.init(
      names: names, separator: UInt8(ascii: ","), registry: registry, lots: lots, choices: choices)
  }

  private init(
    names: [String], separator: UInt8, registry: Registry, lots: LotSizes?, choices: [String: ColumnChoice]
  ) throws(BalanceTableError) {
    self.separator = separator
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted { throw .duplicateColumn(name) }
    if let missing = choices.keys.sorted().first(where: { !seen.contains($0) }) {
      throw .noSuchColumn(missing, columns: names)
    }
    let foreign = lots == nil ? nil : ForeignLayout(names, registry)
    var (account, columns): (Int?, [Column]) = (nil, [])
    /// The column of each coordinate.
    var holders: [Int: String] = [:]
    for (place, name) in names.enumerated() {
      let column: Column
      if let choice = choices[name] {
        column = try Self.column(choice, named: name, registry, lots)
      } else if Self.accountNames.contains(name.lowercased()) {
        if let account { throw .twoAccountColumns(names[account], name) }
        account = place
        column = .account
      } else if let index = registry.index(of: name) {
        column = .lots(index)
      } else if let meaning = foreign?.meaning(of: name) {
        column = meaning.map { .asset($0) } ?? .derived
      } else {
        throw .unknownColumn(name)
      }
      switch column {
      case .lots(let index), .asset(let index), .units(let index, _):
        if let other = holders.updateValue(name, forKey: index) {
          throw .sameCoordinate(registry.names[index], columns: other, name)
        }
      case .account, .derived: break
      }
      columns.append(column)
    }
    guard let account else { throw .noAccountColumn }
    guard !holders.isEmpty else { throw .noCoordinateColumn }
    self.registry = registry
    self.account = account
    self.columns = columns
    self.lots = lots
  }

  private static func column(
    _ choice: ColumnChoice, named name: String, _ registry: Registry, _ lots: LotSizes?
  ) throws(BalanceTableError) -> Column {
    let (coordinate, digits): (String, Int)
    switch choice {
    case .ignored: return .derived
    case .lots(let chosen), .amount(let chosen): (coordinate, digits) = (chosen, 0)
    case .units(let chosen, let count): (coordinate, digits) = (chosen, count)
    }
    guard let index = registry.index(of: coordinate) else {
      throw .unknownCoordinate(coordinate, column: name)
    }
    if let own = registry.index(of: name), own != index {
      throw .twoMeanings(column: name, chosen: coordinate)
    }
    guard (0...18).contains(digits) else { throw .digits(column: name) }
    if case .lots = choice { return .lots(index) }
    guard lots?[coordinate] != nil else { throw .noLotSize(coordinate, column: name) }
    if case .units = choice { return .units(index, digits) }
    return .asset(index)
  }

  /// Reads the line of an account.
  ///
  /// - Throws: ``BalanceTableError``.
  public func book(_ line: [UInt8]) throws(BalanceTableError) -> Book {
    try book(fields: Self.fields(of: line, separator: separator))
  }

  /// Reads the fields of an account, one for each column.
  ///
  /// - Throws: ``BalanceTableError``.
  public func book(fields: [String]) throws(BalanceTableError) -> Book {
    guard fields.count == columns.count else {
      throw .wrongFieldCount(expected: columns.count, actual: fields.count)
    }
    let name: AccountID
    do throws(NameError) {
      name = try AccountID(fields[account])
    } catch {
      throw .account(error)
    }
    var amounts = [Int64](repeating: 0, count: registry.count)
    for (field, column) in zip(fields, columns) {
      switch column {
      case .account, .derived: continue
      case .lots(let index):
        guard Self.isInteger(field) else { throw .notAnInteger(column: registry.names[index]) }
        guard let amount = Int64(field) else { throw .outOfRange(column: registry.names[index]) }
        amounts[index] = amount
      case .asset(let index): amounts[index] = try wholeLots(field, index)
      case .units(let index, let digits):
        guard Self.isInteger(field) else { throw .notAnInteger(column: registry.names[index]) }
        amounts[index] = try wholeLots(Self.decimal(field, digits: digits), index)
      }
    }
    do throws(BookError) {
      return try Book(account: name, registry: registry) { registry.index(of: $0).map { amounts[$0] } ?? 0 }
    } catch {
      guard case .outOfRange(let path) = error else { throw .outOfRange(column: "?") }
      throw .outOfRange(column: path)
    }
  }

  /// How many lots an amount of an asset is.
  private func wholeLots(_ amount: String, _ index: Int) throws(BalanceTableError) -> Int64 {
    guard let division = lots?.divide(amount, by: registry.names[index]) else {
      throw Self.isDecimal(amount)
        ? .outOfRange(column: registry.names[index]) : .notAnAmount(column: registry.names[index])
    }
    guard !division.hasRest else { throw .notWholeLots(column: registry.names[index]) }
    return division.lots
  }

  /// So many units of 10^-digits as a decimal number.
  private static func decimal(_ whole: String, digits: Int) -> String {
    let isNegative = whole.hasPrefix("-")
    let magnitude = isNegative ? whole.dropFirst() : Substring(whole)
    let padded = String(repeating: "0", count: max(0, digits + 1 - magnitude.count)) + magnitude
    let point = padded.index(padded.endIndex, offsetBy: -digits)
    return (isNegative ? "-" : "") + padded[..<point] + (digits == 0 ? "" : "." + padded[point...])
  }

  /// Whether a text is a whole number, however large, written in the one usual way.
  private static func isInteger(_ text: String) -> Bool {
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    return areDigits(digits) && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
  }

  /// Whether a text is a decimal number, however large, with at most 18 decimals.
  private static func isDecimal(_ text: String) -> Bool {
    let number = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    let parts = number.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    return parts.allSatisfy(areDigits) && (parts.count == 1 || parts[1].count <= 18)
  }

  private static func areDigits(_ text: Substring.UTF8View) -> Bool {
    !text.isEmpty && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
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

/// The columns of another tool's file.
private struct ForeignLayout {
  /// Whether it is that of zkmerkle-proof-of-solvency: a row number, and pairs of equity and debt.
  private let isZKMerkle: Bool
  private let registry: Registry
  /// Assets of the registry in lower case.
  private let assets: [String: String]

  /// The layout of these names; nil if it is not a known one.
  init?(_ names: [String], _ registry: Registry) {
    self.registry = registry
    isZKMerkle = names.contains("rn") && names.contains { $0.hasPrefix("e_") }
    guard isZKMerkle || names.contains(where: { $0.hasPrefix("balance_") }) else { return nil }
    let prefix = Registry.holding("")
    assets = Dictionary(
      registry.names.filter { $0.hasPrefix(prefix) }.map { name in
        let asset = String(name.dropFirst(prefix.count))
        return (asset.lowercased(), asset)
      }
    ) { first, _ in first }
  }

  /// The coordinate that a column is an amount of, nil in it if the column is derived from others; nil if the
  /// column is not one of the layout, or of an asset that the registry lacks.
  func meaning(of name: String) -> Int?? {
    guard isZKMerkle else {
      let parts = name.split(separator: "_", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "balance" else { return nil }
      return coordinate(String(parts[1]), Registry.holding).map { .some($0) }
    }
    if name == "rn" || name == "total_net_balance_usdt" || assets[name] != nil { return .some(nil) }
    // As Gate spells it, and as it was meant.
    for suffix in ["_udst_price", "_usdt_price"] where name.hasSuffix(suffix) {
      return assets[String(name.dropLast(suffix.count))] == nil ? nil : .some(nil)
    }
    let parts = name.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let asset = assets[parts[1]] else { return nil }
    switch parts[0] {
    case "e": return coordinate(asset, Registry.holding).map { .some($0) }
    case "d": return coordinate(asset, Registry.debt).map { .some($0) }
    case "vl", "m", "pm": return .some(nil)
    default: return nil
    }
  }

  private func coordinate(_ asset: String, _ kind: (String) -> String) -> Int? {
    assets[asset.lowercased()].flatMap { registry.index(of: kind($0)) }
  }
}

/// Why a line of balances is not read. Amounts are not part of it.
public enum BalanceTableError: Error, Hashable, Sendable {
  /// No column holds the account.
  case noAccountColumn
  /// No column holds an amount: every book would be empty.
  case noCoordinateColumn
  /// Two columns may hold the account.
  case twoAccountColumns(String, String)
  /// The registry has no coordinate of this column's name, and nothing says what it holds.
  case unknownColumn(String)
  /// A name is that of two columns.
  case duplicateColumn(String)
  /// Two columns hold this coordinate.
  case sameCoordinate(String, columns: String, String)
  /// A choice is about a column that is not among these.
  case noSuchColumn(String, columns: [String])
  /// The registry has no coordinate as a choice says of this column.
  case unknownCoordinate(String, column: String)
  /// A choice says another coordinate of a column that has the name of one.
  case twoMeanings(column: String, chosen: String)
  /// A choice says fewer than 0 digits of this column, or more than 18.
  case digits(column: String)
  /// A choice says amounts of this column, and no lot of its coordinate is known.
  case noLotSize(String, column: String)
  /// The line has another number of fields than the header.
  case wrongFieldCount(expected: Int, actual: Int)
  /// The account's name is not one.
  case account(NameError)
  /// The amount in this column is not a whole number.
  case notAnInteger(column: String)
  /// The amount of an asset in this column is not a decimal number.
  case notAnAmount(column: String)
  /// The amount of an asset in this column is not a whole number of lots.
  case notWholeLots(column: String)
  /// The amount in this column is out of the range that the coordinate may have, or beyond all ranges.
  case outOfRange(column: String)
  /// A quotation mark is not closed, or something follows the closing one.
  case openQuotation
  /// The line is not UTF-8.
  case notUTF8
}
