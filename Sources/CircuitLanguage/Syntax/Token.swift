internal import ExactIntegers

/// Words that cannot name anything.
enum Keyword: String, CaseIterable, Sendable {
  case circuit, version, parameters
  case committed, advice, `let`, link, require, product
  case `for`, `in`, `where`, within, `if`, then, `else`, and, or, not

  /// Whether a declaration begins here, whatever went wrong before.
  var beginsDeclaration: Bool {
    switch self {
    case .committed, .advice, .let, .link, .require, .product: true
    default: false
    }
  }
}

/// Functions that every circuit has; they cannot be declared again.
enum Builtin: String, CaseIterable, Sendable {
  case sum, max, min, count, index, fill
}

enum Symbol: String, CaseIterable, Sendable {
  case openParenthesis = "("
  case closeParenthesis = ")"
  case openBracket = "["
  case closeBracket = "]"
  case comma = ","
  case colon = ":"
  case becomes = ":="
  case period = "."
  case closedRange = "..."
  case halfOpenRange = "..<"
  case plus = "+"
  case minus = "-"
  case times = "*"
  case quotient = "//"
  case power = "^"
  case assign = "="
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  /// Longest first, so that `..<` is not read as a period.
  static let longestFirst = allCases.sorted {
    ($1.rawValue.utf8.count, $0.rawValue) < ($0.rawValue.utf8.count, $1.rawValue)
  }
}

struct Token: Sendable {
  enum Kind: Hashable, Sendable {
    case identifier(String)
    case keyword(Keyword)
    case integer(Integer)
    case string(String)
    case symbol(Symbol)
    case end
  }

  var kind: Kind
  var range: SourceRange

  /// How a diagnostic speaks of it.
  var description: String {
    switch kind {
    case .identifier(let text): "`\(text)`"
    case .keyword(let keyword): "`\(keyword.rawValue)`"
    case .integer: "a number"
    case .string: "a string"
    case .symbol(let symbol): "`\(symbol.rawValue)`"
    case .end: "the end of the file"
    }
  }
}
