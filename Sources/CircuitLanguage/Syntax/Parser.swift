internal import ExactIntegers

/// Reads declarations:
///
///     file        = "circuit" name "version" number [ "language" number ] "parameters" name  { declaration }
///     declaration = "committed" family [ range ] { "," family [ range ] }
///                 | "ignore" family { "," family }                            (language 2)
///                 | "bound" family range ":=" expression                      (language 2)
///                 | "parameter" name "in" integer "..." integer ":=" integer  (language 2)
///                 | "advice" family range ":=" expression
///                 | "let" name [ "(" name { "," name } ")" ] "=" expression
///                 | "link" [ "for" binders ":" ] postfix "==" chain
///                 | "require" string [ "for" binders ] ":" chain relation chain [ "within" chain ]
///                 | "require" string [ "for" binders ] ":" chain relation chain relation chain   (language 2)
///                 | "product" family ":=" signed "*" signed
///     family      = name [ "[" familyIndex { "," familyIndex } "]" ]
///     familyIndex = binder | expression
///     range       = "in" chain "..." chain
///     relation    = ">=" | "<=" | "=="
///
/// After a mistake it goes on with the next declaration.
struct Parser {
  /// Levels of nesting; recursion is bounded by it here and in everything that walks the tree.
  static let maximumNesting = 64

  let tokens: [Token]
  private let source: SourceText
  private(set) var position = 0
  private var nesting = 0
  private var problems: ProblemList
  var declarations: [Declaration] = []
  private var broken: Set<String> = []
  private var introduced: [String] = []
  /// Committed families that the circuit is not about.
  var ignored: Set<String> = []
  var parameterDeclarations: [ParameterDeclaration] = []
  /// 1, or what the header says: words that are new in a language stay names in circuits of the ones before
  /// it.
  private(set) var language = 1

  /// The newest language that is read here.
  static let newestLanguage = 2

  init(_ source: SourceText) {
    let lexer = Lexer(source)
    self.source = source
    tokens = lexer.tokens
    problems = lexer.problems
  }

  /// The tree, if nothing at all is wrong with the header, and every problem found.
  mutating func file() -> (tree: SyntaxTree?, problems: ProblemList) {
    var header: (name: Name, version: Int, parameters: Name)?
    do {
      header = try self.header()
    } catch {
      recover(from: error)
    }
    while token.kind != .end {
      introduced = []
      do {
        try declaration()
      } catch {
        broken.formUnion(introduced)
        recover(from: error)
      }
    }
    guard let header else { return (nil, problems) }
    let tree = SyntaxTree(
      name: header.name, version: header.version, parameters: header.parameters,
      declarations: declarations, broken: broken, ignored: ignored,
      parameterDeclarations: parameterDeclarations)
    return (tree, problems)
  }

  private mutating func recover(from problem: Problem) {
    problems.append(comment(behind: problem) ?? problem)
    nesting = 0
    while true {
      if token.kind == .end { return }
      if case .keyword(let keyword) = token.kind, keyword.beginsDeclaration { return }
      if newDeclaration != nil { return }
      advance()
    }
  }

  /// What is wrong where words follow a `//` on its line: it divides, and was meant to begin a comment.
  private func comment(behind problem: Problem) -> Problem? {
    guard problem.code == .syntax, token.range == problem.range,
      let place = tokens[...position].lastIndex(where: { $0.kind == .symbol(.quotient) }),
      source.line(at: tokens[place].range.lower) == source.line(at: problem.range.lower)
    else { return nil }
    let line = source.line(at: tokens[place].range.lower)
    let beginsLine = place == 0 || source.line(at: tokens[place - 1].range.lower) < line
    var isProse = place == position || beginsLine
    if place + 1 == position, case .keyword = token.kind { isProse = true }
    // Two words in a row are not a formula.
    if place + 1 < position, case .identifier = tokens[position - 1].kind, case .identifier = token.kind {
      isProse = true
    }
    guard isProse else { return nil }
    return Problem(
      .syntax, "`//` divides; a comment begins with `#`", at: tokens[place].range,
      notes: ["note: read as a division: \(problem.message)"])
  }

  // MARK: Declarations

  private mutating func header() throws(Problem) -> (name: Name, version: Int, parameters: Name) {
    try expect(.circuit, "at the beginning of the file")
    let name = try newName("of the circuit")
    guard token.kind != .symbol(.minus) else {
      throw Problem(
        .syntax, "a circuit's name has no hyphen", at: token.range,
        notes: ["help: write `_`: `gross_exposure`; the file's own name may have hyphens"])
    }
    try expect(.version, "after the name")
    guard case .integer(let value) = token.kind, let version = value.int, version >= 1 else {
      throw Problem(.syntax, "the version is a number from 1", at: token.range)
    }
    advance()
    if token.kind == .identifier("language") {
      advance()
      guard case .integer(let value) = token.kind, let number = value.int, 1...Self.newestLanguage ~= number
      else {
        throw Problem(
          .syntax, "the language is 1 or \(Self.newestLanguage); found \(token.description)", at: token.range)
      }
      language = number
      advance()
    }
    guard token.kind == .keyword(.parameters) else {
      throw Problem(
        .syntax, "expected `parameters` after the version, found \(token.description)", at: token.range,
        notes: ["help: the second line of a circuit is `parameters snapshot`"])
    }
    advance()
    return (name, version, try newName("of the parameters"))
  }

  /// The word of language 2 that a declaration begins with here.
  private var newDeclaration: NewDeclaration? {
    guard language >= 2, case .identifier(let text) = token.kind else { return nil }
    return NewDeclaration(rawValue: text)
  }

  /// Words that begin declarations from language 2 on, and are names before.
  private enum NewDeclaration: String {
    case ignore, bound, parameter
  }

  private mutating func declaration() throws(Problem) {
    let start = token
    if let word = newDeclaration {
      advance()
      switch word {
      case .ignore: try ignore()
      case .bound: try bound(from: start.range)
      case .parameter: try parameter()
      }
      return try endDeclaration(word.rawValue)
    }
    guard case .keyword(let keyword) = start.kind, keyword.beginsDeclaration else {
      if let problem = newerLanguage() { throw problem }
      throw Problem(
        .syntax, "expected a declaration, found \(start.description)", at: start.range,
        notes: misspeltDeclaration.isEmpty
          ? ["help: declarations begin with committed, advice, let, link, require or product"]
          : misspeltDeclaration)
    }
    advance()
    switch keyword {
    case .committed: try committed()
    case .advice: try advice()
    case .let: try form()
    case .link: try link(from: start.range)
    case .product: try product()
    default: try requirement(from: start.range)
    }
    try endDeclaration(keyword.rawValue)
  }

  private mutating func endDeclaration(_ word: String) throws(Problem) {
    if case .keyword(let next) = token.kind, next.beginsDeclaration { return }
    if token.kind == .end || newDeclaration != nil { return }
    if let problem = newerLanguage() { throw problem }
    throw Problem(
      .syntax, "\(token.description) does not continue the `\(word)` declaration", at: token.range,
      notes: Self.continuations[token.kind] ?? misspeltDeclaration)
  }

  /// What a word was meant as that begins a line and is almost one that begins a declaration.
  private var misspeltDeclaration: [String] {
    guard case .identifier(let text) = token.kind else { return [] }
    if position > 0,
      source.line(at: tokens[position - 1].range.lower) == source.line(at: token.range.lower)
    {
      return []
    }
    return Suggestion.help(
      for: text, among: ["committed", "advice", "let", "link", "require", "product", "bound", "ignore"])
  }

  /// What is meant by some words that continue no declaration.
  private static let continuations: [Token.Kind: [String]] = [
    .keyword(.and): ["help: write two requirements: both have to hold"],
    .keyword(.or): [
      "help: no requirement takes an `or`; a choice of 0 or 1 relaxes one of two rows (`either-or` in the cookbook)"
    ],
  ]

  /// What is wrong with a word of a newer language than the header says; nil for any other token.
  ///
  /// What it declares is taken as declared, so that its uses are not reported as well.
  private mutating func newerLanguage() -> Problem? {
    guard language < 2, case .identifier(let text) = token.kind, NewDeclaration(rawValue: text) != nil,
      case .identifier(let name) = tokens[min(position + 1, tokens.count - 1)].kind
    else { return nil }
    introduced.append(name)
    return Problem(.syntax, "`\(text)` is of language 2", at: token.range, notes: [Self.newerHelp])
  }

  static let newerHelp = "help: write `language 2` in the header, after the version"

  private mutating func committed() throws(Problem) {
    repeat {
      let head = try familyHead()
      let range = token.kind == .keyword(.in) ? try valueRange() : nil
      declarations.append(.committed(head, range))
    } while accept(.comma) != nil
  }

  private mutating func advice() throws(Problem) {
    let (head, range) = try rangedHead()
    try expect(.becomes, "and the rule that computes `\(head.name.text)`")
    declarations.append(.advice(head, range, rule: try expression()))
  }

  private mutating func form() throws(Problem) {
    let name = try introducedName("of a definition")
    var parameters: [Name] = []
    if accept(.openParenthesis) != nil {
      parameters = try list { (parser) throws(Problem) in try parser.newName("of an argument") }
      try expect(.closeParenthesis, "after the arguments")
    }
    try expect(.assign, "after the name of a definition")
    let body = try expression()
    declarations.append(.form(.init(name: name, parameters: parameters, body: body)))
  }

  private mutating func link(from start: SourceRange) throws(Problem) {
    var binders: [Binder] = []
    if accept(.for) != nil {
      binders = try self.binders()
      try expect(.colon, "after the list")
    }
    let target = try chain()
    try expect(.equal, "between the committed value and its form")
    let form = try chain()
    declarations.append(
      .link(.init(binders: binders, target: target, form: form, range: start.union(form.range))))
  }

  private mutating func requirement(from start: SourceRange) throws(Problem) {
    guard case .string(let text) = token.kind else {
      throw Problem(
        .syntax, "a requirement has a name, such as \"equity\"; found \(token.description)",
        at: token.range)
    }
    let title = try title(text, at: token.range)
    advance()
    let binders = accept(.for) == nil ? [] : try self.binders()
    try expect(.colon, "after the name of the requirement")
    let left = try chain()
    guard case .symbol(let symbol) = token.kind, let relation = Relation(rawValue: symbol.rawValue)
    else {
      throw Problem(
        .syntax, "a requirement is `>=`, `<=` or `==`; found \(token.description)", at: token.range,
        notes: Self.relations[token.kind] ?? [])
    }
    advance()
    let right = try chain()
    if case .symbol(let next) = token.kind, Relation(rawValue: next.rawValue) != nil {
      return try chainedRequirement(
        title, binders, left, relation, right, from: start)
    }
    var range = start.union(right.range)
    var within: Expression?
    if let keyword = accept(.within) {
      let bound = try chain()
      guard relation != .equal else {
        throw Problem(.syntax, "an equality has no slack to bound", at: keyword.union(bound.range))
      }
      within = bound
      range = range.union(bound.range)
    }
    declarations.append(
      .requirement(
        .init(
          title: title, binders: binders, left: left, relation: relation, right: right,
          within: within, range: range)))
  }

  /// What to write for relations that are not proved.
  private static let relations: [Token.Kind: [String]] = [
    .symbol(.greater): ["help: values are integers: `a > b` is `a >= b + 1`"],
    .symbol(.less): ["help: values are integers: `a < b` is `a + 1 <= b`"],
    .symbol(.assign): ["help: write `==`"],
    .symbol(.notEqual): [
      "help: two rows, one of which a choice of 0 or 1 relaxes (`either-or` in the cookbook)"
    ],
  ]

  private mutating func product() throws(Problem) {
    let head = try familyHead()
    try expect(.becomes, "after the name of a product")
    let value = try expression()
    guard case .product(let left, let right) = value.kind else {
      throw Problem(.syntax, "a product is one `*` of two forms", at: value.range)
    }
    declarations.append(.product(head, left, right))
  }

  // MARK: Parts of declarations

  mutating func familyHead() throws(Problem) -> FamilyHead {
    let name = try introducedName("of a family")
    var indices: [FamilyIndex] = []
    if accept(.openBracket) != nil {
      indices = try list { (parser) throws(Problem) in try parser.familyIndex() }
      try expect(.closeBracket, "after the indices of `\(name.text)`")
    }
    return FamilyHead(name: name, indices: indices)
  }

  private mutating func familyIndex() throws(Problem) -> FamilyIndex {
    if case .identifier = token.kind, tokens[position + 1].kind == .keyword(.in) {
      return .each(try binder())
    }
    return .fixed(try expression())
  }

  /// A family and the range of its values: `v[…] in lo ... hi`.
  mutating func rangedHead() throws(Problem) -> (head: FamilyHead, range: ValueRange) {
    let head = try familyHead()
    guard token.kind == .keyword(.in) else {
      throw Problem(
        .syntax, "expected `in` and the range of `\(head.name.text)`, found \(token.description)",
        at: token.range)
    }
    return (head, try valueRange())
  }

  mutating func valueRange() throws(Problem) -> ValueRange {
    try expect(.in, "before a range")
    let lower = try chain()
    try expect(.closedRange, "between the bounds")
    return ValueRange(lower: lower, upper: try chain())
  }

  /// `scenario {g} {s}` in parts.
  private func title(_ text: String, at range: SourceRange) throws(Problem) -> Title {
    var parts: [Title.Part] = []
    var rest = Substring(text)
    // Strings are ASCII, so characters and bytes agree; the quote is one byte.
    var offset = range.lower + 1
    while let open = rest.firstIndex(of: "{") {
      let literal = rest[..<open]
      let after = rest[rest.index(after: open)...]
      guard let close = after.firstIndex(of: "}"), open < close, !after[..<close].isEmpty else {
        throw Problem(.syntax, "`{` in a name is followed by the name of a loop and `}`", at: range)
      }
      if !literal.isEmpty { parts.append(.text(String(literal))) }
      offset += literal.utf8.count
      let key = after[..<close]
      let end = offset + key.utf8.count + 2
      parts.append(.key(Name(text: String(key), range: SourceRange(lower: offset, upper: end))))
      offset = end
      rest = after[after.index(after: close)...]
    }
    guard !rest.contains("}") else {
      throw Problem(.syntax, "this name has `}` without `{`", at: range)
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return Title(parts: parts, range: range)
  }

  /// A name that a declaration introduces: if it turns out to be broken, uses are not judged.
  mutating func introducedName(_ what: String) throws(Problem) -> Name {
    let name = try newName(what)
    introduced.append(name.text)
    return name
  }

  mutating func newName(_ what: String) throws(Problem) -> Name {
    guard case .identifier(let text) = token.kind else {
      throw Problem(.syntax, "expected the name \(what), found \(token.description)", at: token.range)
    }
    let name = Name(text: text, range: token.range)
    guard Builtin(rawValue: text) == nil, newDeclaration == nil else {
      throw Problem(.shadowing, "`\(text)` is built in and cannot be declared", at: token.range)
    }
    advance()
    return name
  }

  /// After a period any word is a field, also a keyword.
  mutating func fieldName() throws(Problem) -> Name {
    let range = token.range
    switch token.kind {
    case .identifier(let text):
      advance()
      return Name(text: text, range: range)
    case .keyword(let keyword):
      advance()
      return Name(text: keyword.rawValue, range: range)
    default:
      throw Problem(.syntax, "expected the name of a field, found \(token.description)", at: range)
    }
  }

  // MARK: Tokens

  var token: Token { tokens[position] }

  /// The last token, `end`, is never passed.
  mutating func advance() {
    if position < tokens.count - 1 { position += 1 }
  }

  mutating func accept(_ symbol: Symbol) -> SourceRange? { accept(.symbol(symbol)) }

  mutating func accept(_ keyword: Keyword) -> SourceRange? { accept(.keyword(keyword)) }

  private mutating func accept(_ kind: Token.Kind) -> SourceRange? {
    guard token.kind == kind else { return nil }
    let range = token.range
    advance()
    return range
  }

  @discardableResult
  mutating func expect(_ symbol: Symbol, _ place: String) throws(Problem) -> SourceRange {
    try expect(.symbol(symbol), symbol.rawValue, place)
  }

  @discardableResult
  mutating func expect(_ keyword: Keyword, _ place: String) throws(Problem) -> SourceRange {
    try expect(.keyword(keyword), keyword.rawValue, place)
  }

  private mutating func expect(
    _ kind: Token.Kind, _ text: String, _ place: String
  ) throws(Problem) -> SourceRange {
    guard let range = accept(kind) else {
      throw Problem(
        .syntax, "expected `\(text)` \(place), found \(token.description)", at: token.range,
        notes: kind == .symbol(.becomes) && token.kind == .symbol(.assign)
          ? ["help: a rule follows `:=`; `=` stands in `let` alone"] : [])
    }
    return range
  }

  mutating func list<Element>(
    _ element: (inout Parser) throws(Problem) -> Element
  ) throws(Problem) -> [Element] {
    var elements = [try element(&self)]
    while accept(.comma) != nil { elements.append(try element(&self)) }
    return elements
  }

  mutating func enter() throws(Problem) {
    nesting += 1
    guard nesting <= Self.maximumNesting else { throw Self.tooDeep(at: token.range) }
  }

  mutating func leave() { nesting -= 1 }

  static func tooDeep(at range: SourceRange) -> Problem {
    Problem(
      .tooDeep, "this is nested more than \(maximumNesting) levels deep", at: range,
      notes: ["help: name a part of it with `let`"])
  }
}
