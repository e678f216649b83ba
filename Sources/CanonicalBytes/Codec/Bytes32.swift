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

  /// These bytes, or nil unless there are ``byteCount``.
  ///
  /// Not generic: an unspecialised sequence costs more than a hundred times as much, and a day of proofs has
  /// several such values in each.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init(filling: bytes.span)
  }

  /// The first 32 of these bytes; zeros follow where there are fewer.
  package init(filling bytes: some Sequence<UInt8>) {
    self.init(filling: Array(bytes.prefix(Self.byteCount)).span)
  }

  /// The first 32 of these bytes; zeros follow where there are fewer.
  package init(filling bytes: [UInt8]) { self.init(filling: bytes.span) }

  /// The first 32 of these bytes; zeros follow where there are fewer.
  package init(filling bytes: Span<UInt8>) {
    func word(_ number: Int) -> UInt64 {
      var word: UInt64 = 0
      let start = 8 * number
      var index = min(start + 8, bytes.count)
      while index > start {
        index -= 1
        word = word << 8 | UInt64(bytes[index])
      }
      return word
    }
    self.init(words: (word(0), word(1), word(2), word(3)))
  }

  /// The 32 bytes that 64 lower-case hexadecimal digits stand for, read from `start` on; nil if there are
  /// fewer digits.
  package init?(hexadecimal text: Span<UInt8>, from start: Int) {
    guard start >= 0, 2 * Self.byteCount <= text.count - start else { return nil }
    func word(_ number: Int) -> UInt64? {
      var word: UInt64 = 0
      for byte in stride(from: 7, through: 0, by: -1) {
        let place = start + 16 * number + 2 * byte
        guard let high = Base16.value(of: text[place]), let low = Base16.value(of: text[place + 1]) else {
          return nil
        }
        word = word << 8 | UInt64(high << 4 | low)
      }
      return word
    }
    guard let w0 = word(0), let w1 = word(1), let w2 = word(2), let w3 = word(3) else { return nil }
    self.init(words: (w0, w1, w2, w3))
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
