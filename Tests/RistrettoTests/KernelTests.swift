import CSodium
import Ristretto
import Testing

/// One of the two ways to compute.
enum Path: String, CaseIterable, CustomTestStringConvertible {
  case kernels, portable

  /// The ways that this machine has.
  static let all: [Path] = Kernels.areInUse ? [.kernels, .portable] : [.portable]

  var testDescription: String { rawValue }

  func run<R>(_ body: () throws -> R) rethrows -> R {
    try Kernels.$isPortable.withValue(self == .portable) { try body() }
  }
}

/// `Σ sᵢ·Pᵢ` in constant time.
private func constantTimeSum(_ s: [Scalar], _ P: [Point], bits: Int = 253) -> Point {
  Point.multiscalarMultiplication(s.span, bits: bits, P)
}

/// `Σ sᵢ·P_{start + i}` in constant time.
private func constantTimeSum(
  _ s: [Scalar], _ P: FixedPoints, bits: Int = 253, from start: Int = 0
) -> Point {
  P.sum(s.span, bits: bits, from: start)
}

/// Kernels where the processor has what they need, and portable code, each against libsodium and each other.
@Suite("Kernels and portable code")
struct KernelTests {
  init() {
    #expect(sodium_init() >= 0)
  }

  @Test("portable code can be asked for on every machine")
  func portable() {
    Path.portable.run { #expect(!Kernels.areInUse) }
    #expect(Kernels.areInUse == (Kernels.areAvailable && !Kernels.areForbidden))
    Path.portable.run { Path.kernels.run { #expect(Kernels.areInUse == Self.haveKernels) } }
  }

  private static let haveKernels = Kernels.areInUse

  /// Around the lanes, the thresholds of the algorithms and the blocks of the tables.
  private static let counts = [
    0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 111, 112, 113, 159, 160, 161, 255, 256, 257, 511,
    512, 513, 600,
  ]

  @Test("sums are libsodium's on every path", arguments: Path.all, counts)
  func sums(path: Path, count: Int) throws {
    let summands = try Summands(count: count, seed: UInt64(3000 + count))
    let (s, P) = (summands.scalars, summands.points)
    path.run {
      let secret = SecretBlock(count: count) { s[$0] }
      let sum = secret.withSpan { Point.multiscalarMultiplication($0, P) }
      #expect(sum.encoded().bytes == summands.sum)
      #expect(
        Point.multiscalarMultiplicationVariableTime(s, P).encoded().bytes == summands.sum)
    }
  }

  @Test(
    "sums of bounded scalars are libsodium's on every path", arguments: Path.all,
    [1, 2, 4, 5, 8, 16, 64, 127, 128, 250, 252])
  func bounded(path: Path, bits: Int) throws {
    for count in [1, 8, 40] {
      let summands = try Summands(count: count, seed: UInt64(bits + 999 * count), bits: bits)
      let (s, P) = (summands.scalars, summands.points)
      path.run {
        let fixed = FixedPoints(P)
        #expect(
          constantTimeSum(s, P, bits: bits).encoded().bytes == summands.sum)
        #expect(constantTimeSum(s, fixed, bits: bits).encoded().bytes == summands.sum)
      }
    }
  }

  @Test("extreme scalars on equal and opposite points cancel on every path", arguments: Path.all)
  func extremes(path: Path) {
    var generator = SeededGenerator(seed: 71)
    let P = generator.point()
    let largest = -Scalar.one
    for count in [2, 8, 16, 200, 256, 600] {
      // Σ ±(ℓ − 1)·P in pairs of P and −P, and of ℓ − 1 and 1.
      let points = (0..<count).map { $0 % 2 == 0 ? P : -P }
      let same = [Scalar](repeating: largest, count: count)
      let pairs = (0..<count).map { $0 % 2 == 0 ? largest : .one }
      let equal = [Point](repeating: P, count: count)
      path.run {
        let fixed = FixedPoints(points)
        #expect(Point.multiscalarMultiplicationVariableTime(same, points).isIdentity)
        #expect(constantTimeSum(same, points).isIdentity)
        #expect(constantTimeSum(same, fixed).isIdentity)
        #expect(Point.multiscalarMultiplicationVariableTime(pairs, equal).isIdentity)
        #expect(constantTimeSum(pairs, equal).isIdentity)
        for _ in 0..<4 {
          #expect(
            Point.multiscalarMultiplicationVariableTime([(fixed, same)]).isIdentity)
        }
      }
    }
  }

  @Test(
    "sums over fixed points are those over points, before and after tables are made",
    arguments: Path.all, [1, 2, 7, 8, 9, 64, 130, 300, 700])
  func fixed(path: Path, count: Int) throws {
    let summands = try Summands(count: count, seed: UInt64(5000 + count))
    let other = try Summands(count: 20, seed: UInt64(6000 + count))
    let (s, P) = (summands.scalars, summands.points)
    let expected = try #require(Sodium.sum(summands.sum, other.sum))
    let prefix = constantTimeSum(Array(s[..<(count / 2)]), Array(P[..<(count / 2)]))
    path.run {
      let fixed = FixedPoints(P)
      #expect(fixed.count == count)
      for _ in 0..<5 {
        let sum = Point.multiscalarMultiplicationVariableTime(
          [(fixed, s)], other.scalars, other.points)
        #expect(sum.encoded().bytes == expected)
        let part = Point.multiscalarMultiplicationVariableTime([
          (fixed, Array(s[..<(count / 2)])), (fixed, []),
        ])
        #expect(part == prefix)
      }
      #expect(constantTimeSum(s, fixed).encoded().bytes == summands.sum)
      let start = count / 3
      #expect(
        constantTimeSum(Array(s[start...]), fixed, from: start)
          == constantTimeSum(Array(s[start...]), Array(P[start...])))
      #expect(constantTimeSum([], fixed).isIdentity)
    }
  }

  @Test("decoding together accepts what decoding alone accepts, on every path", arguments: Path.all)
  func decoding(path: Path) throws {
    var generator = SeededGenerator(seed: 81)
    var strings: [[UInt8]] = []
    for _ in 0..<40 { strings.append(generator.point().encoded().bytes) }
    for _ in 0..<200 {
      // Even and below 2²⁵⁵ mostly, so that about half of the canonical ones are points.
      var bytes = generator.bytes(32)
      if Bool.random(using: &generator) { bytes[0] &= 0xfe }
      if Int.random(in: 0..<8, using: &generator) > 0 { bytes[31] &= 0x7f }
      strings.append(bytes)
    }
    // 0, 1, p − 1, p, p + 1, p + 2, 2²⁵⁵ − 1, 2²⁵⁵, 2²⁵⁶ − 1
    let p = SlowNumber.fieldPrime
    strings += [SlowNumber(0), SlowNumber(1), p - SlowNumber(1), p, p + SlowNumber(1)].map { $0.bytes(32) }
    strings += [p + SlowNumber(2), .powerOfTwo(255) - SlowNumber(1)].map { $0.bytes(32) }
    strings += [SlowNumber.powerOfTwo(255).bytes(32), [UInt8](repeating: 0xff, count: 32)]
    strings.shuffle(using: &generator)
    let encodings = try strings.map { try EncodedPoint($0) }
    for count in [0, 1, 2, 3, 7, 8, 9, 23, 24, 25, encodings.count] {
      let batch = path.run { DecodedPoints(Array(encodings[..<count])) }
      #expect(batch.points.count == count)
      for (index, encoding) in encodings[..<count].enumerated() {
        do throws(DecodingError) {
          #expect(batch.points[index] == (try encoding.decoded()))
          #expect(batch.points[index].encoded() == encoding)
          #expect(batch.error(at: index) == nil)
        } catch {
          #expect(batch.error(at: index) == error)
          #expect(batch.points[index].isIdentity)
        }
        // libsodium 1.0.18 ignores bit 255 and refuses the identity.
        let isValid = Sodium.isValid(encoding.bytes) && encoding.bytes[31] < 0x80
        #expect((batch.error(at: index) == nil) == (isValid || encoding.isIdentity))
      }
    }
  }

  @Test("encoding together gives what encoding alone gives, on every path", arguments: Path.all)
  func encoding(path: Path) {
    var generator = SeededGenerator(seed: 82)
    // Sums have a Z other than 1.
    let points = (0..<50).map { index in
      index % 10 == 3
        ? Point.identity : index % 10 == 4 ? generator.point() : generator.point() + generator.point()
    }
    let alone = points.map { $0.encoded() }
    for count in [0, 1, 2, 3, 4, 7, 8, 9, 23, 24, 25, 49, 50] {
      for start in [0, points.count - count] {
        let part = start..<(start + count)
        #expect(path.run { Point.encodings(of: Array(points[part])) } == Array(alone[part]))
      }
    }
  }

  @Test("folding several rounds at once is folding one after the other, on every path", arguments: Path.all)
  func folding(path: Path) {
    var generator = SeededGenerator(seed: 91)
    for count in [1, 2, 7, 8, 9, 20] {
      for terms in [1, 2, 4, 8] {
        let points = (0..<(count * terms)).map { $0 == 3 ? .identity : generator.point() }
        var scalars = (0..<terms).map { _ in generator.scalar() }
        scalars[0] = terms == 4 ? .one : scalars[0]
        scalars[terms - 1] = terms == 8 ? -Scalar.one : scalars[terms - 1]
        let blocks = (0..<count).map { i in
          (0..<terms).reduce(Point.identity) { $0 + scalars[$1] * points[i + $1 * count] }
        }
        let neighbours = (0..<count).map { i in
          (0..<terms).reduce(Point.identity) { $0 + scalars[$1] * points[i * terms + $1] }
        }
        path.run {
          #expect(
            Point.foldVariableTime(points, count: count, step: 1, gap: count, by: scalars) == blocks)
          #expect(
            Point.foldVariableTime(points, count: count, step: terms, gap: 1, by: scalars)
              == neighbours)
        }
      }
    }
  }

  @Test("folding shared points by their rows is folding the points, where there are rows")
  func foldingByRows() {
    var generator = SeededGenerator(seed: 92)
    for (count, terms) in [(1, 1), (7, 2), (8, 8), (9, 3), (20, 8), (3, 16)] {
      // One of the points is absent, one is the identity.
      let available = count * terms - 1
      let points = (0..<available).map { $0 == 3 ? .identity : generator.point() }
      let fixed = FixedPoints(points + [generator.point()])
      var scalars = (0..<terms).map { _ in generator.scalar() }
      scalars[0] = terms == 8 ? .zero : scalars[0]
      scalars[terms - 1] = terms == 8 ? -Scalar.one : scalars[terms - 1]
      func folded() -> [Point]? {
        fixed.foldVariableTime(count: count, by: scalars) { i, k in
          i * terms + k < available ? i * terms + k : nil
        }
      }
      let first = folded()
      #expect(first == nil, "rows are made when they are worth it")
      _ = (folded(), folded())
      let expected = (0..<count).map { i in
        (0..<terms).reduce(Point.identity) { sum, k in
          i * terms + k < available ? sum + scalars[k] * points[i * terms + k] : sum
        }
      }
      #expect(folded() == (Kernels.areInUse ? expected : nil))
      #expect(fixed.foldVariableTime(count: 0, by: scalars) { _, _ in 0 } == nil)
    }
  }

  @Test(
    "vectors of scalars are those of one scalar after the other, on every path",
    arguments: Path.all, [0, 1, 7, 8, 9, 15, 16, 31, 32, 33, 47, 48, 64, 81, 100, 256, 513])
  func vectors(path: Path, count: Int) throws {
    var generator = SeededGenerator(seed: UInt64(7000 + count))
    // 1/2²⁵⁶, whose Montgomery form is 1, and the number whose Montgomery form is ℓ − 1
    let lowest = try (Scalar(reducing: Words(0, 0, 0, 1 << 63)) * Scalar(2 as UInt64)).inverse()
    let edges = [Scalar.zero, .one, -Scalar.one, lowest, -lowest]
    func vector(_ n: Int) -> [Scalar] {
      (0..<n).map { _ in
        Int.random(in: 0..<4, using: &generator) == 0
          ? edges[Int.random(in: 0..<5, using: &generator)] : generator.scalar()
      }
    }
    let (a, b, sums, long) = (vector(count), vector(count), vector(count + 3), vector(2 * count))
    let factors = edges + [generator.scalar()]
    let last = factors[5]
    path.run {
      #expect(Scalar.sum(a.span) == a.reduce(.zero, +))
      #expect(Scalar.products(a, b) == zip(a, b).map { $0 * $1 })
      #expect(Scalar.innerProduct(a, b) == zip(a, b).reduce(.zero) { $0 + $1.0 * $1.1 })
      #expect(
        Scalar.innerProduct(SecretBlock(count: count) { a[$0] }, SecretBlock(count: count) { b[$0] })
          == Scalar.innerProduct(a, b))
      var inPlace = a
      var span = inPlace.mutableSpan
      Scalar.multiply(&span, by: b.span)
      #expect(inPlace == Scalar.products(a, b))
      var totals = sums
      Scalar.addProducts(a, b, to: &totals, from: 2)
      #expect(
        totals
          == sums.indices.map { i in
            (2..<(count + 2)).contains(i) ? sums[i] + a[i - 2] * b[i - 2] : sums[i]
          })
      totals = sums
      let weighed = Scalar.addWeighed(a, b, to: &totals)
      #expect(weighed == zip(a, b).reduce(.zero) { $0 + $1.0 * $1.1.squared() })
      #expect(
        totals == sums.indices.map { i in i < count ? sums[i] + a[i] * b[i] : sums[i] })
      for factor in factors {
        #expect(Scalar.products(factor, a) == a.map { factor * $0 })
        var totals = sums
        Scalar.addProducts(factor, a, to: &totals, from: 1)
        #expect(
          totals
            == sums.indices.map { i in
              (1..<(count + 1)).contains(i) ? sums[i] + factor * a[i - 1] : sums[i]
            })
        #expect(
          Scalar.fold(long, by: factor, last)
            == (0..<count).map { factor * long[2 * $0] + last * long[2 * $0 + 1] })
        var power = last
        var powers: [Scalar] = []
        for _ in 0..<count {
          powers.append(power)
          power *= factor
        }
        #expect(Scalar.geometricSequence(from: last, ratio: factor, count: count) == powers)
      }
    }
  }

  @Test("products of all subsets, and sums of powers, are what they say", arguments: Path.all)
  func subsets(path: Path) {
    var generator = SeededGenerator(seed: 72)
    for rounds in 0...7 {
      let (first, factors) = (generator.scalar(), (0..<rounds).map { _ in generator.scalar() })
      let expected = (0..<(1 << rounds)).map { i in
        factors.indices.reduce(first) { i >> $1 & 1 == 1 ? $0 * factors[$1] : $0 }
      }
      path.run {
        #expect(Scalar.subsetProducts(of: factors, from: first) == expected)
        for count in 0...20 {
          let powers = Scalar.geometricSequence(from: factors.first ?? .one, ratio: first, count: count)
          let sum = Scalar.geometricSum(from: factors.first ?? .one, ratio: first, count: count)
          #expect(sum == powers.reduce(.zero, +))
        }
        let powers = Scalar.geometricSequence(from: .one, ratio: first, count: 1 << rounds)
        #expect(
          Scalar.geometricSum(ratio: first, logarithmOfCount: rounds) == powers.reduce(.zero, +))
      }
    }
  }
}

/// What only a machine with kernels can show.
@Suite("Kernels, where the processor has them", .enabled(if: Kernels.areInUse))
struct KernelOnlyTests {
  @Test("kernels and portable code give equal points for the same sums, where the processor has kernels")
  func random() {
    var generator = SeededGenerator(seed: 73)
    for _ in 0..<20 {
      let count = Int.random(in: 1..<700, using: &generator)
      let scalars = (0..<count).map { _ in generator.scalar() }
      let points = (0..<count).map { _ in generator.point() }
      let kernels = Point.multiscalarMultiplicationVariableTime(scalars, points)
      let portable = Path.portable.run {
        Point.multiscalarMultiplicationVariableTime(scalars, points)
      }
      #expect(kernels.encoded() == portable.encoded())
    }
  }
}
