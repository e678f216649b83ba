internal import ExactIntegers

/// Resolves the names of a checked circuit, once for all parameters.
///
/// Names are unique: no local has the name of a declaration, of a parameter or of a local around it.
struct Resolver {
  private let checked: CheckedTree
  private(set) var nodes: [Node] = []
  private(set) var expressions: [Expression] = []
  private(set) var children: [Node.ID] = []
  private(set) var terms: [Node.Term] = []
  private(set) var loops: [Loop] = []
  private(set) var definitions: [ResolvedCircuit.Definition] = []
  private(set) var fieldUses: [Name] = []
  private(set) var unknownNames: [String] = []
  private(set) var parameterNames: [String] = []
  private(set) var ids: [String] = []
  /// The numbers of the fields that the circuit reads. Others are left where they are.
  private(set) var fieldNumbers: [String: Int] = [:]
  private var definitionNumbers: [String: Int] = [:]
  private var familyNumbers: [String: Int] = [:]
  private var parameterNumbers: [String: Int] = [:]
  /// The locals in scope, outermost first.
  private var locals: [String] = []

  init(_ checked: CheckedTree) {
    self.checked = checked
    for name in Self.fieldNames(of: checked.tree).sorted() { fieldNumbers[name] = fieldNumbers.count }
  }

  /// Resolves every declaration, in order.
  mutating func declarations() -> [ResolvedDeclaration] {
    var resolved: [ResolvedDeclaration] = []
    for declaration in checked.tree.declarations {
      locals = []
      switch declaration {
      case .committed(let head, let range):
        let head = self.head(head)
        resolved.append(.committed(head, bounds: range.map { bounds($0) }))
      case .advice(let head, let range, let rule):
        let head = self.head(head)
        resolved.append(.advice(head, bounds: bounds(range), rule: node(rule)))
      case .product(let head, let left, let right):
        let head = self.head(head)
        resolved.append(.product(head, node(left), node(right)))
      case .form(let form):
        locals = form.parameters.map(\.text)
        let body = node(form.body)
        definitionNumbers[form.name.text] = definitions.count
        definitions.append(ResolvedCircuit.Definition(name: form.name.text, body: body))
      case .link(let link):
        let loops = self.loops(link.binders)
        resolved.append(
          .link(
            ResolvedDeclaration.Link(
              loops: loops, target: node(link.target), form: node(link.form), range: link.range)))
      case .requirement(let requirement):
        let loops = self.loops(requirement.binders)
        resolved.append(
          .requirement(
            ResolvedDeclaration.Requirement(
              source: requirement, loops: loops, left: node(requirement.left),
              right: node(requirement.right), within: requirement.within.map { node($0) })))
      }
    }
    return resolved
  }

  private mutating func bounds(_ range: ValueRange) -> (lower: Node.ID, upper: Node.ID) {
    (node(range.lower), node(range.upper))
  }

  private mutating func head(_ head: FamilyHead) -> ResolvedDeclaration.Head {
    let indices = head.indices.map { index -> ResolvedDeclaration.Index in
      switch index {
      case .each(let binder): .each(loops([binder]))
      case .fixed(let key): .fixed(node(key))
      }
    }
    let family = familyNumbers.count
    familyNumbers[head.name.text] = family
    return ResolvedDeclaration.Head(name: head.name, family: family, indices: indices)
  }

  /// Resolves loops, whose names stay in scope.
  private mutating func loops(_ binders: [Binder]) -> LoopList {
    var resolved: [Loop] = []
    for binder in binders {
      let list = node(binder.list)
      locals.append(binder.name.text)
      resolved.append(Loop(list: list, condition: binder.condition.map { node($0) }))
    }
    loops += resolved
    return LoopList(first: Int32(loops.count - resolved.count), count: Int32(resolved.count))
  }

  // MARK: Expressions

  private mutating func node(_ expression: Expression) -> Node.ID {
    let (kind, isOpen) = resolve(expression)
    let id = Node.ID(nodes.count)
    nodes.append(Node(id: id, kind: kind, range: expression.range, isOpen: isOpen))
    expressions.append(expression)
    return id
  }

  /// Resolves expressions that stand beside each other.
  private mutating func list(_ expressions: [Expression]) -> NodeList {
    let resolved = expressions.map { node($0) }
    children += resolved
    return NodeList(first: Int32(children.count - resolved.count), count: Int32(resolved.count))
  }

  private func isOpen(_ node: Node.ID) -> Bool { nodes[Int(node)].isOpen }

  private mutating func resolve(_ expression: Expression) -> (Node.Kind, isOpen: Bool) {
    switch expression.kind {
    case .integer(let value): return (.value(constant(value)), true)
    case .string(let text): return (.key(key(of: text)), true)
    case .name(let name): return resolve(name: name)
    case .field(let base, let name):
      let base = node(base)
      fieldUses.append(name)
      let index = fieldNumbers[name.text] ?? fieldNumbers.count
      return (
        .field(of: base, Node.Field(index: Int32(index), use: Int32(fieldUses.count - 1))), true
      )
    case .index(let base, let indices):
      if case .name(let name) = base.kind, !locals.contains(name), let family = familyNumbers[name] {
        return (.cell(family: family, list(indices)), false)
      }
      let list = node(base)
      return (.element(of: list, node(indices[0])), isOpen(base))
    case .call(let callee, let arguments):
      guard let definition = definitionNumbers[callee.text] else {
        unknownNames.append(callee.text)
        return (.unknown(unknownNames.count - 1), true)
      }
      return (.definition(definition, list(arguments)), isOpen(callee.text))
    case .builtin(let builtin, let arguments):
      return resolve(builtin, arguments)
    case .aggregate(let aggregate, let binders, let body):
      let outer = locals.count
      let loops = self.loops(binders)
      let inner = node(body)
      locals.removeLast(locals.count - outer)
      return (.aggregate(aggregate, loops, inner), isOpen(inner))
    case .negation(let operand):
      let operand = node(operand)
      return (.negation(operand), isOpen(operand))
    case .not(let operand):
      let operand = node(operand)
      return (.not(operand), isOpen(operand))
    case .sum(let parts):
      let resolved = parts.map { Node.Term(isSubtracted: $0.isSubtracted, value: node($0.value)) }
      terms += resolved
      let list = TermList(first: Int32(terms.count - resolved.count), count: Int32(resolved.count))
      return (.sum(list), resolved.allSatisfy { isOpen($0.value) })
    case .product(let a, let b):
      let (a, b) = (node(a), node(b))
      return (.product(a, b), isOpen(a) && isOpen(b))
    case .quotient(let a, let b):
      let (a, b) = (node(a), node(b))
      return (.quotient(a, b), isOpen(a))
    case .power(let a, let b):
      return (.power(node(a), node(b)), true)
    case .comparison(let comparison, let a, let b):
      let (a, b) = (node(a), node(b))
      return (.comparison(comparison, a, b), isOpen(a) && isOpen(b))
    case .conjunction(let a, let b):
      let (a, b) = (node(a), node(b))
      return (.conjunction(a, b), isOpen(a) && isOpen(b))
    case .disjunction(let a, let b):
      let (a, b) = (node(a), node(b))
      return (.disjunction(a, b), isOpen(a) && isOpen(b))
    case .conditional(let condition, let a, let b):
      let (condition, a, b) = (node(condition), node(a), node(b))
      return (.conditional(condition, then: a, else: b), isOpen(condition) && isOpen(a) && isOpen(b))
    case .range(let lower, let upper, let closed):
      return (.range(node(lower), node(upper), closed: closed), true)
    }
  }

  private mutating func resolve(name: String) -> (Node.Kind, isOpen: Bool) {
    if let slot = locals.lastIndex(of: name) { return (.local(slot), true) }
    if let definition = definitionNumbers[name] {
      return (.definition(definition, NodeList(first: 0, count: 0)), isOpen(name))
    }
    if let family = familyNumbers[name] {
      return (.cell(family: family, NodeList(first: 0, count: 0)), false)
    }
    if name == checked.tree.parameters.text { return (.root, true) }
    if let known = parameterNumbers[name] { return (.parameter(known), true) }
    parameterNumbers[name] = parameterNames.count
    parameterNames.append(name)
    return (.parameter(parameterNames.count - 1), true)
  }

  private mutating func resolve(
    _ builtin: Builtin, _ arguments: [Expression]
  ) -> (Node.Kind, isOpen: Bool) {
    let list = self.list(arguments)
    let nodes = children[list.places]
    let first = nodes.startIndex
    let areOpen = nodes.allSatisfy { isOpen($0) }
    return switch builtin {
    case .count: (.count(nodes[first]), true)
    case .index: (.position(nodes[first]), true)
    case .max: (.extreme(.max, list), areOpen)
    case .min: (.extreme(.min, list), areOpen)
    case .fill: (.fill(nodes[first], list: nodes[first + 1], place: nodes[first + 2]), false)
    case .sum: (.misplaced(builtin), true)
    }
  }

  private func isOpen(_ base: Expression) -> Bool {
    if case .name(let name) = base.kind { isOpen(name) } else { true }
  }

  private func isOpen(_ name: String) -> Bool { !checked.secretNames.contains(name) }

  // MARK: Constants and ids

  /// Constants of more than a word, by number.
  private(set) var wideConstants: [Integer] = []

  private mutating func constant(_ value: Integer) -> PublicValue {
    if let word = value.int { return .word(word) }
    wideConstants.append(value)
    return .wide(wideConstants.count - 1)
  }

  private var idNumbers: [String: Int] = [:]

  private mutating func key(of id: String) -> Key {
    if let known = idNumbers[id] { return Key(id: known) }
    idNumbers[id] = ids.count
    ids.append(id)
    return Key(id: ids.count - 1)
  }

  // MARK: Fields

  /// The fields that a circuit reads.
  private static func fieldNames(of tree: SyntaxTree) -> Set<String> {
    var names: Set<String> = []
    func visit(_ expression: Expression) {
      switch expression.kind {
      case .field(_, let name): names.insert(name.text)
      case .builtin(.fill, _): names.insert(ParameterTable.capacityField)
      default: break
      }
      for part in expression.parts { visit(part) }
    }
    func visit(_ head: FamilyHead) {
      for index in head.indices {
        switch index {
        case .each(let binder): visit(binder)
        case .fixed(let key): visit(key)
        }
      }
    }
    func visit(_ binder: Binder) {
      visit(binder.list)
      if let condition = binder.condition { visit(condition) }
    }
    func visit(_ range: ValueRange) {
      visit(range.lower)
      visit(range.upper)
    }
    for declaration in tree.declarations {
      switch declaration {
      case .committed(let head, let range):
        visit(head)
        if let range { visit(range) }
      case .advice(let head, let range, let rule):
        visit(head)
        visit(range)
        visit(rule)
      case .product(let head, let left, let right):
        visit(head)
        visit(left)
        visit(right)
      case .form(let form): visit(form.body)
      case .link(let link):
        for binder in link.binders { visit(binder) }
        visit(link.target)
        visit(link.form)
      case .requirement(let requirement):
        for binder in requirement.binders { visit(binder) }
        visit(requirement.left)
        visit(requirement.right)
        if let within = requirement.within { visit(within) }
      }
    }
    return names
  }
}
