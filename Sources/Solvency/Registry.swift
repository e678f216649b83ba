public import CanonicalBytes
public import MarginRules

/// Which coordinate of an account commitment is what: an ordered list of names.
///
/// Every listed instrument, asset and debt has a coordinate, and cash; an account's commitment covers
/// them all, zeros included, so that a liability cannot be left out. A registry grows at its end:
/// commitments made under the shorter list are commitments under the longer one with zeros.
public struct Registry: Hashable, Sendable {
  /// The most coordinates of one registry.
  public static let countLimit = 1 << 12
  /// The longest name, in bytes.
  public static let nameByteLimit = 256
  /// The name of the coordinate that holds the signed cash balance.
  public static let cash = "cash"

  /// The names by coordinate.
  public let names: [String]
  /// SHA-256 of the domain "solvency/registry/v1", the number of names, and the names, each with its
  /// length.
  public let digest: Digest

  private let indices: [String: Int]

  /// A registry of these coordinates.
  ///
  /// - Throws: ``RegistryError`` for no or too many names, and for a name that is empty, over-long,
  ///   unprintable or listed twice.
  public init(names: [String]) throws(RegistryError) {
    guard !names.isEmpty else { throw .empty }
    guard names.count <= Self.countLimit else { throw .tooManyNames(limit: Self.countLimit) }
    var indices: [String: Int] = [:]
    var writer = CanonicalWriter(domain: "solvency/registry/v1")
    writer.append(UInt32(names.count))
    for (index, name) in names.enumerated() {
      guard Self.isName(name) else { throw .invalidName(index: index) }
      guard indices.updateValue(index, forKey: name) == nil else { throw .duplicate(name) }
      writer.append(text: Array(name.utf8))
    }
    self.names = names
    self.indices = indices
    digest = .sha256(of: writer.bytes)
  }

  /// The registry that a snapshot's own lists give: "cash", then "position/<id>" for every instrument,
  /// then "holding/<id>" and "debt/<id>" for every collateral asset, in the snapshot's order.
  ///
  /// - Throws: ``RegistryError/tooManyNames(limit:)`` for a snapshot with more coordinates than a registry
  ///   may have.
  public init(of snapshot: RiskSnapshot) throws(RegistryError) {
    let positions = snapshot.instruments.map { Self.position($0.id) }
    let assets = snapshot.collateral.flatMap { [Self.holding($0.id), Self.debt($0.id)] }
    try self.init(names: [Self.cash] + positions + assets)
  }

  /// The registry with the coordinates that a snapshot needs and this one lacks appended at the end.
  ///
  /// - Throws: as ``init(of:)``.
  public func extended(for snapshot: RiskSnapshot) throws(RegistryError) -> Registry {
    let missing = try Registry(of: snapshot).names.filter { indices[$0] == nil }
    return missing.isEmpty ? self : try Registry(names: names + missing)
  }

  /// The name of an instrument's signed position.
  public static func position(_ id: String) -> String { "position/" + id }
  /// The name of an asset's holding.
  public static func holding(_ id: String) -> String { "holding/" + id }
  /// The name of an asset's debt.
  public static func debt(_ id: String) -> String { "debt/" + id }

  /// Number of coordinates.
  public var count: Int { names.count }

  /// The index of the coordinate of this name, or nil if it is not listed.
  public func index(of name: String) -> Int? {
    // Byte by byte: a name that is the same by Unicode's rules only is another name.
    indices[name].flatMap { names[$0].utf8.elementsEqual(name.utf8) ? $0 : nil }
  }

  /// Equality of digests, which is equality of the lists.
  public static func == (a: Registry, b: Registry) -> Bool { a.digest == b.digest }

  /// Feeds the digest.
  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  private static func isName(_ name: String) -> Bool {
    !name.utf8.isEmpty && name.utf8.count <= nameByteLimit
      && name.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F }
  }
}

/// Why names are not a registry.
public enum RegistryError: Error, Hashable, Sendable {
  /// The list of names is empty.
  case empty
  /// More names than a registry may have.
  case tooManyNames(limit: Int)
  /// The name at this index is empty, longer than 256 bytes, or not visible ASCII.
  case invalidName(index: Int)
  /// The name is listed twice.
  case duplicate(String)
}
