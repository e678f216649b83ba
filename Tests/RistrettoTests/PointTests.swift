import CSodium
import Ristretto
import Testing

@Suite("Points")
struct PointTests {
  init() {
    #expect(sodium_init() >= 0)
  }

  @Test("derivation, sum, difference, product and decoding agree with libsodium on 1000 inputs")
  func oracle() throws {
    var generator = SeededGenerator(seed: 10)
    for _ in 0..<1000 {
      let (u, v) = (generator.bytes(64), generator.bytes(64))
      let (P, Q) = (Point(uniformBytes: u), Point(uniformBytes: v))
      let (p, q) = (P.encoded().bytes, Q.encoded().bytes)
      #expect(p == Sodium.point(fromUniform: u))
      #expect((P + Q).encoded().bytes == Sodium.sum(p, q))
      #expect((P - Q).encoded().bytes == Sodium.difference(p, q))
      #expect(P.doubled().encoded().bytes == Sodium.sum(p, p))
      let s = generator.scalar()
      let product = Sodium.product(s.encoded(), p)
      #expect((s * P).encoded().bytes == product)
      #expect(P.multipliedVariableTime(by: s).encoded().bytes == product)
      #expect(try EncodedPoint(p).decoded() == P)
    }
  }

  @Test("random strings are accepted exactly if libsodium accepts them, and bit 255 never is")
  func decodingOracle() throws {
    var generator = SeededGenerator(seed: 11)
    var acceptedCount = 0
    for _ in 0..<2000 {
      var bytes = generator.bytes(32)
      bytes[0] &= 0xfe
      bytes[31] &= 0x7f
      let point = try? EncodedPoint(bytes).decoded()
      #expect((point != nil) == Sodium.isValid(bytes))
      if let point {
        acceptedCount += 1
        #expect(point.encoded().bytes == bytes)
        bytes[31] |= 0x80
        #expect(throws: DecodingError.notCanonical) { try EncodedPoint(bytes).decoded() }
      }
    }
    #expect(acceptedCount > 300)
  }

  @Test("the top bit makes every encoding of a small multiple invalid")
  func topBit() throws {
    var multiple = Point.identity
    for _ in 0..<16 {
      var bytes = multiple.encoded().bytes
      bytes[31] |= 0x80
      #expect(throws: DecodingError.notCanonical) { try EncodedPoint(bytes).decoded() }
      multiple += .basepoint
    }
  }

  @Test("all numbers from p to 2²⁵⁵ − 1 and odd numbers are not canonical")
  func nonCanonical() throws {
    for excess in 0..<19 {
      let bytes = (SlowNumber.fieldPrime + SlowNumber(UInt64(excess))).bytes(32)
      #expect(throws: DecodingError.notCanonical) { try EncodedPoint(bytes).decoded() }
    }
    var odd = Point.basepoint.encoded().bytes
    odd[0] |= 1
    #expect(throws: DecodingError.notCanonical) { try EncodedPoint(odd).decoded() }
  }

  @Test("an encoded point says which length it wanted", arguments: [0, 1, 31, 33, 64])
  func wrongLength(count: Int) {
    #expect(throws: DecodingError.wrongLength(expected: 32, actual: count)) {
      try EncodedPoint([UInt8](repeating: 0, count: count))
    }
  }

  @Test("encoded points keep any bytes and are equal exactly if the bytes are")
  func encodedPoints() throws {
    var generator = SeededGenerator(seed: 12)
    let bytes = generator.bytes(32)
    let encoded = try EncodedPoint(bytes)
    #expect(encoded.bytes == bytes)
    for k in 0..<256 {
      var other = bytes
      other[k / 8] ^= 1 << (k % 8)
      #expect(try EncodedPoint(other) != encoded)
    }
    #expect(try Set([encoded, EncodedPoint(bytes)]).count == 1)
  }

  @Test("group laws hold with the identity anywhere")
  func groupLaws() throws {
    var generator = SeededGenerator(seed: 13)
    let P = generator.point()
    let Q = generator.point()
    let O = Point.identity
    #expect(O.isIdentity && !P.isIdentity && (P - P).isIdentity && (P + -P).isIdentity)
    #expect(P + O == P && O + P == P && O - P == -P && O + O == O && -O == O && O.doubled() == O)
    #expect(P + Q == Q + P && P != Q && P != -P && P.doubled() == P + P)
    #expect(O.encoded().bytes == [UInt8](repeating: 0, count: 32))
    #expect(try O.encoded().decoded().isIdentity)
    var R = P
    R += Q
    R -= P
    #expect(R == Q)
    #expect((Scalar.zero * P).isIdentity && Scalar.one * P == P && -Scalar.one * P == -P)
    #expect((P.multipliedVariableTime(by: .zero)).isIdentity)
    #expect(P.multipliedVariableTime(by: -.one) == -P)
    #expect((generator.scalar() * O).isIdentity)
  }

  @Test("equal elements have equal encodings whichever curve point stands for them")
  func representatives() throws {
    // 8·Q/8 reaches another of the four curve points of the element for most Q.
    var generator = SeededGenerator(seed: 14)
    let eighth = try Scalar(8).inverse()
    for _ in 0..<50 {
      let P = generator.point()
      let other = (eighth * P).doubled().doubled().doubled()
      #expect(other == P)
      #expect(other.encoded() == P.encoded())
    }
  }

  @Test("derivation wants 64 bytes")
  func derivationLength() async {
    await #expect(processExitsWith: .failure) {
      _ = Point(uniformBytes: [UInt8](repeating: 0, count: 63))
    }
  }
}
