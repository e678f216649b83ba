/// Strict reading of JSON files.
public enum JSONDocument {
  /// Reads a whole text.
  ///
  /// Refused besides what RFC 8259 refuses: more bytes than the limit (before anything is read), bytes
  /// that are not UTF-8, a byte order mark, a name that occurs twice in one object, half of a surrogate
  /// pair, and more than 64 levels of nesting. Time and memory are linear in the number of bytes, and
  /// nothing recurses.
  ///
  /// - Parameters:
  ///   - bytes: the text in UTF-8, from outside.
  ///   - maximumBytes: the most bytes that a document of this kind has.
  /// - Returns: the value that is the whole document.
  /// - Throws: ``DocumentError`` with the place of the first byte that is refused.
  public static func parse(
    _ bytes: [UInt8], maximumBytes: Int
  ) throws(DocumentError) -> JSONNode {
    guard bytes.count <= maximumBytes else {
      throw DocumentError(
        path: .root, problem: .tooLarge(bytes: bytes.count, limit: maximumBytes))
    }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw DocumentError(
        path: .root, problem: .notUTF8,
        position: TextPosition(of: error.byteOffsets.lowerBound, in: bytes))
    }
    var scanner = JSONScanner(bytes)
    return JSONNode(try scanner.document())
  }
}
