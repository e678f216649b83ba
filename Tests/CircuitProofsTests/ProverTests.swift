import CircuitProofs
import ExactIntegers
import Merlin
import ProofCore
import Ristretto
import Testing

/// The prover refuses what is false, proves what is true up to its edges, and never gives out a proof
/// that does not verify.
@Suite("What the prover proves and refuses")
struct ProverTests {
  /// 10 ≤ x₀ ≤ 110 as a row, x₁ = 2·x₀ as an equality, and x₀² ≤ 10 000.
  static let draft = StatementDraft.ranges(
    [200, 400], gates: [ProductGate(left: .variable(0), right: .variable(0))],
    rows: [
      StatementRow(form: AffineForm([0: 1], -10), upperBound: 100),
      StatementRow(form: AffineForm([0: 2, 1: -1]), upperBound: 0),
      StatementRow(form: AffineForm([2: -1], 10_000), upperBound: 10_000),
    ])

  private func refusal(_ x: [Integer], draft: StatementDraft = draft) throws -> ProvingError? {
    let example = try Example(draft, base: .b16, x: x)
    let commitments =
      x.count == draft.variableBounds.count
      ? try example.referenceCommitments() : [Point.identity.encoded()]
    do {
      _ = try example.prove(commitments)
      return nil
    } catch let error as ProvingError {
      return error
    }
  }

  @Test(arguments: [9, 10, 11, 99, 100, 101])
  func `A16: a threshold is kept to the unit`(_ x: Int) throws {
    let expected: ProvingError? =
      x < 10 ? .violation(.rowFails(0)) : x > 100 ? .violation(.rowFails(2)) : nil
    #expect(try refusal([Integer(x), Integer(2 * x)]) == expected)
  }

  @Test("each violation names its place")
  func violations() throws {
    #expect(try refusal([50, 100]) == nil)
    #expect(try refusal([50]) == .violation(.wrongVariableCount(expected: 2, actual: 1)))
    #expect(try refusal([50, 100, 0]) == .violation(.wrongVariableCount(expected: 2, actual: 3)))
    #expect(try refusal([]) == .violation(.wrongVariableCount(expected: 2, actual: 0)))
    #expect(try refusal([201, 402]) == .violation(.variableOutOfBounds(0)))
    #expect(try refusal([-1, 100]) == .violation(.variableOutOfBounds(0)))
    #expect(try refusal([50, 401]) == .violation(.variableOutOfBounds(1)))
    #expect(try refusal([50, -bits(254)]) == .violation(.variableOutOfBounds(1)))
    #expect(try refusal([50, 99]) == .violation(.rowFails(1)))
    #expect(try refusal([50, 101]) == .violation(.rowFails(1)))
    var tight = Self.draft
    tight.rows[0] = StatementRow(form: AffineForm([0: 1], -10), upperBound: 39)
    #expect(try refusal([49, 98], draft: tight) == nil)
    #expect(try refusal([50, 100], draft: tight) == .violation(.rowAboveBound(0)))
  }

  @Test("the plain check says the same as the prover and the reference, over all values near the edges")
  func plainCheck() throws {
    let statement = try Statement(Self.draft, base: .b16)
    let reference = ReferenceStatement(Self.draft, base: 16)
    for x in -1...201 {
      for y in (2 * x - 1)...(2 * x + 1) {
        let values = [Integer(x), Integer(y)]
        var holds = true
        do { try statement.check(Witness(integers: values)) } catch { holds = false }
        #expect(holds == reference.holds(values))
      }
    }
  }

  @Test(arguments: [0, 1, 99, 100])
  func `A51: a slack of exactly 0 and of exactly the bound round-trips`(_ y: Int) throws {
    let draft = StatementDraft.ranges(
      [1000], rows: [StatementRow(form: AffineForm([0: 1], -10), upperBound: 100)])
    for base in DigitBase.allCases {
      #expect(try Example(draft, base: base, x: [Integer(10 + y)]).proved().verdict == nil)
    }
  }

  @Test(arguments: [Scalar.zero, .one, Scalar(5)])
  func `A51: zero blinding, a zero book and both round-trip`(_ blinding: Scalar) throws {
    for x in [[0, 0, 0], [5, 5, 5], [1000, 0, 1000]] as [[Integer]] {
      let draft = StatementDraft(
        variableBounds: [1000, 1000, 1000],
        rows: [StatementRow(form: AffineForm([0: 1, 2: -1]), upperBound: 0)],
        links: [
          [0: .variable(0), 1: .variable(1), 2: .variable(2)], [0: AffineForm([0: 1, 2: -1])],
          [0: .variable(0)],
        ], coordinateCount: 3)
      let proved = try Example(
        draft, base: .b16, x: x, blindings: [blinding, blinding, blinding]
      ).proved()
      #expect(proved.verdict == nil)
      if blinding.isZero && x == [0, 0, 0] {
        #expect(proved.commitments.allSatisfy { $0 == Point.identity.encoded() })
      }
    }
  }

  @Test
  func `A51: equal legs and equal commitments round-trip`() throws {
    let link: [Int: AffineForm] = [0: .variable(0), 1: .variable(0)]
    let draft = StatementDraft(
      variableBounds: [1000], gates: [ProductGate(left: .variable(0), right: .variable(0))],
      links: [link, link], coordinateCount: 2)
    let proved = try Example(draft, base: .b64, x: [77], blindings: [.one, .one]).proved()
    #expect(proved.verdict == nil)
    #expect(proved.commitments[0] == proved.commitments[1])
  }

  @Test("wrong commitments and blindings are refused by position")
  func wrongCommitments() throws {
    let example = try Shape.twoCommitments.example()
    let V = try example.commitments()
    for i in V.indices {
      var changed = V
      changed[i] = try (V[i].decoded() + Generators.standard.blinding[0]).encoded()
      #expect(throws: ProvingError.commitmentMismatch(index: i)) { try example.prove(changed) }
      var other = example
      other.blindings[i] += .one
      #expect(throws: ProvingError.commitmentMismatch(index: i)) { try other.prove(V) }
    }
    #expect(throws: ProvingError.commitmentMismatch(index: 0)) { try example.prove(V.reversed()) }
    for commitments in [[], [V[0]], V + [V[0]]] {
      #expect(throws: ProvingError.self) { try example.prove(commitments) }
    }
    for blindings in [[], [Scalar.one], example.blindings + [.one]] {
      var other = example
      other.blindings = blindings
      #expect(
        throws: ProvingError.wrongBlindingCount(expected: 2, actual: blindings.count)
      ) { try other.prove(V) }
      #expect(
        throws: ProvingError.wrongBlindingCount(expected: 2, actual: blindings.count)
      ) { try other.commitments() }
    }
    var otherSuite = example
    otherSuite.suiteName = "other"
    #expect(throws: ProvingError.commitmentMismatch(index: 0)) { try otherSuite.prove(V) }
  }

  @Test
  func `A51: what the prover returns verifies, for many random statements`() throws {
    var examples = RandomExamples(seed: 51)
    for _ in 0..<60 { #expect(try examples.next(base: nil).proved().verdict == nil) }
  }
}
