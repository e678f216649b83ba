/// What a repair reads of a circuit: which expressions a row takes as they are, and how they are written
/// there.
final class RuleReading {
  /// Longer code is not repeated in a message.
  private static let mostBytes = 1_000

  let source: SourceText
  let tree: SyntaxTree
  /// Families of committed values without a range.
  private let unranged: Set<String>
  /// By the target as it is written, what a link says that it is.
  private var links: [String: Expression] = [:]
  private var forms: [String: Declaration.Form] = [:]
  private var families: Set<String> = []
  /// What is known of definitions: each is looked at once, however often others use it.
  private var secretForms: [String: Bool] = [:]
  private var plainForms: [String: Bool] = [:]

  init(_ source: SourceText, _ tree: SyntaxTree, unranged: Set<String>) {
    (self.source, self.tree, self.unranged) = (source, tree, unranged)
    for declaration in tree.declarations {
      switch declaration {
      case .form(let form): forms[form.name.text] = form
      case .link(let link): links[text(in: link.target.range)] = link.form
      case .requirement: break
      default: declaration.name.map { _ = families.insert($0.text) }
      }
    }
  }

  // MARK: What it is

  /// Whether an expression depends on secret values.
  func isSecret(_ expression: Expression) -> Bool {
    if let name = name(of: expression) {
      if families.contains(name) { return true }
      if let form = forms[name] {
        if let known = secretForms[name] { return known }
        // Definitions do not recurse; what is asked for while it is being found out is not secret by itself.
        secretForms[name] = false
        let found = isSecret(form.body)
        secretForms[name] = found
        if found { return true }
      }
    }
    return expression.parts.contains(where: isSecret)
  }

  /// Whether a row takes an expression as it is: sums of values with public factors, none of them without a
  /// range.
  func isPlain(_ expression: Expression) -> Bool {
    if let name = name(of: expression) {
      if unranged.contains(name) { return false }
      if let form = forms[name] {
        if plainForms[name] == nil {
          plainForms[name] = true
          plainForms[name] = isPlain(form.body)
        }
        if plainForms[name] == false { return false }
      }
    }
    switch expression.kind {
    case .product(let a, let b) where isSecret(a) && isSecret(b): return false
    case .builtin, .quotient, .comparison, .aggregate(.max, _, _), .aggregate(.min, _, _):
      return !isSecret(expression)
    case .conditional(let condition, _, _) where isSecret(condition): return false
    default: return expression.parts.allSatisfy(isPlain)
    }
  }

  /// What a committed value without a range is, as its link says.
  func linkedForm(of expression: Expression) -> Expression? {
    guard let name = baseName(of: expression), unranged.contains(name) else { return nil }
    return links[text(in: expression.range)]
  }

  /// What a name without arguments stands for.
  func body(of expression: Expression) -> Expression? {
    guard case .name(let name) = expression.kind, let form = forms[name], form.parameters.isEmpty else {
      return nil
    }
    return form.body
  }

  /// Whether a minus is written nowhere: the one that `abs` stands for.
  func isUnwritten(_ expression: Expression) -> Bool {
    guard case .negation = expression.kind else { return false }
    return code(of: expression).first { $0 != "(" && $0 != " " } != "-"
  }

  private func name(of expression: Expression) -> String? {
    switch expression.kind {
    case .name(let name): name
    case .call(let name, _): name.text
    default: nil
    }
  }

  private func baseName(of expression: Expression) -> String? {
    switch expression.kind {
    case .name(let name): name
    case .index(let base, _): baseName(of: base)
    default: nil
    }
  }

  /// The loops that some expressions depend on, of those around them.
  func loops(_ around: [Binder], for expressions: [Expression]) -> [Binder] {
    var names: Set<String> = []
    func read(_ expression: Expression) {
      if case .name(let name) = expression.kind { names.insert(name) }
      expression.parts.forEach(read)
    }
    expressions.forEach(read)
    var needed: [Binder] = []
    for binder in around.reversed() where names.contains(binder.name.text) {
      needed.insert(binder, at: 0)
      read(binder.list)
      if let condition = binder.condition { read(condition) }
    }
    return needed
  }

  /// A value of another family whose rule is this expression already.
  func value(ruledBy expression: Expression, _ loops: [Binder], besides own: String) -> String? {
    // Spaces within brackets are a matter of taste.
    func compact(_ expression: Expression) -> String { self.code(of: expression).filter { $0 != " " } }
    let wanted = compact(expression)
    for case .advice(let head, _, let rule) in tree.declarations
    where head.name.text != own && compact(rule) == wanted {
      var keys: [String] = []
      for index in head.indices {
        switch index {
        case .fixed(let key): keys.append(self.code(of: key))
        case .each(let binder):
          let isAround = loops.contains {
            $0.name.text == binder.name.text && self.code(of: $0) == self.code(of: binder)
          }
          if isAround { keys.append(binder.name.text) }
        }
      }
      if keys.count == head.indices.count { return head.name.text + Self.brackets(keys) }
    }
    return nil
  }

  // MARK: How it is written

  static func brackets(_ parts: [String]) -> String {
    parts.isEmpty ? "" : "[\(parts.joined(separator: ", "))]"
  }

  /// `i in list where condition`.
  func code(of binder: Binder) -> String {
    let condition = binder.condition.map { " where " + code(of: $0) } ?? ""
    return "\(binder.name.text) in \(code(of: binder.list))\(condition)"
  }

  /// An expression on one line, with other words in some places.
  func code(of expression: Expression, replacing places: [(range: SourceRange, text: String)] = []) -> String
  {
    var (text, start) = ("", expression.range.lower)
    for (range, replacement) in places.sorted(by: { $0.range.lower < $1.range.lower }) {
      text += raw(SourceRange(lower: start, upper: range.lower)) + replacement
      start = range.upper
    }
    text += raw(SourceRange(lower: start, upper: expression.range.upper))
    return text.split(separator: " ").joined(separator: " ")
  }

  /// Whether code is short enough to be repeated.
  static func isShort(_ code: String) -> Bool { code.utf8.count <= mostBytes }

  /// Code behind a minus or beside a factor.
  static func grouped(_ code: String) -> String {
    var (depth, isChain) = (0, false)
    for byte in code.utf8 {
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: ">"),
        UInt8(ascii: "="):
        if depth == 0 { isChain = true }
      default: break
      }
    }
    return isChain || code.hasPrefix("if ") ? "(\(code))" : code
  }

  /// Whether an expression is short enough to be read again, with its comments.
  static func isShort(_ expression: Expression) -> Bool {
    expression.range.upper - expression.range.lower <= 4 * mostBytes
  }

  private func text(in range: SourceRange) -> String { source.text(in: range) }

  /// The bytes of a range without its comments, the ends of lines as spaces.
  private func raw(_ range: SourceRange) -> String {
    var bytes: [UInt8] = []
    var (isComment, isText) = (false, false)
    for byte in source.bytes[range.lower..<max(range.lower, range.upper)] {
      let isEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      if isEnd { (isComment, isText) = (false, false) }
      if byte == UInt8(ascii: "\""), !isComment { isText.toggle() }
      if byte == UInt8(ascii: "#"), !isText { isComment = true }
      if !isComment { bytes.append(isEnd || byte == UInt8(ascii: "\t") ? UInt8(ascii: " ") : byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
