package import CanonicalBytes
internal import ExactIntegers
internal import MarginRules
internal import Ristretto
internal import Solvency

extension OpeningFile {
  /// The largest plain file that is read, in bytes.
  public static let plainByteLimit = 1 << 20
  private static let keys = ["account", "registry", "sequence", "values", "blinding"]

  /// The opening as readable JSON, **not encrypted**: for tests and for keeping inside something that is.
  ///
  ///     {"version": 1, "account": "desk-7", "registry": <64 hex digits>, "sequence": 0,
  ///      "values": [<integer by coordinate>], "blinding": <64 hex digits>}
  public static func plain(_ opening: borrowing AccountOpening) -> [UInt8] {
    json(opening).encoded(.indented)
  }

  /// The opening as ``plain(_:)`` writes it, as JSON.
  package static func json(_ opening: borrowing AccountOpening) -> JSONValue {
    let values = opening.values.withSpan { span in
      span.indices.map { JSONValue.integer(span[$0]) }
    }
    let blinding = opening.blinding.withSpan { $0[0].encoded() }
    return [
      "version": 1,
      "account": .string(opening.account.description),
      "registry": .hex(opening.registry.bytes),
      "sequence": .integer(opening.sequence),
      "values": .array(values),
      "blinding": .hex(blinding),
    ]
  }

  /// Reads an opening written by ``plain(_:)``.
  ///
  /// - Throws: ``OpeningFileError/unsupportedVersion(_:)``, or ``OpeningFileError/malformedContents``,
  ///   which does not say where: the text holds secrets.
  public static func open(plain file: [UInt8]) throws(OpeningFileError) -> AccountOpening {
    let object: JSONObject
    do throws(DocumentError) {
      object = try JSONDocument.parse(file, maximumBytes: plainByteLimit).object(version: 1, required: keys)
    } catch {
      guard let version = error.unsupportedVersion.flatMap(UInt32.init(exactly:)) else {
        throw .malformedContents
      }
      throw .unsupportedVersion(version)
    }
    do {
      let values = try object["values"].array(maximumCount: Registry.countLimit)
      let account = try AccountID(object["account"].string(maximumLength: AccountID.byteLimit))
      let blinding = try Scalar(canonicalBytes: object["blinding"].bytes(hexOfCount: 32))
      let registry = try object["registry"].digest()
      return AccountOpening(
        account: account, registry: registry, sequence: try object["sequence"].unsigned(),
        values: try SecretBlock(count: values.count) { index throws(DocumentError) in
          try values[index].integer(in: Int64.min...Int64.max)
        },
        blinding: SecretBlock(repeating: blinding, count: 1))
    } catch {
      throw .malformedContents
    }
  }
}
