public import ExactIntegers

/// Why a draft is not a statement.
public enum StatementError: Error, Hashable, Sendable {
  /// A statement needs at least one variable, one coordinate and one link.
  case empty(StatementPart)
  /// More of this part than the library accepts, see ``StatementLimits``.
  case tooMany(StatementPart, limit: Int)
  /// A form names a variable that does not exist there (gates see earlier gates only).
  case unknownVariable(Int, in: FormLocation)
  /// A link names a coordinate outside `0 ..< C`.
  case unknownCoordinate(Int, link: Int)
  /// A link form that is identically zero must be left out, so that each statement has one encoding.
  case zeroLinkForm(link: Int, coordinate: Int)
  /// A bound is negative or not below 2²⁵⁰.
  case boundOutOfRange(FormLocation)
  /// A coefficient or constant exceeds (ℓ − 1)/2 in magnitude.
  case coefficientTooLarge(FormLocation)
  /// The form's interval leaves the range in which residues mod ℓ determine integers.
  case wraps(FormLocation, lower: Integer, upper: Integer)
}

/// A part of a statement that is counted.
public enum StatementPart: Hashable, Sendable {
  case variables, gates, rows, links, coordinates, terms, normSlots
}

/// Where in a statement a form or a bound stands.
public enum FormLocation: Hashable, Sendable {
  case variable(Int)
  case gateLeft(Int)
  case gateRight(Int)
  case gateProduct(Int)
  case row(Int)
  case link(Int, coordinate: Int)
}

/// Upper limits that are checked before anything is allocated in proportion to them.
public enum StatementLimits {
  /// Most variables, gates, rows or coordinates in one statement.
  public static let count = 1 << 16
  /// Most links, i.e. commitments, in one statement.
  public static let links = 1 << 8
  /// Most terms in all forms together.
  public static let terms = 1 << 22
  /// Longest norm vector `N`.
  public static let normSlots = 1 << 17
}
