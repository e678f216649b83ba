import ExactIntegers
import TestSupport
import Testing

@Suite("Int256")
struct Int256Tests {
  /// The values at and around every limb border, and the ends of the range.
  static let borders: [Integer] = borderValues.filter { range.contains($0) }

  static let range = IntegerInterval(-.powerOfTwo(255), .powerOfTwo(255) - 1)

  /// The member of the range that is congruent modulo 2²⁵⁶.
  func wrapped(_ value: Integer) -> Integer {
    (value + .powerOfTwo(255)).modulo(.powerOfTwo(256)) - .powerOfTwo(255)
  }

  func checkAll(_ x: Integer, _ y: Integer) throws {
    let a = try #require(Int256(exactly: x))
    let b = try #require(Int256(exactly: y))
    #expect((a &+ b).asInteger() == wrapped(x + y))
    #expect((a &- b).asInteger() == wrapped(x - y))
    #expect((a &* b).asInteger() == wrapped(x * y))
    #expect((-a).asInteger() == wrapped(-x))
    #expect(a.magnitude.asInteger() == wrapped(x.magnitude))
    #expect((a < b) == (x < y))
    #expect((a == b) == (x == y))
    #expect(Int256.min(a, b).asInteger() == min(x, y))
    #expect(Int256.max(a, b).asInteger() == max(x, y))
    #expect(Int256.select(a, b, if: true) == a)
    #expect(Int256.select(a, b, if: false) == b)
    #expect(a.isNegative == x.isNegative)
    #expect(a.isZero == x.isZero)
    if y.signum > 0 {
      #expect(a.flooredQuotient(dividingBy: b).asInteger() == x.floorDivided(by: y))
    }
  }

  @Test("agrees with arbitrary integers modulo 2^256 at every border")
  func borders() throws {
    for x in Self.borders {
      for y in Self.borders { try checkAll(x, y) }
    }
  }

  @Test("agrees with arbitrary integers modulo 2^256 on random values of every length")
  func random() throws {
    var generator = SplitMix64(seed: 7)
    for _ in 0..<5_000 {
      let x = wrapped(randomInteger(bits: 264, using: &generator))
      let y = wrapped(randomInteger(bits: 264, using: &generator))
      try checkAll(x, y)
    }
  }

  @Test("a sum of products is exact whenever it fits, although its terms do not")
  func intermediates() throws {
    // 3·M - 2·M - M + 7 with M = 2²⁵⁴ + 1, whose first product is beyond the range.
    let m = try #require(Int256(exactly: .powerOfTwo(254) + 1))
    let sum = 3 &* m &- 2 &* m &- m &+ 7
    #expect(sum == 7)
    let coefficient = Int256(truncating: .powerOfTwo(300) + 5)
    #expect(coefficient &* 9 &- Int256(truncating: .powerOfTwo(300) * 9) == 45)
  }

  @Test("shifts multiply and divide by powers of two")
  func shifts() throws {
    var generator = SplitMix64(seed: 8)
    let values = Self.borders + (0..<50).map { _ in wrapped(randomInteger(bits: 264, using: &generator)) }
    for x in values {
      let a = try #require(Int256(exactly: x))
      for n in 0..<256 {
        #expect((a &<< n).asInteger() == wrapped(x * .powerOfTwo(n)))
        #expect((a &>> n).asInteger() == x.floorDivided(by: .powerOfTwo(n)))
      }
    }
  }

  @Test("converts exactly or not at all")
  func conversions() throws {
    for value in borderValues {
      let converted = Int256(exactly: value)
      #expect((converted != nil) == Self.range.contains(value))
      guard let converted else { continue }
      #expect(converted.asInteger() == value)
      #expect(converted.int64 == value.int64)
      #expect(converted.uint64 == value.uint64)
      let limbs = converted.limbs
      #expect(Int256(low: limbs[0], limbs[1], limbs[2], high: limbs[3]) == converted)
    }
    #expect(Int256(Int64.min).asInteger() == -.powerOfTwo(63))
    #expect(Int256(UInt64.max).asInteger() == .powerOfTwo(64) - 1)
    #expect(Int256(Int.min) == Int256(Int64.min))
    #expect(Int256.min.asInteger() == Self.range.lower)
    #expect(Int256.max.asInteger() == Self.range.upper)
    #expect(-Int256.min == .min)
    #expect((-3 as Int256).asInteger() == -3)
  }

  @Test("agrees with built-in integers on small values")
  func oracle() throws {
    var generator = SplitMix64(seed: 9)
    for _ in 0..<5_000 {
      let x = Int64.random(in: .min ... .max, using: &generator)
      let y =
        Int64.random(in: .min ... .max, using: &generator) >> Int64.random(in: 0...62, using: &generator)
      let product = Int128(x) * Int128(y)
      #expect((Int256(x) &* Int256(y)).asInteger() == Integer(product))
      guard y > 0 else { continue }
      let floor = x >= 0 ? x / y : ~(~x / y)
      #expect(Int256(x).flooredQuotient(dividingBy: Int256(y)).int64 == floor)
    }
  }

  @Test("stops the program on a divisor that is not positive, or a shift out of range")
  func misuse() async {
    await #expect(processExitsWith: .failure) { _ = Int256(1).flooredQuotient(dividingBy: 0) }
    await #expect(processExitsWith: .failure) { _ = Int256(1).flooredQuotient(dividingBy: -1) }
    await #expect(processExitsWith: .failure) { _ = Int256(1) &<< 256 }
    await #expect(processExitsWith: .failure) { _ = Int256(1) &>> -1 }
  }
}
