import CircuitProofs
import ExactIntegers
import Ristretto
import Testing

/// Two implementations of one document, in both directions.
@Suite("The argument against its reference")
struct InteroperationTests {
  static let seeds: [UInt64] = Array(1...6)

  @Test(
    "each side accepts the other's proofs of random statements",
    arguments: DigitBase.allCases, seeds)
  func random(_ base: DigitBase, _ seed: UInt64) throws {
    var examples = RandomExamples(seed: 1000 * UInt64(base.rawValue) + seed)
    let example = try examples.next(base: base)
    try expectAgreement(example)
  }

  @Test("each side accepts the other's proofs of extreme statements", arguments: Extreme.all)
  func extreme(_ extreme: Extreme) throws {
    for base in [DigitBase.b4, .b16, .b128] {
      try expectAgreement(
        Example(extreme.draft, base: base, x: extreme.x))
    }
  }

  @Test("each side accepts the other's proofs under another suite")
  func suite() throws {
    var example = try Example(.ranges([100, bits(16)]), x: [100, 77])
    example.suiteName = "another suite"
    try expectAgreement(example)
    var renamed = example
    renamed.suiteName = "default"
    let (V, run) = try example.reference.prove(
      example.x, blindings: example.blindings, context: example.context)
    #expect(renamed.verdict(run.proof.proof, try V.map { try EncodedPoint($0) }) == .equationFails)
  }

  @Test("each side accepts the other's proof of 64 values and 16 rows")
  func large() throws {
    let rows = (0..<16).map { j in
      StatementRow(
        form: AffineForm(
          terms: (0..<64).map { .init(variable: $0, coefficient: Integer(($0 * (j + 3)) % 17 - 8)) },
          constant: .powerOfTwo(60)), upperBound: bits(64))
    }
    var random = RandomExamples(seed: 64)
    let x = (0..<64).map { _ in random.below(bits(48)) }
    try expectAgreement(
      Example(.ranges([Integer](repeating: bits(48), count: 64), rows: rows), x: x))
  }

  private func expectAgreement(_ example: Example) throws {
    let (statement, reference) = (example.statement, example.reference)
    #expect(reference.holds(example.x))
    #expect(statement.digest == reference.digest)
    #expect(statement.layout.numbers == reference.layoutNumbers)
    #expect(statement.layout.proofByteCount == reference.layout.proofByteCount)

    // Ours under the reference.
    let proved = try example.proved()
    let encoded = proved.commitments.map(\.bytes)
    #expect(proved.commitments == (try example.referenceCommitments()))
    #expect(
      try reference.accepts(proved.proof.bytes, commitments: encoded, context: example.context))

    // The reference's under ours.
    let (V, run) = try reference.prove(
      example.x, blindings: example.blindings, context: example.context)
    #expect(V == encoded)
    #expect(example.verdict(run.proof.proof, proved.commitments) == nil)
    #expect(try example.batchVerdict(run.proof.proof, proved.commitments) == nil)
    // Both reject a change of the last scalar.
    let changed = flipping(run.proof.bytes, byte: run.proof.bytes.count - 32)
    #expect(try !reference.accepts(changed, commitments: encoded, context: example.context))
    #expect(example.verdict(CircuitProof(bytes: changed), proved.commitments) == .equationFails)
  }
}

extension StatementLayout {
  /// nh, nb, Q, nm, N₀, N, L, rounds, t, lf, D.
  var numbers: [Int] {
    [
      digitSlots, bitSlots, gateSlots, multiplicities, usedSlots, normLength, linearLength, rounds,
      finalNormLength, finalLinearLength, commitmentStride,
    ]
  }
}

extension ReferenceStatement {
  var layoutNumbers: [Int] {
    [
      layout.nh, layout.nb, Q, layout.nm, layout.N0, layout.N, layout.L, layout.rounds, layout.t,
      layout.lf, layout.D,
    ]
  }
}

/// Statements at the edge of what is allowed, each with the witness at its own edge.
struct Extreme: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let draft: StatementDraft
  let x: [Integer]

  static let all: [Extreme] = [
    Extreme(testDescription: "one value that can only be 0", draft: .ranges([0]), x: [0]),
    Extreme(testDescription: "one bit", draft: .ranges([1]), x: [1]),
    Extreme(testDescription: "no digit slot at all", draft: .ranges([2, 1, 0, 2]), x: [2, 1, 0, 1]),
    Extreme(testDescription: "the largest bound, reached", draft: .ranges([bits(250)]), x: [bits(250)]),
    Extreme(testDescription: "the largest bound, zero", draft: .ranges([bits(250)]), x: [0]),
    Extreme(
      testDescription: "a gate and nothing to prove a range of",
      draft: .ranges([0], gates: [ProductGate(left: AffineForm([0: 1], 3), right: .constant(-4))]),
      x: [0]),
    Extreme(
      testDescription: "a commitment proved to be zero",
      draft: StatementDraft(
        variableBounds: [100], links: [[0: .variable(0)], [:]], coordinateCount: 3), x: [7]),
    Extreme(
      testDescription: "a variable in no link",
      draft: StatementDraft(variableBounds: [100, 100], links: [[1: .variable(0)]], coordinateCount: 2),
      x: [99, 100]),
    Extreme(
      testDescription: "constants alone in a link and in a row",
      draft: StatementDraft(
        variableBounds: [1], rows: [StatementRow(form: .constant(5), upperBound: 5)],
        links: [[0: .constant(-h), 1: .constant(h)]], coordinateCount: 2), x: [0]),
    Extreme(
      testDescription: "coefficients of the largest magnitude",
      draft: .ranges(
        [1, 1], gates: [ProductGate(left: AffineForm([0: h]), right: AffineForm([1: -1]))],
        rows: [StatementRow(form: AffineForm([2: 1, 1: h]), upperBound: 0)]), x: [1, 1]),
    Extreme(
      testDescription: "many commitments to the same values",
      draft: StatementDraft(
        variableBounds: [255, 255],
        links: (0..<9).map { [0: AffineForm([0: Integer($0 + 1)]), 1: AffineForm([1: -1])] },
        coordinateCount: 2), x: [255, 1]),
    Extreme(
      testDescription: "more coordinates than slots",
      draft: StatementDraft(
        variableBounds: [1], links: [[30: .variable(0), 2: .constant(1)]], coordinateCount: 31), x: [1]),
  ]
}
