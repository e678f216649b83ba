import CanonicalBytes
import TestSupport
import Testing
import TransparencyLog

@Suite("Tiles")
struct TileTests {
  typealias Failure = TileError<Never>

  private func tiles(_ size: UInt64, withEntries hasEntries: Bool = true) throws -> (MemoryTiles, TreeHead) {
    var writer = TileWriter(MemoryTiles(), withEntries: hasEntries)
    for index in 0..<size { try writer.append(Sample.entry(index)) }
    let head = try writer.finish()
    return (writer.sink, head)
  }

  // Published vectors

  @Test("the files and paths are those of another implementation")
  func known() throws {
    let known = try Known.tiles()
    let (tiles, head) = try tiles(known.size)
    #expect(try head == TreeHead(size: known.size, root: known.root.hash))
    #expect(tiles.files.mapValues { Digest.sha256(of: $0).description } == known.files)
    for (index, path) in known.paths {
      let tile = TilePath(.hashes(level: 0), index: try #require(UInt64(index)))
      #expect(tile.description == path && TilePath(path) == tile)
    }
  }

  @Test("the numbers of tiles are those of the specification's example of 70,000 entries")
  func example() throws {
    let (tiles, _) = try tiles(70_000, withEntries: false)
    #expect(tiles.files.count == 273 + 1 + 1 + 1 + 1)
    #expect(tiles.files["tile/0/273.p/112"]?.count == 112 * 32)
    #expect(tiles.files["tile/1/001.p/17"]?.count == 17 * 32)
    #expect(tiles.files["tile/2/000.p/1"]?.count == 32)
  }

  // Completeness

  @Test(
    "roots and proofs from tiles are those of the tree in memory",
    arguments: [0, 1, 2, 255, 256, 257, 511, 512, 1000, 65_536, 65_537] as [UInt64])
  func proofs(_ size: UInt64) throws {
    let (tiles, head) = try tiles(size)
    var (tree, reader) = (Sample.tree(size), TileReader(tiles, size: size))
    #expect(head == tree.head(at: size))
    #expect(try reader.head(at: size) == head)
    for index in [0, 1, 254, 255, 256, 511, size / 2, size &- 2, size &- 1] where index < size {
      #expect(try reader.entry(index) == Sample.entry(index))
      for later in [index + 1, size] {
        let proof = try InclusionProof(of: index, in: later, from: &reader)
        #expect(proof == InclusionProof(of: index, in: later, from: &tree))
        try proof.verify(leaf: .leaf(Sample.entry(index)), root: tree.head(at: later).root)
      }
      let proof = try ConsistencyProof(from: index, to: size, of: &reader)
      try proof.verify(old: tree.head(at: index), new: head)
    }
  }

  @Test(
    "a writer goes on from any size with the same files",
    arguments: [0, 1, 255, 256, 300, 512, 600] as [UInt64])
  func resumed(_ size: UInt64) throws {
    let (first, head) = try tiles(size)
    var writer = try TileWriter(first, resumingAt: size, of: first)
    #expect(writer.head == head)
    for index in size..<700 { try writer.append(Sample.entry(index)) }
    let (whole, wholeHead) = try tiles(700)
    #expect(try writer.finish() == wholeHead)
    #expect(whole.files.allSatisfy { writer.sink.files[$0.key] == $0.value })
  }

  @Test("a full tile serves where a partial one was deleted, and an older tree is served by newer tiles")
  func pruned() throws {
    var (tiles, _) = try tiles(600)
    for path in tiles.files.keys where path.contains(".p/") && !path.hasPrefix("tile/1") {
      tiles.files[path] = nil
    }
    var newer = TileReader(tiles, size: 600)
    #expect(try newer.head(at: 400) == Sample.checkpoint(400, of: Sample.tree(600)).unverified.head)
    #expect(try newer.entry(399) == Sample.entry(399))
    var older = TileReader(tiles, size: 400)
    #expect(try older.node(NodePlace(level: 0, index: 399)) == .leaf(Sample.entry(399)))
    #expect(try older.entry(399) == Sample.entry(399))
  }

  @Test("without entries there are no bundles")
  func hashesOnly() throws {
    let (tiles, head) = try tiles(300, withEntries: false)
    #expect(tiles.files.keys.allSatisfy { !$0.contains("entries") } && head.size == 300)
    let reader = TileReader(tiles, size: 300)
    #expect(throws: Failure.missing("tile/entries/001.p/44")) { try reader.entry(299) }
    var writer = try TileWriter(tiles, resumingAt: 300, of: tiles, withEntries: false)
    try writer.append(Sample.entry(300))
    #expect(try writer.finish() == Sample.checkpoint(301, of: Sample.tree(301)).unverified.head)
  }

  // Bad input

  @Test("missing, short and long tiles are named")
  func damaged() throws {
    let (good, _) = try tiles(700)
    let cases: [(String, [UInt8]?, Failure)] = [
      ("tile/0/001", nil, .missing("tile/0/001")),
      ("tile/0/001", [], .malformed("tile/0/001")),
      ("tile/0/001", [UInt8](repeating: 0, count: 8191), .malformed("tile/0/001")),
      ("tile/0/002.p/188", nil, .missing("tile/0/002.p/188")),
      ("tile/0/002.p/188", [UInt8](repeating: 0, count: 187 * 32), .malformed("tile/0/002.p/188")),
      ("tile/1/000.p/2", [UInt8](repeating: 0, count: 33), .malformed("tile/1/000.p/2")),
    ]
    for (path, bytes, failure) in cases {
      var tiles = good
      tiles.files[path] = bytes
      var reader = TileReader(tiles, size: 700)
      #expect(throws: failure) {
        for index in [300, 699] as [UInt64] { _ = try InclusionProof(of: index, in: 700, from: &reader) }
      }
    }
    for bytes in [[0], [0, 1], [0, 0], [0xFF, 0xFF, 1]] as [[UInt8]] {
      var tiles = good
      tiles.files["tile/entries/001"] = bytes
      #expect(throws: Failure.malformed("tile/entries/001")) { try TileReader(tiles, size: 700).entry(300) }
    }
  }

  @Test("a changed hash in a tile gives a proof that does not hold")
  func forged() throws {
    var (tiles, head) = try tiles(700)
    tiles.files["tile/0/001"]?[17 * 32] ^= 1
    var reader = TileReader(tiles, size: 700)
    let proof = try InclusionProof(of: 256 + 16, in: 700, from: &reader)
    #expect(throws: TreeProofError.otherRoot) {
      try proof.verify(leaf: .leaf(Sample.entry(256 + 16)), root: head.root)
    }
    #expect(try reader.head(at: 700) == head, "the root comes from level 1, which was not changed")
  }

  @Test("entries of up to 65,535 bytes are kept, and longer ones refused before anything changes")
  func longEntries() throws {
    var writer = TileWriter(MemoryTiles())
    let longest = [UInt8](repeating: 7, count: 65_535)
    try writer.append([])
    try writer.append(longest)
    let before = writer.head
    #expect(throws: Failure.entryTooLong(index: 2)) { try writer.append(longest + [7]) }
    #expect(writer.head == before)
    #expect(try writer.finish() == before)
    #expect(try TileReader(writer.sink, size: 2).entry(1) == longest)
    #expect(try TileReader(writer.sink, size: 2).entry(0) == [])
  }

  @Test("what a log of that size does not have is outside it, however large the number")
  func outside() throws {
    let (tiles, _) = try tiles(3)
    var reader = TileReader(tiles, size: 3)
    for place in [
      NodePlace(level: 0, index: 3), NodePlace(level: 2, index: 0), NodePlace(level: 62, index: 1),
    ] {
      #expect(throws: Failure.outsideLog(size: 3)) { try reader.node(place) }
    }
    #expect(throws: Failure.outsideLog(size: 3)) { try reader.node(NodePlace(level: 0, index: .max)) }
    #expect(throws: Failure.outsideLog(size: 3)) { try reader.entry(.max) }
    var huge = TileReader(tiles, size: TreeHead.sizeLimit)
    #expect(throws: Failure.missing("tile/7/000.p/127")) { try huge.head(at: TreeHead.sizeLimit) }
  }

  @Test(
    "what is not the path of a tile is refused",
    arguments: [
      "", "tile", "tile/0", "tile/0/", "tile/0/1", "tile/0/0001", "tile/00/001", "tile/8/001", "tile/64/001",
      "tile/-1/001", "tile/x/001", "tile/0/x001", "tile/0/x000/001", "tile/0/001/002", "tile/0/x1/002",
      "tile/0/001.p", "tile/0/001.p/", "tile/0/001.p/0", "tile/0/001.p/01", "tile/0/001.p/256",
      "tile/0/001.p/-1",
      "tile/0/001.p/1/2", "/tile/0/001", "tile/0/../001", "tile/0/x036/x028/x797/x018/x963/968",
      "tile/0/" + String(repeating: "x001/", count: 100_000) + "001", "tile/entries/x00/001", "tile/data/001",
    ])
  func badPaths(_ path: String) { #expect(TilePath(path) == nil) }

  @Test("every path that is written is read as the same tile")
  func paths() throws {
    for contents in [TilePath.Contents.entries, .hashes(level: 0), .hashes(level: 7)] {
      for index in [0, 1, 999, 1000, 999_999, 1_000_000, 123_456_789_012, 1 << 55 - 1] as [UInt64] {
        for width in [1, 255, 256] {
          let tile = TilePath(contents, index: index, width: width)
          #expect(TilePath(tile.description) == tile)
        }
      }
    }
    #expect(TilePath("tile/0/x036/x028/x797/x018/x963/967")?.index == 1 << 55 - 1)
  }
}
