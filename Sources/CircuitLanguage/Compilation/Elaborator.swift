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
  private var families: [String: Family] = [:]
  private var takenCoordinates: Set<Int> = []
  private var requirementNames: Set<String> = []

  private var evaluator: PublicEvaluator { PublicEvaluator(program: program, meter: meter) }

  init(_ program: Program, coordinates: CoordinateMap, meter: Meter) {
    self.program = program
    self.coordinates = coordinates
    self.meter = meter
    checkNames()
    guard problems.isEmpty else { return }
    let declarations = program.checked.tree.declarations
    for declaration in declarations {
      collect { (elaborator) throws(Problem) in try elaborator.declare(declaration) }
    }
    guard problems.isEmpty else { return }
    self.program = Program(program, families: families)
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

  /// Names that are declared nowhere must be parameters; declared ones must not be.
  private mutating func checkNames() {
    let checked = program.checked
    let parameters = program.parameters.fields
    if let defect = ParameterValue.record(program.parameters).defect() {
      problems.append(Problem(.invalidParameters, defect, at: checked.tree.parameters.range))
    }
    let declared = checked.tree.declarations.compactMap(\.name)
    for name in declared + checked.locals where parameters[name.text] != nil {
      problems.append(
        Problem(.shadowing, "`\(name.text)` would hide a parameter", at: name.range))
    }
    let known = Set(declared.map(\.text)).union(parameters.keys)
    for name in checked.unresolved where parameters[name.text] == nil {
      let local = checked.locals.map(\.text)
      problems.append(
        Problem(
          .unknownName, "unknown name `\(name.text)`", at: name.range,
          notes: Suggestion.help(for: name.text, among: known.union(local))))
    }
    if problems.isEmpty {
      for problem in checked.deferred { problems.append(problem) }
    }
  }

  // MARK: Families

  private mutating func declare(_ declaration: Declaration) throws(Problem) {
    switch declaration {
    case .committed(let head, let range):
      try declare(head) { (elaborator, keys, scope) throws(Problem) in
        let coordinate = try elaborator.coordinate(of: head, keys)
        guard let range else { return (.linked(coordinate: coordinate), Self.linkedInterval) }
        return (.committed(coordinate: coordinate), try elaborator.interval(range, scope))
      }
    case .advice(let head, let range, let rule):
      try declare(head) { (elaborator, _, scope) throws(Problem) in
        elaborator.elaboration.steps.append(
          .advice(cell: elaborator.elaboration.cells.count, rule: rule, scope))
        return (.advice, try elaborator.interval(range, scope))
      }
    case .product(let head, let left, let right):
      try declare(head) { (elaborator, _, scope) throws(Problem) in
        elaborator.elaboration.steps.append(
          .product(cell: elaborator.elaboration.cells.count, left, right, scope))
        return (.product, IntegerInterval(0))
      }
    case .form, .link, .requirement:
      return
    }
  }

  /// Makes a cell for every combination of keys.
  private mutating func declare(
    _ head: FamilyHead,
    _ describe: (inout Elaborator, [Key], Scope) throws(Problem) -> (Cell.Role, IntegerInterval)
  ) throws(Problem) {
    var family = Family()
    // The program does not change while the elements of a family are made.
    let evaluator = evaluator
    try Self.forEachElement(head.indices[...], [], Scope(), evaluator) { (keys, scope) throws(Problem) in
      guard elaboration.cells.count < Self.maximumCount else {
        throw Problem(
          .tooLarge, "this circuit has more than \(Self.maximumCount) values", at: head.name.range)
      }
      let name = Family.elementName(head.name.text, keys)
      guard family.cells.updateValue(elaboration.cells.count, forKey: keys) == nil else {
        throw Problem(.duplicateName, "`\(name)` occurs twice", at: head.name.range)
      }
      let (role, interval) = try describe(&self, keys, scope)
      elaboration.cells.append(
        Cell(name: name, role: role, range: head.name.range, interval: interval))
    }
    families[head.name.text] = family
  }

  /// Runs through the keys of a family, one element at a time.
  private static func forEachElement(
    _ indices: ArraySlice<FamilyIndex>, _ keys: [Key], _ scope: Scope, _ evaluator: PublicEvaluator,
    _ body: ([Key], Scope) throws(Problem) -> Void
  ) throws(Problem) {
    switch indices.first {
    case nil:
      try body(keys, scope)
    case .fixed(let expression):
      try forEachElement(
        indices.dropFirst(), keys + [try evaluator.key(expression, scope)], scope, evaluator, body)
    case .each(let binder):
      try evaluator.forEachScope([binder], scope) { (inner) throws(Problem) in
        guard let key = inner[binder.name.text]?.key else {
          throw Problem(.wrongType, "the elements of this list are no index", at: binder.list.range)
        }
        try forEachElement(indices.dropFirst(), keys + [key], inner, evaluator, body)
      }
    }
  }

  private mutating func coordinate(of head: FamilyHead, _ keys: [Key]) throws(Problem) -> Int {
    let name = ([head.name.text] + keys.map(\.description)).joined(separator: "/")
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

  private func interval(_ range: ValueRange, _ scope: Scope) throws(Problem) -> IntegerInterval {
    let lower = try evaluator.integer(range.lower, scope)
    let upper = try evaluator.integer(range.upper, scope)
    let place = range.lower.range.union(range.upper.range)
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

  private mutating func unroll(_ declaration: Declaration) throws(Problem) {
    switch declaration {
    case .link(let link):
      let evaluator = evaluator
      try evaluator.forEachScope(link.binders, Scope()) { (scope) throws(Problem) in
        guard elaboration.links.count < Self.maximumCount else {
          throw Problem(.tooLarge, "this circuit has more than \(Self.maximumCount) links", at: link.range)
        }
        try unroll(link, scope)
      }
    case .requirement(let requirement):
      let evaluator = evaluator
      try evaluator.forEachScope(requirement.binders, Scope()) { (scope) throws(Problem) in
        try unroll(requirement, scope)
      }
    case .committed, .advice, .form, .product:
      return
    }
  }

  private mutating func unroll(_ link: Declaration.Link, _ scope: Scope) throws(Problem) {
    let cell: Int
    switch link.target.kind {
    case .name(let family):
      cell = try program.cell(of: family, [], at: link.target.range)
    case .index(let base, let indices):
      guard case .name(let family) = base.kind else { return }
      let keys = try evaluator.keys(indices, scope)
      cell = try program.cell(of: family, keys, at: link.target.range)
    default:
      return
    }
    elaboration.links.append(
      Elaboration.Link(cell: cell, form: link.form, scope: scope, range: link.range))
  }

  private mutating func unroll(
    _ requirement: Declaration.Requirement, _ scope: Scope
  ) throws(Problem) {
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
        guard let key = scope[local.text]?.key else {
          throw Problem(.wrongType, "`\(local.text)` has no name", at: local.range)
        }
        name += key.description
      }
    }
    guard requirementNames.insert(name).inserted else {
      throw Problem(
        .duplicateName, "two requirements have the name \"\(name)\"", at: requirement.title.range,
        notes: ["help: put the names of the loops into it, such as {i}"])
    }
    var bound: Integer?
    if let within = requirement.within {
      let value = try evaluator.integer(within, scope)
      guard value >= 0 else {
        throw Problem(.invalidRange, "the bound of a slack is at least 0", at: within.range)
      }
      bound = value
    }
    elaboration.requirements.append(
      Elaboration.Requirement(name: name, source: requirement, scope: scope, statedBound: bound))
  }
}
