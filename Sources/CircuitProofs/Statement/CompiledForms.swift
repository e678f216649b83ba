internal import Commitments
internal import ExactIntegers
internal import Ristretto

/// Affine forms in compressed rows, with coefficients of one kind: residues for the argument,
/// fixed-width integers for the plain check.
struct SparseForms<Coefficient: BitwiseCopyable & Sendable>: Sendable {
  /// Terms of form `j` are at `starts[j] ..< starts[j + 1]`.
  let starts: [Int]
  let variables: [Int]
  let coefficients: [Coefficient]
  let constants: [Coefficient]

  init(_ forms: [AffineForm], _ convert: (Integer) -> Coefficient) {
    var converted: [Integer: Coefficient] = [:]
    func coefficient(_ value: Integer) -> Coefficient {
      if let known = converted[value] { return known }
      let new = convert(value)
      converted[value] = new
      return new
    }
    var (starts, variables, coefficients) = ([0], [Int](), [Coefficient]())
    for form in forms {
      for term in form.terms {
        variables.append(term.variable)
        coefficients.append(coefficient(term.coefficient))
      }
      starts.append(variables.count)
    }
    self.starts = starts
    self.variables = variables
    self.coefficients = coefficients
    constants = forms.map { coefficient($0.constant) }
  }

  var count: Int { constants.count }
}

extension SparseForms<Scalar> {
  /// Adds a row of weight `w` to the linear combination of all rows: `target[v] −= w·c` for each term,
  /// `constant += w·c₀`.
  func subtract(_ form: Int, times w: Scalar, from target: inout [Scalar], constant: inout Scalar) {
    let terms = starts[form]..<starts[form + 1]
    constant += w * constants[form]
    guard let first = terms.first, let last = terms.last else { return }
    if variables[last] - variables[first] == last - first {
      // Variables ascend, so these are neighbours: a vector.
      Scalar.addProducts(
        -w, coefficients.span.extracting(terms), to: &target, from: variables[first])
    } else {
      for k in terms { target[variables[k]] -= w * coefficients[k] }
    }
  }
}

extension SparseForms<Int256> {
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

/// The forms of a statement in the order gates (left, right), rows, links (commitment, coordinate).
struct FormIndex: Sendable {
  /// A link form: coordinate `coordinate` of commitment `commitment` is form `form`.
  struct Link: Sendable {
    let commitment: Int
    let coordinate: Int
    let form: Int
  }

  let forms: [AffineForm]
  let firstRow: Int
  let links: [Link]

  init(_ draft: StatementDraft) {
    var forms = draft.gates.flatMap { [$0.left, $0.right] }
    firstRow = forms.count
    forms += draft.rows.map(\.form)
    var links: [Link] = []
    for (i, link) in draft.links.enumerated() {
      for (coordinate, form) in link.sorted(by: { $0.key < $1.key }) {
        links.append(Link(commitment: i, coordinate: coordinate, form: forms.count))
        forms.append(form)
      }
    }
    self.forms = forms
    self.links = links
  }

  func left(_ gate: Int) -> Int { 2 * gate }
  func right(_ gate: Int) -> Int { 2 * gate + 1 }
  func row(_ row: Int) -> Int { firstRow + row }
}

/// A statement in the shape the argument and the plain check compute with.
struct CompiledForms: Sendable {
  let index: FormIndex
  let residues: SparseForms<Scalar>
  let integers: SparseForms<Int256>
  /// `Xᵢ`, then `Y_j`.
  let bounds: [Int256]
  /// For every digit and bit slot, the value it belongs to: `i < A` is xᵢ, `A + j` is y_j.
  let slotOwners: [Int]
  /// For every digit and bit slot, its weight in that value.
  let slotWeights: [Scalar]
  /// How each value is decomposed, in the order of `bounds`.
  let decompositions: [DigitDecomposition]

  init(draft: StatementDraft, base: DigitBase, slots: SlotAssignment) {
    index = FormIndex(draft)
    residues = SparseForms(index.forms) { Scalar($0) }
    integers = SparseForms(index.forms) { Int256(truncating: $0) }
    bounds = (draft.variableBounds + draft.rows.map(\.upperBound)).map { Int256(truncating: $0) }

    var owners = [Int](repeating: 0, count: slots.digitSlots + slots.bitSlots)
    var weights = [Scalar](repeating: .zero, count: owners.count)
    for (owner, value) in slots.values.enumerated() {
      for (k, weight) in value.plan.digitWeights.enumerated() {
        owners[value.firstDigit + k] = owner
        weights[value.firstDigit + k] = Scalar(weight)
      }
      for (k, weight) in value.plan.bitWeights.enumerated() {
        owners[value.firstBit + k] = owner
        weights[value.firstBit + k] = Scalar(weight)
      }
    }
    slotOwners = owners
    slotWeights = weights

    var known: [DigitPlan: DigitDecomposition] = [:]
    decompositions = slots.values.map { value in
      if let decomposition = known[value.plan] { return decomposition }
      let decomposition = DigitDecomposition(value.plan, base: base)
      known[value.plan] = decomposition
      return decomposition
    }
  }
}
