// Canonical form: four 64-bit words, least significant first, of the value in 0 ..< p; and the questions
// that only the canonical form answers (RFC 9496, section 4.1).

/// Four 64-bit words, least significant first: a 256-bit number.
package struct Words: Hashable, Sendable, BitwiseCopyable {
  package let w0, w1, w2, w3: UInt64

  @inline(__always)
  package init(_ w0: UInt64, _ w1: UInt64, _ w2: UInt64, _ w3: UInt64) {
    self.w0 = w0
    self.w1 = w1
    self.w2 = w2
    self.w3 = w3
  }

  /// The 32 bytes of `bytes` from `start`, read little-endian.
  ///
  /// - Precondition: `start + 32 ≤ bytes.count`.
  package init(littleEndian bytes: [UInt8], from start: Int = 0) {
    self.init(littleEndian: bytes.span, from: start)
  }

  /// The number of 32 bytes from `start` on, read little-endian.
  ///
  /// - Precondition: `start + 32 ≤ bytes.count`.
  init(littleEndian bytes: Span<UInt8>, from start: Int) {
    precondition(start >= 0 && bytes.count - start >= 32, "32 bytes are needed")
    func word(_ index: Int) -> UInt64 {
      let offset = start + 8 * index
      let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      return UInt64(littleEndian: word)
    }
    self.init(word(0), word(1), word(2), word(3))
  }

  /// The 32 bytes of the number, little-endian.
  package var littleEndianBytes: [UInt8] {
    [UInt8](capacity: 32) { bytes in
      func append(_ word: UInt64) {
        for shift in stride(from: 0 as UInt64, to: 64, by: 8) {
          bytes.append(UInt8(truncatingIfNeeded: word &>> shift))
        }
      }
      append(w0)
      append(w1)
      append(w2)
      append(w3)
    }
  }
}

extension FieldElement {
  /// The value of the low 255 bits of `words`; bit 255 is ignored.
  @inline(__always)
  package init(words w: Words) {
    self.init(
      w.w0 & Self.limbMask,
      (w.w0 &>> 51 | w.w1 &<< 13) & Self.limbMask,
      (w.w1 &>> 38 | w.w2 &<< 26) & Self.limbMask,
      (w.w2 &>> 25 | w.w3 &<< 39) & Self.limbMask,
      w.w3 &>> 12 & Self.limbMask)
  }

  /// The value in 0 ..< p.
  @inline(__always)
  package var words: Words {
    // The value is < 2²⁵⁵ + 2²¹⁸ < 2p, so q = ⌊(value + 19) / 2²⁵⁵⌋ is 1 if value ≥ p, else 0.
    var q = (a0 &+ 19) &>> 51
    q = (a1 &+ q) &>> 51
    q = (a2 &+ q) &>> 51
    q = (a3 &+ q) &>> 51
    q = (a4 &+ q) &>> 51
    // value − q·p = value + 19·q − q·2²⁵⁵
    let r0 = a0 &+ 19 &* q
    let r1 = a1 &+ (r0 &>> 51)
    let r2 = a2 &+ (r1 &>> 51)
    let r3 = a3 &+ (r2 &>> 51)
    let r4 = a4 &+ (r3 &>> 51)
    let (c0, c1, c2) = (r0 & Self.limbMask, r1 & Self.limbMask, r2 & Self.limbMask)
    let (c3, c4) = (r3 & Self.limbMask, r4 & Self.limbMask)
    return Words(
      c0 | c1 &<< 51, c1 &>> 13 | c2 &<< 38, c2 &>> 26 | c3 &<< 25, c3 &>> 39 | c4 &<< 12)
  }

  /// Whether the canonical value is odd, which RFC 9496 calls negative.
  @inline(__always)
  package var isNegative: Mask { Mask(bit: words.w0 & 1) }

  @inline(__always)
  package var isZero: Mask {
    let w = words
    return Mask(isZero: w.w0 | w.w1 | w.w2 | w.w3)
  }

  /// Whether `a` and `b` are the same element.
  @inline(__always)
  package static func areEqual(_ a: FieldElement, _ b: FieldElement) -> Mask {
    let (v, w) = (a.words, b.words)
    return Mask(isZero: (v.w0 ^ w.w0) | (v.w1 ^ w.w1) | (v.w2 ^ w.w2) | (v.w3 ^ w.w3))
  }

  /// `a` if `condition` is set, otherwise `b`.
  @inline(__always)
  package static func choose(
    _ a: FieldElement, if condition: Mask, else b: FieldElement
  ) -> FieldElement {
    FieldElement(
      condition.choose(a.a0, b.a0), condition.choose(a.a1, b.a1), condition.choose(a.a2, b.a2),
      condition.choose(a.a3, b.a3), condition.choose(a.a4, b.a4))
  }

  /// `−self` if `condition` is set, otherwise `self`.
  @inline(__always)
  package func negated(if condition: Mask) -> FieldElement {
    Self.choose(-self, if: condition, else: self)
  }

  /// The one of `self` and `−self` that is not negative.
  @inline(__always)
  package var absoluteValue: FieldElement { negated(if: isNegative) }
}
