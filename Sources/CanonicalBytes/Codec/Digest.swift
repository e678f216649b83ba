/// The SHA-256 hash (FIPS 180-4) of a document's canonical bytes: the name by which proofs, signatures and
/// logs refer to public data.
public struct Digest: Hashable, Sendable {
  /// How many bytes a digest has.
  public static let byteCount = Bytes32.byteCount
  /// All bytes zero: the value of a field that names nothing.
  public static let zero = Digest(.zero)

  /// The digest as 32 bytes.
  public let value: Bytes32

  /// The digest with this value.
  public init(_ value: Bytes32) { self.value = value }

  /// The digest with these bytes, or nil unless there are ``byteCount``.
  public init?(_ bytes: [UInt8]) {
    guard let value = Bytes32(bytes) else { return nil }
    self.init(value)
  }

  /// The digest written as 64 lower-case hexadecimal digits; nil if the text is anything else.
  public init?(hex: String) {
    guard let value = Bytes32(hex: hex) else { return nil }
    self.init(value)
  }

  /// SHA-256 of a message.
  public static func sha256(of message: [UInt8]) -> Digest { SHA256.digest(of: message) }

  /// The bytes, ``byteCount`` of them.
  public var bytes: [UInt8] { value.bytes }
}

extension Digest: CustomStringConvertible {
  /// The bytes as lower-case hexadecimal digits.
  public var description: String { value.description }
}
