/// Where a tile stands below the log's prefix:
///
///     tile/<level>/<index>[.p/<width>]        up to 256 hashes of the tree, 8 levels apart
///     tile/entries/<index>[.p/<width>]        up to 256 entries
///
/// The index is written in groups of three digits, all but the last with an `x` in front: 1234067 is
/// `x001/x234/067`. A tile of less than 256 hashes says how many it has.
///
/// - SeeAlso: c2sp.org/tlog-tiles.
public struct TilePath: Hashable, Sendable, CustomStringConvertible {
  /// The hashes or entries of a full tile.
  public static let fullWidth = 256
  /// Levels of the tree in one tile.
  static let height = 8
  /// The highest level that a log of 2⁶³ − 1 entries has.
  static let levelLimit = 7
  /// One more than the highest index that such a log has at level 0.
  static let indexLimit: UInt64 = 1 << 55
  private static let byteLimit = 64

  /// What is in a tile.
  public enum Contents: Hashable, Sendable {
    /// Hashes of complete subtrees of 256^level entries, level 0 to 7.
    case hashes(level: Int)
    /// Entries.
    case entries

    /// The tree's level, in tiles, that the tile's elements stand at.
    var level: Int {
      switch self {
      case .hashes(let level): level
      case .entries: 0
      }
    }
  }

  /// What is in it.
  public let contents: Contents
  /// Its place among those of its kind, from 0.
  public let index: UInt64
  /// How many hashes or entries it has: 1 to 256.
  public let width: Int

  /// A tile of these parts.
  ///
  /// - Precondition: the level is 0 to 7, the index less than 2⁵⁵ and the width 1 to 256.
  public init(_ contents: Contents, index: UInt64, width: Int = fullWidth) {
    precondition((0...Self.levelLimit).contains(contents.level) && index < Self.indexLimit)
    precondition((1...Self.fullWidth).contains(width))
    self.contents = contents
    self.index = index
    self.width = width
  }

  /// The path.
  public var description: String {
    let kind =
      switch contents {
      case .hashes(let level): "\(level)"
      case .entries: "entries"
      }
    var (groups, rest) = ([Self.group(index % 1000)], index / 1000)
    while rest > 0 {
      groups.append("x" + Self.group(rest % 1000))
      rest /= 1000
    }
    let path = "tile/\(kind)/\(groups.reversed().joined(separator: "/"))"
    return width == Self.fullWidth ? path : "\(path).p/\(width)"
  }

  private static func group(_ number: UInt64) -> String {
    String(repeating: "0", count: number < 10 ? 2 : number < 100 ? 1 : 0) + "\(number)"
  }

  /// Reads a path; nil if it is not the one path of a tile.
  public init?(_ path: String) {
    guard path.utf8.count <= Self.byteLimit else { return nil }
    var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(
      Array.init)
    guard parts.count >= 3, parts[0] == Array("tile".utf8) else { return nil }
    if parts[1] == Array("entries".utf8) {
      contents = .entries
    } else {
      guard let level = Digits.decimal(parts[1]), level <= Self.levelLimit else { return nil }
      contents = .hashes(level: Int(level))
    }
    width = Self.takeWidth(&parts)
    var index: UInt64 = 0
    let groups = parts[2...]
    guard width > 0, groups.count <= 6 else { return nil }
    for (place, group) in groups.enumerated() {
      let digits = place < groups.count - 1 ? group.dropFirst() : group[...]
      guard place == groups.count - 1 || group.first == UInt8(ascii: "x"), digits.count == 3,
        let value = Self.number(digits), place > 0 || groups.count == 1 || value > 0
      else { return nil }
      index = index * 1000 + value
    }
    guard index < Self.indexLimit else { return nil }
    self.index = index
  }

  /// Takes the width off the end of a path: that of a full tile if it states none, 0 if what it states is
  /// none.
  private static func takeWidth(_ parts: inout [[UInt8]]) -> Int {
    let suffix = Array(".p".utf8)
    guard parts.count >= 4, parts[parts.count - 2].suffix(2) == suffix[...] else { return fullWidth }
    guard let width = Digits.decimal(parts.removeLast()), (1..<UInt64(fullWidth)).contains(width) else {
      return 0
    }
    parts[parts.count - 1].removeLast(2)
    return Int(width)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
  }
}

extension TilePath {
  /// How many elements a tile has in a log of `size` entries: 0 if it is not there.
  static func width(of contents: Contents, index: UInt64, size: UInt64) -> Int {
    let elements = size >> UInt64(height * contents.level)
    guard index <= elements / UInt64(fullWidth) else { return 0 }
    return Int(min(elements - index * UInt64(fullWidth), UInt64(fullWidth)))
  }

  /// The tiles at the right edge of a log of `size` entries that are not full.
  static func partial(_ contents: Contents, size: UInt64) -> TilePath? {
    let elements = size >> UInt64(height * contents.level)
    let width = Int(elements % UInt64(fullWidth))
    return width == 0 ? nil : TilePath(contents, index: elements / UInt64(fullWidth), width: width)
  }
}
