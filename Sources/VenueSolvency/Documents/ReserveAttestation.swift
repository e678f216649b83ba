public import CanonicalBytes
internal import MarginRules
public import Solvency

/// What a custodian signs of a reserve: it holds so much of an asset for this venue, pledged to it and to no
/// other.
public struct ReserveAttestation: Signable {
  /// A custodian signs it.
  public static let signer = SignerRole.custodian
  /// What it is called in files.
  public static let kind = "reserve"
  /// The most references.
  public static let referenceLimit = 1024
  /// The most bytes of a reference.
  public static let referenceByteLimit = 256

  /// The coordinate that the reserve covers: "cash", or the holding of an asset, "holding/BTC".
  public let asset: String
  /// Lots of the asset, or quanta of value for cash; not negative, below 2⁶².
  public let amount: Int64
  /// When it was so.
  public let asOf: Timestamp
  /// The venue that may count it, and the ledger.
  public let pledgedTo: Audience
  /// Where anybody can look: addresses, accounts, blocks. In order, none twice, all that is in them to be
  /// seen.
  public let references: [String]

  /// An attestation of these parts.
  ///
  /// - Throws: ``ReserveError/malformed(_:)`` with the name of the part,
  ///   ``ReserveError/hiddenCharacter(reference:position:codePoint:)``.
  public init(
    asset: String, amount: Int64, asOf: Timestamp, pledgedTo: Audience, references: [String] = []
  ) throws(ReserveError) {
    guard asset == Registry.cash || asset.hasPrefix(Registry.holding("")),
      (try? Registry(names: [asset])) != nil
    else { throw .malformed("asset") }
    guard SnapshotLimits.totals.contains(amount) else { throw .malformed("amount") }
    guard references.count <= Self.referenceLimit,
      Set(references.map { Array($0.utf8) }).count == references.count,
      references.allSatisfy({ (1...Self.referenceByteLimit).contains($0.utf8.count) })
    else { throw .malformed("references") }
    for (place, reference) in references.enumerated() {
      guard let hidden = HiddenCharacter(in: reference) else { continue }
      throw .hiddenCharacter(
        reference: place + 1, position: hidden.position, codePoint: hidden.scalar.value)
    }
    self.asset = asset
    self.amount = amount
    self.asOf = asOf
    self.pledgedTo = pledgedTo
    self.references = references.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Every field, after its domain.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/reserve/v1")
    writer.append(text: Array(asset.utf8))
    writer.append(UInt64(bitPattern: amount))
    writer.append(asOf.seconds)
    writer.append(text: pledgedTo.utf8)
    writer.append(UInt32(references.count))
    for reference in references { writer.append(text: Array(reference.utf8)) }
    return writer.bytes
  }

  /// The content as it stands in a file.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version), "asset": .string(asset), "amount": .integer(amount),
      "asOf": .integer(asOf.seconds), "pledgedTo": pledgedTo.json,
      "references": .array(references.map { .string($0) }),
    ]
  }

  /// Reads the content as it stands in a file.
  ///
  /// - Throws: ``FileError``.
  public init(_ node: JSONNode) throws(FileError) {
    let file = try VersionedFile(node, keys: ["asset", "amount", "asOf", "pledgedTo", "references"])
    let asset = try file.read("asset") { node throws(DocumentError) in
      try node.string(maximumLength: Registry.nameByteLimit)
    }
    let amount = try file.read("amount") { node throws(DocumentError) in
      try node.integer(in: SnapshotLimits.totals)
    }
    let references = try file.read("references") { node throws(DocumentError) in
      try node.array(maximumCount: Self.referenceLimit).map { element throws(DocumentError) in
        try element.string(maximumLength: Self.referenceByteLimit)
      }
    }
    let asOf = Timestamp(seconds: try file.word("asOf"))
    let pledgedTo = try file.audience("pledgedTo")
    do throws(ReserveError) {
      try self.init(asset: asset, amount: amount, asOf: asOf, pledgedTo: pledgedTo, references: references)
    } catch {
      switch error {
      case .hiddenCharacter(let reference, _, _):
        throw .invalidName(path: "references[\(reference - 1)]", .notPrintable)
      case .malformed("references"): throw .invalidName(path: "references", .empty)
      default: throw .invalidName(path: "asset", .notPrintable)
      }
    }
  }
}

/// Why reserves are not counted.
public enum ReserveError: Error, Hashable, Sendable {
  /// The part of this name is malformed.
  case malformed(String)
  /// A reference has a character that is not seen, or a space at an end; reference and position are counted
  /// from 1.
  case hiddenCharacter(reference: Int, position: Int, codePoint: UInt32)
  /// The custodian is not trusted here.
  case unknownCustodian(VerificationKey)
  /// The signature does not hold.
  case signature(SigningError)
  /// It is pledged to another venue, or to another ledger of the same name.
  case pledgedElsewhere(Audience)
  /// A custodian attests the same asset again without references, or a reference is there twice.
  case countedTwice(asset: String)
  /// It was made after the roll's instant, or too many seconds before it to say anything about it.
  case otherTime(asset: String)
  /// The roll's registry has no such asset.
  case unknownAsset(String)
  /// The reserves of an asset add up to 2⁶² or more.
  case overflow(asset: String)
  /// There are more attestations than are read.
  case tooMany(limit: Int)
}
