import TestSupport
import Testing
import TransparencyLog

@Suite("Merkle tree")
struct TreeTests {
  // Published vectors

  @Test("roots, inclusion and consistency proofs of the test tree are those of other implementations")
  func known() throws {
    let known = try Known.tree()
    let entries = try known.entries.map(Hex.decode)
    var tree = MemoryTree(entries)
    for (size, root) in known.roots.enumerated() {
      #expect(try tree.head(at: UInt64(size)).root == root.hash)
    }
    #expect(known.inclusion.count == 36 && known.consistency.count == 36)
    for one in known.inclusion {
      let proof = InclusionProof(of: one.index, in: one.size, from: &tree)
      #expect(try proof.path == one.path.map { try $0.hash })
      try proof.verify(leaf: .leaf(entries[Int(one.index)]), root: tree.head(at: one.size).root)
    }
    for one in known.consistency {
      let proof = ConsistencyProof(from: one.old, to: one.new, of: &tree)
      #expect(try proof.path == one.path.map { try $0.hash })
      try proof.verify(old: tree.head(at: one.old), new: tree.head(at: one.new))
    }
  }

  // Completeness

  @Test("the right edge has the root of the whole tree at every size, and goes on from any of them")
  func rightEdge() throws {
    var (tree, edge) = (MemoryTree(), RightEdge())
    for index in 0..<600 as Range<UInt64> {
      #expect(edge.head == tree.head(at: index))
      #expect(edge.subtrees.count == index.nonzeroBitCount)
      #expect(RightEdge(at: index, of: &tree) == edge)
      edge = try #require(RightEdge(decoding: edge.encoded()))
      edge.append(.leaf(Sample.entry(index)))
      tree.append(.leaf(Sample.entry(index)))
    }
  }

  @Test(
    "a tree that has grown from its edge proves each new entry, and says what it does not know of the old ones"
  )
  func grown() throws {
    for size in 1...40 as ClosedRange<UInt64> {
      var tree = Sample.tree(size)
      for start in 0..<size {
        let leaves = (start..<size).map { MerkleHash.leaf(Sample.entry($0)) }
        var grown = GrownTree(from: RightEdge(at: start, of: &tree), adding: leaves)
        #expect(grown.size == size)
        #expect(try grown.head(at: size) == tree.head(at: size))
        for index in start..<size {
          let proof = try InclusionProof(of: index, in: size, from: &grown)
          #expect(proof == InclusionProof(of: index, in: size, from: &tree))
        }
        #expect(throws: TreeProofError.outsideTree(size: size)) {
          try grown.node(NodePlace(level: 0, index: size))
        }
        if start > 1 {
          #expect(throws: TreeProofError.outsideTree(size: size)) {
            try grown.node(NodePlace(level: 0, index: 0))
          }
        }
      }
    }
  }

  @Test("bytes that are not a right edge are not taken for one")
  func edgeDecoding() throws {
    var tree = Sample.tree(7)
    let bytes = RightEdge(at: 7, of: &tree).encoded()
    #expect(bytes.count == 8 + 3 * 32)
    #expect(RightEdge(decoding: []) == nil && RightEdge(decoding: Array(bytes.dropLast())) == nil)
    #expect(RightEdge(decoding: Array(bytes.dropLast(32))) == nil, "a subtree less than the size has")
    #expect(RightEdge(decoding: [0x80] + bytes.dropFirst()) == nil, "2⁶³ and more entries")
    #expect(RightEdge(decoding: bytes + [UInt8](repeating: 0, count: 64 * 32)) == nil)
    #expect(RightEdge(size: 8, subtrees: []) == nil)
  }

  @Test("every proof of every size up to 70 holds, and no other head meets it")
  func complete() throws {
    var tree = Sample.tree(70)
    for size in 1...70 as ClosedRange<UInt64> {
      let head = tree.head(at: size)
      for index in 0..<size {
        let proof = InclusionProof(of: index, in: size, from: &tree)
        try proof.verify(leaf: .leaf(Sample.entry(index)), root: head.root)
        #expect(throws: TreeProofError.otherRoot) {
          try proof.verify(leaf: .leaf(Sample.entry(index + 1)), root: head.root)
        }
      }
      for old in 0...size {
        let (proof, earlier) = (ConsistencyProof(from: old, to: size, of: &tree), tree.head(at: old))
        try proof.verify(old: earlier, new: head)
        #expect(throws: TreeProofError.otherRoot) {
          try proof.verify(old: TreeHead(size: old, root: earlier.root.flipped(7)), new: head)
        }
        guard old > 0 else { continue }
        #expect(throws: TreeProofError.otherRoot) {
          try proof.verify(old: earlier, new: TreeHead(size: size, root: head.root.flipped(200)))
        }
      }
    }
  }

  // Soundness

  @Test("an inclusion proof with any hash changed, dropped, added or swapped does not hold")
  func mutatedInclusion() throws {
    var tree = Sample.tree(70)
    for (index, size) in [(0, 1), (0, 2), (5, 7), (63, 64), (64, 70), (69, 70), (33, 65)]
      as [(UInt64, UInt64)]
    {
      let proof = InclusionProof(of: index, in: size, from: &tree)
      let (leaf, root) = (MerkleHash.leaf(Sample.entry(index)), tree.head(at: size).root)
      for path in mutations(of: proof.path) {
        let other = InclusionProof(index: index, size: size, path: path)
        #expect(throws: TreeProofError.self) { try other.verify(leaf: leaf, root: root) }
      }
      for place in 0..<size where place != index {
        let other = InclusionProof(index: place, size: size, path: proof.path)
        #expect(throws: TreeProofError.self) { try other.verify(leaf: leaf, root: root) }
      }
      #expect(throws: TreeProofError.outsideTree(size: size)) {
        try InclusionProof(index: size, size: size, path: proof.path).verify(leaf: leaf, root: root)
      }
    }
  }

  @Test("a consistency proof with any hash changed, dropped, added or swapped does not hold")
  func mutatedConsistency() throws {
    var tree = Sample.tree(70)
    for (old, new) in [(0, 5), (1, 2), (3, 7), (4, 8), (6, 8), (64, 70), (70, 70), (33, 65)]
      as [(UInt64, UInt64)]
    {
      let proof = ConsistencyProof(from: old, to: new, of: &tree)
      let (earlier, later) = (tree.head(at: old), tree.head(at: new))
      for path in mutations(of: proof.path) {
        let other = ConsistencyProof(oldSize: old, newSize: new, path: path)
        #expect(throws: TreeProofError.self) { try other.verify(old: earlier, new: later) }
      }
      #expect(throws: TreeProofError.outsideTree(size: new)) {
        try ConsistencyProof(oldSize: old + 1, newSize: new + 1, path: proof.path).verify(
          old: earlier, new: later)
      }
    }
  }

  @Test("a history that was changed, reordered or shortened has no proof from the one before")
  func rewritten() throws {
    var tree = Sample.tree(20)
    let old = tree.head(at: 10)
    var changes = [Sample.entries(20), Sample.entries(20), Sample.entries(20)]
    changes[0][3] = Array("another".utf8)
    changes[1].swapAt(8, 9)
    changes[2].remove(at: 0)
    for entries in changes {
      var other = MemoryTree(entries)
      let size = UInt64(entries.count)
      let proof = ConsistencyProof(from: 10, to: size, of: &other)
      #expect(throws: TreeProofError.otherRoot) { try proof.verify(old: old, new: other.head(at: size)) }
    }
    #expect(throws: TreeProofError.outsideTree(size: 8)) {
      try ConsistencyProof(oldSize: 10, newSize: 8, path: []).verify(old: old, new: tree.head(at: 8))
    }
  }

  @Test("the empty tree is the beginning of every tree, and there is one of it")
  func empty() throws {
    var tree = Sample.tree(3)
    let proof = ConsistencyProof(from: 0, to: 3, of: &tree)
    #expect(proof.path.isEmpty)
    #expect(throws: TreeProofError.otherRoot) {
      try proof.verify(old: TreeHead(size: 0, root: .leaf([])), new: tree.head(at: 3))
    }
    #expect(throws: TreeProofError.otherRoot) {
      try ConsistencyProof(oldSize: 0, newSize: 0, path: []).verify(
        old: .empty, new: TreeHead(size: 0, root: .leaf([])))
    }
  }

  @Test("proofs about huge trees end quickly and trap nowhere", arguments: [0, 1, 62, 63, 64, 200, 10_000])
  func huge(_ count: Int) {
    let path = [MerkleHash](repeating: .leaf([]), count: count)
    let sizes: [UInt64] = [1, 1 << 62, TreeHead.sizeLimit - 1, TreeHead.sizeLimit, 1 << 63, .max]
    for size in sizes {
      for index in [0, 1, size / 2, size - 1, size, .max] as [UInt64] {
        #expect(throws: TreeProofError.self) {
          try InclusionProof(index: index, size: size, path: path).verify(leaf: .leaf([]), root: .empty)
        }
        guard size <= TreeHead.sizeLimit, index > 0 else { continue }
        let old = min(index, size - 1)
        guard old > 0 else { continue }
        #expect(throws: TreeProofError.self) {
          try ConsistencyProof(oldSize: old, newSize: size, path: path).verify(
            old: TreeHead(size: old, root: .empty), new: TreeHead(size: size, root: .empty))
        }
      }
    }
  }

  private func mutations(of path: [MerkleHash]) -> [[MerkleHash]] {
    var mutations = [path + [.empty], [.leaf([])] + path, path + path.suffix(1) + [.empty]]
    for place in path.indices {
      for bit in [0, 100, 255] {
        var one = path
        one[place] = one[place].flipped(bit)
        mutations.append(one)
      }
      var shorter = path
      shorter.remove(at: place)
      mutations.append(shorter)
      guard place > 0 else { continue }
      var swapped = path
      swapped.swapAt(place, place - 1)
      mutations.append(swapped)
    }
    return mutations
  }
}
