internal import CConstantTime

extension Scalar {
  /// The number of bytes of an encoded scalar.
  public static var byteCount: Int { 32 }

  /// The number of bytes that ``init(reducing:)`` takes.
  public static var wideByteCount: Int { 64 }

  /// 2⁵¹² mod ℓ: a Montgomery product with it converts a number to Montgomery form.
  static var squareOfRadix: Scalar {
    Scalar(
      montgomery: 0xa406_11e3_449c_0f01, 0xd00e_1ba7_6885_9347, 0xceec_73d2_17f5_be65,
      0x0399_411b_7c30_9a3d)
  }

  /// 2⁷⁶⁸ mod ℓ.
  private static var cubeOfRadix: Scalar {
    Scalar(
      montgomery: 0x2a9e_4968_7b83_a2db, 0x2783_24e6_aef7_f3ec, 0x8065_dc6c_04ec_5b65,
      0x0e53_0b77_3599_cec7)
  }

  /// The number mod ℓ.
  ///
  /// - Parameter words: any number < 2²⁵⁶.
  package init(reducing words: Words) {
    self = Self.montgomeryProduct(words.w0, words.w1, words.w2, words.w3, Self.squareOfRadix)
  }

  /// The number mod ℓ of a signed number in two's complement.
  ///
  /// - Parameter words: the 256 bits of a number in −2²⁵⁵ ..< 2²⁵⁵.
  package init(reducingTwosComplement words: Words) {
    // The number is its unsigned reading less 2²⁵⁶ if its sign bit is set; 2²⁵⁶ in Montgomery form is 2⁵¹².
    let mask = opaque_word(0 &- (words.w3 &>> 63))
    let radix = Self.squareOfRadix
    self =
      Scalar(reducing: words)
      - Scalar(
        montgomery: radix.m0 & mask, radix.m1 & mask, radix.m2 & mask, radix.m3 & mask)
  }

  /// The number mod ℓ.
  public init(_ value: UInt64) {
    self = Self.montgomeryProduct(value, 0, 0, 0, Self.squareOfRadix)
  }

  /// The number mod ℓ; a negative one is ℓ less its magnitude.
  public init(_ value: Int) {
    let word = UInt64(bitPattern: Int64(value))
    let sign = 0 &- (word &>> 63)
    self.init(reducingTwosComplement: Words(word, sign, sign, sign))
  }

  /// Decodes a scalar received from outside.
  ///
  /// - Parameter canonicalBytes: 32 bytes, little-endian, of a number < ℓ.
  /// - Throws: ``DecodingError/wrongLength(expected:actual:)`` or ``DecodingError/notCanonical``.
  public init(canonicalBytes: [UInt8]) throws(DecodingError) {
    guard canonicalBytes.count == Self.byteCount else {
      throw .wrongLength(expected: Self.byteCount, actual: canonicalBytes.count)
    }
    try self.init(canonicalBytes: canonicalBytes.span, from: 0)
  }

  /// The same of the 32 bytes from `start` on (precondition: there are as many).
  package init(canonicalBytes: Span<UInt8>, from start: Int) throws(DecodingError) {
    let words = Words(littleEndian: canonicalBytes, from: start)
    var borrow: UInt64 = 0
    _ = Self.subtract(words.w0, Self.order0, &borrow)
    _ = Self.subtract(words.w1, Self.order1, &borrow)
    _ = Self.subtract(words.w2, 0, &borrow)
    _ = Self.subtract(words.w3, Self.order3, &borrow)
    guard borrow == 1 else { throw .notCanonical }
    self.init(reducing: words)
  }

  /// The number mod ℓ of 64 bytes, little-endian, such as a hash.
  ///
  /// - Parameter bytes: 64 bytes (precondition).
  public init(reducing bytes: [UInt8]) {
    precondition(bytes.count == Self.wideByteCount, "64 bytes are needed")
    self.init(reducing: Words(littleEndian: bytes, from: 0), Words(littleEndian: bytes, from: 32))
  }

  /// The number mod ℓ of 64 bytes, little-endian, anywhere.
  ///
  /// - Parameter bytes: 64 bytes (precondition).
  package init(reducing bytes: Span<UInt8>) {
    precondition(bytes.count == Self.wideByteCount, "64 bytes are needed")
    self.init(reducing: Words(littleEndian: bytes, from: 0), Words(littleEndian: bytes, from: 32))
  }

  /// `low + 2²⁵⁶·high mod ℓ`.
  package init(reducing low: Words, _ high: Words) {
    // In Montgomery form: low·2²⁵⁶ + high·2⁵¹²
    self =
      Self.montgomeryProduct(low.w0, low.w1, low.w2, low.w3, Self.squareOfRadix)
      + Self.montgomeryProduct(high.w0, high.w1, high.w2, high.w3, Self.cubeOfRadix)
  }

  /// The words of the number in 0 ..< ℓ, least significant first.
  @inline(__always)
  package var words: Words {
    let plain = Self.montgomeryProduct(1, 0, 0, 0, self)
    return Words(plain.m0, plain.m1, plain.m2, plain.m3)
  }

  /// The canonical encoding: 32 bytes, little-endian.
  public func encoded() -> [UInt8] { words.littleEndianBytes }

  /// A uniform scalar: 64 random bytes mod ℓ.
  public static func random() -> Scalar {
    var bytes = SystemRandom.bytes(wideByteCount)
    defer { Sodium.wipe(&bytes) }
    return Scalar(reducing: bytes)
  }
}
