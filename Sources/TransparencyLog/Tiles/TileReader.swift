/// The hashes of a log's tree, read from its tiles as they are needed.
///
/// Keeps one tile of each level, so that proofs of neighbours read little. Tiles are not authenticated by
/// themselves: check what was computed from them, a root or a proof, against a checkpoint.
///
/// - Complexity: an inclusion proof in a log of n entries reads one tile for each factor of 256 in n, and
///   takes 255 hashes for each.
public struct TileReader<Source: TileSource>: NodeSource {
  /// Number of entries of the log that the tiles are read for.
  public let size: UInt64
  private let source: Source
  private var tiles: [Int: Tile] = [:]

  /// One tile with the complete subtrees in it, by height.
  private struct Tile {
    let index: UInt64
    var levels: [[MerkleHash]]

    init(index: UInt64, hashes: [MerkleHash]) {
      self.index = index
      levels = [hashes]
      while let below = levels.last, below.count > 1 {
        levels.append(stride(from: 0, to: below.count - 1, by: 2).map { .node(below[$0], below[$0 + 1]) })
      }
    }
  }

  /// Reads the tiles of a log of `size` entries. Proofs may be about any earlier size too.
  public init(_ source: Source, size: UInt64) {
    precondition(size <= TreeHead.sizeLimit, "a log has at most 2⁶³ − 1 entries")
    self.source = source
    self.size = size
  }

  /// The hash of a complete subtree.
  ///
  /// - Throws: ``TileError``.
  public mutating func node(_ place: NodePlace) throws(TileError<Source.Failure>) -> MerkleHash {
    let (level, height) = (place.level / TilePath.height, place.level % TilePath.height)
    let perTile = UInt64(TilePath.fullWidth >> height)
    let index = place.index / perTile
    if tiles[level]?.index != index {
      let width = TilePath.width(of: .hashes(level: level), index: index, size: size)
      guard width > 0 else { throw .outsideLog(size: size) }
      let path = TilePath(.hashes(level: level), index: index, width: width)
      tiles[level] = Tile(index: index, hashes: try source.hashes(path))
    }
    guard let levels = tiles[level]?.levels, height < levels.count,
      let hash = levels[height].dropFirst(Int(place.index % perTile)).first
    else { throw .outsideLog(size: size) }
    return hash
  }

  /// An entry from its bundle. It is authentic if its hash stands in the tree.
  ///
  /// - Throws: ``TileError``.
  public func entry(_ index: UInt64) throws(TileError<Source.Failure>) -> [UInt8] {
    guard index < size else { throw .outsideLog(size: size) }
    let bundle = index / UInt64(TilePath.fullWidth)
    let width = TilePath.width(of: .entries, index: bundle, size: size)
    let entries = try source.entries(TilePath(.entries, index: bundle, width: width))
    return entries[Int(index % UInt64(TilePath.fullWidth))]
  }
}
