/// What a log has to remember to grow: the complete subtrees at the right edge of its tree.
///
/// A tree of n entries is as many complete subtrees as n has binary ones, the largest at the left. Memory is
/// at most 63 hashes, whatever the log's size; a checkpoint of the log needs nothing else.
public struct RightEdge: Hashable, Sendable {
  /// Number of entries.
  public private(set) var size: UInt64
  /// The complete subtrees, largest first: as many as `size` has binary ones.
  public private(set) var subtrees: [MerkleHash]

  /// The edge of an empty log.
  public init() {
    size = 0
    subtrees = []
  }

  /// The edge that was kept; nil if a log of this size has no such edge.
  public init?(size: UInt64, subtrees: [MerkleHash]) {
    guard size <= TreeHead.sizeLimit, subtrees.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.subtrees = subtrees
  }

  /// The edge of the first `size` entries of a tree.
  ///
  /// - Throws: what the source throws.
  public init<Source: NodeSource>(at size: UInt64, of source: inout Source) throws(Source.Failure) {
    self.size = size
    subtrees = []
    for place in NodePlace.complete(in: 0..<size) { subtrees.append(try source.node(place)) }
  }

  /// Adds an entry by its hash.
  ///
  /// - Complexity: two hashes on average over the entries.
  public mutating func append(_ leaf: MerkleHash) {
    precondition(size < TreeHead.sizeLimit, "a log has at most 2⁶³ − 1 entries")
    var hash = leaf
    for _ in 0..<(~size).trailingZeroBitCount { hash = .node(subtrees.removeLast(), hash) }
    subtrees.append(hash)
    size += 1
  }

  /// Size and root.
  public var head: TreeHead { TreeHead(size: size, root: .root(over: subtrees)) }
}

extension RightEdge {
  /// The most bytes of an encoding.
  public static let encodedByteLimit = 8 + 63 * MerkleHash.byteCount

  /// The size in eight big-endian bytes, and the subtrees.
  public func encoded() -> [UInt8] {
    var bytes = Digits.bigEndian(size)
    for hash in subtrees { hash.append(to: &bytes) }
    return bytes
  }

  /// The edge that these bytes encode; nil if they encode none.
  public init?(decoding bytes: [UInt8]) {
    guard (8...Self.encodedByteLimit).contains(bytes.count),
      (bytes.count - 8).isMultiple(of: MerkleHash.byteCount)
    else { return nil }
    let hashes = stride(from: 8, to: bytes.count, by: MerkleHash.byteCount).compactMap {
      MerkleHash(bytes[$0..<$0 + MerkleHash.byteCount])
    }
    self.init(size: Digits.word(bytes[..<8]), subtrees: hashes)
  }
}
