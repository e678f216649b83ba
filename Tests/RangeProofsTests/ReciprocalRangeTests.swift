import CanonicalBytes
import CircuitProofs
import ExactIntegers
import ProofCore
import RangeProofs
import Ristretto
import TestSupport
import Testing

@Suite("Reciprocal range proofs")
struct ReciprocalRangeTests {
  private static let label = Array("test".utf8)

  private static func prove(
    _ numbers: [UInt64], _ bounds: RangeBounds, label: [UInt8] = label
  ) throws -> (proof: ReciprocalRangeProof, statement: ReciprocalRangeStatement) {
    let values = SecretBlock<UInt64>(count: numbers.count) { numbers[$0] }
    let blindings = SecretBlock<Scalar>(count: numbers.count) { _ in .random() }
    return try ReciprocalRangeProof.prove(values, blindings: blindings, bounds: bounds, label: label)
  }

  /// The verdict, which is the same alone, in a batch, and without kernels.
  private static func verdict(
    _ proof: ReciprocalRangeProof, _ statement: ReciprocalRangeStatement, label: [UInt8] = label
  ) throws -> RangeVerificationError? {
    func alone() -> RangeVerificationError? {
      do throws(RangeVerificationError) {
        try proof.verify(statement, label: label)
        return nil
      } catch {
        return error
      }
    }
    var batch = ReciprocalRangeProofBatch()
    batch.add(proof, statement: statement, label: label)
    let verdict = alone()
    #expect(try batch.verify() == [verdict])
    #expect(Kernels.$isPortable.withValue(true) { alone() } == verdict)
    return verdict
  }

  @Test("any number of values of any width", arguments: [1, 2, 3, 7, 33], [1, 5, 8, 13, 32, 63, 64])
  func shapes(count: Int, bits: Int) throws {
    let bounds = try #require(RangeBounds(bits: bits))
    var random = SplitMix64(seed: UInt64(100 * count + bits))
    var numbers = (0..<count).map { _ in random.next() & bounds.upper }
    numbers[0] = bounds.upper
    numbers[count - 1] = count > 1 ? 0 : bounds.upper
    let (proof, statement) = try Self.prove(numbers, bounds)
    #expect(try Self.verdict(proof, statement) == nil)
    #expect(proof.bytes.count == ReciprocalRangeProof.byteCount(count: count, bounds: bounds))
    #expect(bounds.bits == bits)
  }

  @Test("416 bytes for a value of 64 bits, 672 for 32 of them")
  func lengths() throws {
    let bounds = try #require(RangeBounds(bits: 64))
    #expect(ReciprocalRangeProof.byteCount(count: 1, bounds: bounds) == 416)
    #expect(ReciprocalRangeProof.byteCount(count: 32, bounds: bounds) == 672)
    #expect(ReciprocalRangeProof.byteCount(count: 0, bounds: bounds) == nil)
    #expect(ReciprocalRangeProof.byteCount(count: 257, bounds: bounds) == nil)
    #expect(RangeBounds(bits: 0) == nil && RangeBounds(bits: 65) == nil)
  }

  @Test("the ends of the bounds are inside, and what is beyond is refused")
  func bounds() throws {
    for (lower, upper) in [
      (18, 65), (0, 0), (7, 7), (0, .max), (.max, .max), (.max - 1, .max), (1, 1 << 63), (5, 1 << 32),
    ] as [(UInt64, UInt64)] {
      let bounds = try #require(RangeBounds(lower, upper))
      let (proof, statement) = try Self.prove([lower, upper, lower + (upper - lower) / 2], bounds)
      #expect(try Self.verdict(proof, statement) == nil, "\(lower) … \(upper)")
      for value in [lower &- 1, upper &+ 1] where !(lower...upper).contains(value) {
        #expect(throws: RangeProvingError.valueOutOfRange(index: 1)) {
          try Self.prove([lower, value], bounds)
        }
      }
    }
  }

  @Test("numbers of values and blindings that no proof has are refused")
  func counts() throws {
    let bounds = try #require(RangeBounds(bits: 1))
    for count in [0, 257] {
      #expect(throws: RangeProvingError.unsupportedCount(count)) {
        try Self.prove([UInt64](repeating: 1, count: count), bounds)
      }
      let statement = ReciprocalRangeStatement(
        commitments: [EncodedPoint](repeating: Point.identity.encoded(), count: count), bounds: bounds)
      #expect(try Self.verdict(ReciprocalRangeProof(bytes: []), statement) == .unsupportedCount(count))
    }
    #expect(throws: RangeProvingError.wrongBlindingCount(expected: 2, actual: 1)) {
      try ReciprocalRangeProof.prove(
        SecretBlock(count: 2) { _ in 1 }, blindings: SecretBlock(count: 1) { _ in .one }, bounds: bounds,
        label: Self.label)
    }
    let (proof, statement) = try Self.prove([UInt64](repeating: 1, count: 256), bounds)
    #expect(try Self.verdict(proof, statement) == nil)
  }

  @Test
  func `A44: a proof is bound to its bounds, its commitments, their order and number, and its label`() throws
  {
    let bounds = try #require(RangeBounds(18, 65))
    let (proof, statement) = try Self.prove([20, 30, 40], bounds)
    let generator = RangeGenerators.standard.value
    let blinding = RangeGenerators.standard.blinding
    func moved(by point: Point) throws -> [EncodedPoint] {
      try statement.commitments.map { (try $0.decoded() + point).encoded() }
    }
    func others(_ lower: UInt64, _ upper: UInt64, _ commitments: [EncodedPoint]) throws
      -> ReciprocalRangeStatement
    {
      ReciprocalRangeStatement(commitments: commitments, bounds: try #require(RangeBounds(lower, upper)))
    }
    let own = statement.commitments
    for other in [
      try others(17, 65, own), try others(18, 66, own), try others(19, 65, own), try others(0, 65, own),
      try others(18, 65, own.reversed()), try others(18, 65, [own[1], own[0], own[2]]),
      try others(18, 65, [own[0], own[0], own[2]]),
      // Values and bounds moved together: the variables of the circuit stay the same.
      try others(19, 66, moved(by: generator)), try others(18, 65, moved(by: generator)),
      try others(18, 65, moved(by: blinding)),
    ] {
      #expect(try Self.verdict(proof, other) == .equationFails)
    }
    for other in [try others(18, 65, Array(own.dropLast())), try others(18, 65, own + [own[0]])] {
      #expect(try Self.verdict(proof, other) != nil)
    }
    for label in ["", "tes", "test ", "Test"] {
      #expect(try Self.verdict(proof, statement, label: Array(label.utf8)) == .equationFails)
    }
    #expect(try Self.verdict(proof, statement) == nil)
  }

  @Test
  func `A44: every field of a proof counts, and no other encoding of it is accepted`() throws {
    let (proof, statement) = try Self.prove([1 << 40, 3], try #require(RangeBounds(bits: 64)))
    let fieldCount = proof.bytes.count / 32
    for field in 0..<fieldCount {
      var changed = proof.bytes
      changed[32 * field] ^= 2
      #expect(try Self.verdict(ReciprocalRangeProof(bytes: changed), statement) != nil, "field \(field)")
      changed = proof.bytes
      for k in 0..<32 { changed[32 * field + k] = 0xff }
      #expect(
        try Self.verdict(ReciprocalRangeProof(bytes: changed), statement)
          == .undecodable(field: field, .notCanonical))
      guard field + 1 < fieldCount else { continue }
      changed = proof.bytes
      for k in 0..<32 { changed.swapAt(32 * field + k, 32 * (field + 1) + k) }
      #expect(try Self.verdict(ReciprocalRangeProof(bytes: changed), statement) != nil, "fields \(field)")
    }
    for bytes in [[], Array(proof.bytes.dropLast()), proof.bytes + [0], proof.bytes + proof.bytes] {
      #expect(
        try Self.verdict(ReciprocalRangeProof(bytes: bytes), statement)
          == .wrongProofLength(expected: proof.bytes.count, actual: bytes.count))
    }
    for index in 0..<2 {
      var commitments = statement.commitments
      commitments[index] = try EncodedPoint([UInt8](repeating: 0xff, count: 32))
      #expect(
        try Self.verdict(proof, ReciprocalRangeStatement(commitments: commitments, bounds: statement.bounds))
          == .undecodableCommitment(index: index, .notCanonical))
    }
  }

  @Test
  func
    `A44: it is the circuit argument over B and B-blinding, and no circuit proof without its domain passes`()
    throws
  {
    let bounds = try #require(RangeBounds(3, 300))
    let suite = try GeneratorSuite(
      blinding: RangeGenerators.standard.blinding.encoded(),
      account: [RangeGenerators.standard.value.encoded()])
    let circuit = try Statement(
      StatementDraft(
        variableBounds: [297, 297],
        links: [
          [0: AffineForm(terms: [.init(variable: 0, coefficient: 1)], constant: 3)],
          [0: AffineForm(terms: [.init(variable: 1, coefficient: 1)], constant: 3)],
        ], coordinateCount: 1))
    let blindings = SecretBlock<Scalar>(count: 2) { Scalar(11 + $0) }
    let values = SecretBlock<UInt64>(count: 2) { [4, 300][$0] }
    let (_, statement) = try ReciprocalRangeProof.prove(
      values, blindings: blindings, bounds: bounds, label: Self.label)
    func proof(context: [UInt8]) throws -> ReciprocalRangeProof {
      let witness = Witness(SecretBlock<Int256>(count: 2) { Int256([1, 297][$0]) })
      return ReciprocalRangeProof(
        bytes: try CircuitProof.prove(
          circuit, witness: witness, blindings: blindings, commitments: statement.commitments,
          context: context,
          generators: Generators(suite: suite)
        ).bytes)
    }
    let domain = Array("solvency/reciprocal-range/v1".utf8)
    #expect(try Self.verdict(try proof(context: domain + [4, 0, 0, 0] + Self.label), statement) == nil)
    for context in [Self.label, domain, domain + Self.label, []] {
      #expect(try Self.verdict(try proof(context: context), statement) == .equationFails)
    }
  }

  @Test("one commitment has proofs of both kinds")
  func bothKinds() throws {
    let values = SecretBlock<UInt64>(count: 2) { [200, 7][$0] }
    let blindings = SecretBlock<Scalar>(count: 2) { Scalar(5 + $0) }
    let (proof, statement) = try ReciprocalRangeProof.prove(
      values, blindings: blindings, bounds: try #require(RangeBounds(bits: 8)), label: Self.label)
    var transcript = RangeProofFile.transcript(label: "test")
    let (_, other) = try RangeProof.prove(
      values, blindings: blindings, width: .bits8, bounds: nil, transcript: &transcript)
    #expect(statement.commitments == other.commitments)
    #expect(try Self.verdict(proof, statement) == nil)
  }

  @Test("a batch of mixed shapes names every culprit, on any number of threads")
  func batch() throws {
    var proofs: [(proof: ReciprocalRangeProof, statement: ReciprocalRangeStatement)] = []
    for index in 0..<40 {
      let bounds = try #require(
        index % 2 == 0 ? RangeBounds(bits: 1 + index) : RangeBounds(5, UInt64(6 + index)))
      proofs.append(try Self.prove([UInt64](repeating: bounds.upper, count: 1 + index % 3), bounds))
    }
    for culprits in [[], [0], [39], [3, 4, 17], Array(0..<40)] {
      var batch = ReciprocalRangeProofBatch()
      for (index, (proof, statement)) in proofs.enumerated() {
        var bytes = proof.bytes
        // The last scalar, still below the order.
        if culprits.contains(index) { bytes[bytes.count - 32] ^= 1 }
        batch.add(ReciprocalRangeProof(bytes: bytes), statement: statement, label: Self.label)
      }
      for workers in [1, 2, nil] {
        let verdicts = try batch.verify(workers: workers)
        #expect(verdicts.indices.filter { verdicts[$0] != nil } == culprits)
        #expect(verdicts.allSatisfy { $0 == nil || $0 == .equationFails })
      }
    }
    #expect(throws: RangeBatchError.empty) { try ReciprocalRangeProofBatch().verify() }
  }

  @Test("files of both kinds in one batch get their own verdicts")
  func files() throws {
    let values = SecretBlock<UInt64>(count: 3) { [200, 7, 9][$0] }
    let blindings = SecretBlock<Scalar>(count: 3) { Scalar(5 + $0) }
    var documents: [RangeProofFile] = []
    for index in 0..<6 {
      if index % 2 == 0 {
        let (proof, statement) = try ReciprocalRangeProof.prove(
          values, blindings: blindings, bounds: try #require(RangeBounds(7, 200)), label: Self.label)
        documents.append(
          RangeProofFile(label: index == 2 ? "other" : "test", statement: statement, proof: proof))
      } else {
        var transcript = RangeProofFile.transcript(label: "test")
        let (proof, statement) = try RangeProof.prove(
          values, blindings: blindings, width: .bits8, bounds: nil, transcript: &transcript)
        documents.append(
          RangeProofFile(label: index == 5 ? "other" : "test", statement: statement, proof: proof))
      }
    }
    let decoded = try documents.map { try RangeProofFile(decoding: $0.json.encoded()) }
    #expect(decoded.map(\.json) == documents.map(\.json))
    let verdicts = RangeProofFile.verify(decoded)
    #expect(verdicts.indices.filter { verdicts[$0] != nil } == [2, 5])
    #expect(decoded.map { $0.verify() } == verdicts)
  }

  @Test("a file of a reciprocal proof has one form")
  func fileForm() throws {
    let (proof, statement) = try Self.prove([3], try #require(RangeBounds(2, 300)))
    let text = String(
      decoding: RangeProofFile(label: "test", statement: statement, proof: proof).json.encoded(),
      as: UTF8.self
    ).filter { !$0.isWhitespace }
    let bounds = "\"bounds\":{\"lower\":2,\"upper\":300}"
    #expect(text.contains("\"version\":3,\"kind\":\"reciprocal\"") && text.contains(bounds))
    #expect(try RangeProofFile(decoding: Array(text.utf8)).verify() == nil)
    for (old, new) in [
      ("\"version\":3", "\"version\":4"), ("\"version\":3", "\"version\":2"), ("\"version\":3,", ""),
      ("reciprocal", "bulletproofs"), ("reciprocal", "Reciprocal"),
      (bounds, "\"n\":0"), (bounds, "\"n\":65"), (bounds, "\"n\":8," + bounds),
      // Bounds that are a number of bits are written as that.
      (bounds, "\"bounds\":{\"lower\":0,\"upper\":255}"), (bounds + ",", ""),
      (bounds, "\"bounds\":{\"lower\":301,\"upper\":300}"), (bounds, bounds + ",\"padding\":0"),
    ] {
      let changed = text.replacing(old, with: new)
      #expect(changed != text)
      #expect(throws: (any Error).self, "\(new)") { try RangeProofFile(decoding: Array(changed.utf8)) }
    }
  }

  // MARK: Known answers

  private struct KnownAnswers: Decodable {
    struct Answer: Decodable {
      let label: String
      let lower: String
      let upper: String
      let values: [String]
      let blindings: [String]
      let seed: String
      let commitments: [String]
      let proof: String
    }

    let proofs: [Answer]
  }

  @Test("the known answers are made again byte for byte, with and without kernels, and hold")
  func knownAnswers() throws {
    let answers: KnownAnswers = try Vectors.load("range-proof/reciprocal.json")
    #expect(answers.proofs.count == 5)
    for answer in answers.proofs {
      let (lower, upper) = (try #require(UInt64(answer.lower)), try #require(UInt64(answer.upper)))
      let bounds = try #require(RangeBounds(lower, upper))
      let numbers = try answer.values.map { try #require(UInt64($0)) }
      let scalars = try answer.blindings.map { try Scalar(canonicalBytes: Hex.decode($0)) }
      let label = Array(answer.label.utf8)
      func make() throws -> (proof: ReciprocalRangeProof, statement: ReciprocalRangeStatement) {
        var source = KnownAnswerBlinding(seed: try Hex.decode(answer.seed))
        return try ReciprocalRangeProof.prove(
          SecretBlock(count: numbers.count) { numbers[$0] },
          blindings: SecretBlock(count: scalars.count) { scalars[$0] }, bounds: bounds, label: label,
          knownAnswer: &source)
      }
      for (proof, statement) in [try make(), try Kernels.$isPortable.withValue(true) { try make() }] {
        #expect(statement.commitments.map { Hex.encode($0.bytes) } == answer.commitments)
        #expect(Hex.encode(proof.bytes) == answer.proof)
      }
      let statement = ReciprocalRangeStatement(
        commitments: try answer.commitments.map { try EncodedPoint(Hex.decode($0)) }, bounds: bounds)
      #expect(
        try Self.verdict(
          ReciprocalRangeProof(bytes: Hex.decode(answer.proof)), statement, label: label) == nil)
    }
  }
}
