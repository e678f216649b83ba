/// Writes the tiles of a log as it grows. Remembers the tiles at the right edge that are not full, and
/// nothing else: at most 255 hashes for each factor of 256 in the size, and at most 255 entries.
///
/// ``finish()`` writes the partial tiles of the present size. A checkpoint of that size may be published
/// after it, once what was written is durable. Tiles that are never followed by a checkpoint do no harm: a
/// later writer that resumes at the last checkpoint writes them again.
public struct TileWriter<Sink: TileSink> {
  /// Where files go.
  public private(set) var sink: Sink
  /// Number of entries.
  public private(set) var size: UInt64 = 0
  private let hasEntries: Bool
  /// The hashes of the tile at the right edge, by level; fewer than 256.
  private var edge: [[MerkleHash]] = []
  private var bundle: [UInt8] = []

  /// Starts an empty log.
  ///
  /// - Parameter hasEntries: whether entry bundles are written beside the hashes.
  public init(_ sink: Sink, withEntries hasEntries: Bool = true) {
    self.sink = sink
    self.hasEntries = hasEntries
  }

  /// Goes on where tiles of a log of `size` entries end.
  ///
  /// Compare ``head`` with the checkpoint before anything is appended.
  ///
  /// - Throws: ``TileError`` if the tiles at the right edge cannot be read.
  public init<Source: TileSource>(
    _ sink: Sink, resumingAt size: UInt64, of source: Source, withEntries hasEntries: Bool = true
  ) throws(TileError<Source.Failure>) {
    self.init(sink, withEntries: hasEntries)
    self.size = size
    for level in 0...TilePath.levelLimit where size >> UInt64(TilePath.height * level) > 0 {
      let path = TilePath.partial(.hashes(level: level), size: size)
      edge.append(try path.map { path throws(TileError<Source.Failure>) in try source.hashes(path) } ?? [])
    }
    guard hasEntries, let path = TilePath.partial(.entries, size: size) else { return }
    for entry in try source.entries(path) { _ = EntryBundle.append(entry, to: &bundle) }
  }

  /// Appends an entry. Writes every tile that it fills.
  ///
  /// - Throws: ``TileError/entryTooLong(index:)`` for one of more than 65,535 bytes, ``TileError/source(_:)``
  ///   if the sink fails.
  public mutating func append(_ entry: [UInt8]) throws(TileError<Sink.Failure>) {
    precondition(size < TreeHead.sizeLimit, "a log has at most 2⁶³ − 1 entries")
    guard EntryBundle.append(entry, to: &bundle) != nil else { throw .entryTooLong(index: size) }
    size += 1
    if size.isMultiple(of: UInt64(TilePath.fullWidth)) {
      try write(bundle, TilePath(.entries, index: size / UInt64(TilePath.fullWidth) - 1))
      bundle.removeAll(keepingCapacity: true)
    } else if !hasEntries {
      bundle.removeAll(keepingCapacity: true)
    }
    var (hash, level) = (MerkleHash.leaf(entry), 0)
    while true {
      if level == edge.count { edge.append([]) }
      edge[level].append(hash)
      guard edge[level].count == TilePath.fullWidth else { break }
      let index = size >> UInt64(TilePath.height * (level + 1)) - 1
      try write(Self.bytes(edge[level]), TilePath(.hashes(level: level), index: index))
      hash = Self.root(of: edge[level])
      edge[level].removeAll(keepingCapacity: true)
      level += 1
    }
  }

  /// Writes the tiles that are not full.
  ///
  /// - Returns: the head that a checkpoint may now state.
  /// - Throws: ``TileError/source(_:)`` if the sink fails.
  public mutating func finish() throws(TileError<Sink.Failure>) -> TreeHead {
    for (level, hashes) in edge.enumerated() {
      guard let path = TilePath.partial(.hashes(level: level), size: size) else { continue }
      try write(Self.bytes(hashes), path)
    }
    if let path = TilePath.partial(.entries, size: size) { try write(bundle, path) }
    return head
  }

  /// Size and root.
  public var head: TreeHead {
    var subtrees: [MerkleHash] = []
    for hashes in edge.reversed() {
      for place in NodePlace.complete(in: 0..<UInt64(hashes.count)) {
        let start = Int(place.start)
        subtrees.append(Self.root(of: hashes[start..<start + 1 << place.level]))
      }
    }
    return TreeHead(size: size, root: .root(over: subtrees))
  }

  private mutating func write(_ bytes: [UInt8], _ path: TilePath) throws(TileError<Sink.Failure>) {
    guard hasEntries || path.contents != .entries else { return }
    do throws(Sink.Failure) {
      try sink.write(bytes, to: path.description)
    } catch {
      throw .source(error)
    }
  }

  private static func bytes(_ hashes: [MerkleHash]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * MerkleHash.byteCount)
    for hash in hashes { hash.append(to: &bytes) }
    return bytes
  }

  /// The hash over a power of two of hashes.
  private static func root(of hashes: some Collection<MerkleHash>) -> MerkleHash {
    var level = Array(hashes)
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { .node(level[$0], level[$0 + 1]) }
    }
    return level[0]
  }
}
