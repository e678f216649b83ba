internal import ExactIntegers

/// A name where it is written.
struct Name: Hashable, Sendable {
  var text: String
  var range: SourceRange
}

/// An expression where it is written.
struct Expression: Sendable {
  let kind: Kind
  let range: SourceRange
  /// 1 for a leaf; walkers recurse this deep.
  let depth: Int

  indirect enum Kind: Sendable {
    case integer(Integer)
    case string(String)
    case name(String)
    case field(Expression, Name)
    case index(Expression, [Expression])
    case call(Name, [Expression])
    case builtin(Builtin, [Expression])
    case aggregate(Aggregate, [Binder], Expression)
    case negation(Expression)
    /// A chain of additions and subtractions: one level, however long.
    case sum([Term])
    case product(Expression, Expression)
    case quotient(Expression, Expression)
    case power(Expression, Expression)
    case comparison(Comparison, Expression, Expression)
    case conjunction(Expression, Expression)
    case disjunction(Expression, Expression)
    case not(Expression)
    case conditional(Expression, then: Expression, else: Expression)
    case range(Expression, Expression, closed: Bool)
  }

  /// The expressions right below this one.
  var parts: [Expression] {
    switch kind {
    case .integer, .string, .name: []
    case .field(let base, _): [base]
    case .index(let base, let indices): [base] + indices
    case .call(_, let arguments), .builtin(_, let arguments): arguments
    case .aggregate(_, let binders, let body):
      binders.flatMap { [$0.list] + ($0.condition.map { [$0] } ?? []) } + [body]
    case .negation(let operand), .not(let operand): [operand]
    case .sum(let terms): terms.map(\.value)
    case .product(let a, let b), .quotient(let a, let b), .power(let a, let b), .comparison(_, let a, let b),
      .conjunction(let a, let b), .disjunction(let a, let b), .range(let a, let b, closed: _):
      [a, b]
    case .conditional(let condition, let first, let second): [condition, first, second]
    }
  }

  /// One `+ value` or `- value` of a chain.
  struct Term: Sendable {
    var isSubtracted: Bool
    var value: Expression
  }
}

/// What is made of the values of a list.
enum Aggregate: String, Sendable {
  case sum, max, min
}

enum Comparison: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

/// `name in list where condition`.
struct Binder: Sendable {
  var name: Name
  var list: Expression
  var condition: Expression?
}

/// One index of a family: every element of a list, or one fixed key.
enum FamilyIndex: Sendable {
  case each(Binder)
  case fixed(Expression)
}

/// `name[index, index]`, what is declared by `committed`, `advice` and `product`.
struct FamilyHead: Sendable {
  var name: Name
  var indices: [FamilyIndex]
}

/// `in lower ... upper`.
struct ValueRange: Sendable {
  var lower: Expression
  var upper: Expression
}

/// `a >= b`, `a <= b` or `a == b`, the only relations that are proved.
enum Relation: String, Sendable {
  case atLeast = ">="
  case atMost = "<="
  case equal = "=="
}

/// The name of a requirement: literal text and `{names}` of its loops.
struct Title: Sendable {
  enum Part: Sendable {
    case text(String)
    case key(Name)
  }

  var parts: [Part]
  var range: SourceRange
}

enum Declaration: Sendable {
  case committed(FamilyHead, ValueRange?)
  case advice(FamilyHead, ValueRange, rule: Expression)
  case form(Form)
  case link(Link)
  case requirement(Requirement)
  case product(FamilyHead, Expression, Expression)

  /// `let name(parameters) = body`.
  struct Form: Sendable {
    var name: Name
    var parameters: [Name]
    var body: Expression
  }

  /// `link for … : target == form`.
  struct Link: Sendable {
    var binders: [Binder]
    var target: Expression
    var form: Expression
    var range: SourceRange
  }

  /// `require "title" for … : left >= right within bound`.
  struct Requirement: Sendable {
    var title: Title
    var binders: [Binder]
    var left: Expression
    var relation: Relation
    var right: Expression
    var within: Expression?
    var range: SourceRange
  }

  /// The name that the declaration introduces.
  var name: Name? {
    switch self {
    case .committed(let head, _), .advice(let head, _, _), .product(let head, _, _): head.name
    case .form(let form): form.name
    case .link, .requirement: nil
    }
  }
}

/// A whole file.
struct SyntaxTree: Sendable {
  var name: Name
  var version: Int
  var parameters: Name
  var declarations: [Declaration]
  /// Names whose declaration has a mistake of its own; their uses are not judged.
  var broken: Set<String>
  /// Committed families that the rule is not about: in range, whatever they are.
  var ignored: Set<String> = []
  /// Numbers that may be chosen, in the order of the file; each is a definition as well.
  var parameterDeclarations: [ParameterDeclaration] = []
}

/// `parameter name in lower ... upper := value`.
struct ParameterDeclaration: Sendable {
  var name: Name
  var lower: Integer
  var upper: Integer
  var value: Integer
  /// Where the value is written.
  var valueRange: SourceRange
}
