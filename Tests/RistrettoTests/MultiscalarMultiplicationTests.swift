import CSodium
import Ristretto
import Testing

/// Scalars and points for a sum, with everything in them that an algorithm might trip over.
struct Summands {
  let scalars: [Scalar]
  let points: [Point]
  /// Σ sᵢ·Pᵢ by libsodium, one product and one addition at a time.
  let sum: [UInt8]

  /// - Parameter bits: all scalars are below 2^bits.
  init(count: Int, seed: UInt64, bits: Int = 253) throws {
    var generator = SeededGenerator(seed: seed)
    var edges = [SlowNumber(0), SlowNumber(1), .powerOfTwo(bits - 1)]
    if bits == 253 {
      edges += [.groupOrder - SlowNumber(1), .groupOrder - SlowNumber(2), .halfOfGroupOrder]
      edges += [.halfOfGroupOrder + SlowNumber(1), SlowNumber(8), SlowNumber(15), SlowNumber(16)]
    } else {
      edges.append(.powerOfTwo(bits) - SlowNumber(1))
    }
    let bound = min(SlowNumber.powerOfTwo(bits), .groupOrder)
    var scalars: [Scalar] = []
    var points: [Point] = []
    for i in 0..<count {
      let number =
        Int.random(in: 0..<4, using: &generator) == 0
        ? edges[Int.random(in: 0..<edges.count, using: &generator)] % .groupOrder
        : SlowNumber(littleEndian: generator.bytes(64)) % bound
      scalars.append(try Scalar(canonicalBytes: number.bytes(32)))
      switch Int.random(in: 0..<8, using: &generator) {
      case 0 where i > 0: points.append(points[i - 1])
      case 1 where i > 0: points.append(-points[i - 1])
      case 2: points.append(.identity)
      case 3: points.append(try generator.point().encoded().decoded())
      default: points.append(generator.point())
      }
    }
    var sum = [UInt8](repeating: 0, count: 32)
    for (s, P) in zip(scalars, points) {
      let product = Sodium.product(s.encoded(), P.encoded().bytes)
      sum = try #require(Sodium.sum(sum, product))
    }
    self.scalars = scalars
    self.points = points
    self.sum = sum
  }
}

/// Numbers of summands: none, few, many, and around the blocks of the algorithms.
private let counts = [0, 1, 2, 3, 4, 7, 8, 31, 95, 111, 112, 113, 200, 300]

@Suite("Multi-scalar multiplication")
struct MultiscalarMultiplicationTests {
  init() {
    #expect(sodium_init() >= 0)
  }

  @Test("every algorithm gives libsodium's sum", arguments: counts)
  func all(count: Int) throws {
    let summands = try Summands(count: count, seed: UInt64(count))
    let (s, P) = (summands.scalars, summands.points)
    let prepared = PreparedPoints(P)
    let secret = SecretBlock(count: count) { s[$0] }
    let sums: [(String, Point)] = [
      ("constant time", secret.withSpan { Point.multiscalarMultiplication($0, P) }),
      ("prepared", secret.withSpan { Point.multiscalarMultiplication($0, bits: 253, prepared) }),
      ("variable time", Point.multiscalarMultiplicationVariableTime(s, P)),
      ("span", Point.multiscalarMultiplicationVariableTime(s.span, P)),
      ("Straus", StrausVariableTime.sum(s.span, P)),
    ]
    for (name, sum) in sums {
      #expect(sum.encoded().bytes == summands.sum, "\(name)")
    }
  }

  @Test("Pippenger's algorithm gives libsodium's sum for every window", arguments: 2...15)
  func windows(bits: Int) throws {
    for count in [0, 1, 2, 33, 70] {
      let summands = try Summands(count: count, seed: UInt64(100 * bits + count))
      let sum = Pippenger.sum(summands.scalars.span, summands.points, windowBits: bits)
      #expect(sum.encoded().bytes == summands.sum)
    }
  }

  @Test("Pippenger's algorithm gets through scalars at the edges of its windows", arguments: 2...15)
  func windowEdges(bits: Int) throws {
    var numbers: [SlowNumber] = [.groupOrder - SlowNumber(1), .halfOfGroupOrder]
    numbers += [SlowNumber.halfOfGroupOrder + SlowNumber(1), .powerOfTwo(251), .powerOfTwo(252)]
    // Digits 1, 2^(bits − 1) and their neighbours in every window, and the largest in all up to it.
    var largest = SlowNumber(0)
    for place in stride(from: bits, through: 251, by: bits) {
      let power = SlowNumber.powerOfTwo(place)
      let half = SlowNumber.powerOfTwo(place - 1)
      largest = largest + half
      numbers += [power, power - SlowNumber(1), half, half + SlowNumber(1), half - SlowNumber(1)]
      numbers += [largest, largest + SlowNumber(1)]
    }
    let scalars = try numbers.map { try Scalar(canonicalBytes: $0.bytes(32)) }
    var points = [Point.basepoint]
    for _ in 1..<scalars.count {
      points.append(points[points.count - 1].doubled() + .basepoint)
    }
    // Σ sᵢ·Pᵢ for the points Pᵢ = (2ⁱ⁺¹ − 1)·B.
    var exponent = Scalar.zero
    var weight = Scalar.one
    for s in scalars {
      exponent += s * weight
      weight = weight + weight + .one
    }
    #expect(
      Pippenger.sum(scalars.span, points, windowBits: bits) == exponent * .basepoint)
  }

  @Test("the window grows with the number of points")
  func windowChoice() {
    let windows = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].map {
      Pippenger.windowBits(count: $0)
    }
    #expect(windows == windows.sorted())
    #expect((2...15).contains(windows[0]) && (2...15).contains(windows[6]))
  }

  @Test(
    "bounded scalars give libsodium's sum",
    arguments: [1, 2, 3, 4, 5, 8, 16, 63, 64, 65, 127, 128, 250, 251, 252], [0, 1, 2, 40])
  func bounded(bits: Int, count: Int) throws {
    let summands = try Summands(count: count, seed: UInt64(1000 * bits + count), bits: bits)
    let (s, P) = (summands.scalars, summands.points)
    let prepared = PreparedPoints(P)
    #expect(
      Point.multiscalarMultiplication(s.span, bits: bits, P).encoded().bytes == summands.sum)
    #expect(
      Point.multiscalarMultiplication(s.span, bits: bits, prepared).encoded().bytes
        == summands.sum)
  }

  @Test("blocks of 512 points join to the whole sum", arguments: [511, 512, 513, 1030])
  func blocks(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let scalars = (0..<count).map { _ in generator.scalar() }
    let P = generator.point()
    var points = [P]
    for _ in 1..<count {
      points.append(points[points.count - 1] + P)
    }
    // Pᵢ = (i + 1)·P
    let expected =
      zip(scalars, 1...).reduce(Scalar.zero) { $0 + $1.0 * Scalar($1.1) } * P
    let prepared = PreparedPoints(points)
    #expect(Point.multiscalarMultiplication(scalars.span, points) == expected)
    #expect(Point.multiscalarMultiplication(scalars.span, bits: 253, prepared) == expected)
    #expect(Point.multiscalarMultiplicationVariableTime(scalars, points) == expected)
  }

  @Test("a range of prepared points is prepared")
  func preparedRange() throws {
    let summands = try Summands(count: 30, seed: 9)
    let all = PreparedPoints(summands.points)
    #expect(all.count == 30 && all.points == summands.points && all[29] == summands.points[29])
    let part = all[4..<25][2..<13]
    #expect(part.count == 11 && part[0] == summands.points[6])
    let s = Array(summands.scalars[6..<17])
    let expected = Point.multiscalarMultiplication(s.span, Array(summands.points[6..<17]))
    #expect(Point.multiscalarMultiplication(s.span, bits: 253, part) == expected)
    #expect(part[3..<3].points.isEmpty)
  }

  @Test("a number of scalars other than the number of points ends the process")
  func mismatch() async {
    await #expect(processExitsWith: .failure) {
      _ = Point.multiscalarMultiplication([Scalar.one].span, [])
    }
    await #expect(processExitsWith: .failure) {
      _ = Point.multiscalarMultiplication([Scalar.one].span, bits: 253, PreparedPoints([]))
    }
    await #expect(processExitsWith: .failure) {
      _ = Point.multiscalarMultiplicationVariableTime([], [.basepoint])
    }
  }

  @Test("a bound of 0 or of more than 253 bits ends the process")
  func badBounds() async {
    await #expect(processExitsWith: .failure) {
      _ = Point.multiscalarMultiplication([Scalar.one].span, bits: 0, [.basepoint])
    }
    await #expect(processExitsWith: .failure) {
      _ = Point.multiscalarMultiplication([Scalar.one].span, bits: 254, [.basepoint])
    }
  }
}
