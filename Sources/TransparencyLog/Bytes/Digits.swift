/// Numbers as these formats write them.
enum Digits {
  /// The largest number of entries, index or time: 2⁶³ − 1.
  static let limit = UInt64(Int64.max)

  /// A decimal without sign and leading zeros, of at most ``limit``.
  static func decimal(_ text: some Collection<UInt8>) -> UInt64? {
    guard let first = text.first, text.count <= 19, text.count == 1 || first != UInt8(ascii: "0") else {
      return nil
    }
    var value: UInt64 = 0
    for digit in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
    }
    return value <= limit ? value : nil
  }

  /// Big-endian bytes of a word.
  static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// The word that big-endian bytes stand for.
  static func word<Word: FixedWidthInteger>(_ bytes: some Sequence<UInt8>) -> Word {
    bytes.reduce(0) { $0 << 8 | Word($1) }
  }
}
