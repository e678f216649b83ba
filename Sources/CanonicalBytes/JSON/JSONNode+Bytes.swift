extension JSONNode {
  /// Exactly `count` bytes, written as lower-case hexadecimal digits.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/notHexadecimal``, ``DocumentProblem/wrongByteCount(expected:actual:)``.
  public func bytes(hexOfCount count: Int) throws(DocumentError) -> [UInt8] {
    let bytes = try hexadecimal()
    guard bytes.count == count else {
      throw failure(.wrongByteCount(expected: count, actual: bytes.count))
    }
    return bytes
  }

  /// 32 bytes, written as 64 lower-case hexadecimal digits.
  ///
  /// - Throws: as ``bytes(hexOfCount:)``.
  public func bytes32() throws(DocumentError) -> Bytes32 {
    Bytes32(filling: try bytes(hexOfCount: Bytes32.byteCount))
  }

  /// A digest, written as 64 lower-case hexadecimal digits.
  ///
  /// - Throws: as ``bytes(hexOfCount:)``.
  public func digest() throws(DocumentError) -> Digest { Digest(try bytes32()) }

  /// At most `limit` bytes, written as lower-case hexadecimal digits.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/notHexadecimal``, ``DocumentProblem/tooLong(count:limit:)`` for more bytes.
  public func bytes(hexOfAtMost limit: Int) throws(DocumentError) -> [UInt8] {
    let bytes = try hexadecimal()
    guard bytes.count <= limit else { throw failure(.tooLong(count: bytes.count, limit: limit)) }
    return bytes
  }

  private func hexadecimal() throws(DocumentError) -> [UInt8] {
    guard case .string(let text) = value else { throw wrongKind(.string) }
    guard let bytes = Base16.decode(text) else { throw failure(.notHexadecimal) }
    return bytes
  }

  /// At most `maximumBytes` bytes, written as base64 with padding, in the one canonical way.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/notBase64``, ``DocumentProblem/tooLong(count:limit:)`` for more bytes.
  public func base64(maximumBytes: Int) throws(DocumentError) -> [UInt8] {
    guard case .string(let text) = value else { throw wrongKind(.string) }
    let digits = text.utf8
    let count = digits.count / 4 * 3 - digits.suffix(2).count { $0 == UInt8(ascii: "=") }
    guard count <= maximumBytes else {
      throw failure(.tooLong(count: count, limit: maximumBytes))
    }
    guard let bytes = Base64.decode(Array(digits)[...]) else { throw failure(.notBase64) }
    return bytes
  }
}

extension JSONValue {
  /// Bytes as lower-case hexadecimal digits.
  public static func hex(_ bytes: some Sequence<UInt8>) -> JSONValue {
    .string(Base16.encode(bytes))
  }

  /// Bytes as base64 with padding.
  public static func base64(_ bytes: [UInt8]) -> JSONValue {
    .string(String(decoding: Base64.encode(bytes), as: UTF8.self))
  }
}
