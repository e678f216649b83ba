/// The most hashes in a proof about a tree of at most 2⁶³ − 1 entries.
let pathLimit = 63

/// Why a proof about a tree does not hold.
public enum TreeProofError: Error, Hashable, Sendable {
  /// The tree has no entry of this index, or no such earlier size.
  case outsideTree(size: UInt64)
  /// A proof of another number of hashes is needed for this place.
  case wrongLength(actual: Int)
  /// The hashes lead to another root.
  case otherRoot
}

/// That an entry stands at one place of a tree: the hashes beside the way from its leaf to the root.
///
/// - SeeAlso: RFC 6962, section 2.1.1; RFC 9162, section 2.1.3.
public struct InclusionProof: Hashable, Sendable {
  /// The entry's place, from 0.
  public let index: UInt64
  /// Number of entries in the tree.
  public let size: UInt64
  /// The hashes, from the leaf's sibling to a child of the root.
  public let path: [MerkleHash]

  /// A claim that came from outside.
  public init(index: UInt64, size: UInt64, path: [MerkleHash]) {
    self.index = index
    self.size = size
    self.path = path
  }

  /// Makes the proof for an entry.
  ///
  /// - Precondition: `index` is less than `size`.
  /// - Throws: what the source throws.
  public init<Source: NodeSource>(
    of index: UInt64, in size: UInt64, from source: inout Source
  ) throws(Source.Failure) {
    precondition(index < size, "the tree has no such entry")
    // PATH(m, D[0:n]) of RFC 6962: the half that does not hold the entry, again and again.
    var (range, halves): (Range<UInt64>, [Range<UInt64>]) = (0..<size, [])
    while range.count > 1 {
      let (left, right) = range.halves
      let isLeft = index < left.upperBound
      halves.append(isLeft ? right : left)
      range = isLeft ? left : right
    }
    var path: [MerkleHash] = []
    for half in halves.reversed() { path.append(try source.hash(over: half)) }
    self.init(index: index, size: size, path: path)
  }

  /// Checks that an entry of this hash stands at ``index`` in the tree of ``size`` entries under a root.
  ///
  /// - Complexity: at most 63 hashes.
  /// - Throws: ``TreeProofError``.
  public func verify(leaf: MerkleHash, root: MerkleHash) throws(TreeProofError) {
    guard index < size, size <= TreeHead.sizeLimit else { throw .outsideTree(size: size) }
    // RFC 9162, section 2.1.3.2, with fn and sn the places of the node and of the last node at its level.
    var (fn, sn, hash) = (index, size - 1, leaf)
    for sibling in path {
      guard sn != 0 else { throw .wrongLength(actual: path.count) }
      if fn & 1 == 1 || fn == sn {
        hash = .node(sibling, hash)
        while fn & 1 == 0 && fn != 0 { (fn, sn) = (fn >> 1, sn >> 1) }
      } else {
        hash = .node(hash, sibling)
      }
      (fn, sn) = (fn >> 1, sn >> 1)
    }
    guard sn == 0 else { throw .wrongLength(actual: path.count) }
    guard hash == root else { throw .otherRoot }
  }
}

extension Range<UInt64> {
  /// The two parts of RFC 6962: the left has the largest power of two that is less than the length of the
  /// whole.
  ///
  /// - Precondition: the range has at least two elements.
  var halves: (left: Range, right: Range) {
    let length = upperBound - lowerBound
    let middle = lowerBound + 1 << UInt64(63 - (length - 1).leadingZeroBitCount)
    return (lowerBound..<middle, middle..<upperBound)
  }
}
