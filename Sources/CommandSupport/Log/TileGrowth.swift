package import TransparencyLog

/// Tiles of a directory while the log is given to them from its first entry on: those that its checkpoint
/// covers are compared, and what follows is written.
package struct TileGrowth {
  private let directory: TileDirectory
  private let published: TreeHead
  private var covered = RightEdge()
  private var writer: TileWriter<TileDirectory>

  package init(_ directory: TileDirectory, withEntries hasEntries: Bool) throws(ToolFailure) {
    self.directory = directory
    try OutputFile.makeFolder(directory.path)
    published = try directory.checkpoint()?.unverified.head ?? .empty
    let size = published.size
    writer = try ToolFailure.wrapping(directory.path) {
      try TileWriter(directory, resumingAt: size, of: directory, withEntries: hasEntries)
    }
    guard writer.head == published else {
      throw ToolFailure(
        .refused, directory.path, "its tiles are not those of its checkpoint; restore them from a copy")
    }
  }

  /// Number of entries so far.
  package var size: UInt64 { covered.size < published.size ? covered.size : writer.size }

  /// Skips the entries that the checkpoint covers, for a log each of whose entries names the one before: the
  /// last of them then stands for all.
  ///
  /// - Parameter last: gives the entry of an index; nil if the log ends before it.
  package mutating func skip(_ last: (UInt64) throws(ToolFailure) -> [UInt8]?) throws(ToolFailure) {
    guard published.size > 0 else { return }
    var reader = TileReader(directory, size: published.size)
    let index = published.size - 1
    let proof = try ToolFailure.wrapping(directory.path) {
      try InclusionProof(of: index, in: published.size, from: &reader)
    }
    guard let entry = try last(index) else { throw shrunk(to: "fewer") }
    guard (try? proof.verify(leaf: .leaf(entry), root: published.root)) != nil else { throw differs }
    covered = try ToolFailure.wrapping(directory.path) { try RightEdge(at: published.size, of: &reader) }
    try compare()
  }

  /// The next entry.
  package mutating func append(_ entry: [UInt8]) throws(ToolFailure) {
    if covered.size < published.size {
      covered.append(.leaf(entry))
      if covered.size == published.size { try compare() }
      return
    }
    do throws(TileError<ToolFailure>) {
      try writer.append(entry)
    } catch {
      try ToolFailure.wrapping(directory.path) { throw error }
    }
  }

  /// Writes the tiles that are not full, and waits until all are on the disk.
  package mutating func finish() throws(ToolFailure) -> TreeHead {
    guard covered.size == published.size else {
      throw shrunk(to: "only \(covered.size)")
    }
    var head = TreeHead.empty
    do throws(TileError<ToolFailure>) {
      head = try writer.finish()
    } catch {
      try ToolFailure.wrapping(directory.path) { throw error }
    }
    directory.synchronize()
    return head
  }

  private func compare() throws(ToolFailure) {
    guard covered.head == published else { throw differs }
  }

  private var differs: ToolFailure {
    ToolFailure(
      .refused, directory.path,
      "its checkpoint of \(published.size) entries is of other entries than those given; nothing was written")
  }

  private func shrunk(to count: String) -> ToolFailure {
    ToolFailure(
      .refused, directory.path,
      "its checkpoint is of \(published.size) entries, and \(count) were given; a log does not shrink")
  }
}
