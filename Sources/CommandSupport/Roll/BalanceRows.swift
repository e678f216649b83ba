internal import CanonicalBytes
internal import ProofCore
internal import Ristretto
package import Solvency
package import SolvencyProver
package import VenueSolvencyProver

/// An account of a roll as `solvency roll build` writes it: its commitment's bytes, for the order, and its
/// line of ``RollFolder/openings``.
package struct RollRow: Sendable {
  package let commitment: [UInt8]
  package let line: [UInt8]

  /// Commits to a book, under a salt of its own.
  package init(_ opening: borrowing AccountOpening, opened: Bool, at place: String) throws(ToolFailure) {
    commitment = try ToolFailure.wrapping(place) { try opening.commitment().commitment.encoded.bytes }
    guard let salt = Bytes32(SystemRandom.bytes(32)) else {
      throw ToolFailure(.internalFault, place, "no salt was drawn; this is a defect, please report it")
    }
    line = RollSecret.line(salt: salt, opening: opening, isOpened: opened)
  }

  /// The lines in the order of a roll, which is that of commitments.
  package static func lines(of rows: [RollRow]) throws(ToolFailure) -> [[UInt8]] {
    let sorted = rows.sorted { $0.commitment.lexicographicallyPrecedes($1.commitment) }
    for (row, next) in zip(sorted, sorted.dropFirst()) where row.commitment == next.commitment {
      throw ToolFailure(
        .malformedInput, "--opening", "two accounts have one commitment; is an opening given twice?")
    }
    return sorted.map(\.line)
  }
}

/// The accounts of a file of balances, as rows of a roll. They are read and committed to window by window on
/// all cores; a million accounts are never open at once.
package struct BalanceRows {
  private static let windowSize = 4096
  /// Problems that are shown one by one.
  private static let shownLimit = 20

  private let file: String
  private let registry: Registry
  private let lots: LotSizes
  private let choices: [String: BalanceTable.ColumnChoice]

  package init(
    file: String, registry: Registry, lots: LotSizes, choices: [String: BalanceTable.ColumnChoice]
  ) {
    (self.file, self.registry, self.lots, self.choices) = (file, registry, lots, choices)
  }

  /// All accounts in the order of the file.
  ///
  /// - Parameter names: the accounts that are listed already; those of the file join them.
  /// - Throws: ``ToolFailure`` that names every line which cannot be read, up to twenty of them, or whose
  ///   account is there already.
  package func read(besides names: inout Set<AccountID>) throws(ToolFailure) -> [RollRow] {
    var (rows, problems): ([RollRow], [String]) = ([], [])
    var table: BalanceTable?
    var window: [(number: Int, line: BalanceLine)] = []
    func flush() throws(ToolFailure) {
      guard let table else { return }
      for (line, result) in zip(window, committed(window, in: table)) {
        do throws(ToolFailure) {
          let (name, row) = try result.get()
          guard names.insert(name).inserted else {
            throw ToolFailure(.malformedInput, place(line), "the account \(name) is there twice")
          }
          rows.append(row)
        } catch {
          problems.append(error.description)
        }
      }
      window.removeAll(keepingCapacity: true)
    }
    func add(_ number: Int, _ line: BalanceLine) throws(ToolFailure) {
      window.append((number, line))
      guard window.count == Self.windowSize else { return }
      try flush()
      Console.progress("committing", rows.count, of: rows.count + 1)
    }
    if let objects = try BalanceObjects(file) {
      table = try begun(at: 1) { () throws(BalanceTableError) in
        try BalanceTable(names: objects.names, registry: registry, lots: lots, choices: choices)
      }
      for (index, fields) in objects.rows.enumerated() { try add(index + 1, .fields(fields)) }
    } else {
      try RollFolder.forEachLine(of: file, limit: BalanceTable.lineByteLimit) {
        number, line throws(ToolFailure) in
        if table == nil {
          guard try BalanceObjects.isHeader(line, of: file) else { return }
          table = try begun(at: number) { () throws(BalanceTableError) in
            try BalanceTable(header: line, registry: registry, lots: lots, choices: choices)
          }
        } else if !line.isEmpty {
          try add(number, .bytes(line))
        }
      }
    }
    try flush()
    guard table != nil else {
      throw ToolFailure(.malformedInput, InputFile.name(file), "is empty; its first line names the columns")
    }
    guard problems.isEmpty else { throw failure(problems) }
    return rows
  }

  private func place(_ number: Int) -> String { "\(InputFile.name(file)):\(number)" }

  /// Where an account stands: in an array nobody counts lines.
  private func place(_ row: (number: Int, line: BalanceLine)) -> String {
    if case .fields = row.line { return "\(InputFile.name(file)), account \(row.number)" }
    return place(row.number)
  }

  /// Reads and commits to the accounts of a window, each by itself.
  private func committed(
    _ lines: [(number: Int, line: BalanceLine)], in table: BalanceTable
  ) -> [Result<(AccountID, RollRow), ToolFailure>] {
    Parallel.map(count: lines.count) { index in
      Result { () throws(ToolFailure) -> (AccountID, RollRow) in
        let place = place(lines[index])
        let book: Book
        do throws(BalanceTableError) {
          book = try lines[index].line.book(in: table)
        } catch {
          throw ToolFailure(.malformedInput, place, error.advice(registry))
        }
        let opening = AccountOpening(of: book)
        return (opening.account, try RollRow(opening, opened: false, at: place))
      }
    }
  }

  private func begun(
    at number: Int, _ make: () throws(BalanceTableError) -> BalanceTable
  ) throws(ToolFailure) -> BalanceTable {
    do throws(BalanceTableError) { return try make() } catch {
      let advice = "\(error.advice(registry)). Nothing was written"
      guard let column = error.optionColumn else { throw ToolFailure(.malformedInput, place(number), advice) }
      throw ToolFailure(.usage, "--column \(KnownNames.shown(column))", advice)
    }
  }

  private func failure(_ problems: [String]) -> ToolFailure {
    let shown = problems.prefix(Self.shownLimit).joined(separator: "\n")
    return ToolFailure(
      .malformedInput, InputFile.name(file),
      "\(problems.count == 1 ? "1 line" : "\(problems.count) lines") cannot be read; see below. Nothing was written",
      details: problems.count > Self.shownLimit ? shown + "\n…" : shown)
  }
}

extension BalanceTableError {
  /// The column of the option `--column` that is at fault, if it is an option.
  fileprivate var optionColumn: String? {
    switch self {
    case .noSuchColumn(let column, _), .unknownCoordinate(_, let column), .twoMeanings(let column, _),
      .digits(let column), .noLotSize(_, let column):
      column
    default: nil
    }
  }

  /// What is wrong and what to do, with the coordinates that there are.
  fileprivate func advice(_ registry: Registry) -> String {
    let known = KnownNames(registry.names)
    switch self {
    case .noAccountColumn:
      return "no column holds the account; name it account, id, #ID, uid, user, username or account_id"
    case .noCoordinateColumn:
      return "no column holds an amount, so that every account would be empty; \(known.advice(on: ""))"
    case .twoAccountColumns(let first, let second):
      return
        "the columns \(first) and \(second) may both hold the account; leave one out with --column \(second)=-"
    case .unknownColumn(""): return "a column has no name; give it one, or take it out"
    case .unknownColumn(let name):
      let name = KnownNames.shown(name)
      return "the column \(name) is not a coordinate of the registry; say what it holds with "
        + "--column \(name)=coordinate, or leave it out with --column \(name)=-; \(known.advice(on: name))"
    case .duplicateColumn(let name):
      return "the column \(KnownNames.shown(name)) is there twice; give one of them another name"
    case .sameCoordinate(let coordinate, let first, let second):
      return
        "the columns \(KnownNames.shown(first)) and \(KnownNames.shown(second)) both hold \(coordinate); add them up, "
        + "or leave one out with --column \(KnownNames.shown(second))=-"
    case .noSuchColumn(let name, let columns):
      return "the balances have no such column; \(KnownNames(columns).advice(on: name))"
    case .unknownCoordinate(let name, _):
      return "\(KnownNames.shown(name)) is not a coordinate of the registry; \(known.advice(on: name))"
    case .twoMeanings(let column, let chosen):
      return
        "says \(chosen) of a column that has the name of the coordinate \(column); give the column another name"
    case .digits: return "the digits are from 0 to 18"
    case .noLotSize(let coordinate, _):
      return "the snapshot does not say what a lot of \(coordinate) is; write the column in whole lots"
    case .wrongFieldCount(let expected, let actual): return "has \(actual) fields, and the header \(expected)"
    case .account(let error): return "names no account: \(error)"
    case .notAnInteger(let column): return "\(column) is not a whole number, such as 5000 or -12"
    case .notAnAmount(let column):
      return "\(column) is not a decimal number of the asset, with at most 18 decimals"
    case .notWholeLots(let column):
      return "\(column) is not a whole number of lots; a snapshot with smaller lots takes it"
    case .outOfRange(let column): return Self.range(of: column)
    case .openQuotation: return "a quotation mark is not closed, or something follows the closing one"
    case .notUTF8: return "is not UTF-8; save it as UTF-8"
    }
  }

  /// What a coordinate takes, and how to write what is more.
  private static func range(of column: String) -> String {
    let range = CoordinateRange.range(of: column)
    let bounds = "is out of its range, from \(range.lowerBound) to \(range.upperBound)"
    if column == Registry.cash {
      return
        "\(column) \(bounds) quanta of value; is it in quanta? What is more stands in a holding, or in a second account"
    }
    let more = "a snapshot with larger lots takes more"
    return range.lowerBound == 0 && column.hasPrefix(Registry.holding(""))
      ? "\(column) \(bounds) lots; \(more), and what is owed stands under \(Registry.debt("")) as a positive number"
      : "\(column) \(bounds) lots; \(more)"
  }
}
