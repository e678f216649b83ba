public import ExactIntegers

/// A product gate `z := left · right`.
public struct ProductGate: Hashable, Sendable {
  /// The left factor, over the variables and the outputs of earlier gates.
  public let left: AffineForm
  /// The right factor, likewise.
  public let right: AffineForm

  /// A gate with the given factors.
  public init(left: AffineForm, right: AffineForm) {
    self.left = left
    self.right = right
  }
}

/// A row `0 ≤ form ≤ upperBound`; the bound 0 makes it the equality `form = 0`.
public struct StatementRow: Hashable, Sendable {
  /// The form, over the variables and all gate outputs.
  public let form: AffineForm
  /// `Y ≥ 0`, inclusive.
  public let upperBound: Integer

  /// A row with the given form and bound.
  public init(form: AffineForm, upperBound: Integer) {
    self.form = form
    self.upperBound = upperBound
  }
}

/// A statement before it is checked: what a compiler fills in.
///
/// Variables have the indices `0 ..< A`, the output of gate `g` has index `A + g`. A draft promises
/// nothing; ``Statement`` is made from it and refuses what is not well-formed or could wrap modulo
/// the group order.
public struct StatementDraft: Hashable, Sendable {
  /// `Xᵢ`, inclusive: variable `i` ranges over `0 … Xᵢ`.
  public var variableBounds: [Integer]
  /// The product gates in order.
  public var gates: [ProductGate]
  /// The rows in order. Their order is part of the statement.
  public var rows: [StatementRow]
  /// For every commitment, coordinate → the form committed there. Coordinates left out are proved 0.
  public var links: [[Int: AffineForm]]
  /// `C`: the number of account generators in use.
  public var coordinateCount: Int

  /// A draft with the given parts.
  public init(
    variableBounds: [Integer] = [], gates: [ProductGate] = [], rows: [StatementRow] = [],
    links: [[Int: AffineForm]] = [], coordinateCount: Int = 0
  ) {
    self.variableBounds = variableBounds
    self.gates = gates
    self.rows = rows
    self.links = links
    self.coordinateCount = coordinateCount
  }
}
