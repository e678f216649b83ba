import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import Testing

/// What is not a statement.
@Suite("Statements that are refused")
struct StatementTests {
  private func error(_ draft: StatementDraft, base: DigitBase? = nil) -> StatementError? {
    do throws(StatementError) {
      _ = try Statement(draft, base: base)
      return nil
    } catch {
      return error
    }
  }

  private static let sound = StatementDraft.ranges(
    [100, 100], gates: [ProductGate(left: .variable(0), right: .variable(1))],
    rows: [StatementRow(form: AffineForm([0: 1, 2: -1]), upperBound: 10)])

  private func changed(_ change: (inout StatementDraft) -> Void) -> StatementDraft {
    var draft = Self.sound
    change(&draft)
    return draft
  }

  @Test("the statement the others are made from is accepted")
  func accepted() {
    #expect(error(Self.sound) == nil)
  }

  @Test("a statement needs a variable, a coordinate and a link")
  func empty() {
    #expect(error(StatementDraft(links: [[0: .constant(1)]], coordinateCount: 1)) == .empty(.variables))
    #expect(error(changed { $0.links = [] }) == .empty(.links))
    #expect(error(StatementDraft(variableBounds: [1], links: [[:]])) == .empty(.coordinates))
    #expect(error(StatementDraft()) != nil)
  }

  @Test("a negative number of coordinates is refused")
  func negativeCount() {
    #expect(error(StatementDraft(variableBounds: [1], links: [[:]], coordinateCount: -1)) != nil)
    #expect(error(StatementDraft(variableBounds: [1], links: [[:]], coordinateCount: .min)) != nil)
    #expect(error(StatementDraft(variableBounds: [1], links: [[:]], coordinateCount: .max)) != nil)
  }

  @Test("a form names only variables that exist there", arguments: [-1, Int.min, Int.max])
  func unknownVariable(_ index: Int) {
    let form = AffineForm.variable(index)
    let one = AffineForm.constant(1)
    #expect(
      error(changed { $0.rows[0] = StatementRow(form: form, upperBound: 1) })
        == .unknownVariable(index, in: .row(0)))
    #expect(
      error(changed { $0.gates[0] = ProductGate(left: form, right: one) })
        == .unknownVariable(index, in: .gateLeft(0)))
    #expect(
      error(changed { $0.gates[0] = ProductGate(left: one, right: form) })
        == .unknownVariable(index, in: .gateRight(0)))
    #expect(
      error(changed { $0.links[0][1] = form })
        == .unknownVariable(index, in: .link(0, coordinate: 1)))
  }

  @Test("a gate sees earlier gates only; rows and links see all")
  func gateOrder() {
    let two = changed {
      $0.gates = [
        ProductGate(left: .variable(0), right: .variable(1)),
        ProductGate(left: .variable(2), right: .variable(0)),
      ]
      $0.rows = [StatementRow(form: .variable(3), upperBound: 1000)]
      $0.links[0][0] = .variable(3)
    }
    #expect(error(two) == nil)
    func withGate(_ g: Int, _ gate: ProductGate) -> StatementDraft {
      var draft = two
      draft.gates[g] = gate
      return draft
    }
    let x = AffineForm.variable(0)
    #expect(
      error(withGate(0, ProductGate(left: .variable(2), right: x)))
        == .unknownVariable(2, in: .gateLeft(0)))
    #expect(
      error(withGate(0, ProductGate(left: x, right: .variable(3))))
        == .unknownVariable(3, in: .gateRight(0)))
    #expect(
      error(withGate(1, ProductGate(left: x, right: .variable(3))))
        == .unknownVariable(3, in: .gateRight(1)))
    var row = two
    row.rows[0] = StatementRow(form: .variable(4), upperBound: 1)
    #expect(error(row) == .unknownVariable(4, in: .row(0)))
  }

  @Test("a link names only coordinates that are counted", arguments: [-1, 2, Int.min, Int.max])
  func unknownCoordinate(_ m: Int) {
    #expect(error(changed { $0.links[0][m] = .variable(0) }) == .unknownCoordinate(m, link: 0))
    #expect(error(changed { $0.links.append([m: .variable(0)]) }) == .unknownCoordinate(m, link: 1))
  }

  @Test("a link form that is zero must be left out")
  func zeroLinkForm() {
    #expect(
      error(changed { $0.links[0][1] = AffineForm() }) == .zeroLinkForm(link: 0, coordinate: 1))
    #expect(
      error(changed { $0.links[0][0] = .variable(1) - .variable(1) })
        == .zeroLinkForm(link: 0, coordinate: 0))
    #expect(error(changed { $0.links[0] = [:] }) == nil)
  }

  @Test
  func `A19: bounds are 0 … 2²⁵⁰ − 1`() {
    for accepted in [0, 1, bits(250)] as [Integer] {
      #expect(
        error(
          changed {
            $0.variableBounds.append(accepted)
            $0.gates = []
            $0.rows = []
          }) == nil)
      #expect(
        error(changed { $0.rows[0] = StatementRow(form: .variable(0), upperBound: accepted) }) == nil)
    }
    for refused in [-1, -bits(250), .powerOfTwo(250), Scalar.order, .powerOfTwo(600)] as [Integer] {
      #expect(
        error(changed { $0.variableBounds[1] = refused }) == .boundOutOfRange(.variable(1)))
      #expect(
        error(changed { $0.rows[0] = StatementRow(form: .variable(0), upperBound: refused) })
          == .boundOutOfRange(.row(0)))
    }
  }

  @Test
  func `A13: coefficients and constants are −h … h, so that no two are the same modulo ℓ`() {
    let x = StatementDraft.ranges([1])
    func row(_ form: AffineForm) -> StatementError? {
      var draft = x
      draft.rows = [StatementRow(form: form, upperBound: 0)]
      return error(draft)
    }
    for c in [h, -h] {
      #expect(row(AffineForm([0: c])) == nil)
      #expect(row(.constant(c)) == nil)
    }
    for c in [h + 1, -h - 1, Scalar.order, 1 - Scalar.order, .powerOfTwo(1000)] {
      #expect(row(AffineForm([0: c])) == .coefficientTooLarge(.row(0)))
      #expect(row(.constant(c)) == .coefficientTooLarge(.row(0)))
      let form = AffineForm([0: c])
      #expect(
        error(changed { $0.gates[0] = ProductGate(left: form, right: .variable(0)) })
          == .coefficientTooLarge(.gateLeft(0)))
      #expect(
        error(changed { $0.gates[0] = ProductGate(left: .variable(0), right: form) })
          == .coefficientTooLarge(.gateRight(0)))
      #expect(
        error(changed { $0.links[0][1] = form }) == .coefficientTooLarge(.link(0, coordinate: 1)))
    }
  }

  @Test
  func `A43: limits are refused by count before anything is laid out`() {
    let limit = StatementLimits.count
    #expect(
      error(
        StatementDraft(
          variableBounds: [Integer](repeating: 0, count: limit + 1), links: [[:]], coordinateCount: 1))
        == .tooMany(.variables, limit: limit))
    #expect(
      error(changed { $0.rows = [StatementRow](repeating: $0.rows[0], count: limit + 1) })
        == .tooMany(.rows, limit: limit))
    #expect(
      error(changed { $0.gates = [ProductGate](repeating: $0.gates[0], count: limit + 1) })
        == .tooMany(.gates, limit: limit))
    #expect(error(changed { $0.coordinateCount = limit + 1 }) == .tooMany(.coordinates, limit: limit))
    let links = StatementLimits.links
    #expect(
      error(changed { $0.links = [[Int: AffineForm]](repeating: [:], count: links + 1) })
        == .tooMany(.links, limit: links))
    let long = AffineForm(terms: (0..<limit).map { .init(variable: $0, coefficient: 1) })
    #expect(
      error(
        StatementDraft(
          variableBounds: [Integer](repeating: 0, count: limit),
          rows: [StatementRow](
            repeating: StatementRow(form: long, upperBound: 0),
            count: StatementLimits.terms / limit + 1),
          links: [[:]], coordinateCount: 1)) == .tooMany(.terms, limit: StatementLimits.terms))
    #expect(
      error(
        StatementDraft(
          variableBounds: [Integer](repeating: bits(250), count: 1100), links: [[:]],
          coordinateCount: 1), base: .b4) == .tooMany(.normSlots, limit: StatementLimits.normSlots))
  }

  @Test("as many links as allowed are accepted")
  func links() {
    let links = [[Int: AffineForm]](repeating: [0: .variable(0)], count: StatementLimits.links)
    #expect(error(StatementDraft(variableBounds: [1], links: links, coordinateCount: 1)) == nil)
  }
}
