internal import ExactIntegers

/// Unrolls a checked circuit over its parameters.
struct Elaborator {
  /// Committed values without a range are admitted within ±(2⁶² − 1).
  static let linkedInterval = IntegerInterval(
    1 - Integer.powerOfTwo(62), Integer.powerOfTwo(62) - 1)

  /// Bounds of ranges, in magnitude.
  private static let boundLimit = Integer.powerOfTwo(250)

  /// Most elements of families, and most requirements.
  private static let maximumCount = 1 << 16

  /// The circuit with its families, as far as they are unrolled.
  private(set) var program: Program
  private(set) var elaboration = Elaboration()
  private(set) var problems = ProblemList()
  private let coordinates: CoordinateMap
  private let meter: Meter
  private var families: [FamilyBuilder] = []
  private var takenCoordinates: Set<Int> = []
  private var requirementNames: Set<String> = []

  private var evaluator: PublicEvaluator

  init(_ program: Program, coordinates: CoordinateMap, meter: Meter) {
    self.program = program
    self.coordinates = coordinates
    self.meter = meter
    evaluator = PublicEvaluator(program: program, meter: meter)
    let declarations = program.circuit.declarations
    for declaration in declarations {
      collect { (elaborator) throws(Problem) in try elaborator.declare(declaration) }
    }
    guard problems.isEmpty else { return }
    self.program = Program(program, families: families.map { Family($0) })
    evaluator = PublicEvaluator(program: self.program, meter: meter)
    for declaration in declarations {
      collect { (elaborator) throws(Problem) in try elaborator.unroll(declaration) }
    }
  }

  private mutating func collect(_ body: (inout Elaborator) throws(Problem) -> Void) {
    do {
      try body(&self)
    } catch {
      problems.append(error)
    }
  }

  // MARK: Names

  /// What stands in the way of resolving names: those that are declared nowhere must be parameters; declared
  /// ones must not be.
  static func problems(of checked: CheckedTree, with record: ParameterRecord) -> ProblemList {
    var problems = ProblemList()
    let parameters = record.fields
    if let defect = ParameterValue.record(record).defect() {
      problems.append(Problem(.invalidParameters, defect, at: checked.tree.parameters.range))
    }
    let declared = checked.tree.declarations.compactMap(\.name)
    for name in declared + checked.locals where parameters[name.text] != nil {
      problems.append(
        Problem(.shadowing, "`\(name.text)` would hide a parameter", at: name.range))
    }
    for name in checked.unresolved where parameters[name.text] == nil {
      let known = Set(declared.map(\.text)).union(parameters.keys)
      let local = checked.locals.map(\.text)
      problems.append(
        Problem(
          .unknownName, "unknown name `\(name.text)`", at: name.range,
          notes: problems.isFull
            ? [] : Suggestion.helpOrList(for: name.text, among: known.union(local), "there are")))
    }
    if problems.isEmpty {
      for problem in checked.deferred { problems.append(problem) }
    }
    return problems
  }

  // MARK: Families

  private mutating func declare(_ declaration: ResolvedDeclaration) throws(Problem) {
    switch declaration {
    case .committed(let head, let bounds):
      try declare(head) { (elaborator, keys, scope) throws(Problem) in
        let coordinate = try elaborator.coordinate(of: head, keys)
        guard let bounds else { return (.linked(coordinate: coordinate), Self.linkedInterval) }
        return (.committed(coordinate: coordinate), try elaborator.interval(bounds, scope))
      }
    case .advice(let head, let bounds, let rule):
      try declare(head) { (elaborator, _, scope) throws(Problem) in
        elaborator.elaboration.steps.append(
          .advice(cell: elaborator.elaboration.cells.count, rule: rule, scope))
        return (.advice, try elaborator.interval(bounds, scope))
      }
    case .product(let head, let left, let right):
      try declare(head) { (elaborator, _, scope) throws(Problem) in
        elaborator.elaboration.steps.append(
          .product(cell: elaborator.elaboration.cells.count, left, right, scope))
        return (.product, IntegerInterval(0))
      }
    case .link, .requirement:
      return
    }
  }

  /// Makes a cell for every combination of keys.
  private mutating func declare(
    _ head: ResolvedDeclaration.Head,
    _ describe: (inout Elaborator, [Key], Scope) throws(Problem) -> (Cell.Role, IntegerInterval)
  ) throws(Problem) {
    var family = FamilyBuilder(name: head.name.text, arity: head.indices.count)
    // The program does not change while the elements of a family are made.
    let evaluator = evaluator
    try Self.forEachElement(head.indices[...], [], Scope(), evaluator) { (keys, scope) throws(Problem) in
      guard elaboration.cells.count < Self.maximumCount else {
        throw Problem(
          .tooLarge, "this circuit has more than \(Self.maximumCount) values", at: head.name.range)
      }
      let name = evaluator.elementName(head.name.text, keys)
      guard family.insert(keys, cell: elaboration.cells.count) else {
        throw Problem(.duplicateName, "`\(name)` occurs twice", at: head.name.range)
      }
      let (role, interval) = try describe(&self, keys, scope)
      elaboration.cells.append(
        Cell(name: name, role: role, range: head.name.range, interval: interval))
    }
    families.append(family)
  }

  /// Runs through the keys of a family, one element at a time.
  private static func forEachElement(
    _ indices: ArraySlice<ResolvedDeclaration.Index>, _ keys: [Key], _ scope: Scope,
    _ evaluator: PublicEvaluator,
    _ body: ([Key], Scope) throws(Problem) -> Void
  ) throws(Problem) {
    switch indices.first {
    case nil:
      try body(keys, scope)
    case .fixed(let node):
      try forEachElement(
        indices.dropFirst(), keys + [try evaluator.key(evaluator[node], scope)], scope, evaluator, body)
    case .each(let loop):
      try evaluator.forEachScope(loop, scope) { (inner) throws(Problem) in
        guard let key = inner.last.flatMap({ evaluator.key(of: $0) }) else {
          throw Problem(
            .wrongType, "the elements of this list are not indices", at: evaluator.range(ofList: loop))
        }
        try forEachElement(indices.dropFirst(), keys + [key], inner, evaluator, body)
      }
    }
  }

  private mutating func coordinate(
    of head: ResolvedDeclaration.Head, _ keys: [Key]
  ) throws(Problem) -> Int {
    let name = ([head.name.text] + keys.map { evaluator.text(of: $0) }).joined(separator: "/")
    guard let coordinate = coordinates.index(of: name) else {
      throw Problem(
        .unknownCoordinate, "the registry has no coordinate `\(name)`", at: head.name.range,
        notes: Suggestion.help(for: name, among: coordinates.names))
    }
    guard takenCoordinates.insert(coordinate).inserted else {
      throw Problem(
        .duplicateName, "the coordinate `\(name)` is committed twice", at: head.name.range)
    }
    return coordinate
  }

  private func interval(
    _ range: (lower: Node.ID, upper: Node.ID), _ scope: Scope
  ) throws(Problem) -> IntegerInterval {
    let (first, last) = (evaluator[range.lower], evaluator[range.upper])
    let (lower, upper) = (try evaluator.integer(first, scope), try evaluator.integer(last, scope))
    let place = first.range.union(last.range)
    guard lower <= upper else {
      throw Problem(.invalidRange, "nothing is in the range \(lower) ... \(upper)", at: place)
    }
    guard lower.magnitude < Self.boundLimit, upper.magnitude < Self.boundLimit,
      upper - lower < Self.boundLimit
    else {
      throw Problem(.invalidRange, "the bounds of a range are below 2^250", at: place)
    }
    return IntegerInterval(lower, upper)
  }

  // MARK: Links and requirements

  private mutating func unroll(_ declaration: ResolvedDeclaration) throws(Problem) {
    switch declaration {
    case .link(let link):
      let evaluator = evaluator
      try evaluator.forEachScope(link.loops, Scope()) { (scope) throws(Problem) in
        guard elaboration.links.count < Self.maximumCount else {
          throw Problem(.tooLarge, "this circuit has more than \(Self.maximumCount) links", at: link.range)
        }
        try unroll(link, scope)
      }
    case .requirement(let requirement):
      let evaluator = evaluator
      try evaluator.forEachScope(requirement.loops, Scope()) { (scope) throws(Problem) in
        try unroll(requirement, scope)
      }
    case .committed, .advice, .product:
      return
    }
  }

  private mutating func unroll(_ link: ResolvedDeclaration.Link, _ scope: Scope) throws(Problem) {
    let target = evaluator[link.target]
    guard case .cell(let family, let indices) = target.kind else { return }
    let cell = try evaluator.cell(family, indices, scope, at: target.range)
    elaboration.links.append(
      Elaboration.Link(cell: cell, form: link.form, scope: scope, range: link.range))
  }

  private mutating func unroll(
    _ resolved: ResolvedDeclaration.Requirement, _ scope: Scope
  ) throws(Problem) {
    let requirement = resolved.source
    guard elaboration.requirements.count < Self.maximumCount else {
      throw Problem(
        .tooLarge, "this circuit has more than \(Self.maximumCount) requirements",
        at: requirement.range)
    }
    var name = ""
    for part in requirement.title.parts {
      switch part {
      case .text(let text): name += text
      case .key(let local):
        guard let slot = requirement.binders.lastIndex(where: { $0.name.text == local.text }),
          let key = evaluator.key(of: scope[slot])
        else {
          throw Problem(.wrongType, "`\(local.text)` has no name", at: local.range)
        }
        name += evaluator.text(of: key)
      }
    }
    guard requirementNames.insert(name).inserted else {
      throw Problem(
        .duplicateName, "two requirements have the name \"\(name)\"", at: requirement.title.range,
        notes: ["help: put the names of the loops into it, such as {i}"])
    }
    var bound: Integer?
    if let within = resolved.within {
      let within = evaluator[within]
      let value = try evaluator.integer(within, scope)
      guard value >= 0 else {
        throw Problem(.invalidRange, "the bound of a slack is at least 0", at: within.range)
      }
      bound = value
    }
    elaboration.requirements.append(
      Elaboration.Requirement(
        name: name, source: requirement, left: resolved.left, right: resolved.right, scope: scope,
        statedBound: bound))
  }
}
