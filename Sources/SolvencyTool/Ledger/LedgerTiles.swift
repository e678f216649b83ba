internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog

/// `solvency ledger tiles`
struct LedgerTiles: Verb {
  static let configuration = CommandConfiguration(
    commandName: "tiles",
    abstract: "Publish a ledger's log as a transparency log: tiles and a signed checkpoint.",
    discussion: """
      Writes the entries that are not published yet, and signs a checkpoint over all of them with the log's key, a key of \
      its own. A ledger that lacks an entry which the directory's checkpoint covers, an older copy put back, is refused \
      and nothing is signed. Receipts come from the directory: `solvency log prove`. The log's name is the given one and \
      the digest of the ledger's first entry.

        solvency ledger tiles --ledger desk --log-key log.key --name example.com \\
          -o site
        solvency log prove site --index 41 -o 41.tlog-proof
      """)

  @OptionGroup var ledger: LedgerOption

  @Option(
    help: "The log's key, as `solvency keygen --role log` wrote it.", completion: .file(extensions: ["key"]))
  var logKey: String

  @Option(help: "What the log's name begins with: a URL without its scheme, such as example.com.")
  var name: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "The directory.", completion: .directory)
  var directory: String

  @Flag(help: "Write no entries, hashes only: proofs can be made, and nobody reads the entries.")
  var hashesOnly = false

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try ledger.folder()
    let store = try folder.store()
    let head = try Self.head(of: store, at: ledger.path, venue: folder.parties.venue)
    guard let first = try Self.entry(0, of: store, at: ledger.path) else {
      throw ToolFailure(.refused, ledger.path, "is empty: there is no log yet")
    }
    let origin = first.origin(named: name)
    let key = try Documents.signingKey(logKey, passphrase)
    let signer = try ToolFailure.wrapping(logKey) { try key.noteSigner(origin: origin) }
    let (tiles, place) = (TileDirectory(directory), ledger.path)
    try OutputFile.makeFolder(directory)
    let lock = try FileLock(folderOf: tiles.checkpointPath)
    defer { _ = lock }
    let before = try tiles.checkpoint()
    if let before {
      try ToolFailure.wrapping(tiles.checkpointPath) { _ = try before.checkpoint(signedBy: [signer.key]) }
    }
    var growth = try TileGrowth(tiles, withEntries: !hashesOnly)
    // Each entry names the one before, so the last that is published stands for all.
    try growth.skip { index throws(ToolFailure) in try Self.entry(index, of: store, at: place)?.leaf }
    try append(from: store, to: &growth, upTo: head)
    let treeHead = try growth.finish()
    let signed = try ToolFailure.wrapping(directory) {
      try SignedCheckpoint(Checkpoint(origin: origin, head: treeHead), by: signer)
    }
    let isNew = before?.unverified.head != treeHead
    if isNew {
      try OutputFile.write(
        signed.encoded(), to: tiles.checkpointPath, access: .everybody, replacing: true, isUpdate: true)
    }
    return Report(
      text:
        "\(tiles.checkpointPath): \(treeHead.size) entries\(isNew ? "" : ", as before")\n  key  \(signer.key)",
      data: .object(
        [
          JSONMember("file", .string(tiles.checkpointPath)),
          JSONMember("vkey", .string(signer.key.description)),
        ]
          + Report.members(signed.unverified)))
  }

  /// Appends what is not published yet, checking that each entry follows the one before up to the signed
  /// head.
  private func append(
    from store: SQLiteStore, to growth: inout TileGrowth, upTo head: LogHead
  ) throws(ToolFailure) {
    var position = LogHead.empty
    if growth.size > 0 {
      guard let last = try Self.entry(growth.size - 1, of: store, at: ledger.path) else { return }
      position = LogHead(last)
    }
    while position.count < head.count {
      let next = position.count
      let items = try ToolFailure.wrapping(ledger.path) { try store.items(from: next, limit: 1024) }
      guard !items.isEmpty else { break }
      // Entries that were appended after the head was read belong to the next run.
      for item in items where item.entry.index < head.count {
        do throws(LogFault) {
          try position.advance(over: item.entry)
        } catch {
          throw ToolFailure(.malformedInput, ledger.path, "the log \(error.text)")
        }
        try growth.append(item.entry.leaf)
      }
    }
    guard position == head else {
      throw ToolFailure(
        .malformedInput, ledger.path, "the log does not end where its signed head says; nothing was signed")
    }
  }

  private static func head(
    of store: SQLiteStore, at path: String, venue: VerificationKey
  ) throws(ToolFailure) -> LogHead {
    guard let signed = try ToolFailure.wrapping(path, { try store.head() }) else {
      throw ToolFailure(.refused, path, "is empty: there is no log yet")
    }
    return try ToolFailure.wrapping(path) { try signed.content(verifiedBy: venue) }
  }

  static func entry(
    _ index: UInt64, of store: SQLiteStore, at path: String
  ) throws(ToolFailure) -> LogEntry? {
    try ToolFailure.wrapping(path) { try store.items(from: index, limit: 1).first?.entry }
  }
}

/// `solvency ledger compare`
struct LedgerCompare: Verb {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Check that a ledger is the log that receipts and checkpoints kept elsewhere are of.",
    discussion: """
      Takes receipts (.tlog-proof) of any of the ledger's entries, and checkpoints, with or without cosignatures. A ledger \
      that ends before one of them, or has another entry in its place, is not the one that was published: it is an older \
      copy, or another history. Exits 2 then. A receipt takes a few hashes, a checkpoint one for each of its entries.

        solvency ledger compare 41.tlog-proof cosigned-checkpoint --ledger desk \\
          --log log.vkey
      """)

  @Argument(help: "Receipts and checkpoints.")
  var files: [String]

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var trust: TrustOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let policy = try trust.load()
    let store = try ledger.folder().store()
    var lines: [String] = []
    for file in files {
      let bytes = try InputFile.read(file, limit: LogProof.fileByteLimit)
      if let proof = try? LogProof(decoding: bytes) {
        let entry = try LedgerTiles.entry(proof.index, of: store, at: ledger.path)
        guard let entry else { throw older(file, proof.checkpoint.unverified.head.size) }
        let witnessed = try ToolFailure.wrapping(file) { try policy.verify(proof.checkpoint) }
        let head = witnessed.checkpoint.head
        let claim = InclusionProof(index: proof.index, size: head.size, path: proof.path)
        guard (try? claim.verify(leaf: entry.leafHash, root: head.root)) != nil else {
          throw other(file, proof.index)
        }
        lines.append("\(file): entry \(proof.index) is the ledger's")
      } else {
        let signed = try ToolFailure.wrapping(file) { try SignedCheckpoint(decoding: bytes) }
        let head = try ToolFailure.wrapping(file) { try policy.verify(signed) }.checkpoint.head
        guard try tree(of: store, size: head.size, for: file) == head else { throw other(file, head.size) }
        lines.append("\(file): its \(head.size) entries are the ledger's")
      }
    }
    return Report(
      text: lines.joined(separator: "\n"),
      data: ["ledger": .string(ledger.path), "files": .array(files.map { .string($0) })])
  }

  /// The head over the first entries of the ledger.
  private func tree(of store: SQLiteStore, size: UInt64, for file: String) throws(ToolFailure) -> TreeHead {
    var edge = RightEdge()
    while edge.size < size {
      let next = edge.size
      let items = try ToolFailure.wrapping(ledger.path) { try store.items(from: next, limit: 1024) }
      guard !items.isEmpty else { throw older(file, size) }
      for item in items.prefix(Int(min(1024, size - next))) { edge.append(item.entry.leafHash) }
    }
    return edge.head
  }

  private func older(_ file: String, _ size: UInt64) -> ToolFailure {
    ToolFailure(
      .refused, ledger.path,
      "ends before the \(size) entries that \(file) is about: it is an older copy; restore the whole ledger")
  }

  private func other(_ file: String, _ index: UInt64) -> ToolFailure {
    ToolFailure(
      .refused, ledger.path, "has other entries than \(file) is about, up to entry \(index): another history")
  }
}
