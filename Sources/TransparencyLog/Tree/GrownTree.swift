/// A tree that has grown by some entries since its right edge was known: enough to prove each of those
/// entries.
///
/// The hashes beside the way from a new entry to the root are over old entries alone, and then part of the
/// old edge, or over new ones too, and then made of the edge and the new leaves. So a log that keeps nothing
/// but its edge can give a receipt for everything that it appends, at once and without tiles.
public struct GrownTree: NodeSource, Sendable {
  private let start: UInt64
  private let leaves: [MerkleHash]
  private var known: [NodePlace: MerkleHash] = [:]

  /// A tree of an edge and of the leaves after it.
  public init(from edge: RightEdge, adding leaves: [MerkleHash]) {
    start = edge.size
    self.leaves = leaves
    for (place, hash) in zip(NodePlace.complete(in: 0..<edge.size), edge.subtrees) { known[place] = hash }
  }

  /// Number of entries.
  public var size: UInt64 { start + UInt64(leaves.count) }

  /// The hash of a complete subtree, made of its halves once.
  ///
  /// - Throws: ``TreeProofError/outsideTree(size:)`` for one that is inside the old tree, or beyond the end.
  public mutating func node(_ place: NodePlace) throws(TreeProofError) -> MerkleHash {
    if let hash = known[place] { return hash }
    guard place.level < 63, place.start < size, size - place.start >= 1 << UInt64(place.level) else {
      throw .outsideTree(size: size)
    }
    let hash: MerkleHash
    if place.level == 0 {
      guard place.index >= start else { throw .outsideTree(size: size) }
      hash = leaves[Int(place.index - start)]
    } else {
      // Inside the old tree below its edge nothing is known.
      guard place.start + 1 << UInt64(place.level) > start else { throw .outsideTree(size: size) }
      let left = try node(NodePlace(level: place.level - 1, index: 2 * place.index))
      hash = .node(left, try node(NodePlace(level: place.level - 1, index: 2 * place.index + 1)))
    }
    known[place] = hash
    return hash
  }
}
