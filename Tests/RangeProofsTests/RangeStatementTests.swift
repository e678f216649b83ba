import Merlin
import RangeProofs
import Ristretto
import TestSupport
import Testing

@Suite("Range statements: any number of values, and bounds")
struct RangeStatementTests {
  private static func prove(
    _ numbers: [UInt64], _ bounds: RangeBounds?, width: RangeWidth = .bits8
  ) throws -> (proof: RangeProof, statement: RangeStatement) {
    let values = SecretBlock<UInt64>(count: numbers.count) { numbers[$0] }
    let blindings = SecretBlock<Scalar>(count: numbers.count) { _ in .random() }
    var transcript = Transcript("test")
    return try RangeProof.prove(
      values, blindings: blindings, width: width, bounds: bounds, transcript: &transcript)
  }

  private static func holds(_ proof: RangeProof, _ statement: RangeStatement) -> Bool {
    var transcript = Transcript("test")
    let single = (try? proof.verify(statement, transcript: &transcript)) != nil
    var batch = RangeProofBatch()
    batch.add(proof, statement: statement, transcript: Transcript("test"))
    let inBatch = (try? batch.verify()) == [nil]
    #expect(single == inBatch)
    return single
  }

  @Test("any number of values is proved, completed by commitments to 0", arguments: [1, 2, 3, 5, 6, 7, 8])
  func padding(_ count: Int) throws {
    let (proof, statement) = try Self.prove((0..<count).map { UInt64($0 * 31) }, nil)
    #expect(statement.commitments.count == count && (count + statement.padding).nonzeroBitCount == 1)
    #expect(proof.bytes.count == RangeProof.byteCount(.bits8, count: count + statement.padding))
    #expect(Self.holds(proof, statement))
    // Anyone who knows the dalek crate verifies the same proof with the identity behind the commitments.
    var transcript = Transcript("test")
    let zeros = [EncodedPoint](repeating: Point.identity.encoded(), count: statement.padding)
    try proof.verify(statement.commitments + zeros, width: .bits8, transcript: &transcript)
  }

  @Test("a power of two without bounds is the proof that it always was")
  func unchanged() throws {
    let (proof, statement) = try Self.prove([7, 8], nil)
    var transcript = Transcript("test")
    try proof.verify(statement.commitments, width: .bits8, transcript: &transcript)
  }

  @Test("the ends of the bounds are inside, what is beyond is refused")
  func bounds() throws {
    let bounds = try #require(RangeBounds(18, 65))
    #expect(bounds.width == .bits8 && RangeBounds(2, 1) == nil)
    for value in [18, 40, 65] as [UInt64] {
      let (proof, statement) = try Self.prove([value], bounds)
      #expect(Self.holds(proof, statement))
    }
    for value in [0, 17, 66, 255, 1 << 20, .max] as [UInt64] {
      #expect(throws: RangeProvingError.valueOutOfRange(index: 1)) { try Self.prove([18, value], bounds) }
    }
    let top = try #require(RangeBounds(.max - 1, .max))
    let (proof, statement) = try Self.prove([.max, .max - 1, .max], top)
    #expect(Self.holds(proof, statement) && statement.padding == 2)
    let wide = try #require(RangeBounds(0, 256))
    #expect(throws: RangeProvingError.boundsTooWide) { try Self.prove([1], wide) }
  }

  @Test
  func `A44: a proof is bound to its bounds, its commitments and their number`() throws {
    let bounds = try #require(RangeBounds(18, 65))
    let (proof, statement) = try Self.prove([20, 30, 40], bounds)
    #expect(Self.holds(proof, statement))
    let generator = RangeGenerators.standard.value
    let shifted = try statement.commitments.map { (try $0.decoded() + generator).encoded() }
    let others: [RangeStatement] = [
      RangeStatement(commitments: statement.commitments, width: .bits8, bounds: RangeBounds(17, 65)),
      RangeStatement(commitments: statement.commitments, width: .bits8, bounds: RangeBounds(18, 66)),
      RangeStatement(commitments: statement.commitments, width: .bits8, bounds: nil),
      RangeStatement(commitments: statement.commitments, width: .bits16, bounds: bounds),
      RangeStatement(commitments: statement.commitments.reversed(), width: .bits8, bounds: bounds),
      RangeStatement(commitments: Array(statement.commitments.dropLast()), width: .bits8, bounds: bounds),
      RangeStatement(
        commitments: statement.commitments + [Point.identity.encoded()], width: .bits8, bounds: bounds),
      // Values and bounds moved together: the points that the proof covers are the same.
      RangeStatement(commitments: shifted, width: .bits8, bounds: RangeBounds(19, 66)),
      RangeStatement(commitments: shifted, width: .bits8, bounds: bounds),
    ]
    for other in others { #expect(!Self.holds(proof, other)) }
    let none = RangeStatement(commitments: [], width: .bits8)
    #expect(!Self.holds(proof, none))
  }

  @Test("more values than a proof has room for are refused")
  func tooMany() {
    let bounds = RangeBounds(0, 9)
    #expect(throws: RangeProvingError.unsupportedCount(33)) {
      try Self.prove([UInt64](repeating: 1, count: 33), bounds)
    }
    #expect(throws: RangeProvingError.unsupportedCount(65)) {
      try Self.prove([UInt64](repeating: 1, count: 65), nil)
    }
    #expect(throws: RangeProvingError.unsupportedCount(0)) { try Self.prove([], nil) }
  }
}
