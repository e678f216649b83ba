/// A complete subtree: the hash over entries `index·2^level ..< (index + 1)·2^level`.
public struct NodePlace: Hashable, Sendable {
  /// The height: 0 for a leaf, at most 62.
  public let level: Int
  /// The place among the subtrees of this height, from 0.
  public let index: UInt64

  /// The place of these parts.
  public init(level: Int, index: UInt64) {
    self.level = level
    self.index = index
  }

  /// The first entry below it.
  public var start: UInt64 { index << UInt64(level) }
}

/// Where the hashes of complete subtrees come from: memory, or tiles.
public protocol NodeSource {
  /// Why a hash cannot be had.
  associatedtype Failure: Error

  /// The hash of a complete subtree.
  mutating func node(_ place: NodePlace) throws(Failure) -> MerkleHash
}

extension NodeSource {
  /// The root over the first `size` entries.
  ///
  /// - Complexity: at most 63 hashes of complete subtrees.
  /// - Throws: what the source throws.
  public mutating func head(at size: UInt64) throws(Failure) -> TreeHead {
    TreeHead(size: size, root: try hash(over: 0..<size))
  }

  /// The hash over a range of entries that RFC 6962 splits off a tree: it begins at a multiple of the largest
  /// power of two in its length.
  mutating func hash(over range: Range<UInt64>) throws(Failure) -> MerkleHash {
    let count = range.upperBound - range.lowerBound
    // Most of what stands beside a way to the root is one complete subtree.
    if count.nonzeroBitCount == 1 {
      let level = count.trailingZeroBitCount
      return try node(NodePlace(level: level, index: range.lowerBound >> UInt64(level)))
    }
    var subtrees: [MerkleHash] = []
    for place in NodePlace.complete(in: range) { subtrees.append(try node(place)) }
    return .root(over: subtrees)
  }
}

extension NodePlace {
  /// The complete subtrees of a range, largest first.
  static func complete(in range: Range<UInt64>) -> [NodePlace] {
    var (places, start): ([NodePlace], UInt64) = ([], range.lowerBound)
    let count = range.upperBound - range.lowerBound
    for level in stride(from: 63 - count.leadingZeroBitCount, through: 0, by: -1)
    where count >> UInt64(level) & 1 == 1 {
      places.append(NodePlace(level: level, index: start >> UInt64(level)))
      start += 1 << UInt64(level)
    }
    return places
  }
}

/// A whole tree in memory, for logs of a few thousand entries and for tests.
///
/// Keeps 64 bytes for each entry. A log that grows keeps a ``RightEdge`` and tiles instead.
public struct MemoryTree: NodeSource, Sendable {
  /// Complete subtrees by height.
  private var levels: [[MerkleHash]] = [[]]

  /// A tree over these entries.
  public init(_ entries: some Sequence<[UInt8]> = []) {
    for entry in entries { append(.leaf(entry)) }
  }

  /// Number of entries.
  public var size: UInt64 { UInt64(levels[0].count) }

  /// Adds an entry by its hash.
  public mutating func append(_ leaf: MerkleHash) {
    levels[0].append(leaf)
    var level = 0
    while levels[level].count.isMultiple(of: 2) {
      if level + 1 == levels.count { levels.append([]) }
      let pair = levels[level].suffix(2)
      levels[level + 1].append(.node(pair[pair.startIndex], pair[pair.startIndex + 1]))
      level += 1
    }
  }

  /// The hash of a complete subtree.
  ///
  /// - Precondition: the tree has that subtree.
  public func node(_ place: NodePlace) -> MerkleHash { levels[place.level][Int(place.index)] }
}
