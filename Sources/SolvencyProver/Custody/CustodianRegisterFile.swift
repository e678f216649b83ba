public import CanonicalBytes
public import Solvency

extension CustodianRegister {
  /// The largest register file that is read, in bytes.
  public static let fileByteLimit = 256 << 20
  private static let pledgeLimit = 1 << 20
  private static let saltByteCount = 32

  /// The register as a file, for the custodian's eyes only:
  ///
  ///     {"version": 1, "salt": <64 hex digits>, "pledges": [{"account": <an account file>, "venue": "Exchange",
  ///      "issued": 1770000000, "expires": 1770086400, "book": <64 hex digits> or null, "isSeparate": false}]}
  public func encoded() -> [UInt8] {
    let json: JSONValue = [
      "version": 1, "salt": .hex(salt),
      "pledges": .array(
        pledges.map { pledge in
          [
            "account": pledge.account.json, "venue": .string(pledge.venue),
            "issued": .integer(pledge.issued.seconds), "expires": .integer(pledge.expires.seconds),
            "book": pledge.book.map { .hex($0.bytes) } ?? .null, "isSeparate": .bool(pledge.isSeparate),
          ]
        }),
    ]
    return json.encoded(.indented)
  }

  /// Reads a file written by ``encoded()``.
  ///
  /// - Throws: ``RegisterFileError``.
  public init(decoding file: [UInt8]) throws(RegisterFileError) {
    do {
      let object = try JSONDocument.parse(file, maximumBytes: Self.fileByteLimit)
        .object(version: 1, required: ["salt", "pledges"])
      self.init(
        salt: try object["salt"].bytes(hexOfCount: Self.saltByteCount),
        pledges: try object["pledges"].array(maximumCount: Self.pledgeLimit).map { try Self.pledge($0) })
    } catch let error as DocumentError {
      throw error.unsupportedVersion.map { .unsupportedVersion($0) } ?? .document(error)
    } catch let error as FileError {
      throw .account(error)
    } catch {
      throw .malformed
    }
  }

  private static func pledge(_ node: JSONNode) throws -> Pledge {
    let object = try node.object(required: ["account", "venue", "issued", "expires", "book", "isSeparate"])
    let book = try object["book"].unlessNull.map { try $0.bytes(hexOfCount: Digest.byteCount) }
    return Pledge(
      account: try AccountCommitment(object["account"]),
      venue: try object["venue"].string(maximumLength: 1_024),
      issued: Timestamp(seconds: try object["issued"].unsigned()),
      expires: Timestamp(seconds: try object["expires"].unsigned()),
      book: book.flatMap { Digest($0) }, isSeparate: try object["isSeparate"].bool())
  }
}

/// Why a register file is refused.
public enum RegisterFileError: Error, Hashable, Sendable {
  /// The file is not strict JSON of its form; the error says where.
  case document(DocumentError)
  /// An account in it is not one.
  case account(FileError)
  /// The file has a version that this library does not read.
  case unsupportedVersion(Int64)
  /// Something else is not of its form.
  case malformed
}
