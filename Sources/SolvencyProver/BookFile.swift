public import CanonicalBytes
public import Solvency

/// Why a file is no book. Says where, and never an amount.
public enum BookError: Error, Hashable, Sendable {
  /// The file is not strict JSON of its form.
  case document(DocumentError)
  /// The text of the file is no JSON.
  case notJSON(TextPosition?)
  /// The file has a version that this library does not read.
  case unsupportedVersion
  /// The account is not a name.
  case invalidAccount(NameError)
  /// The registry has no such instrument or asset.
  case unknownCoordinate(path: String)
  /// The amount is not an integer written in canonical decimal digits.
  case notAnInteger(path: String)
  /// The amount is beyond what its coordinate can have.
  case outOfRange(path: String)
}

extension Book {
  /// The largest book file that is read, in bytes.
  public static let fileByteLimit = 1 << 20

  /// Reads a book file:
  ///
  ///     {"version": 1, "account": "desk-7",
  ///      "positions": {"BTC-PERP": 10000}, "holdings": {"USDC": 6600000}, "debts": {},
  ///      "cash": "-637189700000"}
  ///
  /// Amounts are integers or strings of decimal digits. What is not listed is zero. The text, and what
  /// the reader makes of it, is in ordinary memory: only the book itself is guarded.
  public init(decoding file: [UInt8], registry: Registry) throws(BookError) {
    let members = try BookMembers(file)
    for entry in members.amounts {
      guard registry.index(of: entry.coordinate) != nil else {
        throw .unknownCoordinate(path: entry.path)
      }
    }
    let amounts = Dictionary(
      members.amounts.map { ($0.coordinate, $0.value) }, uniquingKeysWith: { first, _ in first })
    try self.init(account: members.account, registry: registry) { amounts[$0] ?? 0 }
  }
}

/// The contents of a book file, each amount in the range of its coordinate.
private struct BookMembers {
  struct Amount {
    let coordinate: String
    let path: String
    let value: Int64
  }

  let account: AccountID
  let amounts: [Amount]

  private static let sections = [
    ("positions", Registry.position), ("holdings", Registry.holding), ("debts", Registry.debt),
  ]

  init(_ file: [UInt8]) throws(BookError) {
    let account: String
    do throws(DocumentError) {
      let node = try JSONDocument.parse(file, maximumBytes: Book.fileByteLimit)
      let members = try node.object(
        version: 1, required: ["account", "cash"], optional: Self.sections.map(\.0))
      account = try members["account"].string(maximumLength: Book.fileByteLimit)
      var amounts = [try Self.amount(members["cash"], coordinate: Registry.cash)]
      for (key, coordinate) in Self.sections {
        guard let section = members.optional(key) else { continue }
        for entry in try section.entries(maximumCount: Registry.countLimit) {
          amounts.append(try Self.amount(entry.node, coordinate: coordinate(entry.key)))
        }
      }
      self.amounts = amounts
    } catch {
      throw BookError(withoutAmounts: error)
    }
    do throws(NameError) {
      self.account = try AccountID(account)
    } catch {
      throw .invalidAccount(error)
    }
  }

  private static func amount(
    _ node: JSONNode, coordinate: String
  ) throws(DocumentError) -> Amount {
    Amount(
      coordinate: coordinate, path: node.path.description,
      value: try node.integer(in: CoordinateRange.range(of: coordinate)))
  }
}

extension BookError {
  /// The error without the text it quotes, which may be an amount.
  fileprivate init(withoutAmounts error: DocumentError) {
    switch error.problem {
    case .notAnInteger, .notAMultiple, .notHexadecimal, .notBase64, .unknownWord, .wrongByteCount:
      self = .notAnInteger(path: error.path)
    case .unsupportedVersion:
      self = .unsupportedVersion
    case .outOfRange:
      self = .outOfRange(path: error.path)
    case .syntax:
      self = .notJSON(error.position)
    case .tooLarge, .notUTF8, .nestedTooDeep, .duplicateKey, .unknownKey, .missingKey, .wrongKind,
      .tooLong:
      self = .document(error)
    }
  }
}
