/// A tree whose names, index counts and natures are right, as far as that can be known without
/// the parameters.
struct CheckedTree: Sendable {
  var tree: SyntaxTree
  /// Families, and definitions that hold secret values.
  var secretNames: Set<String>
  /// Names that must turn out to be parameters, where they occur first.
  var unresolved: [Name]
  /// Every name that a loop or a definition's argument introduces.
  var locals: [Name]
  /// Declarations that look unused, perhaps only because a name is misspelt elsewhere.
  var deferred: [Problem]
}

/// Resolves names and finds what may stand where. Declarations use only what comes before them.
struct Checker {
  /// Levels of nesting of an expression together with the definitions it uses.
  static let maximumNesting = 128

  struct Symbol {
    enum Kind {
      case committed(hasRange: Bool)
      case advice
      case product
      case form(Nature)
    }

    var kind: Kind
    var name: Name
    /// Number of indices or arguments.
    var arity: Int
    /// Levels that a use adds (definitions only).
    var depth = 0
    /// Everything that a use reaches (definitions only).
    var reaches: Set<String> = []
  }

  let source: SourceText
  private let tree: SyntaxTree
  private(set) var problems: ProblemList
  private(set) var symbols: [String: Symbol] = [:]
  /// First declaration of every name, also of those that are still to come.
  private var declared: [String: Name] = [:]
  private(set) var scope: [String] = []
  private var locals: [Name] = []
  private var unresolved: [String: Name] = [:]
  /// What the declaration at hand reaches, and how deep that goes.
  var reached: Set<String> = []
  var reachedDepth = 0
  /// What any declaration reaches; what constraints reach; what links define.
  private var mentioned: Set<String> = []
  private var constrained: Set<String> = []
  private var linked: Set<String> = []

  init(_ tree: SyntaxTree, source: SourceText, problems: ProblemList) {
    self.tree = tree
    self.source = source
    self.problems = problems
  }

  /// The checked tree, or every problem of the file.
  static func check(_ source: SourceText) throws(CircuitError) -> CheckedTree {
    var parser = Parser(source)
    let (tree, problems) = parser.file()
    guard let tree else { throw problems.failure(in: source) }
    var checker = Checker(tree, source: source, problems: problems)
    checker.run(judgingUse: problems.isEmpty)
    if let error = checker.problems.error(in: source) { throw error }
    return checker.result
  }

  private var result: CheckedTree {
    let secret = symbols.values.filter { symbol in
      if case .form(.open) = symbol.kind { false } else { true }
    }
    return CheckedTree(
      tree: tree, secretNames: Set(secret.map(\.name.text)),
      unresolved: unresolved.values.sorted { $0.range.lower < $1.range.lower },
      locals: locals, deferred: deferred)
  }

  private var deferred: [Problem] = []

  private mutating func run(judgingUse: Bool) {
    for declaration in tree.declarations {
      guard let name = declaration.name else { continue }
      if name.text == tree.parameters.text {
        problems.append(
          Problem(.shadowing, "`\(name.text)` already names the parameters", at: name.range))
      } else if let first = declared[name.text] {
        problems.append(
          Problem(
            .duplicateName, "`\(name.text)` is declared twice", at: name.range,
            notes: ["note: first on line \(source.line(at: first.range.lower))"] + declaredOnce(name.text)))
      } else {
        declared[name.text] = name
      }
    }
    for declaration in tree.declarations {
      reached = []
      reachedDepth = 0
      scope = []
      check(declaration)
      mentioned.formUnion(reached)
    }
    if judgingUse { judgeUse() }
  }

  /// How several elements are declared, each of which has a declaration of its own.
  private func declaredOnce(_ name: String) -> [String] {
    let reading = RuleReading(source, tree, unranged: [])
    var (keys, head, range) = ([String](), "committed", "")
    for declaration in tree.declarations where declaration.name?.text == name {
      let indices: [FamilyIndex]
      switch declaration {
      case .committed(let family, let bounds):
        indices = family.indices
        if let bounds, range.isEmpty {
          range = " in \(reading.code(of: bounds.lower)) ... \(reading.code(of: bounds.upper))"
        }
      case .advice(let family, _, _):
        (head, indices) = ("advice", family.indices)
      case .product(let family, _, _):
        (head, indices) = ("product", family.indices)
      case .form, .link, .requirement: return []
      }
      guard indices.count == 1, case .fixed(let key) = indices[0] else { return [] }
      keys.append(reading.code(of: key))
    }
    let isOfInstruments = !["holding", "debt"].contains(name)
    let (list, x) = isOfInstruments ? ("instruments", "i") : ("collateral", "a")
    let chosen = keys.map { key in
      "index(\(x)) == index(\(key.hasPrefix("\"") ? "\(list)[\(key)]" : key))"
    }
    let line = "\(head) \(name)[\(x) in \(list) where \(chosen.joined(separator: " or "))]\(range)"
    guard RuleReading.isShort(line) else { return [] }
    return [
      "help: a family is declared once, over those elements of its list that it has:", "      `\(line)`",
    ]
  }

  // MARK: Declarations

  private mutating func check(_ declaration: Declaration) {
    switch declaration {
    case .committed(let head, let range):
      checkHead(head)
      if let range { checkRange(range) }
      declare(head, .committed(hasRange: range != nil))
    case .advice(let head, let range, let rule):
      checkHead(head)
      checkRange(range)
      _ = nature(of: rule)
      limitDepth(rule.depth, of: head.name)
      declare(head, .advice)
    case .form(let form):
      for parameter in form.parameters { bind(parameter) }
      let nature = nature(of: form.body)
      limitDepth(form.body.depth, of: form.name)
      guard symbols[form.name.text] == nil else { return }
      symbols[form.name.text] = Symbol(
        kind: .form(nature), name: form.name, arity: form.parameters.count,
        depth: form.body.depth + reachedDepth, reaches: reached)
    case .link(let link):
      checkLink(link)
    case .requirement(let requirement):
      checkRequirement(requirement)
    case .product(let head, let left, let right):
      checkHead(head)
      requireConstraint(left)
      requireConstraint(right)
      limitDepth(max(left.depth, right.depth), of: head.name)
      constrained.formUnion(reached)
      declare(head, .product)
    }
  }

  private mutating func declare(_ head: FamilyHead, _ kind: Symbol.Kind) {
    guard symbols[head.name.text] == nil else { return }
    symbols[head.name.text] = Symbol(kind: kind, name: head.name, arity: head.indices.count)
  }

  private mutating func checkHead(_ head: FamilyHead) {
    for index in head.indices {
      switch index {
      case .each(let binder): bind(binder)
      case .fixed(let key): requireOpen(key, "an index")
      }
    }
  }

  private mutating func checkRange(_ range: ValueRange) {
    requireOpen(range.lower, "a range")
    requireOpen(range.upper, "a range")
  }

  private mutating func checkLink(_ link: Declaration.Link) {
    for binder in link.binders { bind(binder) }
    requireConstraint(link.form)
    limitDepth(link.form.depth, at: link.range)
    constrained.formUnion(reached)
    var target: String?
    switch link.target.kind {
    case .name(let name): target = name
    case .index(let base, _): if case .name(let name) = base.kind { target = name }
    default: break
    }
    guard let target, let symbol = symbols[target] else {
      if let target, tree.broken.contains(target) { return }
      let committed = symbols.filter { if case .committed = $1.kind { true } else { false } }.keys
      problems.append(
        Problem(
          .invalidLink, "a link begins with the committed value that it defines",
          at: link.target.range, notes: Suggestion.help(for: target ?? "", among: committed)))
      return
    }
    switch symbol.kind {
    case .committed(hasRange: false):
      linked.insert(target)
      _ = nature(of: link.target)
    case .committed(hasRange: true):
      problems.append(
        Problem(
          .invalidLink, "`\(target)` has a range and is linked by it already", at: link.target.range,
          notes: ["help: write this as a `require`, or leave the range of `\(target)` away and link it"]))
    case .advice, .product, .form:
      problems.append(
        Problem(
          .invalidLink, "`\(target)` is not a committed value", at: link.target.range,
          notes: ["help: write this as a `require`"]))
    }
  }

  private mutating func checkRequirement(_ requirement: Declaration.Requirement) {
    for binder in requirement.binders { bind(binder) }
    for case .key(let name) in requirement.title.parts where !scope.contains(name.text) {
      problems.append(
        Problem(
          .unknownName, "`\(name.text)` is not a loop of this requirement", at: name.range,
          notes: Suggestion.help(for: name.text, among: scope)))
    }
    requireConstraint(requirement.left)
    requireConstraint(requirement.right)
    if let within = requirement.within { requireOpen(within, "the bound of a slack") }
    limitDepth(max(requirement.left.depth, requirement.right.depth), at: requirement.range)
    constrained.formUnion(reached)
  }

  private mutating func limitDepth(_ depth: Int, of name: Name) { limitDepth(depth, at: name.range) }

  private mutating func limitDepth(_ depth: Int, at range: SourceRange) {
    guard depth + reachedDepth > Self.maximumNesting else { return }
    problems.append(
      Problem(
        .tooDeep,
        "this and the definitions it uses are nested more than \(Self.maximumNesting) levels deep",
        at: range))
  }

  // MARK: Use

  /// Advice in no constraint, committed values in no link and definitions nobody reads are mistakes:
  /// a forgotten link proves nothing.
  private mutating func judgeUse() {
    let misspelt = Set(
      unresolved.keys.compactMap { Suggestion.nearest(to: $0, among: symbols.keys) })
    for symbol in symbols.values {
      guard let problem = complaint(about: symbol) else { continue }
      if misspelt.contains(symbol.name.text) {
        deferred.append(problem)
      } else {
        problems.append(problem)
      }
    }
  }

  /// Lines that link a committed value which may be negative.
  private func linkOfTwoSides(_ name: Name) -> [String] {
    for case .committed(let head, _) in tree.declarations where head.name == name {
      guard let parts = RepairText(source, head) else { continue }
      let (x, indices, keys) = (name.text + parts.keys, parts.indices, parts.keys)
      let (long, short) = (tree.freeName("long"), tree.freeName("short"))
      return [
        "help: where it may be negative, a range such as `in -1_000_000 ... 1_000_000`, or two sides:",
        "      `advice \(long)\(indices) in 0 ... 1_000_000 := max(\(x), 0)`",
        "      `advice \(short)\(indices) in 0 ... 1_000_000 := max(-\(x), 0)`",
        "      `link\(parts.loops)\(parts.loops.isEmpty ? "" : " :") \(x) == \(long)\(keys) - \(short)\(keys)`",
        "      and `\(long)\(keys) + \(short)\(keys)` for its size (`gross-exposure` in the cookbook)",
      ]
    }
    return []
  }

  private func complaint(about symbol: Symbol) -> Problem? {
    let name = symbol.name
    switch symbol.kind {
    case .committed(hasRange: true):
      guard tree.ignored.contains(name.text), constrained.contains(name.text) else { return nil }
      return Problem(
        .shadowing, "`\(name.text)` is ignored, and a requirement, link or product uses it", at: name.range,
        notes: ["help: declare it `committed`, with the range that the rule needs"])
    case .committed(hasRange: false):
      if linked.contains(name.text) { return nil }
      return Problem(
        .missingLink, "`\(name.text)` has no range and no link, so nothing would bind it", at: name.range,
        notes: ["help: give it a range, or a `link`"] + linkOfTwoSides(name))
    case .advice:
      if constrained.contains(name.text) { return nil }
      return Problem(
        .unused, "advice `\(name.text)` is used in no requirement, link or product", at: name.range)
    case .product:
      if constrained.contains(name.text) { return nil }
      return Problem(
        .unused, "product `\(name.text)` is used in no requirement, link or product", at: name.range)
    case .form:
      if mentioned.contains(name.text) { return nil }
      return Problem(.unused, "definition `\(name.text)` is never used", at: name.range)
    }
  }

  // MARK: Names

  /// Checks a loop and brings its name into scope; the condition sees the name.
  mutating func bind(_ binder: Binder) {
    requireOpen(binder.list, "the list of a loop")
    bind(binder.name)
    if let condition = binder.condition { requireOpen(condition, "the condition after `where`") }
  }

  private mutating func bind(_ name: Name) {
    locals.append(name)
    if let other = declared[name.text] {
      problems.append(
        Problem(
          .shadowing, "`\(name.text)` would hide a declaration", at: name.range,
          notes: ["note: the one on line \(source.line(at: other.range.lower))"]))
    } else if scope.contains(name.text) {
      problems.append(
        Problem(.shadowing, "`\(name.text)` is already in use here", at: name.range))
    } else if name.text == tree.parameters.text {
      problems.append(
        Problem(.shadowing, "`\(name.text)` already names the parameters", at: name.range))
    }
    scope.append(name.text)
  }

  mutating func leaveScope(to count: Int) { scope.removeLast(scope.count - count) }

  mutating func report(_ problem: Problem) { problems.append(problem) }

  /// Whether uses of the name are not judged because its declaration is broken.
  func isBroken(_ name: String) -> Bool { tree.broken.contains(name) }

  /// A name that is neither local nor declared before: a parameter, or a mistake.
  mutating func resolveParameter(_ text: String, at range: SourceRange) {
    if text == tree.parameters.text || isBroken(text) { return }
    if let later = declared[text] {
      problems.append(
        Problem(
          .unknownName, "`\(text)` is not declared before this place", at: range,
          notes: ["note: it is declared on line \(source.line(at: later.range.lower))"]))
    } else if unresolved[text] == nil {
      unresolved[text] = Name(text: text, range: range)
    }
  }

  mutating func requireOpen(_ expression: Expression, _ what: String) {
    guard !nature(of: expression).isOpen else { return }
    problems.append(
      Problem(.secretNotAllowed, "\(what) may not depend on secret values", at: expression.range))
  }

  mutating func requireConstraint(_ expression: Expression) {
    guard let cause = nature(of: expression).cause else { return }
    problems.append(Problem(cause.code, cause.message, at: cause.range, notes: cause.notes))
  }
}
