public import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto

extension AccountCommitment {
  /// The largest account file that is read, in bytes.
  public static let fileByteLimit = 16 << 10

  private static let keys = ["account", "registry", "commitment", "sequence"]

  /// Reads an account file:
  ///
  ///     {"version": 1, "account": "desk-7", "registry": <64 hex digits>,
  ///      "commitment": <64 hex digits>, "sequence": 0}
  ///
  /// - Throws: ``FileError``, among them ``FileError/undecodablePoint(path:)``.
  public init(decoding file: [UInt8]) throws(FileError) {
    try self.init(VersionedFile(file, maximumBytes: Self.fileByteLimit, keys: Self.keys))
  }

  /// Reads the JSON value of an account file.
  ///
  /// - Throws: as ``init(decoding:)``.
  public init(_ node: JSONNode) throws(FileError) {
    try self.init(VersionedFile(node, keys: Self.keys))
  }

  private init(_ file: VersionedFile) throws(FileError) {
    let point = try file.bytes32("commitment")
    let commitment: VectorCommitment
    do throws(DecodingError) {
      commitment = try VectorCommitment(decoding: EncodedPoint(point))
    } catch {
      throw .undecodablePoint(path: "commitment")
    }
    self.init(
      account: try file.account("account"), registry: try file.digest("registry"),
      commitment: commitment, sequence: try file.word("sequence"))
  }

  /// The JSON value of the account file.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version),
      "account": .string(account.description),
      "registry": .hex(registry.bytes),
      "commitment": .hex(commitment.encoded.bytes),
      "sequence": .integer(sequence),
    ]
  }
}

extension Fill {
  /// The largest fill file that is read, in bytes.
  public static let fileByteLimit = 1 << 20

  private static let keys = ["account", "sequence", "deltas"]

  /// Reads a fill file:
  ///
  ///     {"version": 1, "account": "desk-7", "sequence": 0,
  ///      "deltas": {"position/BTC-PERP": 5, "cash": "-318000000"}}
  ///
  /// - Throws: ``FileError``, among them ``FileError/fill(_:)``.
  public init(decoding file: [UInt8]) throws(FileError) {
    try self.init(VersionedFile(file, maximumBytes: Self.fileByteLimit, keys: Self.keys))
  }

  /// Reads the JSON value of a fill file.
  ///
  /// - Throws: as ``init(decoding:)``.
  public init(_ node: JSONNode) throws(FileError) {
    try self.init(VersionedFile(node, keys: Self.keys))
  }

  private init(_ file: VersionedFile) throws(FileError) {
    let deltas = try file.read("deltas") { node throws(DocumentError) in
      var deltas: [Delta] = []
      for entry in try node.entries(maximumCount: Registry.countLimit) {
        let amount = try entry.node.integer(in: -Self.amountLimit...Self.amountLimit)
        deltas.append(Delta(coordinate: entry.key, amount: amount))
      }
      return deltas
    }
    let account = try file.account("account")
    let sequence = try file.word("sequence")
    do throws(FillError) {
      try self.init(account: account, sequence: sequence, deltas: deltas)
    } catch {
      throw .fill(error)
    }
  }

  /// The JSON value of the fill file.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version),
      "account": .string(account.description),
      "sequence": .integer(sequence),
      "deltas": .object(deltas.map { JSONMember($0.coordinate, .integer($0.amount)) }),
    ]
  }
}
