internal import ExactIntegers

/// One element of a family: a committed value, an advice value or the output of a product.
struct Cell: Sendable {
  enum Role: Hashable, Sendable {
    /// With a range, and so with a variable of its own; linked to its coordinate by itself.
    case committed(coordinate: Int)
    /// Without a range: exactly one link defines its coordinate.
    case linked(coordinate: Int)
    case advice
    case product
  }

  /// `family[key, key]`.
  let name: String
  let role: Role
  /// Where the family is declared.
  let range: SourceRange
  /// What the value is certain to be in; for products computed from their factors.
  let interval: IntegerInterval
}

/// A circuit unrolled over its parameters: every element, rule, link and requirement, each with the
/// scope that its expression is evaluated in.
struct Elaboration: Sendable {
  /// How the value of a cell comes about; in the order in which that is possible.
  enum Step: Sendable {
    case advice(cell: Int, rule: Node.ID, Scope)
    case product(cell: Int, Node.ID, Node.ID, Scope)
  }

  struct Link: Sendable {
    var cell: Int
    var form: Node.ID
    var scope: Scope
    var range: SourceRange
  }

  struct Requirement: Sendable {
    var name: String
    var source: Declaration.Requirement
    var left: Node.ID
    var right: Node.ID
    var scope: Scope
    /// What `within` says.
    var statedBound: Integer?
  }

  var cells: [Cell] = []
  var steps: [Step] = []
  var links: [Link] = []
  var requirements: [Requirement] = []
}
