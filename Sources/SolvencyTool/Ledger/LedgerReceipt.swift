internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog

/// `solvency ledger receipt`
struct LedgerReceipt: Verb {
  static let configuration = CommandConfiguration(
    commandName: "receipt",
    abstract: "Give the verdict on a request once more, from the log: what `admit` said and nobody heard.",
    discussion: """
      Finds the entry of a request, or takes its index, and says what was decided, under the log's present head. With -o it \
      also writes the receipt that others check, under the last checkpoint that the desk has signed (--log-key).

        solvency ledger receipt --ledger desk request.json -o 41.tlog-proof
        solvency ledger receipt --ledger desk --entry 41

      The entry that states a roll (`ledger solvency`) has a receipt in the same way, for `roll check --logged`.
      """)

  @OptionGroup var ledger: LedgerOption

  @Argument(help: "The request.", completion: .file(extensions: ["json"]))
  var request: String?

  @Option(help: "The entry's index, instead of the request.")
  var entry: UInt64?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the receipt is written.",
    completion: .file(extensions: ["tlog-proof"]))
  var file: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (request == nil) != (entry == nil) else { throw ValidationError("Give a request, or --entry.") }
  }

  func perform() throws -> Report {
    let folder = try ledger.folder()
    // The log is checked up to its head before anything of it is said.
    _ = try folder.ledger(from: .checkpoint)
    let store = try folder.store()
    guard let head = try ToolFailure.wrapping(ledger.path, { try store.head() }) else {
      throw ToolFailure(.refused, ledger.path, "is empty: there is no log yet")
    }
    let decided = try decision(folder, store, until: head.unverified.count)
    var proof: LogProof?
    if let file {
      let made = try receipt(of: decided, folder, store)
      proof = made
      try OutputFile.write(made.encoded(), to: file, access: .everybody, replacing: force)
    }
    if case .solvencyRollPublished(let record) = decided.event {
      return Report(
        text: "entry \(decided.index) states roll \(record.epoch), root \(record.root)"
          + (file.map { "\n  receipt  \($0)" } ?? ""),
        data: ["entry": .integer(decided.index), "receipt": file.map { .string($0) } ?? .null])
    }
    guard let verdict = Verdict(recordedBy: decided, under: head, proof: proof) else {
      throw ToolFailure(
        .refused, "--entry", "entry \(decided.index) decides on no request, and states no roll")
    }
    var members = verdict.jsonMembers
    if let file { members.append(JSONMember("receipt", .string(file))) }
    return Report(
      text: verdict.text + (file.map { "\n  receipt  \($0)" } ?? ""), data: .object(members),
      isPositive: verdict.receipt != nil)
  }

  private func decision(
    _ folder: LedgerFolder, _ store: SQLiteStore, until count: UInt64
  ) throws(ToolFailure) -> LogEntry {
    if let entry {
      guard let found = try LedgerTiles.entry(entry, of: store, at: ledger.path) else {
        throw ToolFailure(.refused, "--entry", "the log has \(count) entries, numbered from 0")
      }
      return found
    }
    guard let path = request else { throw ToolFailure(.usage, "--request", "give it, or --entry") }
    let wanted = try Documents.read(path, AdmissionRequest.fileByteLimit, as: .request) {
      try AdmissionRequest(json: $0).encoded()
    }
    let digest = Digest.sha256(of: wanted)
    var found: LogEntry?
    try folder.forEachItem(of: store, until: count) { item in
      switch item.entry.event {
      case .proofAccepted(let record) where record.evidence == digest: found = item.entry
      case .refused(let record) where record.evidence == digest && found == nil: found = item.entry
      default: break
      }
    }
    guard let found else {
      throw ToolFailure(
        .refused, path, "the log has no decision on it; it was not recorded, and can be sent again")
    }
    return found
  }

  private func receipt(
    of entry: LogEntry, _ folder: LedgerFolder, _ store: SQLiteStore
  ) throws(ToolFailure) -> LogProof {
    guard let checkpoint = try folder.signedCheckpoint.read() else {
      throw ToolFailure(
        .missingInput, folder.signedCheckpoint.path,
        "the desk signs no checkpoints; write with --log-key, or take receipts from tiles: `solvency log prove`"
      )
    }
    let size = checkpoint.unverified.head.size
    guard entry.index < size else {
      throw ToolFailure(
        .refused, folder.signedCheckpoint.path,
        "covers \(size) entries, and the decision is entry \(entry.index); any write with --log-key signs a later one"
      )
    }
    var tree = MemoryTree()
    try folder.forEachItem(of: store, until: size) { item in tree.append(item.entry.leafHash) }
    let proof = LogProof(of: entry.index, under: checkpoint, from: &tree, extra: entry.bytes)
    let claim = InclusionProof(index: proof.index, size: size, path: proof.path)
    guard (try? claim.verify(leaf: entry.leafHash, root: checkpoint.unverified.head.root)) != nil else {
      throw ToolFailure(.refused, folder.signedCheckpoint.path, "is of another log than the ledger's")
    }
    return proof
  }
}
