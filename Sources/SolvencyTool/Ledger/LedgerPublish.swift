internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger publish`
struct LedgerPublish: Verb {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Put a signed risk snapshot in force. Accounts that are overdue are stated first.")

  @OptionGroup var desk: DeskOptions

  @Argument(help: "The snapshot.", completion: .file(extensions: ["json"]))
  var snapshot: String

  @Option(
    help: "The venue's signature on it, as `solvency snapshot sign` wrote it.",
    completion: .file(extensions: ["json"]))
  var signature: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let snapshot = try Documents.snapshot(snapshot)
    let endorsement = try Documents.signed(signature, as: SnapshotEndorsement.self)
    let admission = try desk.desk()
    let head = try ToolFailure.wrapping(self.snapshot) {
      try admission.publish(PublishedSnapshot(snapshot, endorsement: endorsement), at: desk.now)
    }
    return .recorded("epoch \(snapshot.epoch) is in force", head)
  }
}
