internal import CanonicalBytes
internal import ExactIntegers
internal import Ristretto
internal import Solvency

extension HiddenFill {
  /// The largest file that is read, in bytes.
  public static let fileByteLimit = 1 << 20

  /// The fill and its blinding as readable JSON, **not encrypted**: for the trader and the matching engine.
  ///
  ///     {"version": 1, "fill": <a fill file>, "blinding": <64 hex digits>}
  public borrowing func encoded() -> [UInt8] {
    let r = blinding.withSpan { $0[0].encoded() }
    let json: JSONValue = ["version": 1, "fill": fill.json, "blinding": .hex(r)]
    return json.encoded(.indented)
  }

  /// Reads a file written by ``encoded()``.
  ///
  /// - Throws: ``HiddenFillError``.
  public init(decoding file: [UInt8]) throws(HiddenFillError) {
    let object: JSONObject
    do throws(DocumentError) {
      object = try JSONDocument.parse(file, maximumBytes: Self.fileByteLimit)
        .object(version: 1, required: ["fill", "blinding"])
    } catch {
      throw error.unsupportedVersion.map { .unsupportedVersion($0) } ?? .malformed
    }
    guard
      let fill = try? Fill(try object["fill"]),
      let r = try? Scalar(canonicalBytes: try object["blinding"].bytes(hexOfCount: Scalar.byteCount))
    else { throw .malformed }
    self.init(fill, blinding: SecretBlock(repeating: r, count: 1))
  }
}

/// Why a file holds no hidden fill. Never says where: the text holds secrets.
public enum HiddenFillError: Error, Hashable, Sendable {
  /// The file has a version that this library does not read.
  case unsupportedVersion(Int64)
  /// The file is not strict JSON of its form.
  case malformed
}
