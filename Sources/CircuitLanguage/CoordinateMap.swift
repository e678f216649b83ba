/// Why a list of names is not a coordinate map.
public enum CoordinateMapError: Error, Hashable, Sendable {
  /// An account has at least one coordinate.
  case empty
  /// This name occurs twice: two ids would share a coordinate, or one would have two.
  case duplicate(String)
}

/// The coordinates of an account commitment in order: `cash`, `holding/USDC`, `position/BTC-PERP`, …
///
/// A committed value of a circuit finds its coordinate by name: the family, then `/` and the key of
/// each index.
public struct CoordinateMap: Hashable, Sendable {
  /// The names, unique, in the order of the coordinates.
  public let names: [String]
  private let indices: [String: Int]

  /// A map with these names in this order.
  ///
  /// - Throws: ``CoordinateMapError`` for an empty list or a name that is listed twice.
  public init(_ names: [String]) throws(CoordinateMapError) {
    guard !names.isEmpty else { throw .empty }
    var indices: [String: Int] = [:]
    for (index, name) in names.enumerated() where indices.updateValue(index, forKey: name) != nil {
      throw .duplicate(name)
    }
    self.names = names
    self.indices = indices
  }

  /// Number of coordinates.
  public var count: Int { names.count }

  /// The coordinate with a name.
  public func index(of name: String) -> Int? { indices[name] }
}
