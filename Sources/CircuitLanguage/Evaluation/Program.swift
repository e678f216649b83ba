internal import ExactIntegers

/// A checked circuit with its parameters, its names resolved: what every walk over the tree reads.
final class Program: Sendable {
  let checked: CheckedTree
  let parameters: ParameterRecord
  let declarations: [ResolvedDeclaration]
  /// The ids in the parameters and the circuit, by number.
  let names: [String]
  /// By number. Empty while the families themselves are being unrolled.
  let families: [Family]
  /// Limit of every ``Meter`` over it.
  let mostSteps: Int

  /// A program whose families are still to be unrolled.
  ///
  /// - Precondition: the parameters have no ``ParameterValue/defect(depth:)``.
  init(_ checked: CheckedTree, parameters: ParameterRecord) {
    self.checked = checked
    self.parameters = parameters
    var resolver = Resolver(checked, parameters: parameters)
    declarations = resolver.declarations()
    names = resolver.values.names
    families = []
    mostSteps = Meter.mostSteps(for: parameters)
  }

  /// The same with its families unrolled.
  init(_ program: Program, families: [Family]) {
    (checked, parameters, declarations) = (program.checked, program.parameters, program.declarations)
    (names, mostSteps) = (program.names, program.mostSteps)
    self.families = families
  }
}

/// The elements of a `committed`, `advice` or `product` declaration. A cell is the place of an
/// element among all elements of the circuit, in declaration order, then index order.
///
/// The keys lead through a tree, one level for each index.
struct Family: Sendable {
  let name: String
  private var next: [Edge: Int] = [:]
  private var nodeCount = 1
  private(set) var elements: [(keys: [Key], cell: Int)] = []
  private let arity: Int

  private struct Edge: Hashable {
    let node: Int
    let key: Key
  }

  init(name: String, arity: Int) { (self.name, self.arity) = (name, arity) }

  /// Where walks begin.
  static var root: Int { 0 }

  /// Adds an element.
  ///
  /// - Returns: whether it is new.
  mutating func insert(_ keys: [Key], cell: Int) -> Bool {
    if keys.isEmpty {
      guard elements.isEmpty else { return false }
      elements.append((keys, cell))
      return true
    }
    var node = Self.root
    for (level, key) in keys.enumerated() {
      let edge = Edge(node: node, key: key)
      if level == keys.count - 1 {
        guard next.updateValue(cell, forKey: edge) == nil else { return false }
        elements.append((keys, cell))
      } else if let known = next[edge] {
        node = known
      } else {
        next[edge] = nodeCount
        node = nodeCount
        nodeCount += 1
      }
    }
    return true
  }

  /// The cell of a family without indices.
  var onlyCell: Int? { arity == 0 ? elements.first?.cell : nil }

  /// One step along a key: to the next level, or on the last one to the cell.
  func step(from node: Int, _ key: Key) -> Int? { next[Edge(node: node, key: key)] }
}
