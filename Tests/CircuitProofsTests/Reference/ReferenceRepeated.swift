import CircuitProofs
import ExactIntegers

extension ReferenceStatement {
  /// The draft of protocol 3.7, entry by entry from the indices that the document gives.
  func repeated(_ K: Int) -> StatementDraft {
    /// The index that x_v or z_g of block i has.
    func place(_ variable: Int, _ i: Int) -> Int {
      variable < A ? i * A + variable : K * A + i * Q + (variable - A)
    }
    func moved(_ form: AffineForm, _ i: Int) -> AffineForm {
      form.terms.reduce(AffineForm(constant: form.constant)) { sum, term in
        sum + AffineForm(terms: [.init(variable: place(term.variable, i), coefficient: term.coefficient)])
      }
    }
    var bounds = [Integer](repeating: -1, count: K * A)
    for i in 0..<K { for v in 0..<A { bounds[i * A + v] = draft.variableBounds[v] } }
    return StatementDraft(
      variableBounds: bounds,
      gates: (0..<K * Q).map { g in
        let (i, gate) = (g / Q, draft.gates[g % Q])
        return ProductGate(left: moved(gate.left, i), right: moved(gate.right, i))
      },
      rows: (0..<K * S).map { j in
        StatementRow(form: moved(draft.rows[j % S].form, j / S), upperBound: draft.rows[j % S].upperBound)
      },
      links: (0..<K * k).map { c in draft.links[c % k].mapValues { moved($0, c / k) } },
      coordinateCount: C)
  }
}
