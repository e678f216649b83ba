import CircuitProofs
import ExactIntegers
import Merlin
import ProofCore
import Ristretto
import TestSupport
import Testing

/// Many proofs in one multi-scalar multiplication.
@Suite("Batches of proofs")
struct BatchTests {
  /// Proofs of all shapes, each twice.
  private static func mixed() throws -> [Proved] {
    try (Shape.allCases + Shape.allCases.reversed()).map { try ProvedShapes[$0] }
  }

  private func verdicts(_ proofs: [Proved]) throws -> [VerificationError?] {
    var batch = ProofBatch(generators: .standard)
    for proved in proofs { proved.add(to: &batch) }
    #expect(batch.count == proofs.count)
    return try batch.verify()
  }

  /// The first final scalar of l, or that of n, shifted. No challenge depends on it. The error of the
  /// equation is d·P for a shift d of l, and d·P + d²·Q for one of n.
  private func shifted(_ proved: Proved, norm: Bool = false, by shift: Scalar) throws -> Proved {
    let layout = proved.example.statement.layout
    let at = 32 * (4 + 2 * layout.rounds + (norm ? layout.finalLinearLength : 0))
    var bytes = proved.proof.bytes
    let scalar = try Scalar(canonicalBytes: Array(bytes[at..<(at + 32)]))
    bytes.replaceSubrange(at..<(at + 32), with: (scalar + shift).encoded())
    return Proved(
      example: proved.example, commitments: proved.commitments, proof: CircuitProof(bytes: bytes))
  }

  private func verification(_ proved: Proved) throws -> ReferenceVerification {
    let verification = try proved.example.reference.verification(
      of: proved.proof.bytes, commitments: proved.commitments.map(\.bytes),
      context: proved.example.context)
    return try #require(verification)
  }

  @Test("valid proofs of mixed statements are all accepted, in any order and repeatedly")
  func mixedStatements() throws {
    let proofs = try Self.mixed()
    #expect(try verdicts(proofs).allSatisfy { $0 == nil })
    #expect(try verdicts(proofs.reversed()).allSatisfy { $0 == nil })
    var batch = ProofBatch(generators: .standard)
    for proved in proofs { proved.add(to: &batch) }
    #expect(try batch.verify() == batch.verify())
  }

  @Test
  func `A41: an empty batch is refused`() {
    #expect(throws: BatchError.empty) { try ProofBatch(generators: .standard).verify() }
  }

  @Test(arguments: Shape.allCases)
  func `A41: a batch of one says what single verification says, for every kind of defect`(_ shape: Shape)
    throws
  {
    let proved = try ProvedShapes[shape]
    let (bytes, V) = (proved.proof.bytes, proved.commitments)
    let proofs =
      [bytes, [], bytes + [0], Array(bytes.dropLast(32))]
      + proved.fieldNames.indices.flatMap { field in
        [
          flipping(bytes, byte: 32 * field), flipping(bytes, byte: 32 * field + 31, bit: 7),
          flipping(bytes, byte: 32 * field + 7, bit: 3),
        ]
      }
    let identity = Point.identity.encoded()
    let junk = try EncodedPoint([UInt8](repeating: 0xff, count: 32))
    let commitments = [V, [], V + V, Array(repeating: identity, count: V.count), [junk] + V.dropFirst()]
    for (i, proof) in proofs.enumerated() {
      for V in i == 0 ? commitments : [V] {
        let single = proved.example.verdict(CircuitProof(bytes: proof), V)
        #expect(try proved.example.batchVerdict(CircuitProof(bytes: proof), V) == single)
        #expect((single == nil) == (proof == bytes && V == proved.commitments))
      }
    }
  }

  @Test(
    "proofs of one statement are told apart in full lanes and in what is left over",
    arguments: Shape.allCases)
  func lanes(_ shape: Shape) throws {
    let good = try ProvedShapes[shape]
    let bad = try [shifted(good, by: .random()), shifted(good, norm: true, by: .random())]
    for count in [3, 7, 8, 9, 17] {
      #expect(try verdicts(Array(repeating: good, count: count)).allSatisfy { $0 == nil })
    }
    for position in 0..<11 {
      var proofs = Array(repeating: good, count: 11)
      proofs[position] = bad[position % 2]
      let expected = proofs.indices.map { $0 == position ? VerificationError.equationFails : nil }
      #expect(try verdicts(proofs) == expected)
      #expect(try Kernels.$isPortable.withValue(true) { try verdicts(proofs) } == expected)
    }
  }

  @Test("one bad proof is found at every position among good ones")
  func oneBad() throws {
    let proofs = try Self.mixed()
    for position in proofs.indices {
      var changed = proofs
      changed[position] = try shifted(changed[position], by: .one)
      var expected = [VerificationError?](repeating: nil, count: proofs.count)
      expected[position] = .equationFails
      #expect(try verdicts(changed) == expected)
    }
  }

  @Test("every subset of bad proofs is found, all of them bad included")
  func everySubset() throws {
    let proofs = try Shape.allCases.map { try ProvedShapes[$0] }
    for subset in 0..<(1 << proofs.count) {
      let changed = try proofs.enumerated().map { i, proved in
        subset >> i & 1 == 1 ? try shifted(proved, by: .one) : proved
      }
      let expected: [VerificationError?] = proofs.indices.map {
        subset >> $0 & 1 == 1 ? .equationFails : nil
      }
      #expect(try verdicts(changed) == expected)
    }
  }

  @Test("false proofs of any share are found over several blocks, whatever the first block shows")
  func sharesOfFalseProofs() throws {
    let shapes = [Shape.single, .bitsOnly]
    let good = try shapes.map { try ProvedShapes[$0] }
    let bad = try good.map { try shifted($0, by: .random()) }
    var random = SplitMix64(seed: 10)
    let count = 70
    for first in [0, 1, 32] {
      for share in [0, 1, 10, 40, 100] {
        let isBad = (0..<count).map { index in
          index < 32 ? index < first : Int.random(in: 0..<100, using: &random) < share
        }
        let proofs = isBad.enumerated().map { $1 ? bad[$0 % 2] : good[$0 % 2] }
        #expect(try verdicts(proofs).map { $0 == .equationFails } == isBad)
      }
    }
  }

  @Test
  func `A39: two false proofs that would pass for one false proof between them are both named`() throws {
    // With errors d at places 0 and 2: 0·d + 2·d = 1·(d + d), under equal weights.
    let good = try ProvedShapes[.single]
    let bad = try shifted(good, by: .random())
    #expect(try verdicts([bad, good, bad]) == [.equationFails, nil, .equationFails])
    #expect(
      try verdicts([good, bad, bad, bad, good])
        == [nil, .equationFails, .equationFails, .equationFails, nil])
  }

  @Test("proofs that do not decode are named and do not disturb the others")
  func undecodable() throws {
    let good = try ProvedShapes[.bitsOnly]
    let other = try ProvedShapes[.twoCommitments]
    func with(_ bytes: [UInt8]) -> Proved {
      Proved(example: good.example, commitments: good.commitments, proof: CircuitProof(bytes: bytes))
    }
    let bytes = good.proof.bytes
    let last = bytes.count / 32 - 1
    let results = try verdicts([
      with([]), good, with(flipping(bytes, byte: 31, bit: 7)), other,
      with(flipping(bytes, byte: bytes.count - 1, bit: 7)), good, try shifted(other, by: .one),
      Proved(example: good.example, commitments: [], proof: good.proof),
    ])
    #expect(
      results == [
        .wrongProofLength(expected: bytes.count, actual: 0), nil,
        .undecodable(field: 0, .notCanonical), nil, .undecodable(field: last, .notCanonical), nil,
        .equationFails, .wrongCommitmentCount(expected: 1, actual: 0),
      ])
    #expect(try verdicts([with([]), with([0])]).allSatisfy { $0 != nil })
  }

  @Test(arguments: Shape.allCases)
  func `A39: two proofs whose errors cancel under equal weights are both named`(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    let delta = Scalar.random()
    let pair = [try shifted(proved, by: delta), try shifted(proved, by: -delta)]
    let errors = try pair.map { try verification($0).residual }
    // Equal weights would accept the pair.
    #expect(errors.allSatisfy { !$0.isIdentity })
    #expect((errors[0] + errors[1]).isIdentity)
    #expect(try verdicts(pair) == [.equationFails, .equationFails])
    #expect(try verdicts([proved] + pair) == [nil, .equationFails, .equationFails])
    #expect(
      try verdicts([pair[0], proved, pair[1], proved])
        == [.equationFails, nil, .equationFails, nil])
    // Three and four of them.
    #expect(try verdicts(pair + pair).allSatisfy { $0 == .equationFails })
    let three = [try shifted(proved, by: delta + delta), pair[1], pair[1]]
    #expect(try verdicts(three).allSatisfy { $0 == .equationFails })
  }

  /// A seed that leaves out some of the final scalars.
  enum PartialSeed: CaseIterable {
    case ofUnchangedProof, withoutFinalScalars, withoutL, withoutN, empty

    func seed(_ verification: ReferenceVerification, _ layout: StatementLayout) -> [UInt8] {
      let operations = verification.transcript.operations
      let firstFinal = operations.count - 1 - layout.finalLinearLength - layout.finalNormLength
      let leftOut: Range<Int>
      switch self {
      case .ofUnchangedProof: return verification.batchSeed
      case .empty: return []
      case .withoutFinalScalars: leftOut = firstFinal..<(operations.count - 1)
      case .withoutL: leftOut = firstFinal..<(firstFinal + layout.finalLinearLength)
      case .withoutN: leftOut = (firstFinal + layout.finalLinearLength)..<(operations.count - 1)
      }
      var transcript = Transcript(label: operations[0].bytes)
      var drawn: [UInt8] = []
      for (i, operation) in operations.enumerated().dropFirst() where !leftOut.contains(i) {
        switch operation.kind {
        case .message: transcript.append(operation.bytes.span, label: operation.label.span)
        case .challenge:
          drawn = [UInt8](repeating: 0, count: operation.bytes.count)
          transcript.fillChallenge(&drawn, label: operation.label.span)
        }
      }
      return drawn
    }
  }

  /// Expects that errors which cancel under the given weights are found all the same.
  private func expectFound(_ proofs: [Proved], cancelling weights: [Scalar]) throws {
    let errors = try proofs.map { try verification($0).residual }
    let total = zip(weights, errors).reduce(Point.identity) { $0 + $1.0 * $1.1 }
    #expect(total.isIdentity)
    let expected = errors.map { $0.isIdentity ? nil : VerificationError.equationFails }
    #expect(expected.contains(.equationFails))
    #expect(try verdicts(proofs) == expected)
  }

  @Test(arguments: PartialSeed.allCases)
  func `A4: errors that cancel under weights known before the final scalars of l do not cancel`(
    _ partial: PartialSeed
  ) throws {
    let proved = try ProvedShapes[.oddFolding]
    let seed = partial.seed(try verification(proved), proved.example.statement.layout)
    for position in 1...3 {
      let weights = referenceBatchWeights([[UInt8]](repeating: seed, count: position + 1))
      let delta = Scalar.random()
      var proofs = [Proved](repeating: proved, count: position + 1)
      proofs[0] = try shifted(proved, by: delta * weights[position])
      proofs[position] = try shifted(proved, by: -delta * weights[0])
      try expectFound(proofs, cancelling: weights)
    }
  }

  @Test(arguments: PartialSeed.allCases)
  func `A4: errors that cancel under weights known before the final scalars of n do not cancel`(
    _ partial: PartialSeed
  ) throws {
    let proved = try ProvedShapes[.oddFolding]
    let seed = partial.seed(try verification(proved), proved.example.statement.layout)
    let w = referenceBatchWeights([[UInt8]](repeating: seed, count: 4))
    // Σ wᵢdᵢ = 0 and Σ wᵢdᵢ² = 0: d₂, d₃ are free, d₁ solves a·d₁² + 2b·d₁ + c = 0 for half of them.
    while true {
      let (d2, d3) = (Scalar.random(), Scalar.random())
      let (first, second) = (w[2] * d2 + w[3] * d3, w[2] * d2.squared() + w[3] * d3.squared())
      let (a, b, c) = (w[1] * (w[1] + w[0]), w[1] * first, first.squared() + w[0] * second)
      guard let root = try squareRoot(b.squared() - a * c) else { continue }
      let d1 = (root - b) * (try a.inverse())
      let d0 = -(w[1] * d1 + first) * (try w[0].inverse())
      let proofs = try [d0, d1, d2, d3].map { try shifted(proved, norm: true, by: $0) }
      return try expectFound(proofs, cancelling: w)
    }
  }

  @Test(arguments: [Shape.bitsOnly, .twoCommitments])
  func `A40: the seed of a weight depends on every byte of proof, commitments, context and statement`(
    _ shape: Shape
  ) throws {
    // By the reference; a seed that left anything out would fall to the pairs above.
    let proved = try ProvedShapes[shape]
    let reference = proved.example.reference
    let original = try verification(proved).batchSeed
    var seeds: Set<[UInt8]> = [original]
    var count = 1
    for field in proved.fieldNames.indices {
      let changed = (1..<32).lazy.map { flipping(proved.proof.bytes, byte: 32 * field + $0 % 31, bit: 1) }
      // The first change that still decodes.
      let seed = changed.compactMap { bytes in
        try? reference.verification(
          of: bytes, commitments: proved.commitments.map(\.bytes), context: proved.example.context)
      }.first?.batchSeed
      seeds.insert(try #require(seed))
      count += 1
    }
    #expect(seeds.count == count)
  }

  @Test
  func `A40: an order, a repetition or a part of a batch changes nothing about any proof's verdict`() throws {
    let bad = try shifted(ProvedShapes[.single], by: .random())
    let proofs = [bad, try ProvedShapes[.bitsOnly], try ProvedShapes[.gatesAndRows], bad]
    var random = SplitMix64(seed: 40)
    for _ in 0..<12 {
      let order = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        Int.random(in: 0..<proofs.count, using: &random)
      }
      let expected = order.map { $0 == 0 || $0 == 3 ? VerificationError.equationFails : nil }
      #expect(try verdicts(order.map { proofs[$0] }) == expected)
    }
  }

  @Test
  func `A40: proofs exchanged between two statements of the same length are both rejected`() throws {
    let a = try Example(.ranges([bits(16)]), base: .b16, x: [1]).proved()
    let b = try Example(.ranges([bits(16)]), base: .b16, x: [2]).proved()
    func with(_ proved: Proved, _ proof: CircuitProof) -> Proved {
      Proved(example: proved.example, commitments: proved.commitments, proof: proof)
    }
    #expect(
      try verdicts([with(a, b.proof), with(b, a.proof), a, b])
        == [.equationFails, .equationFails, nil, nil])
  }

  @Test
  func `A37: a proof that was accepted is not accepted again for another commitment`() throws {
    let proved = try ProvedShapes[.single]
    let other = try (proved.commitments[0].decoded() + .basepoint).encoded()
    for _ in 0..<2 {
      #expect(proved.verdict == nil)
      #expect(proved.example.verdict(proved.proof, [other]) == .equationFails)
      #expect(
        try verdicts([proved, Proved(example: proved.example, commitments: [other], proof: proved.proof)])
          == [nil, .equationFails])
    }
  }

  @Test
  func `A42: a batch that failed says the same again, and what is added later is judged by itself`() throws {
    let good = try ProvedShapes[.bitsOnly]
    let bad = try shifted(good, by: .one)
    var batch = ProofBatch(generators: .standard)
    bad.add(to: &batch)
    #expect(try batch.verify() == [.equationFails])
    #expect(try batch.verify() == [.equationFails])
    good.add(to: &batch)
    bad.add(to: &batch)
    #expect(try batch.verify() == [.equationFails, nil, .equationFails])
  }

  @Test("a batch belongs to one suite: proofs of another are rejected in it")
  func otherSuite() throws {
    var example = try Shape.single.example()
    example.suiteName = "other"
    let proved = try example.proved()
    #expect(proved.verdict == nil)
    var batch = ProofBatch(generators: .standard)
    proved.add(to: &batch)
    #expect(try batch.verify() == [.equationFails])
  }

  @Test("a suite with too few account generators names it and leaves the other proofs alone")
  func tooFewGenerators() throws {
    let points = (0..<3).map { ReferenceGenerators.derive(Array("elsewhere".utf8), "H", $0).encoded() }
    let generators = Generators(
      suite: try GeneratorSuite(blinding: points[0], account: Array(points[1...])))
    let narrow = try Example(.ranges([100, 100]), x: [1, 2])
    let wide = try ProvedShapes[.gatesAndRows]
    let blindings = SecretBlock(scalars: narrow.blindings)
    let V = try CircuitProof.commitments(
      to: Witness(integers: narrow.x), of: narrow.statement, blindings: blindings,
      generators: generators)
    let proof = try CircuitProof.prove(
      narrow.statement, witness: Witness(integers: narrow.x), blindings: blindings, commitments: V,
      context: [], generators: generators)
    var batch = ProofBatch(generators: generators)
    batch.add(proof, of: narrow.statement, commitments: V, context: [])
    batch.add(
      wide.proof, of: wide.example.statement, commitments: wide.commitments, context: [])
    batch.add(proof, of: narrow.statement, commitments: V, context: [])
    let tooFew = VerificationError.generators(.tooFewAccountGenerators(available: 2, needed: 3))
    #expect(try batch.verify() == [nil, tooFew, nil])
    #expect(throws: tooFew) {
      try wide.proof.verify(
        wide.example.statement, commitments: wide.commitments, context: [], generators: generators)
    }
  }
}
