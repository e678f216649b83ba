public import CanonicalBytes
public import Solvency

/// What a custodian signs when money for losses is put aside with it, or taken back.
///
/// Movements of one ledger are numbered from 0 without a gap, so that none is counted twice or left out.
public struct FundMovement: Signable {
  /// A custodian signs it.
  public static let signer = SignerRole.custodian
  /// What it is called in files.
  public static let kind = "fund movement"
  /// The largest amount, in quanta.
  public static let amountLimit: Int64 = 1 << 60

  /// The ledger that the money is for.
  public let venue: Audience
  /// Which movement of that ledger this is, from 0.
  public let number: UInt64
  /// Whose money it is.
  public let purse: FundPurse
  /// What is put aside, less than zero for what is taken back, in quanta.
  public let amount: Int64

  /// A movement of these parts.
  public init(venue: Audience, number: UInt64, purse: FundPurse, amount: Int64) {
    (self.venue, self.number, self.purse, self.amount) = (venue, number, purse, amount)
  }

  /// Every field, after a domain of its own.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/fund-movement/v1")
    writer.append(text: venue.utf8)
    writer.append(number)
    writer.append(purse.code)
    writer.append(UInt64(bitPattern: amount))
    return writer.bytes
  }

  /// The content as it stands in a file.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version), "venue": venue.json, "number": .integer(number),
      "purse": .string(purse.name), "amount": .integer(amount),
    ]
  }

  /// Reads the content as it stands in a file.
  ///
  /// - Throws: ``FileError``.
  public init(_ node: JSONNode) throws(FileError) {
    let file = try VersionedFile(node, keys: ["venue", "number", "purse", "amount"])
    venue = try file.audience("venue")
    number = try file.word("number")
    purse = try file.read("purse") { node throws(DocumentError) in
      let name = try node.string(maximumLength: 64)
      guard let purse = FundPurse(name) else {
        throw node.failure(
          .unknownWord(name, known: ["penalty-pot", "insurance/0 … 31", "backstop", "venue"]))
      }
      return purse
    }
    amount = try file.read("amount") { node throws(DocumentError) in
      try node.integer(in: -Self.amountLimit...Self.amountLimit)
    }
  }
}
