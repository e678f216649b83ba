internal import ExactIntegers

/// A checked circuit with its parameters, its names resolved: what every walk over the tree reads.
final class Program: Sendable {
  let circuit: ResolvedCircuit
  /// The expressions of the circuit; what holds nothing but constants under these parameters has become one.
  let nodes: [Node]
  let table: ParameterTable
  /// By number. Empty while the families themselves are being unrolled.
  let families: [Family]
  /// Limit of every ``Meter`` over it.
  let mostSteps: Int

  /// A program whose families are still to be unrolled.
  ///
  /// - Precondition: the parameters have no ``ParameterValue/defect()``.
  init(_ circuit: ResolvedCircuit, parameters: ParameterRecord) {
    self.circuit = circuit
    var table = ParameterTable(circuit)
    let root = circuit.readsRoot ? table.add(parameters) : nil
    var values: [PublicValue?] = []
    for name in circuit.parameterNames {
      values.append(parameters.fields[name].map { table.add($0) })
    }
    (nodes, self.table) = Folder.constants(of: circuit, table, root, values)
    families = []
    mostSteps = Meter.mostSteps(for: parameters)
  }

  /// The same with its families unrolled.
  init(_ program: Program, families: [Family]) {
    (circuit, nodes, table) = (program.circuit, program.nodes, program.table)
    mostSteps = program.mostSteps
    self.families = families
  }

  /// A node of the circuit under these parameters.
  subscript(node: Node.ID) -> Node { nodes[Int(node)] }
}

/// Puts constants in the place of parameters, and of what holds nothing else.
private enum Folder {
  static func constants(
    of circuit: ResolvedCircuit, _ table: ParameterTable, _ root: PublicValue?, _ values: [PublicValue?]
  ) -> ([Node], ParameterTable) {
    // Nodes come after those that they are made of, so each finds its parts as they are.
    let evaluator = PublicEvaluator(folding: circuit, table)
    for node in circuit.nodes {
      switch node.kind {
      case .parameter(let number): evaluator.replace(node.id, by: values[number])
      case .root: evaluator.replace(node.id, by: root)
      case .definition(let definition, let arguments) where arguments.isEmpty:
        evaluator.replace(node.id, by: evaluator.constant(circuit.definitions[definition].body))
      default:
        guard node.isOpen, isFoldable(node.kind, circuit, evaluator) else { continue }
        evaluator.replace(node.id, by: try? evaluator.value(node, Scope()))
      }
    }
    return evaluator.folded
  }

  /// Whether all that an operation is made of are constants.
  private static func isFoldable(
    _ kind: Node.Kind, _ circuit: ResolvedCircuit, _ evaluator: PublicEvaluator
  ) -> Bool {
    func isConstant(_ node: Node.ID) -> Bool { evaluator.constant(node) != nil }
    return switch kind {
    case .field(let base, _): isConstant(base)
    case .negation(let operand): isConstant(operand)
    case .sum(let terms): circuit.terms[terms.places].allSatisfy { isConstant($0.value) }
    case .product(let a, let b), .quotient(let a, let b), .power(let a, let b),
      .range(let a, let b, closed: _):
      isConstant(a) && isConstant(b)
    case .count(let list): isConstant(list)
    default: false
    }
  }
}
