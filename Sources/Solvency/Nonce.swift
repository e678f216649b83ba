public import CanonicalBytes
internal import Ristretto

/// 32 bytes chosen by a verifier, so that a proof answers this request and no other.
public struct Nonce: Hashable, Sendable, CustomStringConvertible {
  /// Number of bytes.
  public static let byteCount = Bytes32.byteCount

  /// The nonce as 32 bytes.
  public let value: Bytes32

  /// The nonce with this value.
  public init(_ value: Bytes32) { self.value = value }

  /// The nonce of these bytes, or nil unless there are ``byteCount``.
  public init?(_ bytes: [UInt8]) {
    guard let value = Bytes32(bytes) else { return nil }
    self.init(value)
  }

  /// The nonce written as 64 lower-case hexadecimal digits; nil if the text is anything else.
  public init?(hex: String) {
    guard let value = Bytes32(hex: hex) else { return nil }
    self.init(value)
  }

  /// A fresh nonce from the system's generator.
  public static func random() -> Nonce { Nonce(Bytes32(filling: SystemRandom.bytes(byteCount))) }

  /// The bytes, ``byteCount`` of them.
  public var bytes: [UInt8] { value.bytes }

  /// 64 lower-case hexadecimal digits.
  public var description: String { value.description }
}
