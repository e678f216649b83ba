public import CanonicalBytes
public import Solvency

/// Why a file is not a book. Says where, and never an amount.
public enum BookError: Error, Hashable, Sendable {
  /// The file is not strict JSON of its form.
  case document(DocumentError)
  /// The text of the file is not JSON.
  case notJSON(TextPosition?)
  /// The file has a version that this library does not read.
  case unsupportedVersion
  /// The account is not a name.
  case invalidAccount(NameError)
  /// The registry has no such instrument or asset.
  case unknownCoordinate(path: String)
  /// The amount is not an integer written in canonical decimal digits.
  case notAnInteger(path: String)
  /// The amount is in an asset, and no whole number of lots.
  case notWholeLots(path: String, lot: LotSizes.Lot)
  /// The amount is in another asset than the coordinate counts.
  case otherAsset(path: String, lot: LotSizes.Lot)
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
  /// Amounts are integers or strings of decimal digits, which count lots, or quanta of cash; or, where lots
  /// are known, decimal amounts with their asset, such as `"0.5633 BTC"` and `"-637189.70 USD"`, which must
  /// be whole lots. What is not listed is zero. The text, and what the reader makes of it, is in ordinary
  /// memory: only the book itself is guarded.
  ///
  /// - Parameter lots: what one lot of each coordinate is; without it amounts are integers.
  /// - Throws: ``BookError``, which says where, and never an amount.
  public init(decoding file: [UInt8], registry: Registry, lots: LotSizes? = nil) throws(BookError) {
    let members = try BookMembers(file, lots)
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
  /// An amount as it was written in an asset: "0.5633 BTC".
  struct AssetAmount {
    let coordinate: String
    let path: String
    let number: String
    let asset: String

    /// Nil for anything but a decimal number, a space and a name.
    init?(_ node: JSONNode, coordinate: String) {
      guard case .string(let text) = node.value, text.utf8.count <= 128 else { return nil }
      let parts = text.split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
      (self.coordinate, path) = (coordinate, node.path.description)
      (number, asset) = (String(parts[0]), String(parts[1]))
    }

    /// - Throws: ``BookError`` unless it is a whole number of lots of its coordinate, in range.
    func inLots(_ lots: LotSizes) throws(BookError) -> Amount {
      guard let lot = lots[coordinate] else { throw .unknownCoordinate(path: path) }
      guard asset.utf8.elementsEqual(lot.asset.utf8) else { throw .otherAsset(path: path, lot: lot) }
      guard let division = lots.divide(number, by: coordinate) else { throw .notAnInteger(path: path) }
      guard !division.hasRest else { throw .notWholeLots(path: path, lot: lot) }
      guard CoordinateRange.range(of: coordinate).contains(division.lots) else {
        throw .outOfRange(path: path)
      }
      return Amount(coordinate: coordinate, path: path, value: division.lots)
    }
  }

  struct Amount {
    let coordinate: String
    let path: String
    let value: Int64
  }

  let account: AccountID
  private(set) var amounts: [Amount]

  private static let sections = [
    ("positions", Registry.position), ("holdings", Registry.holding), ("debts", Registry.debt),
  ]

  init(_ file: [UInt8], _ lots: LotSizes?) throws(BookError) {
    let account: String
    var inAssets: [AssetAmount] = []
    do throws(DocumentError) {
      let node = try JSONDocument.parse(file, maximumBytes: Book.fileByteLimit)
      let members = try node.object(
        version: 1, required: ["account", "cash"], optional: Self.sections.map(\.0))
      account = try members["account"].string(maximumLength: Book.fileByteLimit)
      var amounts: [Amount] = []
      func add(_ node: JSONNode, _ coordinate: String) throws(DocumentError) {
        if lots != nil, let amount = AssetAmount(node, coordinate: coordinate) {
          inAssets.append(amount)
        } else {
          amounts.append(try Self.amount(node, coordinate: coordinate))
        }
      }
      try add(members["cash"], Registry.cash)
      for (key, coordinate) in Self.sections {
        guard let section = members.optional(key) else { continue }
        for entry in try section.entries(maximumCount: Registry.countLimit) {
          try add(entry.node, coordinate(entry.key))
        }
      }
      self.amounts = amounts
    } catch {
      throw BookError(withoutAmounts: error)
    }
    if let lots {
      for amount in inAssets { amounts.append(try amount.inLots(lots)) }
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
    case .tooLarge, .notUTF8, .nestedTooDeep, .duplicateKey, .unknownKey, .missingKey, .missingKeys,
      .wrongKeys, .notAnInstant, .wrongKind, .tooLong:
      self = .document(error)
    }
  }
}
