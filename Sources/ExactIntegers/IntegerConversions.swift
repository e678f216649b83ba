extension Integer {
  /// The value of bytes in little-endian order, never negative. No bytes are zero.
  public init(littleEndian bytes: [UInt8]) {
    let width = UInt.bitWidth / 8
    var limbs = [UInt](repeating: 0, count: (bytes.count + width - 1) / width)
    for (index, byte) in bytes.enumerated() {
      limbs[index / width] |= UInt(byte) << UInt(8 * (index % width))
    }
    self.init(Magnitude(limbs), negative: false)
  }

  /// The value as exactly `count` bytes in little-endian order, or nil when it is negative or needs
  /// more of them.
  public func littleEndianBytes(count: Int) -> [UInt8]? {
    guard !isNegative, count >= 0, bitWidth <= 8 * count else { return nil }
    let width = UInt.bitWidth / 8
    let limbs = limbs.limbs
    return (0..<count).map { index in
      guard index / width < limbs.count else { return 0 }
      return UInt8(truncatingIfNeeded: limbs[index / width] >> UInt(8 * (index % width)))
    }
  }

  /// The value, when it is between `Int.min` and `Int.max`.
  public var int: Int? {
    guard case .word(let word) = storage else { return nil }
    return word
  }

  /// The value, when it is between -2⁶³ and 2⁶³ - 1.
  public var int64: Int64? {
    guard case .word(let word) = storage else { return nil }
    return Int64(word)
  }

  /// The value, when it is between 0 and 2⁶⁴ - 1.
  public var uint64: UInt64? {
    switch storage {
    case .word(let word): return UInt64(exactly: word)
    case .limbs(let magnitude, let negative):
      guard !negative, magnitude.limbs.count == 1 else { return nil }
      return UInt64(magnitude.limbs[0])
    }
  }
}
