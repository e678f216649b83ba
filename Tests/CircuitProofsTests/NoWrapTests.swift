import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import TestSupport
import Testing

/// protocol 3.4: a proof modulo ℓ is one over the integers. Every limit is tried at the limit and one
/// beyond, and what is accepted at the limit is also proved there.
@Suite("No-wrap checks")
struct NoWrapTests {
  static let order = Scalar.order
  /// Two bits, both committed.
  static let twoBits = StatementDraft.ranges([1, 1])

  private func error(
    gate: (AffineForm, AffineForm)? = nil, row: (AffineForm, Integer)? = nil,
    link: AffineForm? = nil
  ) -> StatementError? {
    var draft = Self.twoBits
    if let gate { draft.gates = [ProductGate(left: gate.0, right: gate.1)] }
    if let row { draft.rows = [StatementRow(form: row.0, upperBound: row.1)] }
    if let link { draft.links[0][1] = link }
    do throws(StatementError) {
      _ = try Statement(draft)
      return nil
    } catch {
      return error
    }
  }

  @Test
  func `A11: the upper end of a row is below ℓ`() {
    // 2h = ℓ − 1.
    #expect(error(row: (AffineForm([0: h, 1: h]), 0)) == nil)
    #expect(
      error(row: (AffineForm([0: h, 1: h], 1), 0))
        == .wraps(.row(0), lower: 1, upper: Self.order))
  }

  @Test
  func `A11: the lower end of a row less its bound is above −ℓ`() {
    let form = AffineForm([0: -h, 1: -h])
    #expect(error(row: (form, 0)) == nil)
    #expect(error(row: (form, 1)) == .wraps(.row(0), lower: -Self.order, upper: 0))
    let Y = bits(250)
    #expect(error(row: (form + .constant(Y), Y)) == nil)
    #expect(error(row: (form + .constant(Y - 1), Y)) != nil)
    #expect(error(row: (form + .constant(-1), 0)) != nil)
  }

  @Test
  func `A11: the factors of a gate stay between −ℓ and ℓ, even if the other is zero`() {
    let zero = AffineForm()
    let wide = AffineForm([0: h, 1: h])
    for sign in [1, -1] as [Integer] {
      let (fits, wraps) = (wide.scaled(by: sign), (wide + .constant(1)).scaled(by: sign))
      #expect(error(gate: (fits, zero)) == nil)
      #expect(error(gate: (zero, fits)) == nil)
      guard case .wraps(.gateLeft(0), _, _) = error(gate: (wraps, zero)) else {
        Issue.record("a left factor wraps unnoticed")
        continue
      }
      guard case .wraps(.gateRight(0), _, _) = error(gate: (zero, wraps)) else {
        Issue.record("a right factor wraps unnoticed")
        continue
      }
    }
  }

  @Test
  func `A18: all four products of a gate's ends stay between −h and h`() {
    let x = AffineForm.variable(0)
    for sign in [1, -1] as [Integer] {
      #expect(error(gate: (x, AffineForm([1: sign * h]))) == nil)
      #expect(error(gate: (AffineForm([1: sign * h]), x)) == nil)
      for gate in [
        (x, AffineForm([0: sign, 1: sign * h])), (AffineForm([0: sign, 1: sign * h]), x),
      ] {
        let (lower, upper) = sign > 0 ? (0, h + 1) : (-h - 1, 0)
        #expect(error(gate: gate) == .wraps(.gateProduct(0), lower: lower, upper: upper))
      }
    }
    // Both lower ends negative: the product of the lower ends counts.
    let negative = AffineForm([0: -1])
    #expect(error(gate: (negative, AffineForm([1: -h]))) == nil)
    #expect(error(gate: (negative, AffineForm([0: -1, 1: -h]))) != nil)
  }

  @Test
  func `A18: a square gets the interval of a product, without a special case`() throws {
    let form = AffineForm([0: 1], -5)
    let statement = try Statement(
      .ranges(
        [12], gates: [ProductGate(left: form, right: form)],
        rows: [StatementRow(form: AffineForm([1: 2, 0: -3], 1), upperBound: 1000)]))
    // x − 5 in [−5, 7], z in [−35, 49], 2z − 3x + 1 in [−105, 99].
    #expect(statement.rowIntervals == [IntegerInterval(-105, 99)])
  }

  @Test
  func `A12: an accepted row's interval is that of all values at their bounds`() throws {
    var random = RandomExamples(seed: 12)
    for _ in 0..<40 {
      let example = try random.next(base: .b16)
      let values = example.reference.variables(example.x)
      for (row, interval) in zip(example.statement.draft.rows, example.statement.rowIntervals) {
        #expect(interval.contains(evaluate(row.form, values)))
        #expect(interval.upper < Self.order && interval.lower - row.upperBound > -Self.order)
      }
    }
  }

  @Test
  func `A12: the largest bounds under large coefficients are refused, whatever the row's bound`() throws {
    // Weights of 2²⁰⁰ on sixteen 48-bit values fit; weights of 2²⁰¹ do not.
    func draft(_ coefficient: Integer) -> StatementDraft {
      .ranges(
        [Integer](repeating: bits(48), count: 16),
        rows: [
          StatementRow(
            form: AffineForm(terms: (0..<16).map { .init(variable: $0, coefficient: coefficient) }),
            upperBound: bits(64))
        ])
    }
    #expect(throws: Never.self) { try Statement(draft(.powerOfTwo(200))) }
    #expect(throws: Never.self) { try Statement(draft(-.powerOfTwo(200))) }
    #expect(throws: StatementError.self) { try Statement(draft(.powerOfTwo(201))) }
    #expect(throws: StatementError.self) { try Statement(draft(-.powerOfTwo(201))) }
  }

  @Test
  func `A11: what is committed stays between −h and h`() {
    #expect(error(link: AffineForm([0: h])) == nil)
    #expect(error(link: AffineForm([0: -h])) == nil)
    #expect(
      error(link: AffineForm([0: h, 1: 1]))
        == .wraps(.link(0, coordinate: 1), lower: 0, upper: h + 1))
    #expect(
      error(link: AffineForm([0: -h, 1: -1]))
        == .wraps(.link(0, coordinate: 1), lower: -h - 1, upper: 0))
    #expect(error(link: AffineForm([0: 1], h)) != nil)
    #expect(error(link: AffineForm([0: 1], h - 1)) == nil)
  }

  @Test
  func `A11: a prover whose values lie at the limits gets a proof`() throws {
    var draft = Self.twoBits
    draft.gates = [
      ProductGate(left: .variable(0), right: AffineForm([1: h])),
      ProductGate(left: AffineForm([0: -1]), right: AffineForm([1: h])),
    ]
    draft.rows = [
      StatementRow(form: AffineForm([2: 1, 3: 1], bits(250)), upperBound: bits(250)),
      StatementRow(form: AffineForm([2: 2]) - AffineForm([2: 1]), upperBound: bits(250)),
    ]
    draft.links = [[0: .variable(2), 1: .variable(3)]]
    #expect(throws: ProvingError.violation(.rowAboveBound(1))) {
      try Example(draft, x: [1, 1]).commitments()
    }
    draft.rows.removeLast()
    for x in [[1, 1], [1, 0], [0, 0]] as [[Integer]] {
      #expect(try Example(draft, x: x).proved().verdict == nil)
    }
    var rows = Self.twoBits
    rows.rows = [
      StatementRow(form: AffineForm([0: h, 1: -h]), upperBound: 0),
      StatementRow(form: AffineForm([0: h, 1: h], -h), upperBound: 1),
    ]
    #expect(throws: ProvingError.violation(.rowFails(1))) {
      try Example(rows, x: [0, 0]).commitments()
    }
    rows.rows[1] = StatementRow(form: AffineForm([0: -h, 1: -h]), upperBound: 0)
    #expect(try Example(rows, x: [0, 0]).proved().verdict == nil)
    // −2h = 1 − ℓ is 1 modulo ℓ, and not 0 or 1 over the integers.
    #expect(throws: ProvingError.violation(.rowFails(1))) {
      try Example(rows, x: [1, 1]).commitments()
    }
  }

  @Test
  func `A17: the plain check agrees with exact integers, also near ±h`() throws {
    var random = SplitMix64(seed: 17)
    for _ in 0..<300 {
      let shift = Integer(Int.random(in: -2...2, using: &random))
      // z = x₀·(c·x₁ − d) with |z| near h, and a row that is 0 for z = target.
      let c = (h - Integer(Int.random(in: 0...3, using: &random))).floorDivided(by: 100)
      let draft = StatementDraft.ranges(
        [10, 10], gates: [ProductGate(left: .variable(0), right: AffineForm([1: -c], 5))],
        rows: [
          StatementRow(form: AffineForm([2: 1], 100 * c - 50 + shift), upperBound: 1),
          StatementRow(form: AffineForm([0: 1, 1: 1]), upperBound: 20),
        ])
      let example = try Example(
        draft,
        x: [
          Integer(Int.random(in: 8...11, using: &random)),
          Integer(Int.random(in: 9...10, using: &random)),
        ])
      let holds: Bool
      do throws(StatementViolation) {
        try example.statement.check(Witness(integers: example.x))
        holds = true
      } catch {
        holds = false
      }
      #expect(holds == example.reference.holds(example.x))
    }
  }
}
