import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import TestSupport
import Testing

/// One statement, one encoding; two statements, two encodings.
@Suite("The encoding of statements")
struct EncodingTests {
  @Test
  func `A10: the order of terms, split terms and zero terms make no difference`() throws {
    typealias Term = AffineForm.Term
    let canonical = AffineForm([0: 3, 1: -2, 4: 7], 5)
    let others = [
      AffineForm(
        terms: [
          Term(variable: 4, coefficient: 7), Term(variable: 1, coefficient: -2),
          Term(variable: 0, coefficient: 3),
        ], constant: 5),
      AffineForm(
        terms: [
          Term(variable: 0, coefficient: 1), Term(variable: 4, coefficient: 7),
          Term(variable: 2, coefficient: 0), Term(variable: 0, coefficient: 2),
          Term(variable: 1, coefficient: -2),
        ], constant: 5),
      AffineForm(
        terms: [
          Term(variable: 0, coefficient: 3), Term(variable: 1, coefficient: -2),
          Term(variable: 3, coefficient: 9), Term(variable: 3, coefficient: -9),
          Term(variable: 4, coefficient: 7),
        ], constant: 5),
      canonical + .variable(2) - .variable(2),
      canonical.scaled(by: -1).scaled(by: -1),
    ]
    func digest(_ form: AffineForm) throws -> [UInt8] {
      try Statement(
        .ranges(
          [9, 9, 9, 9, 9], gates: [ProductGate(left: form, right: form)],
          rows: [StatementRow(form: form, upperBound: 9)])
      ).digest
    }
    for other in others {
      #expect(other == canonical)
      #expect(other.hashValue == canonical.hashValue)
      #expect(try digest(other) == digest(canonical))
    }
    #expect(canonical.scaled(by: 0).isZero)
    #expect((canonical - canonical).terms.isEmpty)
  }

  @Test
  func `A10: different random statements have different digests, equal to the reference's`() throws {
    var examples = RandomExamples(seed: 10)
    var digests: [[UInt8]: StatementDraft] = [:]
    for _ in 0..<300 {
      let example = try examples.next(base: .b16)
      let digest = example.statement.digest
      #expect(digest == example.reference.digest)
      #expect(digest.count == 64)
      if let other = digests[digest] { #expect(other == example.statement.draft) }
      digests[digest] = example.statement.draft
    }
    #expect(digests.count > 250)
  }

  @Test
  func `A10: statements whose parts read the same in another split differ`() throws {
    let x = AffineForm.variable(0)
    let y = AffineForm.variable(1)
    let drafts: [StatementDraft] = [
      // The same forms as gate, as rows, as links.
      .ranges([5, 5], gates: [ProductGate(left: x, right: y)]),
      .ranges(
        [5, 5],
        rows: [StatementRow(form: x, upperBound: 5), StatementRow(form: y, upperBound: 5)]),
      .ranges(
        [5, 5],
        rows: [StatementRow(form: y, upperBound: 5), StatementRow(form: x, upperBound: 5)]),
      .ranges([5, 5], rows: [StatementRow(form: x, upperBound: 5)]),
      .ranges([5, 5, 5]), .ranges([5, 5]), .ranges([5]),
      // The same coordinates in one commitment or in two.
      StatementDraft(variableBounds: [5, 5], links: [[0: x, 1: y]], coordinateCount: 2),
      StatementDraft(variableBounds: [5, 5], links: [[0: x], [1: y]], coordinateCount: 2),
      StatementDraft(variableBounds: [5, 5], links: [[0: x], [0: y]], coordinateCount: 2),
      StatementDraft(variableBounds: [5, 5], links: [[0: x, 1: y], [:]], coordinateCount: 2),
      StatementDraft(variableBounds: [5, 5], links: [[:], [0: x, 1: y]], coordinateCount: 2),
      StatementDraft(variableBounds: [5, 5], links: [[0: x, 1: y]], coordinateCount: 3),
      StatementDraft(variableBounds: [5, 5], links: [[1: x, 0: y]], coordinateCount: 2),
      // A constant instead of a term, a bound instead of a constant.
      .ranges([5, 5], rows: [StatementRow(form: x + .constant(1), upperBound: 5)]),
      .ranges([5, 5], rows: [StatementRow(form: x, upperBound: 6)]),
      .ranges([6, 5], rows: [StatementRow(form: x, upperBound: 5)]),
    ]
    let statements = try drafts.map { try Statement($0, base: .b16) }
    let distinct = Set(drafts)
    #expect(Set(statements.map(\.digest)).count == distinct.count)
    #expect(distinct.count == drafts.count - 1)
    #expect(Set(statements).count == distinct.count)
  }

  @Test
  func `A10: the base is part of the statement, also if the layout is the same`() throws {
    let draft = StatementDraft.ranges([1, 1])
    let statements = try DigitBase.allCases.map { try Statement(draft, base: $0) }
    #expect(Set(statements.map(\.digest)).count == DigitBase.allCases.count)
    #expect(Set(statements.map(\.layout)).count == 1)
    let proved = try Example(draft, base: .b4, x: [1, 0]).proved()
    for statement in statements where statement.base != .b4 {
      #expect(
        proved.example.verdict(proved.proof, proved.commitments, statement: statement)
          == .equationFails)
    }
  }

  @Test
  func `A13: two integers that are the same modulo ℓ are never both accepted`() throws {
    var random = SplitMix64(seed: 13)
    for _ in 0..<100 {
      let c = Integer(littleEndian: random.bytes(40)).modulo(Scalar.order)
      let pair = [c, c - Scalar.order]
      #expect(Scalar(pair[0]) == Scalar(pair[1]))
      let accepted = pair.filter { c in
        (try? Statement(.ranges([1], rows: [StatementRow(form: AffineForm([0: c]), upperBound: 0)])))
          != nil
      }
      #expect(accepted.count == 1)
    }
  }

  @Test
  func `A14: two coordinates exchanged change the commitment, and the proof does not hold for it`() throws {
    let draft = StatementDraft.ranges([1000, 1000, 1000])
    let a = try Example(draft, base: .b16, x: [1, 2, 3], blindings: [Scalar(7)])
    let proved = try a.proved()
    for x in [[2, 1, 3], [3, 2, 1], [1, 3, 2], [2, 3, 1]] as [[Integer]] {
      let other = try Example(draft, base: .b16, x: x, blindings: [Scalar(7)]).commitments()
      #expect(other != proved.commitments)
      #expect(a.verdict(proved.proof, other) == .equationFails)
    }
  }

  @Test(arguments: 1...9)
  func `A22: a change of one coordinate alone, also the last, changes the commitment`(_ count: Int) throws {
    let draft = StatementDraft.ranges([Integer](repeating: 1000, count: count))
    let x = (0..<count).map { Integer($0 + 1) }
    let proved = try Example(draft, base: .b16, x: x, blindings: [.one]).proved()
    for m in 0..<count {
      var changed = x
      changed[m] += 1
      let other = try Example(draft, base: .b16, x: changed, blindings: [.one]).commitments()
      let H = try Generators.standard.account(m + 1)[m]
      #expect(try other[0].decoded() == proved.commitments[0].decoded() + H)
      #expect(proved.example.verdict(proved.proof, other) == .equationFails)
    }
  }

  @Test
  func `A14: a deficit in one coordinate is not made up by another: each is checked`() throws {
    // −1 and +2 have the sum 1, but −1 is not a value of 0 … 100.
    let example = try Example(
      .ranges([100, 100], rows: [StatementRow(form: AffineForm([0: 1, 1: 1]), upperBound: 200)]),
      base: .b16, x: [-1, 2])
    let commitments = try example.referenceCommitments()
    #expect(throws: ProvingError.violation(.variableOutOfBounds(0))) {
      try example.prove(commitments)
    }
    let run = try ForgeryTests.forge(
      example, ReferenceClaim(x: [0, 2], z: [], y: [1]), variant: .sound, cheat: .ignoreLeftover)
    #expect(example.verdict(run.proof.proof, commitments) == .equationFails)
  }
}
