import ExactIntegers
import ProofCore
import Ristretto
import TestSupport
import Testing

@Suite("Vector commitment")
struct VectorCommitmentTests {
  private static let generators = Generators.standard

  /// `Σ v_m·H_m + s·R₁`, term by term.
  private static func sum(_ values: [Int64], _ blinding: Scalar) throws -> Point {
    let H = try generators.account(values.count)
    return zip(values, H).reduce(blinding * generators.blinding[0]) {
      $0 + Scalar(Int($1.0)) * $1.1
    }
  }

  @Test(
    "is the sum of its coordinates and its blinding",
    arguments: [[], [0], [1], [-1], [.max, .min], [5, 0, -7, 1 << 40], [0, 0, 0]] as [[Int64]])
  func definition(values: [Int64]) throws {
    let blinding = Scalar.random()
    let commitment = try VectorCommitment.commit(
      to: values.span, blinding: blinding, generators: Self.generators)
    #expect(commitment.point == (try Self.sum(values, blinding)))
    #expect(commitment.encoded == commitment.point.encoded())
    #expect(try VectorCommitment(decoding: commitment.encoded) == commitment)
  }

  @Test("moves with a public change of one coordinate")
  func update() throws {
    var generator = SplitMix64(seed: 11)
    let values = (0..<6).map { _ in Int64(truncatingIfNeeded: generator.next() >> 20) }
    let blinding = Scalar.random()
    let before = try VectorCommitment.commit(
      to: values.span, blinding: blinding, generators: Self.generators)
    for (coordinate, delta) in [(0, 5), (5, -(1 << 39)), (3, Int64(1))] as [(Int, Int64)] {
      var changed = values
      changed[coordinate] += delta
      let after = try before.updated(
        adding: delta, at: coordinate, generators: Self.generators)
      #expect(
        after
          == (try VectorCommitment.commit(
            to: changed.span, blinding: blinding, generators: Self.generators)))
    }
  }

  @Test
  func `A14, A22: changes with every coordinate, the last one too, and with their order`() throws {
    let values: [Int64] = [3, 1, 4, 1, 5, 9, 2]
    let blinding = Scalar.random()
    func commit(_ values: [Int64]) throws -> EncodedPoint {
      try VectorCommitment.commit(
        to: values.span, blinding: blinding, generators: Self.generators
      ).encoded
    }
    var seen: Set<EncodedPoint> = [try commit(values)]
    for index in values.indices {
      var changed = values
      changed[index] += 1
      seen.insert(try commit(changed))
      changed[index] -= 2
      seen.insert(try commit(changed))
    }
    seen.insert(try commit(values.reversed()))
    #expect(seen.count == 2 * values.count + 2)
  }

  @Test
  func `A20, A27: differs each time, so that neither a small value nor a zero shows`() throws {
    let zero: [Int64] = [0, 0, 0]
    let commitments = try (0..<16).map { _ in
      try VectorCommitment.commit(
        to: zero.span, blinding: .random(), generators: Self.generators)
    }
    #expect(Set(commitments).count == 16)
    // Without the blinding, trying all small values finds nothing.
    let H = try Self.generators.account(1)[0]
    var candidate = Point.identity
    var encodings: Set<EncodedPoint> = []
    for _ in 0..<1024 {
      encodings.insert(candidate.encoded())
      candidate += H
    }
    #expect(commitments.allSatisfy { !encodings.contains($0.encoded) })
  }
}

@Suite("Residues of integers")
struct ResidueTests {
  @Test("a public integer of any size and sign has its residue")
  func integers() {
    let l = Scalar.order
    #expect(Scalar(l).isZero)
    #expect(Scalar(l - 1) == -Scalar.one)
    #expect(Scalar(-l - 5) == -Scalar(5))
    let huge = Integer.powerOfTwo(700) + 12345
    #expect(Scalar(huge) == Scalar(huge.modulo(l)))
    #expect(Scalar(-huge) == -Scalar(huge.modulo(l)))
    #expect(Scalar(Integer.powerOfTwo(511)) == Scalar(Integer.powerOfTwo(511).modulo(l)))
  }

  @Test("a secret integer has the residue of the public one")
  func fixedWidth() throws {
    var generator = SplitMix64(seed: 5)
    for _ in 0..<200 {
      let value = Int256(
        low: generator.next(), generator.next(), generator.next(), high: generator.next())
      #expect(Scalar(value) == Scalar(value.asInteger()))
    }
    for value in [Int256.min, .max, .zero, Int256(Int64.min), Int256(-1 as Int64)] {
      #expect(Scalar(value) == Scalar(value.asInteger()))
    }
  }
}
