#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension JSONNode {
  /// Exactly so many bytes, written as lower-case hexadecimal digits.
  public func bytes(hexOfCount count: Int) throws(DocumentError) -> [UInt8] {
    guard case .string(let text) = value else { throw wrongKind(.string) }
    let digits = text.utf8.compactMap(hexadecimalValue)
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else {
      throw failure(.notHexadecimal)
    }
    guard digits.count == 2 * count else {
      throw failure(.wrongByteCount(expected: count, actual: digits.count / 2))
    }
    return (0..<count).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
  }

  /// At most so many bytes, written as base64 with padding, in the one canonical way.
  public func base64(maximumBytes: Int) throws(DocumentError) -> [UInt8] {
    guard case .string(let text) = value else { throw wrongKind(.string) }
    let digits = text.utf8
    let count = digits.count / 4 * 3 - digits.suffix(2).count { $0 == UInt8(ascii: "=") }
    guard count <= maximumBytes else {
      throw failure(.tooLong(count: count, limit: maximumBytes))
    }
    // Unused bits of the last digit must be zero: what is read is what would be written.
    guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else {
      throw failure(.notBase64)
    }
    return Array(data)
  }
}

extension JSONValue {
  /// Bytes as lower-case hexadecimal digits.
  public static func hex(_ bytes: some Sequence<UInt8>) -> JSONValue {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return .string(String(decoding: text, as: UTF8.self))
  }

  /// Bytes as base64 with padding.
  public static func base64(_ bytes: [UInt8]) -> JSONValue {
    .string(Data(bytes).base64EncodedString())
  }
}

private func hexadecimalValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  default: nil
  }
}
