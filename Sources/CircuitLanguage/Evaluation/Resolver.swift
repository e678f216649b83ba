internal import ExactIntegers

/// Resolves the names of a checked circuit under its parameters, once.
///
/// Names are unique: no local has the name of a declaration, of a parameter or of a local around it.
struct Resolver {
  private let checked: CheckedTree
  private let parameters: ParameterRecord
  private(set) var values: PublicValues
  private(set) var definitions: [String: Definition] = [:]
  private var familyNumbers: [String: Int] = [:]
  /// The locals in scope, outermost first.
  private var locals: [String] = []
  /// What constants are folded with.
  private let folder: PublicEvaluator

  init(_ checked: CheckedTree, parameters: ParameterRecord) {
    self.checked = checked
    self.parameters = parameters
    values = PublicValues(fields: Self.fieldNames(of: checked.tree))
    folder = PublicEvaluator(names: [], meter: Meter(mostSteps: .max))
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
        definitions[form.name.text] = Definition(
          name: form.name.text, index: definitions.count, body: node(form.body))
      case .link(let link):
        let loops = link.binders.map { loop($0) }
        resolved.append(
          .link(
            ResolvedDeclaration.Link(
              loops: loops, target: node(link.target), form: node(link.form), range: link.range)))
      case .requirement(let requirement):
        let loops = requirement.binders.map { loop($0) }
        resolved.append(
          .requirement(
            ResolvedDeclaration.Requirement(
              source: requirement, loops: loops, left: node(requirement.left),
              right: node(requirement.right), within: requirement.within.map { node($0) })))
      }
    }
    return resolved
  }

  private mutating func bounds(_ range: ValueRange) -> (lower: Node, upper: Node) {
    (node(range.lower), node(range.upper))
  }

  private mutating func head(_ head: FamilyHead) -> ResolvedDeclaration.Head {
    let indices = head.indices.map { index -> ResolvedDeclaration.Index in
      switch index {
      case .each(let binder): .each(loop(binder))
      case .fixed(let key): .fixed(node(key))
      }
    }
    let family = familyNumbers.count
    familyNumbers[head.name.text] = family
    return ResolvedDeclaration.Head(name: head.name, family: family, indices: indices)
  }

  /// Resolves a loop, whose name stays in scope.
  private mutating func loop(_ binder: Binder) -> Loop {
    let list = node(binder.list)
    locals.append(binder.name.text)
    return Loop(list: list, condition: binder.condition.map { node($0) })
  }

  // MARK: Expressions

  private mutating func node(_ expression: Expression) -> Node {
    let (kind, isOpen) = resolve(expression)
    let node = Node(kind, expression, isOpen: isOpen)
    guard isOpen, Self.isFoldable(kind), let value = try? folder.value(node, Scope()) else { return node }
    return Node(.value(value), expression, isOpen: true)
  }

  /// Whether all that an operation is made of are constants.
  private static func isFoldable(_ kind: Node.Kind) -> Bool {
    switch kind {
    case .field(let base, _): base.isConstant
    case .negation(let operand): operand.isConstant
    case .sum(let terms): terms.allSatisfy(\.value.isConstant)
    case .product(let a, let b), .quotient(let a, let b), .power(let a, let b),
      .range(let a, let b, closed: _):
      a.isConstant && b.isConstant
    case .count(let list): list.isConstant
    default: false
    }
  }

  private mutating func resolve(_ expression: Expression) -> (Node.Kind, isOpen: Bool) {
    switch expression.kind {
    case .integer(let value): return (.value(.integer(value)), true)
    case .string(let text): return (.key(values.key(of: text)), true)
    case .name(let name): return resolve(name: name)
    case .field(let base, let name):
      return (.field(node(base), Node.Field(index: values.index(ofField: name.text), name: name)), true)
    case .index(let base, let indices):
      if case .name(let name) = base.kind, !locals.contains(name), let family = familyNumbers[name] {
        return (.cell(family: family, indices.map { node($0) }), false)
      }
      return (.element(of: node(base), node(indices[0])), isOpen(base))
    case .call(let callee, let arguments):
      guard let definition = definitions[callee.text] else { return (.unknown(callee.text), true) }
      return (.definition(definition, arguments.map { node($0) }), isOpen(callee.text))
    case .builtin(let builtin, let arguments):
      return resolve(builtin, arguments.map { node($0) })
    case .aggregate(let aggregate, let binders, let body):
      let outer = locals.count
      let loops = binders.map { loop($0) }
      let inner = node(body)
      locals.removeLast(locals.count - outer)
      return (.aggregate(aggregate, loops, inner), inner.isOpen)
    case .negation(let operand):
      let operand = node(operand)
      return (.negation(operand), operand.isOpen)
    case .not(let operand):
      let operand = node(operand)
      return (.not(operand), operand.isOpen)
    case .sum(let terms):
      let terms = terms.map { Node.Term(isSubtracted: $0.isSubtracted, value: node($0.value)) }
      return (.sum(terms), terms.allSatisfy(\.value.isOpen))
    case .product(let a, let b):
      let (a, b) = (node(a), node(b))
      return (.product(a, b), a.isOpen && b.isOpen)
    case .quotient(let a, let b):
      let (a, b) = (node(a), node(b))
      return (.quotient(a, b), a.isOpen)
    case .power(let a, let b):
      return (.power(node(a), node(b)), true)
    case .comparison(let comparison, let a, let b):
      let (a, b) = (node(a), node(b))
      return (.comparison(comparison, a, b), a.isOpen && b.isOpen)
    case .conjunction(let a, let b):
      let (a, b) = (node(a), node(b))
      return (.conjunction(a, b), a.isOpen && b.isOpen)
    case .disjunction(let a, let b):
      let (a, b) = (node(a), node(b))
      return (.disjunction(a, b), a.isOpen && b.isOpen)
    case .conditional(let condition, let a, let b):
      let (condition, a, b) = (node(condition), node(a), node(b))
      return (.conditional(condition, then: a, else: b), condition.isOpen && a.isOpen && b.isOpen)
    case .range(let lower, let upper, let closed):
      return (.range(node(lower), node(upper), closed: closed), true)
    }
  }

  private mutating func resolve(name: String) -> (Node.Kind, isOpen: Bool) {
    if let slot = locals.lastIndex(of: name) { return (.local(slot), true) }
    if let definition = definitions[name] {
      if case .value = definition.body.kind { return (definition.body.kind, true) }
      return (.definition(definition, []), isOpen(name))
    }
    if let family = familyNumbers[name] { return (.cell(family: family, []), false) }
    if name == checked.tree.parameters.text { return (.value(values.value(.record(parameters))), true) }
    if let value = parameters.fields[name] { return (.value(values.value(value)), true) }
    return (.unknown(name), true)
  }

  private func resolve(_ builtin: Builtin, _ arguments: [Node]) -> (Node.Kind, isOpen: Bool) {
    switch builtin {
    case .count: (.count(arguments[0]), true)
    case .index: (.position(arguments[0]), true)
    case .max: (.extreme(.max, arguments), arguments.allSatisfy(\.isOpen))
    case .min: (.extreme(.min, arguments), arguments.allSatisfy(\.isOpen))
    case .fill: (.fill(arguments[0], list: arguments[1], place: arguments[2]), false)
    case .sum: (.misplaced(builtin.rawValue), true)
    }
  }

  private func isOpen(_ base: Expression) -> Bool {
    if case .name(let name) = base.kind { isOpen(name) } else { true }
  }

  private func isOpen(_ name: String) -> Bool { !checked.secretNames.contains(name) }

  // MARK: Fields

  /// The fields that a circuit reads.
  private static func fieldNames(of tree: SyntaxTree) -> Set<String> {
    var names: Set<String> = []
    func visit(_ expression: Expression) {
      switch expression.kind {
      case .field(_, let name): names.insert(name.text)
      case .builtin(.fill, _): names.insert(PublicList.capacityField)
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

extension Node {
  /// Whether it is a constant.
  fileprivate var isConstant: Bool {
    if case .value = kind { true } else { false }
  }
}
