public import TransparencyLog

/// The hashes over a range of a tree's entries: the largest complete subtrees that fit in, from left to
/// right.
///
/// Two neighbouring ranges join, and what they join to does not depend on how the whole was split. At most
/// 126 hashes, whatever the length.
public struct SubtreeRange: Hashable, Sendable {
  /// The most hashes of a range.
  public static let hashLimit = 126

  /// The first entry.
  public let start: UInt64
  /// The entry after the last.
  public private(set) var end: UInt64
  /// The subtrees, in order.
  public private(set) var subtrees: [(place: NodePlace, hash: MerkleHash)]

  /// The empty range at an entry.
  public init(from start: UInt64) {
    self.start = start
    end = start
    subtrees = []
  }

  /// The range of these hashes; nil if a range from `start` to `end` has another number of them.
  public init?(from start: UInt64, to end: UInt64, hashes: [MerkleHash]) {
    guard start <= end, end <= TreeHead.sizeLimit else { return nil }
    let places = Self.places(from: start, to: end)
    guard places.count == hashes.count else { return nil }
    self.start = start
    self.end = end
    subtrees = Array(zip(places, hashes).map { (place: $0, hash: $1) })
  }

  /// Adds the next entry by its hash.
  public mutating func append(_ leaf: MerkleHash) {
    precondition(end < TreeHead.sizeLimit, "a tree has at most 2⁶³ - 1 entries")
    push(NodePlace(level: 0, index: end), leaf)
  }

  /// Adds the range that follows this one; false if it begins elsewhere.
  public mutating func append(_ next: SubtreeRange) -> Bool {
    guard next.start == end else { return false }
    for (place, hash) in next.subtrees { push(place, hash) }
    return true
  }

  /// The head of the tree that this range is the whole of; nil if it does not begin at entry 0.
  public var head: TreeHead? {
    guard start == 0 else { return nil }
    // RFC 6962: complete subtrees of descending size, hashed from the right.
    guard let last = subtrees.last else { return .empty }
    let root = subtrees.dropLast().reversed().reduce(last.hash) { .node($1.hash, $0) }
    return TreeHead(size: end, root: root)
  }

  private mutating func push(_ place: NodePlace, _ hash: MerkleHash) {
    var (place, hash) = (place, hash)
    end = place.start + 1 << UInt64(place.level)
    while let last = subtrees.last, last.place.level == place.level, place.index & 1 == 1 {
      subtrees.removeLast()
      (place, hash) = (NodePlace(level: place.level + 1, index: place.index >> 1), .node(last.hash, hash))
    }
    subtrees.append((place, hash))
  }

  /// The largest complete subtrees between two entries.
  private static func places(from start: UInt64, to end: UInt64) -> [NodePlace] {
    var (places, next): ([NodePlace], UInt64) = ([], start)
    while next < end {
      let level = min(next.trailingZeroBitCount, 63 - (end - next).leadingZeroBitCount, 62)
      places.append(NodePlace(level: level, index: next >> UInt64(level)))
      next += 1 << UInt64(level)
    }
    return places
  }

  /// Equality of bounds and hashes.
  public static func == (a: SubtreeRange, b: SubtreeRange) -> Bool {
    a.start == b.start && a.end == b.end && a.subtrees.elementsEqual(b.subtrees) { $0.hash == $1.hash }
  }

  /// Feeds bounds and hashes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(start)
    hasher.combine(end)
    for subtree in subtrees { hasher.combine(subtree.hash) }
  }
}
