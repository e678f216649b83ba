internal import ExactIntegers

/// An expression whose names are resolved: what every walk over a circuit reads.
///
/// A local name has become its place among the names that loops and arguments have introduced, a definition
/// its body, a parameter its value. What holds nothing but constants has become one.
///
/// The nodes of a circuit lie in one list, each after those that it is made of, and speak of each other by
/// number: a node holds no reference, so that walks over them count none.
struct Node: Sendable {
  /// The place of a node in the list.
  typealias ID = Int32

  let id: ID
  var kind: Kind
  /// Where the expression is written.
  let range: SourceRange
  /// Whether it holds no secret value.
  let isOpen: Bool

  enum Kind: Sendable {
    case value(PublicValue)
    /// The id of an element, in brackets.
    case key(Key)
    case local(Int)
    /// A name at the root of the parameters, by its number; a value or unknown as soon as there are
    /// parameters.
    case parameter(Int)
    /// All parameters.
    case root
    case definition(Int, NodeList)
    /// An element of the family with this number.
    case cell(family: Int, NodeList)
    case field(of: ID, Field)
    case element(of: ID, ID)
    case count(ID)
    case position(ID)
    /// The `max` or `min` of values that are written out.
    case extreme(Aggregate, NodeList)
    case fill(ID, list: ID, place: ID)
    case aggregate(Aggregate, LoopList, ID)
    case negation(ID)
    case sum(TermList)
    case product(ID, ID)
    case quotient(ID, ID)
    case power(ID, ID)
    case comparison(Comparison, ID, ID)
    case conjunction(ID, ID)
    case disjunction(ID, ID)
    case not(ID)
    case conditional(ID, then: ID, else: ID)
    case range(ID, ID, closed: Bool)
    /// A name that nothing has, by its number among such names.
    case unknown(Int)
    /// What has no value of its own.
    case misplaced(Builtin)
  }

  /// One `+ value` or `- value` of a chain.
  struct Term: Sendable {
    let isSubtracted: Bool
    let value: ID
  }

  /// A field by its number among those that the circuit reads, and where it is read.
  struct Field: Sendable {
    let index: Int32
    /// The place of its name among all uses of fields.
    let use: Int32
  }
}

/// Arguments or indices: consecutive entries of ``ResolvedCircuit/children``.
struct NodeList: Sendable {
  let first: Int32
  let count: Int32

  var isEmpty: Bool { count == 0 }
  var places: Range<Int> { Int(first)..<Int(first + count) }
}

/// The terms of a chain: consecutive entries of ``ResolvedCircuit/terms``.
struct TermList: Sendable {
  let first: Int32
  let count: Int32

  var places: Range<Int> { Int(first)..<Int(first + count) }
}

/// Loops within each other: consecutive entries of ``ResolvedCircuit/loops``, the outermost first.
struct LoopList: Sendable {
  let first: Int32
  let count: Int32

  var inner: LoopList { LoopList(first: first + 1, count: count - 1) }
}

/// `name in list where condition`; the name is the next local.
struct Loop: Sendable {
  let list: Node.ID
  let condition: Node.ID?
}

/// A declaration, resolved.
enum ResolvedDeclaration: Sendable {
  case committed(Head, bounds: (lower: Node.ID, upper: Node.ID)?)
  case advice(Head, bounds: (lower: Node.ID, upper: Node.ID), rule: Node.ID)
  case product(Head, Node.ID, Node.ID)
  case link(Link)
  case requirement(Requirement)

  struct Head: Sendable {
    let name: Name
    /// The number of the family.
    let family: Int
    let indices: [Index]
  }

  enum Index: Sendable {
    case each(LoopList)
    case fixed(Node.ID)
  }

  struct Link: Sendable {
    let loops: LoopList
    let target: Node.ID
    let form: Node.ID
    let range: SourceRange
  }

  struct Requirement: Sendable {
    let source: Declaration.Requirement
    let loops: LoopList
    let left: Node.ID
    let right: Node.ID
    let within: Node.ID?
  }
}

/// A circuit whose names are resolved, once for all parameters.
final class ResolvedCircuit: Sendable {
  /// Every expression, each after those that it is made of.
  let nodes: [Node]
  /// The expressions as they are written, in the order of the nodes.
  let expressions: [Expression]
  let children: [Node.ID]
  let terms: [Node.Term]
  let loops: [Loop]
  let definitions: [Definition]
  let declarations: [ResolvedDeclaration]
  /// The numbers of the fields that the circuit reads.
  let fieldNumbers: [String: Int]
  /// Where fields are read.
  let fieldUses: [Name]
  /// The names that must turn out to be parameters.
  let parameterNames: [String]
  /// Names of definitions that there are none of.
  let unknownNames: [String]
  /// The ids that are written in the circuit.
  let ids: [String]
  /// The constants in it that need more than a word.
  let wideConstants: [Integer]

  /// A definition. Two uses with equal arguments have equal values.
  struct Definition: Sendable {
    let name: String
    let body: Node.ID
  }

  init(_ checked: CheckedTree) {
    var resolver = Resolver(checked)
    declarations = resolver.declarations()
    nodes = resolver.nodes
    expressions = resolver.expressions
    children = resolver.children
    terms = resolver.terms
    loops = resolver.loops
    definitions = resolver.definitions
    fieldNumbers = resolver.fieldNumbers
    fieldUses = resolver.fieldUses
    parameterNames = resolver.parameterNames
    unknownNames = resolver.unknownNames
    ids = resolver.ids
    wideConstants = resolver.wideConstants
  }

  /// Whether it speaks of all parameters at once.
  var readsRoot: Bool {
    nodes.contains { if case .root = $0.kind { true } else { false } }
  }

  /// A node as it is written.
  func expression(of node: Node.ID) -> Expression { expressions[Int(node)] }
}
