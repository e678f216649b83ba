/// Exactly 32 bytes: the size of digests, nonces, keys and encoded points, kept in the type so that it is
/// checked once.
public struct Bytes32: Hashable, Sendable {
  /// How many bytes there are.
  public static let byteCount = 32
  /// All bytes zero.
  public static let zero = Bytes32(words: (0, 0, 0, 0))

  // Eight bytes each, the first byte lowest.
  private let w0, w1, w2, w3: UInt64

  private init(words: (UInt64, UInt64, UInt64, UInt64)) {
    (w0, w1, w2, w3) = words
  }

  /// These bytes, or nil unless there are ``byteCount``.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init(filling: bytes)
  }

  /// The first 32 of these bytes; zeros follow where there are fewer.
  package init(filling bytes: some Sequence<UInt8>) {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for (index, byte) in bytes.prefix(Self.byteCount).enumerated() {
      let part = UInt64(byte) &<< UInt64(8 * (index % 8))
      switch index / 8 {
      case 0: words.0 |= part
      case 1: words.1 |= part
      case 2: words.2 |= part
      default: words.3 |= part
      }
    }
    self.init(words: words)
  }

  /// The 32 bytes written as 64 lower-case hexadecimal digits; nil if the text is anything else.
  public init?(hex: String) {
    guard let bytes = Base16.decode(hex, byteCount: Self.byteCount) else { return nil }
    self.init(filling: bytes)
  }

  /// The bytes, ``byteCount`` of them.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    bytes.append(littleEndian: w0)
    bytes.append(littleEndian: w1)
    bytes.append(littleEndian: w2)
    bytes.append(littleEndian: w3)
    return bytes
  }
}

extension Bytes32: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String { Base16.encode(bytes) }
}
