/// That a tree begins with an earlier one: nothing was changed, dropped or reordered between them.
///
/// - SeeAlso: RFC 6962, section 2.1.2; RFC 9162, section 2.1.4.
public struct ConsistencyProof: Hashable, Sendable {
  /// Number of entries of the earlier tree.
  public let oldSize: UInt64
  /// Number of entries of the later tree.
  public let newSize: UInt64
  /// The hashes, in the order of RFC 6962.
  public let path: [MerkleHash]

  /// A claim that came from outside.
  public init(oldSize: UInt64, newSize: UInt64, path: [MerkleHash]) {
    self.oldSize = oldSize
    self.newSize = newSize
    self.path = path
  }

  /// Makes the proof between two sizes of a tree. From an empty tree, and to the same size, it has no hashes.
  ///
  /// - Precondition: `oldSize` is at most `newSize`.
  /// - Throws: what the source throws.
  public init<Source: NodeSource>(
    from oldSize: UInt64, to newSize: UInt64, of source: inout Source
  ) throws(Source.Failure) {
    precondition(oldSize <= newSize, "a tree does not shrink")
    guard oldSize > 0 else {
      self.init(oldSize: oldSize, newSize: newSize, path: [])
      return
    }
    // SUBPROOF(m, D[n], b) of RFC 6962; b says that the earlier tree is the whole of the range so far.
    var (range, parts, isWhole): (Range<UInt64>, [Range<UInt64>], Bool) = (0..<newSize, [], true)
    while oldSize != range.upperBound {
      let (left, right) = range.halves
      let isLeft = oldSize <= left.upperBound
      parts.append(isLeft ? right : left)
      range = isLeft ? left : right
      if !isLeft { isWhole = false }
    }
    if !isWhole { parts.append(range) }
    var path: [MerkleHash] = []
    for part in parts.reversed() { path.append(try source.hash(over: part)) }
    self.init(oldSize: oldSize, newSize: newSize, path: path)
  }

  /// Checks that the later tree begins with the earlier.
  ///
  /// - Parameters:
  ///   - old, new: the heads that are claimed to be of one log. Their sizes must be those of the proof.
  /// - Complexity: at most 126 hashes.
  /// - Throws: ``TreeProofError``.
  public func verify(old: TreeHead, new: TreeHead) throws(TreeProofError) {
    guard old.size == oldSize, new.size == newSize, oldSize <= newSize else {
      throw .outsideTree(size: new.size)
    }
    guard oldSize > 0 else {
      // The empty tree is the beginning of every tree, and there is one of it.
      guard path.isEmpty else { throw .wrongLength(actual: path.count) }
      guard old.root == .empty, newSize > 0 || new.root == .empty else { throw .otherRoot }
      return
    }
    guard oldSize < newSize else {
      guard path.isEmpty else { throw .wrongLength(actual: path.count) }
      guard old.root == new.root else { throw .otherRoot }
      return
    }
    // RFC 9162, section 2.1.4.2. A power of two is a node of the later tree, and its hash is known.
    let isNode = oldSize.nonzeroBitCount == 1
    guard let first = isNode ? old.root : path.first else { throw .wrongLength(actual: path.count) }
    var (fn, sn) = (oldSize - 1, newSize - 1)
    while fn & 1 == 1 { (fn, sn) = (fn >> 1, sn >> 1) }
    var (oldRoot, newRoot) = (first, first)
    for hash in isNode ? path[...] : path.dropFirst() {
      guard sn != 0 else { throw .wrongLength(actual: path.count) }
      if fn & 1 == 1 || fn == sn {
        oldRoot = .node(hash, oldRoot)
        newRoot = .node(hash, newRoot)
        while fn & 1 == 0 && fn != 0 { (fn, sn) = (fn >> 1, sn >> 1) }
      } else {
        newRoot = .node(newRoot, hash)
      }
      (fn, sn) = (fn >> 1, sn >> 1)
    }
    guard sn == 0 else { throw .wrongLength(actual: path.count) }
    guard oldRoot == old.root, newRoot == new.root else { throw .otherRoot }
  }
}
