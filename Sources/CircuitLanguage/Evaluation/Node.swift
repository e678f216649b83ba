internal import ExactIntegers

/// An expression whose names are resolved: what every walk over a circuit reads under some parameters.
///
/// A local name has become its place among the names that loops and arguments have introduced, a definition its body, a
/// parameter its value. What holds nothing but constants has become one.
final class Node: Sendable {
  let kind: Kind
  /// The expression as it is written.
  let expression: Expression
  /// Whether it holds no secret value.
  let isOpen: Bool

  var range: SourceRange { expression.range }

  enum Kind: Sendable {
    case value(PublicValue)
    /// The id of an element, in brackets.
    case key(Key)
    case local(Int)
    case definition(Definition, [Node])
    /// An element of the family with this number.
    case cell(family: Int, [Node])
    case field(Node, Field)
    case element(of: Node, Node)
    case count(Node)
    case position(Node)
    /// The `max` or `min` of values that are written out.
    case extreme(Aggregate, [Node])
    case fill(Node, list: Node, place: Node)
    case aggregate(Aggregate, [Loop], Node)
    case negation(Node)
    case sum([Term])
    case product(Node, Node)
    case quotient(Node, Node)
    case power(Node, Node)
    case comparison(Comparison, Node, Node)
    case conjunction(Node, Node)
    case disjunction(Node, Node)
    case not(Node)
    case conditional(Node, then: Node, else: Node)
    case range(Node, Node, closed: Bool)
    /// A name that nothing has.
    case unknown(String)
    /// What has no value of its own.
    case misplaced(String)
  }

  init(_ kind: Kind, _ expression: Expression, isOpen: Bool) {
    (self.kind, self.expression, self.isOpen) = (kind, expression, isOpen)
  }

  /// One `+ value` or `- value` of a chain.
  struct Term: Sendable {
    let isSubtracted: Bool
    let value: Node
  }

  /// A field by its number among those that the circuit reads.
  struct Field: Sendable {
    let index: Int
    let name: Name
  }
}

/// `name in list where condition`; the name is the next local.
struct Loop: Sendable {
  let list: Node
  let condition: Node?
}

/// A definition, resolved. Two uses with equal arguments have equal values.
final class Definition: Sendable {
  let name: String
  /// Its number among the definitions.
  let index: Int
  let body: Node

  init(name: String, index: Int, body: Node) {
    (self.name, self.index, self.body) = (name, index, body)
  }
}

/// A declaration, resolved.
enum ResolvedDeclaration: Sendable {
  case committed(Head, bounds: (lower: Node, upper: Node)?)
  case advice(Head, bounds: (lower: Node, upper: Node), rule: Node)
  case product(Head, Node, Node)
  case link(Link)
  case requirement(Requirement)

  struct Head: Sendable {
    let name: Name
    /// The number of the family.
    let family: Int
    let indices: [Index]
  }

  enum Index: Sendable {
    case each(Loop)
    case fixed(Node)
  }

  struct Link: Sendable {
    let loops: [Loop]
    let target: Node
    let form: Node
    let range: SourceRange
  }

  struct Requirement: Sendable {
    let source: Declaration.Requirement
    let loops: [Loop]
    let left: Node
    let right: Node
    let within: Node?
  }
}
