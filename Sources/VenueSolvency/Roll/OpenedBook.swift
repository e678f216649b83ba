internal import CanonicalBytes
internal import MarginRules
internal import ProofCore
public import Ristretto
public import Solvency

/// The evidence of an account of the class ``AccountClass/opened``: its book and blinding, as they were
/// recovered from escrow or taken over in a liquidation. Auditors get it; who publishes a roll leaves it out.
public struct OpenedBook: Hashable, Sendable {
  /// The largest evidence that is read, in bytes.
  public static let byteLimit = 1 << 20

  /// The name on the roll.
  public let name: BlindedName
  /// The book by coordinate of the roll's registry.
  public let values: [Int64]
  /// The blinding.
  public let blinding: Scalar

  /// An opening of these parts.
  public init(name: BlindedName, values: [Int64], blinding: Scalar) {
    self.name = name
    self.values = values
    self.blinding = blinding
  }

  /// Reads evidence:
  ///
  ///     {"version": 1, "name": <64 hex digits>, "values": [...], "blinding": <64 hex digits>}
  ///
  /// - Throws: ``FileError``.
  public init(decoding bytes: [UInt8]) throws(FileError) {
    let file = try VersionedFile(bytes, maximumBytes: Self.byteLimit, keys: ["name", "values", "blinding"])
    name = BlindedName(try file.digest("name"))
    values = try file.amounts("values")
    blinding = try file.scalar("blinding")
  }

  /// The evidence.
  public func encoded() -> [UInt8] {
    let json: JSONValue = [
      "version": .integer(VersionedFile.version), "name": .hex(name.digest.bytes),
      "values": .array(values.map { .integer($0) }), "blinding": .hex(blinding.encoded()),
    ]
    return json.encoded(.compact)
  }

  /// What the opening is a commitment to.
  func commitment(generators: Generators) -> EncodedPoint? {
    (try? VectorCommitment.commit(to: values.span, blinding: blinding, generators: generators))?.encoded
  }

  /// The plain equity under a roll's snapshot, at maintenance; nil for a book that no account may have:
  /// amounts out of range, amounts in what the snapshot does not list, an equity of 2⁶² or more.
  package func equity(under documents: RollDocuments) -> Int64? {
    let (snapshot, registry) = (documents.snapshot, documents.registry)
    guard values.count == registry.count else { return nil }
    var listed: Set<Int> = [documents.cash]
    func amounts(_ names: [String]) -> [Int64] {
      names.map { name in
        guard let index = registry.index(of: name) else { return 0 }
        listed.insert(index)
        return values[index]
      }
    }
    let portfolio = Portfolio(
      positions: amounts(snapshot.instruments.map { Registry.position($0.id) }),
      holdings: amounts(snapshot.collateral.map { Registry.holding($0.id) }),
      debts: amounts(snapshot.collateral.map { Registry.debt($0.id) }), cash: values[documents.cash])
    guard values.indices.allSatisfy({ values[$0] == 0 || listed.contains($0) }),
      (try? portfolio.checkBounds(under: snapshot)) != nil,
      let equity = try? portfolio.equity(under: snapshot, kind: .maintenance),
      let word = Int64(exactly: equity), SnapshotLimits.cash.contains(word)
    else { return nil }
    return word
  }
}
