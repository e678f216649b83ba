internal import CircuitProofs

extension CompiledCircuit {
  /// Whether the books that the circuit admits and that meet it have no gaps: between two of them on a line
  /// every book, but for rounding, has a proof as well.
  ///
  /// It is so where requirements are linear in committed values and advice, since mixing two witnesses makes
  /// a third: no `product`, and no rule of advice that chooses, compares, divides or multiplies values of the
  /// book, which a mixture does not follow. Advice that is a maximum, a minimum or a filling is free to be
  /// mixed. False where it may be so all the same.
  package var isConvex: Bool {
    guard statement.gateCount == 0 else { return false }
    let circuit = circuit.resolved
    func isOpen(_ node: Node.ID) -> Bool { circuit.nodes[Int(node)].isOpen }
    return circuit.nodes.allSatisfy { node in
      guard !node.isOpen else { return true }
      switch node.kind {
      case .product(let left, let right): return isOpen(left) || isOpen(right)
      case .conditional(let condition, _, _): return isOpen(condition)
      case .quotient, .power, .comparison, .conjunction, .disjunction, .not: return false
      default: return true
      }
    }
  }
}
