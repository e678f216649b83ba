package import ArgumentParser
package import CanonicalBytes
internal import Foundation
internal import MarginRules
package import Solvency
package import SolvencyProver

/// `--guard`: what a trader remembers of the snapshots it proved under.
package struct GuardOptions: ParsableArguments {
  package init() {}

  @Option(
    name: .customLong("guard"),
    help: ArgumentHelp(
      "Prove only under snapshots that this guard file lets pass; with --venue and --signature.",
      discussion: """
        One file serves all accounts with one venue; each has a budget of its own. It is made if it is not there, \
        with the standard policy, which may be edited in it: 12 questions a day about an account, prices that move \
        by 25 % and limits that move by 10 % from one answered snapshot to the next.
        """,
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  package var path: String?

  @Flag(help: "The snapshot moved further than the guard lets it, and that is right: markets did.")
  package var acceptMove = false

  package func validate() throws {
    guard path != nil || !acceptMove else { throw ValidationError("--accept-move needs --guard.") }
  }

  /// Decides whether to answer, and remembers it durably before anything is answered.
  ///
  /// - Throws: the guard's refusal; then the file is as it was.
  package func admit(
    _ rule: MarginRule, of account: AccountID, sequence: UInt64, at now: Timestamp, isSigned: Bool
  ) throws(ToolFailure) -> SnapshotGuard? {
    guard let path else { return nil }
    let lock = try FileLock(beside: path)
    defer { _ = lock }
    let isThere = FileManager.default.fileExists(atPath: path)
    var guarded = isThere ? try Documents.snapshotGuard(path) : SnapshotGuard()
    let question = SnapshotGuard.Question(
      about: account, time: now.seconds, circuit: rule.key.circuit, snapshot: rule.key.snapshot,
      kind: rule.key.kind,
      sequence: sequence)
    try ToolFailure.wrapping(path) {
      try guarded.admit(question, under: rule.snapshot, isSigned: isSigned, acceptsMove: acceptMove)
    }
    try OutputFile.write(guarded.encoded(), to: path, access: .ownerOnly, replacing: true)
    return guarded
  }
}
