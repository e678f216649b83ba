internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency

/// `solvency ledger change`
struct LedgerChange: Verb {
  static let configuration = CommandConfiguration(
    commandName: "change",
    abstract: "Put desk.json and the circuits of a ledger directory in force, as they are now.",
    discussion: """
      From its first entry on a ledger is bound by what its log says, whatever the directory's files say later. This \
      writes an entry with the new policy, parties and circuits, by digest and whole, so that everybody who has the log \
      knows what was decided by which. Anyone who stands on a circuit that is no longer listed proves anew. The venue's \
      key cannot be changed.

        solvency ledger change --ledger desk --key venue.key
      """)

  @OptionGroup var desk: DeskOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try desk.ledger.folder()
    let ledger = try folder.ledger(
      try Documents.signingKey(desk.key, desk.passphrase), from: .checkpoint,
      tree: try desk.checkpointSigner(in: folder))
    let charter = try folder.charter()
    let (inForce, count) = try ToolFailure.wrapping(desk.path) {
      try ledger.withState { ($0.charter, $0.eventCount) }
    }
    guard count > 0 else {
      throw ToolFailure(
        .refused, desk.path, "is empty: its files found it with the first snapshot that is published")
    }
    if inForce == nil { try ToolFailure.wrapping(desk.path) { throw LedgerFailure.notChartered } }
    let head = try ToolFailure.wrapping(desk.path) { try ledger.adopt(charter, at: desk.now) }
    guard let head else {
      throw ToolFailure(
        .refused, desk.path, "nothing has changed: desk.json and the circuits are those in force")
    }
    return .recorded("entry \(head.unverified.count - 1) puts charter \(charter.digest) in force", head)
  }
}

/// `solvency ledger upgrade`
struct LedgerUpgrade: Verb {
  static let configuration = CommandConfiguration(
    commandName: "upgrade",
    abstract: "Bind a ledger of the form before ledgers had charters.",
    discussion: """
      Writes an entry with policy, parties and circuits, by digest and whole; from then on the ledger has an identity, \
      which attestations and requests name. What was decided before stays in the log and is replayed as it was. Every \
      standing ends, as the circuit that it was proved under was not recorded with it: accounts prove anew. Programs of \
      the version before refuse the ledger by its number from then on.

        solvency ledger upgrade --ledger desk --key venue.key
      """)

  @OptionGroup var desk: DeskOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try desk.ledger.folder()
    let ledger = try folder.ledger(
      try Documents.signingKey(desk.key, desk.passphrase), from: .checkpoint,
      tree: try desk.checkpointSigner(in: folder))
    let charter = try folder.charter()
    let (isBound, count) = try ToolFailure.wrapping(desk.path) {
      try ledger.withState { ($0.charter != nil, $0.eventCount) }
    }
    guard !isBound else { throw ToolFailure(.refused, desk.path, "is of the present form already") }
    if folder.file.isOutdated { try folder.renewDescription() }
    guard count > 0 else {
      return Report(
        text: "\(desk.path): desk.json is of the present form; the ledger is empty",
        data: ["entries": .integer(count)])
    }
    let head = try ToolFailure.wrapping(desk.path) { try ledger.adopt(charter, at: desk.now) }
    let identity = try ToolFailure.wrapping(desk.path) { try ledger.withState { $0.charter?.identity } }
    guard let head, let identity else {
      throw ToolFailure(.internalFault, desk.path, "took no charter; this is a defect, please report it")
    }
    return .recorded("entry \(head.unverified.count - 1) binds the ledger; its identity is \(identity)", head)
  }
}
