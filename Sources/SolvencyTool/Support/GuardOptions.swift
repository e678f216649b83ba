internal import ArgumentParser
internal import Foundation
internal import JSONDocuments
internal import MarginEngine
internal import Solvency
internal import SolvencyProver

/// `--guard`: what a trader remembers of the snapshots it proved under.
struct GuardOptions: ParsableArguments {
  @Option(
    name: .customLong("guard"),
    help: ArgumentHelp(
      "Prove only under snapshots that this account's guard file lets pass; with --venue and --signature.",
      discussion: "It is made if it is not there, with the standard policy, which may be edited in it.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var path: String?

  @Flag(help: "The snapshot moved further than the guard lets it, and that is right: markets did.")
  var acceptMove = false

  func validate() throws {
    guard path != nil || !acceptMove else { throw ValidationError("--accept-move needs --guard.") }
  }

  /// Decides whether to answer, and remembers it durably before anything is answered.
  ///
  /// - Throws: the guard's refusal; then the file is as it was.
  func admit(
    _ rule: MarginRule, sequence: UInt64, at now: Timestamp, isSigned: Bool
  ) throws(ToolFailure) -> SnapshotGuard? {
    guard let path else { return nil }
    let lock = try FileLock(beside: path)
    defer { _ = lock }
    let isThere = FileManager.default.fileExists(atPath: path)
    var guarded = isThere ? try Documents.snapshotGuard(path) : SnapshotGuard()
    let question = SnapshotGuard.Question(
      time: now.seconds, circuit: rule.key.circuit, snapshot: rule.key.snapshot, kind: rule.key.kind,
      sequence: sequence)
    try ToolFailure.wrapping(path) {
      try guarded.admit(question, under: rule.snapshot, isSigned: isSigned, acceptsMove: acceptMove)
    }
    try OutputFile.write(guarded.encoded(), to: path, access: .ownerOnly, replacing: true)
    return guarded
  }
}
