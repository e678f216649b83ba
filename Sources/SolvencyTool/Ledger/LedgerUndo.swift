internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog

/// `solvency ledger undo`
struct LedgerUndo: Verb {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take back the last entries of a ledger that were a mistake and that nobody was told of.",
    discussion: """
      For a snapshot, a roll or a fill that was recorded with a wrong clock or a wrong file. In place of the entries stands \
      one that lists them, so that anyone who saw the log meanwhile finds that the venue knows of it. Refused if a checkpoint \
      over one of them was signed or cosigned, or if one of them decided on a request: somebody holds a receipt of it.

        solvency ledger undo --ledger desk --key venue.key --from 412 --site site
      """)

  @OptionGroup var desk: DeskOptions

  @Option(
    name: .customLong("from"), help: "The first entry to undo, from 1; every entry after it goes with it.")
  var first: UInt64

  @Option(help: "The directory of tiles that the log was published in: what its checkpoint covers stays.")
  var site: String?

  @Option(
    help: "A checkpoint that was given out or cosigned: what it covers stays. Repeat it for more.",
    completion: .file())
  var witnessed: [String] = []

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try desk.ledger.folder()
    var size = try folder.signedCheckpoint.read()?.unverified.head.size ?? 0
    if let site { size = max(size, try TileDirectory(site).publishedCheckpoint().unverified.head.size) }
    for path in witnessed { size = max(size, try Documents.checkpoint(path).unverified.head.size) }
    let ledger = try folder.ledger(
      try Documents.signingKey(desk.key, desk.passphrase), from: .checkpoint,
      tree: try desk.checkpointSigner(in: folder))
    let count = ledger.head.count
    let head = try ToolFailure.wrapping(desk.path) {
      try ledger.undo(from: first, witnessed: size, at: desk.now)
    }
    return .recorded("entries \(first) to \(count - 1) are undone; entry \(first) lists them", head)
  }
}
