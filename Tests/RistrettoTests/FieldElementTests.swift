import Ristretto
import Testing

/// The largest limb of each type.
private let reducedLimit: UInt64 = 1 << 51 + 1 << 13 - 1
private let looseLimit: UInt64 = 1 << 54 - 1

@Suite("Field of 2²⁵⁵ − 19 elements")
struct FieldElementTests {
  private let p = SlowNumber.fieldPrime

  /// The number that limbs stand for.
  private func value(_ a: FieldElement) -> SlowNumber { value(a.loose) }

  private func value(_ a: LooseFieldElement) -> SlowNumber {
    [a.a4, a.a3, a.a2, a.a1, a.a0].reduce(SlowNumber(0)) {
      $0 * SlowNumber.powerOfTwo(51) + SlowNumber($1)
    }
  }

  private func canonical(_ a: FieldElement) -> SlowNumber {
    SlowNumber(littleEndian: a.words.littleEndianBytes)
  }

  /// Elements with all limbs from a few edges of their bounds, and some at random.
  private func reducedSamples() -> [FieldElement] {
    var generator = SeededGenerator(seed: 1)
    let edges: [UInt64] = [0, 1, 18, 19, 1 << 51 - 20, 1 << 51 - 19, 1 << 51 - 1, 1 << 51, reducedLimit]
    func random() -> FieldElement {
      func limb() -> UInt64 {
        Bool.random(using: &generator)
          ? edges[Int.random(in: 0..<edges.count, using: &generator)]
          : UInt64.random(in: 0...reducedLimit, using: &generator)
      }
      return FieldElement(limb(), limb(), limb(), limb(), limb())
    }
    let top: UInt64 = 1 << 51 - 1
    let aroundPrime = (0..<40).map { FieldElement(1 << 51 - 39 + $0, top, top, top, top) }
    return edges.map { FieldElement($0, $0, $0, $0, $0) } + aroundPrime + (0..<120).map { _ in random() }
  }

  private func looseSamples() -> [LooseFieldElement] {
    var generator = SeededGenerator(seed: 2)
    let edges: [UInt64] = [0, 1, 1 << 51 - 1, 1 << 51, 1 << 53, looseLimit - 1, looseLimit]
    func limb() -> UInt64 {
      Bool.random(using: &generator)
        ? edges[Int.random(in: 0..<edges.count, using: &generator)]
        : UInt64.random(in: 0...looseLimit, using: &generator)
    }
    return edges.map { LooseFieldElement($0, $0, $0, $0, $0) }
      + (0..<120).map { _ in LooseFieldElement(limb(), limb(), limb(), limb(), limb()) }
  }

  @Test("the canonical form is the value mod p for all limbs within their bounds")
  func canonicalForm() {
    for a in reducedSamples() {
      #expect(a.isWithinBounds)
      #expect(canonical(a) == value(a) % p)
      #expect(a.isZero.revealed == (canonical(a) == SlowNumber(0)))
      #expect(a.isNegative.revealed == (canonical(a).bytes(1)[0] & 1 == 1))
    }
  }

  @Test("products and squares of loose elements are right and within bounds")
  func products() {
    let samples = looseSamples()
    for (i, a) in samples.enumerated() {
      let b = samples[(i * 7 + 3) % samples.count]
      let product = a * b
      #expect(product.isWithinBounds)
      #expect(canonical(product) == value(a) * value(b) % p)
      let square = a.squared()
      #expect(square.isWithinBounds)
      #expect(canonical(square) == value(a) * value(a) % p)
      let carried = a.carried
      #expect(carried.isWithinBounds)
      #expect(canonical(carried) == value(a) % p)
    }
  }

  @Test("sums and differences of reduced elements are right and within bounds")
  func sums() {
    let samples = reducedSamples()
    let twiceP = p + p
    for (i, a) in samples.enumerated() {
      let b = samples[(i * 11 + 5) % samples.count]
      let c = samples[(i * 13 + 7) % samples.count]
      let (x, y, z) = (value(a), value(b), value(c))
      let results: [(LooseFieldElement, SlowNumber)] = [
        (a + b, x + y),
        (a - b, x + twiceP - y),
        (.twice(a, plus: b), x + x + y),
        (.twice(a, minus: b), x + x + twiceP - y),
        (.sum(a, b, minus: c), x + y + twiceP - z),
        (.twice(a, plus: b, minus: c), x + x + y + twiceP - z),
      ]
      for (result, expected) in results {
        #expect(result.isWithinBounds)
        #expect(value(result) == expected)
      }
      #expect((-a).isWithinBounds)
      #expect(canonical(-a) == (twiceP - x) % p)
    }
  }

  @Test("equality, choice and absolute value look at the value, not the limbs")
  func comparisons() {
    let top: UInt64 = 1 << 51 - 1
    let prime = FieldElement(1 << 51 - 19, top, top, top, top)
    #expect(FieldElement.areEqual(prime, .zero).revealed)
    #expect(prime.isZero.revealed && !prime.isNegative.revealed)
    #expect(!FieldElement.areEqual(.one, .zero).revealed)
    for a in reducedSamples() {
      let isNegative = a.isNegative
      #expect(FieldElement.areEqual(a.negated(if: isNegative), a.absoluteValue).revealed)
      #expect(!a.absoluteValue.isNegative.revealed)
      #expect(FieldElement.areEqual(a.absoluteValue, (-a).absoluteValue).revealed)
      #expect(value(.choose(a, if: Mask(bit: 1), else: .one)) == value(a))
      #expect(value(.choose(a, if: Mask(bit: 0), else: .one)) == SlowNumber(1))
    }
  }

  @Test("a mask is set exactly for a zero word")
  func masks() {
    let words: [UInt64] = [0, 1, 2, 1 << 63, .max, 1 << 63 - 1]
    for word in words {
      #expect(Mask(isZero: word).revealed == (word == 0))
      #expect((~Mask(isZero: word)).revealed == (word != 0))
    }
    #expect((Mask(bit: 1) & Mask(bit: 1)).revealed && !(Mask(bit: 1) & Mask(bit: 0)).revealed)
    #expect((Mask(bit: 1) | Mask(bit: 0)).revealed && !(Mask(bit: 0) | Mask(bit: 0)).revealed)
    #expect(Mask(bit: 1).choose(5, 6) == 5 && Mask(bit: 0).choose(5, 6) == 6)
  }

  @Test("words of 255 bits go in and their residue comes out; bit 255 is ignored")
  func words() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      var bytes = generator.bytes(32)
      let element = FieldElement(words: Words(littleEndian: bytes))
      #expect(element.isWithinBounds)
      bytes[31] &= 0x7f
      #expect(canonical(element) == SlowNumber(littleEndian: bytes) % p)
    }
  }

  @Test("the inverse times the element is 1, and 0 has 0")
  func inverses() {
    for a in reducedSamples() {
      let product = a * a.inverseOrZero
      #expect(canonical(product) == SlowNumber(a.isZero.revealed ? 0 : 1))
    }
  }

  @Test("square roots of ratios follow the table of RFC 9496, section 4.2")
  func squareRoots() {
    let i = FieldElement.squareRootOfMinusOne
    let samples = reducedSamples()
    for (k, u) in samples.enumerated() {
      let v = samples[(k * 5 + 1) % samples.count]
      let (wasSquare, root) = FieldElement.squareRoot(ofRatio: u, v)
      #expect(!root.isNegative.revealed)
      if u.isZero.revealed || v.isZero.revealed {
        #expect(wasSquare.revealed == u.isZero.revealed)
        #expect(root.isZero.revealed)
      } else {
        // v·root² is u or i·u.
        let expected = wasSquare.revealed ? u : u * i
        #expect(FieldElement.areEqual(v * root.squared(), expected).revealed)
      }
    }
  }

  @Test("whether a ratio is a square is its Legendre symbol")
  func legendre() {
    // (p − 1)/2
    let exponent = SlowNumber.powerOfTwo(254) - SlowNumber(10)
    for a in reducedSamples().suffix(12) where !a.isZero.revealed {
      let symbol = canonical(a).power(exponent, modulo: p)
      #expect(
        FieldElement.squareRoot(ofRatio: a, .one).wasSquare.revealed == (symbol == SlowNumber(1)))
    }
  }

  @Test("the constants are what their names say")
  func constants() {
    let minusOne = -FieldElement.one
    func areEqual(_ a: FieldElement, _ b: FieldElement) -> Bool {
      FieldElement.areEqual(a, b).revealed
    }
    let d = FieldElement.d
    #expect(areEqual(d * FieldElement(121_666, 0, 0, 0, 0), -FieldElement(121_665, 0, 0, 0, 0)))
    #expect(areEqual(.twiceD, (d + d).carried))
    #expect(areEqual(FieldElement.squareRootOfMinusOne.squared(), minusOne))
    #expect(!FieldElement.squareRootOfMinusOne.isNegative.revealed)
    #expect(areEqual(FieldElement.squareRootOfADMinusOne.squared(), (-d - .one).carried))
    #expect(FieldElement.squareRootOfADMinusOne.isNegative.revealed)
    #expect(
      areEqual(FieldElement.inverseSquareRootOfAMinusD.squared() * (minusOne - d), .one))
    #expect(!FieldElement.inverseSquareRootOfAMinusD.isNegative.revealed)
    #expect(areEqual(.oneMinusDSquared, (FieldElement.one - d.squared()).carried))
    #expect(areEqual(.dMinusOneSquared, (d - .one).squared()))
  }
}
