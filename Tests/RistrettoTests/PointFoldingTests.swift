import Ristretto
import Testing

@Suite("Folding of vectors of points")
struct PointFoldingTests {
  private static let edges = ["0", "1", "-1", "2", "random", "half", "2^126", "2^127", "2^252"]

  private func scalar(_ name: String) throws -> Scalar {
    var generator = SeededGenerator(seed: 40)
    switch name {
    case "random": return generator.scalar()
    case "half": return try Scalar(2).inverse()
    case "2^126": return Scalar(2).power(126)
    case "2^127": return Scalar(2).power(127)
    case "2^252": return Scalar(2).power(252)
    default: return Scalar(Int(name) ?? 0)
    }
  }

  private func points(_ count: Int, seed: UInt64) -> [Point] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { $0 == 3 ? .identity : generator.point() }
  }

  @Test("a fold is a + γ·b", arguments: edges)
  func fold(name: String) throws {
    let gamma = try scalar(name)
    let (a, b) = (points(9, seed: 41), points(9, seed: 42))
    let expected = zip(a, b).map { $0 + gamma * $1 }
    #expect(Point.foldVariableTime(a, b, by: gamma) == expected)
    let rescaled = Point.foldRescaledVariableTime(a, b, by: gamma)
    #expect(!rescaled.factor.isZero)
    #expect(rescaled.points == expected.map { rescaled.factor * $0 })
  }

  @Test("vectors without elements fold to none")
  func empty() {
    #expect(Point.foldVariableTime([], [], by: Scalar(3)).isEmpty)
    #expect(Point.foldRescaledVariableTime([], [], by: Scalar(3)).points.isEmpty)
    #expect(Point.combineVariableTime([], by: []).isEmpty)
  }

  @Test("several vectors combine to the sum of their multiples", arguments: [1, 2, 5, 8])
  func combine(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    var scalars = (0..<count).map { _ in generator.scalar() }
    scalars[count / 2] = count == 5 ? .zero : scalars[count / 2]
    let vectors = (0..<count).map { points(5, seed: UInt64(50 + $0)) }
    let expected = (0..<5).map { i in
      zip(scalars, vectors).reduce(Point.identity) { $0 + $1.0 * $1.1[i] }
    }
    #expect(Point.combineVariableTime(vectors, by: scalars) == expected)
  }

  @Test("every scalar is the ratio of one below 2¹²⁷ up to sign and one below 2¹²⁶")
  func shortRatios() throws {
    var generator = SeededGenerator(seed: 43)
    let gammas = try Self.edges.map { try scalar($0) } + (0..<500).map { _ in generator.scalar() }
    for gamma in gammas {
      let ratio = ShortRatio(gamma)
      #expect(ratio.numerator == ratio.denominator * gamma)
      #expect(!ratio.denominator.isZero)
      #expect(SlowNumber(littleEndian: ratio.denominator.encoded()) < .powerOfTwo(126))
      let magnitude = min(
        SlowNumber(littleEndian: ratio.numerator.encoded()),
        SlowNumber(littleEndian: (-ratio.numerator).encoded()))
      #expect(magnitude < .powerOfTwo(127))
    }
  }

  @Test("vectors of different lengths end the process")
  func mismatch() async {
    await #expect(processExitsWith: .failure) {
      _ = Point.foldVariableTime([.basepoint], [], by: .one)
    }
  }
}
