public import MarginEngine
internal import Ristretto

extension Digest {
  /// The digest written as 64 lower-case hexadecimal digits, if the text is that.
  public init?(hex: String) {
    guard let bytes = Base16.decode(hex, byteCount: Self.byteCount) else { return nil }
    self.init(bytes)
  }
}

/// 32 bytes chosen by a verifier, so that a proof answers this request and no other.
public struct Nonce: Hashable, Sendable, CustomStringConvertible {
  /// Number of bytes.
  public static let byteCount = 32

  /// The bytes.
  public let bytes: [UInt8]

  /// The nonce of these bytes, if there are 32 of them.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// The nonce written as 64 lower-case hexadecimal digits, if the text is that.
  public init?(hex: String) {
    guard let bytes = Base16.decode(hex, byteCount: Self.byteCount) else { return nil }
    self.bytes = bytes
  }

  /// A fresh nonce from the system's generator.
  public static func random() -> Nonce { Nonce(fresh: SystemRandom.bytes(byteCount)) }

  private init(fresh bytes: [UInt8]) { self.bytes = bytes }

  /// 64 lower-case hexadecimal digits.
  public var description: String { Base16.encode(bytes) }
}
