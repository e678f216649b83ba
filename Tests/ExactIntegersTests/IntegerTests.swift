import ExactIntegers
import TestSupport
import Testing

/// Values around every change of representation: words, limbs and their borders, of both signs.
let borderValues: [Integer] = {
  var values: [Integer] = [0, 1, 2, 3, 10]
  for n in [31, 32, 62, 63, 64, 65, 127, 128, 129, 192, 255, 256, 640] {
    let power = Integer.powerOfTwo(n)
    values += [power - 1, power, power + 1]
  }
  return values + values.map { -$0 }
}()

/// A random value of at most this many bits, of either sign.
func randomInteger(bits: Int, using generator: inout SplitMix64) -> Integer {
  let count = Int.random(in: 0...bits / 8, using: &generator)
  let magnitude = Integer(littleEndian: generator.bytes(count))
  return Bool.random(using: &generator) ? magnitude : -magnitude
}

@Suite("Integer")
struct IntegerTests {
  @Test("agrees with 128-bit arithmetic on values of one and two words")
  func oracle() {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<20_000 {
      let shift = Int.random(in: 0...126, using: &generator)
      let x = Int128.random(in: -(1 << 62)...(1 << 62), using: &generator)
      let y = Int128.random(in: -(1 << 62)...(1 << 62), using: &generator) >> Int128(shift / 2)
      let (a, b) = (Integer(x), Integer(y))
      #expect(a + b == Integer(x + y))
      #expect(a - b == Integer(x - y))
      #expect(a * b == Integer(x * y))
      #expect(-a == Integer(-x))
      #expect((a < b) == (x < y))
      #expect((a * b).description == (x * y).description)
      guard y > 0 else { continue }
      let product = x * y + x
      let (q, r) = product.quotientAndRemainder(dividingBy: y)
      let (floor, modulus) = r < 0 ? (q - 1, r + y) : (q, r)
      #expect(Integer(product).floorDivided(by: b) == Integer(floor))
      #expect(Integer(product).modulo(b) == Integer(modulus))
      #expect(Integer(product).ceilingDivided(by: b) == Integer(modulus == 0 ? floor : floor + 1))
    }
  }

  @Test("obeys the laws of a ring at the borders of its representations")
  func ringLaws() {
    for a in borderValues {
      #expect(a - a == 0)
      #expect(a + (-a) == 0)
      #expect(-(-a) == a)
      #expect(a * 0 == 0)
      #expect(a * 1 == a)
      #expect(a * -1 == -a)
      for b in borderValues {
        #expect(a + b - b == a)
        #expect(a * b == b * a)
        #expect((a + b) * (a - b) == a * a - b * b)
        #expect((a < b) == ((a - b).signum < 0))
        #expect((a == b) == (a - b).isZero)
      }
    }
  }

  @Test("divides so that quotient times divisor plus remainder is the dividend")
  func division() {
    var generator = SplitMix64(seed: 2)
    func check(_ a: Integer, _ d: Integer) {
      let (q, r) = (a.floorDivided(by: d), a.modulo(d))
      #expect(q * d + r == a)
      #expect(0 <= r && r < d)
      #expect(a.ceilingDivided(by: d) == (r.isZero ? q : q + 1))
    }
    for a in borderValues {
      for d in borderValues where d.signum > 0 { check(a, d) }
    }
    for _ in 0..<5_000 {
      let d = randomInteger(bits: 512, using: &generator).magnitude + 1
      let a = randomInteger(bits: 1_024, using: &generator)
      check(a, d)
      check(a * d, d)
      check(a * d - 1, d)
    }
  }

  @Test("has one representation for each value, however it was computed")
  func canonical() {
    for a in borderValues {
      let detour = a + .powerOfTwo(900) - .powerOfTwo(900)
      #expect(detour == a)
      #expect(detour.hashValue == a.hashValue)
      #expect(detour.int == a.int)
    }
  }

  @Test("reads literals of any length")
  func literals() {
    let large: Integer = 1_606_938_044_258_990_275_541_962_092_341_162_602_522_202_993_782_792_835_301_376
    #expect(large == .powerOfTwo(200))
    let negative: Integer = -340_282_366_920_938_463_463_374_607_431_768_211_456
    #expect(negative == -.powerOfTwo(128))
    #expect((-9_223_372_036_854_775_808 as Integer) == Integer(Int.min))
    #expect((-9_223_372_036_854_775_809 as Integer) == Integer(Int.min) - 1)
    #expect((18_446_744_073_709_551_615 as Integer) == Integer(UInt.max))
    #expect((-1 as Integer) + 1 == 0)
  }

  @Test("converts to fixed widths exactly when the value fits")
  func fixedWidths() {
    #expect(Integer(Int64.min).int64 == .min)
    #expect(Integer(Int64.max).int64 == .max)
    #expect((Integer(Int64.max) + 1).int64 == nil)
    #expect((Integer(Int64.min) - 1).int64 == nil)
    #expect(Integer(UInt64.max).uint64 == .max)
    #expect((Integer(UInt64.max) + 1).uint64 == nil)
    #expect(Integer(-1).uint64 == nil)
    #expect(Integer(UInt64.max).int == nil)
    #expect((Integer(0) - .powerOfTwo(63)).int == .min)
  }

  @Test("counts the bits of the magnitude")
  func bitWidths() {
    #expect((0 as Integer).bitWidth == 0)
    for n in 0..<200 {
      #expect(Integer.powerOfTwo(n).bitWidth == n + 1)
      #expect((-.powerOfTwo(n) as Integer).bitWidth == n + 1)
      #expect((Integer.powerOfTwo(n) - 1).bitWidth == n)
    }
    #expect(Integer(Int.min).magnitude == .powerOfTwo(63))
    #expect(Integer(Int.min).signum == -1)
  }

  @Test("returns from little-endian bytes unchanged")
  func bytes() {
    for value in borderValues where !value.isNegative {
      let count = (value.bitWidth + 7) / 8
      let bytes = value.littleEndianBytes(count: count)
      #expect(bytes?.count == count)
      #expect(bytes.map { Integer(littleEndian: $0) } == value)
      #expect(value.littleEndianBytes(count: count + 9).map { Integer(littleEndian: $0) } == value)
      if count > 0 { #expect(value.littleEndianBytes(count: count - 1) == nil) }
      if count > 0 { #expect((-value).littleEndianBytes(count: count) == nil) }
    }
    #expect(Integer(littleEndian: []) == 0)
    #expect(Integer(258).littleEndianBytes(count: 3) == [2, 1, 0])
    #expect(Integer(0).littleEndianBytes(count: 0) == [])
  }

  @Test("does not accumulate memory over a hundred thousand large results")
  func memory() async {
    // A process of its own, so that no other test moves the figure.
    await #expect(processExitsWith: .success) {
      func work() -> Integer {
        var generator = SplitMix64(seed: 3)
        var sum: Integer = 0
        for _ in 0..<25_000 {
          let a = randomInteger(bits: 4_096, using: &generator)
          sum += (a * a).modulo(.powerOfTwo(4_000) + 1)
          sum = -(-sum)
        }
        return sum
      }
      let first = work()
      guard let before = residentPages() else { return }
      precondition(work() == first)
      guard let after = residentPages() else { return }
      // The results alone are more than 50 MB of limbs.
      precondition(after - before < 500, "memory grew by \(after - before) pages")
    }
  }

  @Test("stops the program on a divisor that is not positive")
  func misuse() async {
    await #expect(processExitsWith: .failure) { _ = Integer(1).floorDivided(by: 0) }
    await #expect(processExitsWith: .failure) { _ = Integer(1).modulo(-1) }
    await #expect(processExitsWith: .failure) { _ = Integer.powerOfTwo(-1) }
  }
}
