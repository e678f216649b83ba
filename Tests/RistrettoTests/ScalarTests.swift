import CSodium
import Ristretto
import Testing

@Suite("Scalars")
struct ScalarTests {
  private let order = SlowNumber.groupOrder

  init() {
    #expect(sodium_init() >= 0)
  }

  private func scalar(_ number: SlowNumber) throws -> Scalar {
    try Scalar(canonicalBytes: number.bytes(32))
  }

  /// Numbers around every edge of the representation, and some at random.
  private func samples() -> [SlowNumber] {
    var generator = SeededGenerator(seed: 20)
    var numbers = [0, 1, 2, 3, 18].map { SlowNumber($0) }
    numbers += [1, 2, 3].map { order - SlowNumber($0) }
    numbers += [63, 64, 65, 127, 128, 191, 192, 251, 252].flatMap {
      [SlowNumber.powerOfTwo($0) - SlowNumber(1), .powerOfTwo($0), .powerOfTwo($0) + SlowNumber(1)]
    }
    numbers += [.halfOfGroupOrder, .halfOfGroupOrder + SlowNumber(1)]
    numbers += (0..<100).map { _ in SlowNumber(littleEndian: generator.bytes(64)) % order }
    return numbers
  }

  @Test("sums, differences, products and negatives agree with schoolbook arithmetic")
  func schoolbook() throws {
    let numbers = samples()
    for (k, x) in numbers.enumerated() {
      let y = numbers[(k * 17 + 5) % numbers.count]
      let (a, b) = (try scalar(x), try scalar(y))
      #expect((a + b).encoded() == ((x + y) % order).bytes(32))
      #expect((a - b).encoded() == ((x + order - y) % order).bytes(32))
      #expect((a * b).encoded() == (x * y % order).bytes(32))
      #expect(a.squared().encoded() == (x * x % order).bytes(32))
      #expect((-a).encoded() == ((order - x) % order).bytes(32))
      #expect(a.encoded() == x.bytes(32))
      #expect(a.isZero == (x == SlowNumber(0)))
      #expect((a == b) == (x == y))
      var c = a
      c += b
      c -= a
      c *= a
      #expect(c == a * b)
    }
  }

  @Test("all operations agree with libsodium on 1000 inputs")
  func oracle() throws {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<1000 {
      let (u, v) = (generator.bytes(64), generator.bytes(64))
      let (a, b) = (Scalar(reducing: u), Scalar(reducing: v))
      let (x, y) = (a.encoded(), b.encoded())
      #expect(x == Sodium.reduced(u))
      #expect((a + b).encoded() == Sodium.scalarSum(x, y))
      #expect((a - b).encoded() == Sodium.scalarDifference(x, y))
      #expect((a * b).encoded() == Sodium.scalarProduct(x, y))
      #expect((-a).encoded() == Sodium.scalarNegative(x))
      #expect(try a.inverse().encoded() == Sodium.scalarInverse(x))
      #expect(try Scalar(canonicalBytes: x) == a)
    }
  }

  @Test("64 bytes at the edges reduce to their residue")
  func wideEdges() {
    var numbers = [SlowNumber(0), order, order - SlowNumber(1), order + order, order * order]
    numbers += [252, 253, 255, 256, 257, 511].map { SlowNumber.powerOfTwo($0) }
    numbers += [256, 512].map { SlowNumber.powerOfTwo($0) - SlowNumber(1) }
    for number in numbers {
      #expect(Scalar(reducing: number.bytes(64)).encoded() == (number % order).bytes(32))
    }
  }

  @Test("exactly the numbers below ℓ are canonical")
  func canonical() throws {
    #expect(try scalar(order - SlowNumber(1)) == -.one)
    for excess in [0, 1, 2, 1 << 62] {
      let bytes = (order + SlowNumber(UInt64(excess))).bytes(32)
      #expect(throws: DecodingError.notCanonical) { try Scalar(canonicalBytes: bytes) }
    }
    for exponent in [253, 254, 255] {
      let bytes = SlowNumber.powerOfTwo(exponent).bytes(32)
      #expect(throws: DecodingError.notCanonical) { try Scalar(canonicalBytes: bytes) }
    }
    #expect(throws: DecodingError.notCanonical) {
      try Scalar(canonicalBytes: [UInt8](repeating: 0xff, count: 32))
    }
  }

  @Test("a scalar says which length it wanted", arguments: [0, 31, 33])
  func wrongLength(count: Int) {
    #expect(throws: DecodingError.wrongLength(expected: 32, actual: count)) {
      try Scalar(canonicalBytes: [UInt8](repeating: 0, count: count))
    }
  }

  @Test("machine integers keep their value, negative ones mod ℓ")
  func integers() {
    for value in [0, 1, 2, 19, 1 << 32, Int.max] {
      let number = SlowNumber(UInt64(value))
      #expect(Scalar(value).encoded() == number.bytes(32))
      #expect(Scalar(UInt64(value)).encoded() == number.bytes(32))
      #expect(Scalar(-value) == -Scalar(value))
    }
    #expect(Scalar(UInt64.max).encoded() == SlowNumber(.max).bytes(32))
    #expect(Scalar(Int.min) == -Scalar(UInt64(1) << 63))
  }

  @Test("256-bit numbers, unsigned and in two's complement, reduce to their residue")
  func words() {
    var generator = SeededGenerator(seed: 22)
    let edges = [
      [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xff, count: 32),
      SlowNumber.powerOfTwo(255).bytes(32), (SlowNumber.powerOfTwo(255) - SlowNumber(1)).bytes(32),
    ]
    for bytes in edges + (0..<100).map({ _ in generator.bytes(32) }) {
      let words = Words(littleEndian: bytes)
      let number = SlowNumber(littleEndian: bytes)
      #expect(Scalar(reducing: words).encoded() == (number % order).bytes(32))
      // 16·ℓ > 2²⁵⁶
      let signed =
        bytes[31] < 0x80 ? number : number + order * SlowNumber(16) - SlowNumber.powerOfTwo(256)
      #expect(Scalar(reducingTwosComplement: words).encoded() == (signed % order).bytes(32))
    }
  }

  @Test("powers are repeated products")
  func powers() {
    var generator = SeededGenerator(seed: 23)
    let a = generator.scalar()
    var expected = Scalar.one
    for exponent in 0..<70 {
      #expect(a.power(exponent) == expected)
      expected *= a
    }
    #expect(Scalar(2).power(200).encoded() == SlowNumber.powerOfTwo(200).bytes(32))
    #expect(Scalar.zero.power(0) == .one && Scalar.zero.power(5) == .zero)
    #expect(a.power(.max) * a == a.power(1 << 62).squared())
  }

  @Test("equal scalars have equal hashes")
  func hashing() {
    #expect(Set([Scalar(5), Scalar(2) + Scalar(3), Scalar(-5), -Scalar(5)]).count == 2)
  }

  @Test("random scalars differ")
  func random() {
    #expect(Set((0..<100).map { _ in Scalar.random() }).count == 100)
  }
}

@Suite("Inversion of scalars")
struct ScalarInversionTests {
  @Test("the inverse of 0 does not exist")
  func zero() {
    #expect(throws: InversionError.zero) { try Scalar.zero.inverse() }
    #expect(throws: InversionError.zero) { try (Scalar(7) - Scalar(7)).inverse() }
  }

  @Test("the edges have inverses")
  func edges() throws {
    for a in [Scalar.one, -.one, Scalar(2), Scalar(-2), Scalar(UInt64.max)] {
      #expect(try a.inverse() * a == .one)
    }
  }

  @Test("a batch has the inverses of its elements", arguments: [0, 1, 2, 3, 17, 64, 100, 231])
  func batch(count: Int) throws {
    var generator = SeededGenerator(seed: 30)
    let scalars = (0..<count).map { _ in generator.scalar() }
    var inverses = scalars
    try Scalar.invert(&inverses)
    #expect(inverses == (try scalars.map { try $0.inverse() }))
    #expect(try Scalar.inversesOfPublic(scalars) == inverses)
    var block = SecretBlock(count: count) { scalars[$0] }
    try block.withMutableSpan { span throws(InversionError) in try Scalar.invert(&span) }
    block.withSpan { span in
      for i in 0..<count {
        #expect(span[i] == inverses[i])
      }
    }
  }

  @Test("a batch with a 0 anywhere is refused and not changed", arguments: 0..<5)
  func batchWithZero(index: Int) {
    var scalars = (1...5).map { Scalar($0) }
    scalars[index] = .zero
    let before = scalars
    #expect(throws: InversionError.zero) { try Scalar.invert(&scalars) }
    #expect(scalars == before)
    #expect(throws: InversionError.zero) { try Scalar.inversesOfPublic(scalars) }
  }
}
