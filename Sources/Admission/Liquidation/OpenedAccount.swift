public import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto
public import Solvency

/// The book of an account that is closed, with the blinding that shows that it is the committed one: what a
/// liquidation committee has recovered. From the entry whose document it is, everybody who has the log's
/// documents knows the book.
///
/// The document is that of a plain opening:
///
///     {"version": 1, "account": "desk-7", "registry": <64 hex digits>, "sequence": 0, "values": [integer by coordinate],
///      "blinding": <64 hex digits>}
public struct OpenedAccount: Hashable, Sendable {
  /// The largest document that is read, in bytes.
  public static let byteLimit = 1 << 20

  /// The account.
  public let account: AccountID
  /// The registry of the book.
  public let registry: Digest
  /// The state that the book is of.
  public let sequence: UInt64
  /// The book by coordinate.
  public let values: [Int64]
  private let blinding: Scalar

  /// Reads a document.
  ///
  /// - Throws: ``FileError``.
  public init(decoding bytes: [UInt8]) throws(FileError) {
    let node: JSONNode
    do throws(DocumentError) {
      node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    } catch {
      throw FileError(error)
    }
    try self.init(node)
  }

  init(_ node: JSONNode) throws(FileError) {
    let file = try VersionedFile(node, keys: ["account", "registry", "sequence", "values", "blinding"])
    account = try file.account("account")
    registry = try file.digest("registry")
    sequence = try file.word("sequence")
    values = try file.amounts("values")
    blinding = try file.scalar("blinding")
  }

  /// The document.
  public func encoded() -> [UInt8] { json.encoded() }

  var json: JSONValue {
    [
      "version": .integer(VersionedFile.version), "account": .string(account.description),
      "registry": .hex(registry.bytes), "sequence": .integer(sequence),
      "values": .array(values.map { .integer($0) }), "blinding": .hex(blinding.encoded()),
    ]
  }

  /// What the book and the blinding commit to; nil if there are more coordinates than generators.
  func commitment() -> EncodedPoint? {
    (try? VectorCommitment.commit(to: values.span, blinding: blinding, generators: .standard))?.encoded
  }

  /// The book under a snapshot; nil if it holds anything that the snapshot does not list.
  func portfolio(under snapshot: RiskSnapshot, in registry: Registry) -> Portfolio? {
    guard values.count == registry.count else { return nil }
    var listed: Set<Int> = []
    func amount(_ name: String) -> Int64 {
      guard let index = registry.index(of: name) else { return 0 }
      listed.insert(index)
      return values[index]
    }
    let portfolio = Portfolio(
      positions: snapshot.instruments.map { amount(Registry.position($0.id)) },
      holdings: snapshot.collateral.map { amount(Registry.holding($0.id)) },
      debts: snapshot.collateral.map { amount(Registry.debt($0.id)) }, cash: amount(Registry.cash))
    return values.indices.allSatisfy { values[$0] == 0 || listed.contains($0) } ? portfolio : nil
  }
}

/// Books that were opened for a deleveraging: of accounts that were called and proved nothing.
struct OpenedWinners {
  private static let version: Int64 = 1
  private static let limit = 1 << 12
  static let byteLimit = 64 << 20

  let accounts: [OpenedAccount]

  init(_ accounts: [OpenedAccount]) {
    self.accounts = accounts.sorted { $0.account.utf8.lexicographicallyPrecedes($1.account.utf8) }
  }

  init(decoding bytes: [UInt8]) throws {
    let node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let members = try node.object(version: Self.version, required: ["opened"])
    accounts = try members["opened"].array(maximumCount: Self.limit).map { try OpenedAccount($0) }
    guard OpenedWinners(accounts).encoded() == bytes else { throw CanonicalBytesError.invalidField }
  }

  func encoded() -> [UInt8] {
    let json: JSONValue = ["version": .integer(Self.version), "opened": .array(accounts.map(\.json))]
    return json.encoded()
  }
}
