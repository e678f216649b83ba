package import Admission
package import AdmissionStore
internal import CanonicalBytes
package import CircuitLanguage
internal import Foundation
package import Solvency
internal import TransparencyLog

/// A ledger directory: who keeps it and whose word counts, the circuits, and the log.
///
///     desk.json              the venue's name, public keys, when proofs fall due, which circuits are convex
///     and why
///     circuits/*.circuit     the rules that this venue decides on
///     ledger.sqlite          the log, with the documents of every entry
///     ledger.head            the last signed head of the log
///     ledger.checkpoint      the last checkpoint of the log's tree, where one is signed with --log-key
///
/// The first two found the ledger: with its first entry they are in the log, and from then on that is what
/// counts. `ledger change` puts them in force as they are then.
package struct LedgerFolder {
  package static let deskName = "desk.json"
  package static let storeName = "ledger.sqlite"
  package static let circuitsName = "circuits"

  package let path: String
  /// What desk.json says.
  package let file: DeskFile
  /// A head kept elsewhere that the log must not end before.
  package var knownHead: LogHead?

  package var venue: Audience { file.venue }
  package var parties: Counterparties { file.parties }
  package var policy: Policy { file.policy }
  package var convexity: ConvexityList { file.convexity }
  package var storePath: String { "\(path)/\(Self.storeName)" }

  // Making one

  /// Makes the directory.
  package static func make(
    _ path: String, venue: Audience, parties: Counterparties, policy: Policy, circuits: [String],
    convexity: ConvexityList = .shipped
  ) throws(ToolFailure) {
    try OutputFile.makeFolder(path)
    try OutputFile.checkFree("\(path)/\(deskName)", replacing: false)
    try OutputFile.makeFolder("\(path)/\(circuitsName)")
    for circuit in circuits {
      let source = try Documents.circuitSource(circuit)
      try OutputFile.write(
        source.text, to: "\(path)/\(circuitsName)/\(source.name)", access: .everybody,
        replacing: true, isUpdate: true)
    }
    let storePath = "\(path)/\(storeName)"
    try ToolFailure.wrapping(storePath) {
      // An empty one may be left of a run that was interrupted.
      if let left = try? SQLiteStore(opening: storePath), try left.head() == nil { return }
      _ = try SQLiteStore(creating: storePath)
    }
    // Last, so that a directory with this file is complete.
    try OutputFile.write(
      DeskFile(venue: venue, parties: parties, policy: policy, convexity: convexity).json.encoded(.indented),
      to: "\(path)/\(deskName)",
      access: .everybody, replacing: false)
  }

  /// Writes desk.json anew, in the present form.
  package func renewDescription() throws(ToolFailure) {
    try OutputFile.write(
      file.json.encoded(.indented), to: "\(path)/\(Self.deskName)", access: .everybody, replacing: true,
      isUpdate: true)
  }

  // Opening one

  /// Reads a directory's description.
  package init(_ path: String) throws(ToolFailure) {
    let file = "\(path)/\(Self.deskName)"
    guard FileManager.default.fileExists(atPath: file) else {
      throw ToolFailure(
        .missingInput, path, "is not a ledger directory; make one with `solvency ledger init`")
    }
    self.path = path
    self.file = try Documents.read(file, DeskFile.byteLimit, as: .desk) { try DeskFile(decoding: $0) }
  }

  /// The circuits in the directory, by name.
  package func circuits() throws(ToolFailure) -> [Circuit] {
    let folder = "\(path)/\(Self.circuitsName)"
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder))?
      .filter { $0.hasSuffix(".circuit") }.sorted() ?? []
    guard !names.isEmpty else {
      throw ToolFailure(.missingInput, folder, "holds no circuit; was the directory copied completely?")
    }
    var circuits: [Circuit] = []
    for name in names { circuits.append(try Documents.circuit("\(folder)/\(name)")) }
    return circuits
  }

  /// What the directory's files say of the venue.
  package func charter() throws(ToolFailure) -> Charter {
    Charter(
      venue: venue, parties: parties, policy: policy, circuits: try circuits(), convexity: convexity)
  }

  /// The ledger, to be written to.
  ///
  /// - Parameters:
  ///   - tree: what signs a checkpoint of the log's tree after each commit.
  ///   - isComplete: whether a log that ends before what its venue has signed is refused.
  package func ledger(
    _ key: consuming SigningKey, from start: LedgerStart = .checkpoint, tree: CheckpointSigner? = nil,
    isComplete: Bool = true
  ) throws(ToolFailure) -> Ledger {
    guard key.verificationKey == parties.venue else {
      throw ToolFailure(.refused, "--key", "is not the key of this ledger's venue")
    }
    let signer: LogSigner
    do {
      signer = try LogSigner(key)
    } catch {
      throw ToolFailure(.refused, "--key", "is not the key of a venue")
    }
    let published = publishedHead
    let known = isComplete ? try publishedLogHead() : nil
    let checkpoint = isComplete ? try signedCheckpoint.read() : nil
    return try ToolFailure.wrapping(storePath) {
      let ledger = try Ledger(
        store: HeadKeepingStore(store: SQLiteStore(opening: storePath), published: published), signer: signer,
        from: start, tree: tree, notBehind: known)
      if let checkpoint { try ledger.check(notBehind: checkpoint.unverified.head) }
      return ledger
    }
  }

  /// The desk, ready to decide: by the charter in the log, or by the directory's files while there is none.
  package func desk(
    _ key: consuming SigningKey, from start: LedgerStart = .checkpoint, tree: CheckpointSigner? = nil
  ) throws(ToolFailure) -> Admission {
    let ledger = try ledger(key, from: start, tree: tree)
    let inForce = try ToolFailure.wrapping(storePath) { try ledger.charter() }
    let charter: Charter
    if let inForce { charter = inForce } else { charter = try self.charter() }
    return try ToolFailure.wrapping(storePath) { try Admission(charter, ledger: ledger) }
  }

  /// The log as it is on the disk.
  package func store() throws(ToolFailure) -> SQLiteStore {
    try ToolFailure.wrapping(storePath) { try SQLiteStore(opening: storePath, for: .reading) }
  }

  /// The ledger, to be read.
  package func ledger(from start: LedgerStart) throws(ToolFailure) -> Ledger {
    let store = try store()
    let known = try publishedLogHead()
    let checkpoint = try signedCheckpoint.read()
    return try ToolFailure.wrapping(storePath) {
      let ledger = try Ledger(reading: store, of: parties.venue, from: start, notBehind: known)
      if let checkpoint { try ledger.check(notBehind: checkpoint.unverified.head) }
      return ledger
    }
  }

  // What the venue has published

  package var publishedHead: PublishedHead { PublishedHead(path: "\(path)/\(PublishedHead.name)") }
  package var signedCheckpoint: KeptCheckpoint { KeptCheckpoint(path: "\(path)/\(KeptCheckpoint.name)") }

  /// The later of the head beside the database and the one that was given.
  package func publishedLogHead() throws(ToolFailure) -> LogHead? {
    let beside = try publishedHead.read(of: parties.venue)
    guard let knownHead, knownHead.count >= beside?.count ?? 0 else { return beside }
    return knownHead
  }
}

extension Documents {
  /// The name and the text of a circuit, as a file of a ledger directory.
  package static func circuitSource(
    _ nameOrPath: String
  ) throws(ToolFailure) -> (name: String, text: [UInt8]) {
    // Read as a circuit first, so that only sound ones get in.
    _ = try circuit(nameOrPath)
    if let source = BuiltInCircuits.sources.first(where: { $0.name == nameOrPath }) {
      return (source.name + ".circuit", Array(source.text.utf8))
    }
    let name = URL(filePath: nameOrPath).deletingPathExtension().lastPathComponent
    return (name + ".circuit", try InputFile.read(nameOrPath, limit: 1 << 20))
  }
}
