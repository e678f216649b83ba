internal import ExactIntegers
internal import Synchronization

/// Affine forms in compressed rows, with fixed-width integers for the plain check.
struct SparseForms: Sendable {
  /// Terms of form `j` are at `starts[j] ..< starts[j + 1]`.
  private let starts: [Int]
  private let variables: [Int]
  private let coefficients: [Int256]
  private let constants: [Int256]

  init(_ forms: [AffineForm]) {
    var (starts, variables, coefficients) = ([0], [Int](), [Int256]())
    for form in forms {
      for term in form.terms {
        variables.append(term.variable)
        coefficients.append(Int256(truncating: term.coefficient))
      }
      starts.append(variables.count)
    }
    self.starts = starts
    self.variables = variables
    self.coefficients = coefficients
    constants = forms.map { Int256(truncating: $0.constant) }
  }

  /// The value of a form. Exact for a checked statement, because the result fits although sums on the
  /// way may wrap modulo 2²⁵⁶.
  func value(_ form: Int, at values: Span<Int256>) -> Int256 {
    var sum = constants[form]
    for k in starts[form]..<starts[form + 1] {
      sum = sum &+ (coefficients[k] &* values[variables[k]])
    }
    return sum
  }
}

/// A statement in the shape in which the prover computes with plain values: forms, bounds and digits in fixed
/// width.
struct PlainForms: Sendable {
  let integers: SparseForms
  /// `Xᵢ`, then `Y_j`.
  let bounds: [Int256]
  /// How each value is decomposed, in the order of `bounds`.
  let decompositions: [DigitDecomposition]

  init(_ forms: [AffineForm], _ draft: StatementDraft, _ base: DigitBase, _ slots: SlotAssignment) {
    integers = SparseForms(forms)
    bounds = (draft.variableBounds + draft.rows.map(\.upperBound)).map { Int256(truncating: $0) }
    var known: [DigitPlan: DigitDecomposition] = [:]
    decompositions = slots.values.map { value in
      if let decomposition = known[value.plan] { return decomposition }
      let decomposition = DigitDecomposition(value.plan, base: base)
      known[value.plan] = decomposition
      return decomposition
    }
  }
}

/// Made when it is first asked for: a verifier has a rule for every snapshot and proves nothing.
final class LazyPlainForms: Sendable {
  private let allForms: [AffineForm]
  private let draft: StatementDraft
  private let base: DigitBase
  private let slots: SlotAssignment
  private let made = Mutex<PlainForms?>(nil)

  init(_ forms: [AffineForm], _ draft: StatementDraft, _ base: DigitBase, _ slots: SlotAssignment) {
    (allForms, self.draft, self.base, self.slots) = (forms, draft, base, slots)
  }

  var forms: PlainForms {
    made.withLock { made in
      if let made { return made }
      let new = PlainForms(allForms, draft, base, slots)
      made = new
      return new
    }
  }
}
