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

extension StatementError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .empty(let part): "there are no \(part.words)"
    case .tooMany(let part, let limit): "there are more than \(limit) \(part.words)"
    case .unknownVariable(let variable, let place):
      "\(place.words) names variable \(variable), which is not there"
    case .unknownCoordinate(let coordinate, let link):
      "link \(link) is to coordinate \(coordinate), which is not there"
    case .zeroLinkForm(let link, let coordinate):
      "link \(link) of coordinate \(coordinate) is zero, and must be left out"
    case .boundOutOfRange(let place): "the bound of \(place.words) is negative, or 2^250 or more"
    case .coefficientTooLarge(let place): "a number of \(place.words) is more than half of the group order"
    case .wraps(let place, _, _): "\(place.words) can leave the range that residues tell apart"
    }
  }
}

extension StatementPart {
  fileprivate var words: String {
    switch self {
    case .variables: "variables"
    case .gates: "products"
    case .rows: "rows"
    case .links: "links"
    case .coordinates: "coordinates"
    case .terms: "terms"
    case .normSlots: "digits of the norm vector"
    }
  }
}

extension FormLocation {
  fileprivate var words: String {
    switch self {
    case .variable(let index): "variable \(index)"
    case .gateLeft(let index): "the left side of product \(index)"
    case .gateRight(let index): "the right side of product \(index)"
    case .gateProduct(let index): "product \(index)"
    case .row(let index): "row \(index)"
    case .link(let index, let coordinate): "link \(index) of coordinate \(coordinate)"
    }
  }
}
