internal import CSodium

/// The 32 bytes of a SHA-256 hash, or any other value of 32 bytes that names public data.
public struct Digest: Hashable, Sendable {
  /// How many bytes a digest has.
  public static let byteCount = 32
  /// All bytes zero: the value of a field that names nothing.
  public static let zero = Digest(unchecked: [UInt8](repeating: 0, count: byteCount))

  /// The bytes, ``byteCount`` of them.
  public let bytes: [UInt8]

  private init(unchecked bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The digest with these bytes, or nil unless there are ``byteCount``.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init(unchecked: bytes)
  }

  /// SHA-256 of a message.
  public static func sha256(of message: [UInt8]) -> Digest {
    var hash = [UInt8](repeating: 0, count: byteCount)
    // The function cannot fail; its result is always 0.
    _ = unsafe crypto_hash_sha256(&hash, message, UInt64(message.count))
    return Digest(unchecked: hash)
  }
}

extension Digest: CustomStringConvertible {
  /// The bytes as lower-case hexadecimal digits.
  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
