import Merlin
import RangeProofs
import Ristretto
import TestSupport
import Testing

@Suite("Range proof")
struct RangeProofTests {
  static let shapes = RangeWidth.allCases.flatMap { width in
    [1, 2, 4, 8].map { (width, $0) }
  }

  /// Proves random values, the largest and 0 among them.
  static func make(
    _ width: RangeWidth, _ m: Int, seed: UInt64
  ) throws -> (RangeProof, [EncodedPoint]) {
    var generator = SplitMix64(seed: seed)
    let top = UInt64.max >> UInt64(64 - width.rawValue)
    let numbers = (0..<m).map { $0 == 0 ? top : $0 == 1 ? 0 : generator.next() & top }
    let values = SecretBlock<UInt64>(count: m) { numbers[$0] }
    let blindings = SecretBlock<Scalar>(count: m) { _ in .random() }
    var transcript = Transcript("test")
    return try RangeProof.prove(values, blindings: blindings, width: width, transcript: &transcript)
  }

  @Test("what is proved is accepted, at its length, for every width and count", arguments: shapes)
  func completeness(width: RangeWidth, m: Int) throws {
    let (proof, commitments) = try Self.make(width, m, seed: UInt64(m))
    #expect(proof.bytes.count == RangeProof.byteCount(width, count: m))
    var transcript = Transcript("test")
    try proof.verify(commitments, width: width, transcript: &transcript)
  }

  @Test("64 values of 64 bits aggregate")
  func largest() throws {
    let (proof, commitments) = try Self.make(.bits64, 64, seed: 7)
    #expect(proof.bytes.count == 32 * (9 + 2 * 12))
    var transcript = Transcript("test")
    try proof.verify(commitments, width: .bits64, transcript: &transcript)
  }

  @Test
  func `A2: a bit flipped in any field is rejected, single and in a batch`() throws {
    let (proof, commitments) = try Self.make(.bits16, 2, seed: 3)
    var batch = RangeProofBatch()
    for field in 0..<(proof.bytes.count / 32) {
      var bytes = proof.bytes
      bytes[32 * field + 9] ^= 4
      var transcript = Transcript("test")
      let bad = RangeProof(bytes: bytes)
      batch.add(bad, commitments: commitments, width: .bits16, transcript: transcript)
      #expect(throws: RangeVerificationError.self) {
        try bad.verify(commitments, width: .bits16, transcript: &transcript)
      }
    }
    #expect(try batch.verify().allSatisfy { $0 != nil })
  }

  @Test("a proof is bound to commitments, their order, width and transcript")
  func binding() throws {
    let (proof, commitments) = try Self.make(.bits32, 2, seed: 4)
    func rejects(_ points: [EncodedPoint], _ width: RangeWidth, _ label: StaticString) {
      var transcript = Transcript(label)
      #expect(throws: RangeVerificationError.self) {
        try proof.verify(points, width: width, transcript: &transcript)
      }
    }
    rejects(commitments.reversed(), .bits32, "test")
    rejects([commitments[0]], .bits32, "test")
    rejects(commitments + commitments, .bits32, "test")
    rejects(commitments, .bits16, "test")
    rejects(commitments, .bits64, "test")
    rejects(commitments, .bits32, "other")
    rejects([], .bits32, "test")
  }

  @Test
  func `A5: prover and verifier leave equal transcripts`() throws {
    let values = SecretBlock<UInt64>(count: 1) { _ in 77 }
    let blindings = SecretBlock<Scalar>(count: 1) { _ in .random() }
    var (prover, verifier) = (Transcript("test"), Transcript("test"))
    let (proof, commitments) = try RangeProof.prove(
      values, blindings: blindings, width: .bits8, transcript: &prover)
    try proof.verify(commitments, width: .bits8, transcript: &verifier)
    #expect(
      prover.challengeBytes(count: 32, label: "next") == verifier.challengeBytes(count: 32, label: "next"))
  }

  @Test("the prover refuses values out of range, odd counts and missing blindings")
  func misuse() {
    func refuses(
      _ numbers: [UInt64], _ blindings: Int, _ width: RangeWidth, _ error: RangeProvingError
    ) {
      let values = SecretBlock<UInt64>(count: numbers.count) { numbers[$0] }
      let secrets = SecretBlock<Scalar>(count: blindings) { _ in .random() }
      var transcript = Transcript("test")
      var thrown: RangeProvingError?
      do throws(RangeProvingError) {
        _ = try RangeProof.prove(values, blindings: secrets, width: width, transcript: &transcript)
      } catch {
        thrown = error
      }
      #expect(thrown == error)
    }
    refuses([256], 1, .bits8, .valueOutOfRange(index: 0))
    refuses([1, 1 << 32], 2, .bits32, .valueOutOfRange(index: 1))
    refuses([1, 2, 3], 3, .bits8, .unsupportedCount(3))
    refuses([], 0, .bits8, .unsupportedCount(0))
    refuses([UInt64](repeating: 1, count: 128), 128, .bits8, .unsupportedCount(128))
    refuses([1, 2], 1, .bits8, .wrongBlindingCount(expected: 2, actual: 1))
  }
}

@Suite("Range proof batch")
struct RangeProofBatchTests {
  @Test
  func `A41: a mix of widths and counts is accepted, and the one bad proof among them named`() throws {
    var items: [(RangeProof, [EncodedPoint], RangeWidth)] = []
    for (index, shape) in RangeProofTests.shapes.enumerated() {
      let (proof, points) = try RangeProofTests.make(shape.0, shape.1, seed: UInt64(index))
      items.append((proof, points, shape.0))
    }
    func verdicts(_ items: [(RangeProof, [EncodedPoint], RangeWidth)]) throws -> [RangeVerificationError?] {
      var batch = RangeProofBatch()
      for (proof, points, width) in items {
        batch.add(proof, commitments: points, width: width, transcript: Transcript("test"))
      }
      return try batch.verify()
    }
    #expect(try verdicts(items).allSatisfy { $0 == nil })
    for bad in [0, 5, items.count - 1] {
      var damaged = items
      var bytes = damaged[bad].0.bytes
      bytes[32 * 4] ^= 1
      damaged[bad].0 = RangeProof(bytes: bytes)
      let result = try verdicts(damaged)
      #expect(result.indices.filter { result[$0] != nil } == [bad])
    }
    #expect(try verdicts([items[0]]) == [nil])
  }

  @Test
  func `A39: two proofs whose errors are opposite are both named`() throws {
    // Shifting t_x by +d and -d shifts the two equations by opposite multiples of B under equal weights
    // only if the transcripts agreed; weights that depend on every byte keep them apart either way.
    let (proof, points) = try RangeProofTests.make(.bits8, 1, seed: 9)
    func shifted(_ by: Scalar) throws -> RangeProof {
      let field = 4 * 32..<5 * 32
      let value = try Scalar(canonicalBytes: Array(proof.bytes[field])) + by
      var bytes = proof.bytes
      bytes.replaceSubrange(field, with: value.encoded())
      return RangeProof(bytes: bytes)
    }
    var batch = RangeProofBatch()
    for delta in [Scalar.one, -Scalar.one] {
      batch.add(
        try shifted(delta), commitments: points, width: .bits8, transcript: Transcript("test"))
    }
    #expect(try batch.verify() == [.equationFails, .equationFails])
  }

  @Test("an empty batch is refused")
  func empty() {
    #expect(throws: RangeBatchError.empty) { try RangeProofBatch().verify() }
  }
}
