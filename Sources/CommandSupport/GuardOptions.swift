package import ArgumentParser
package import CanonicalBytes
internal import CircuitLanguage
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
        with the standard policy, which may be edited in it: 12 questions a day about an account, each order one of \
        them; prices that move by 25 % beyond what the market of their group explains; and fees, scenarios, \
        multipliers and limits that move by 10 %, from one answered snapshot to the next. It answers under the \
        circuits that come with the command, and under others once --accept-circuit has been said.
        """,
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  package var path: String?

  @Flag(help: "The snapshot moved further than the guard lets it, and that is right: markets did.")
  package var acceptMove = false

  @Flag(help: "The circuit is not one that was answered under before; it was read, and is to be from now on.")
  package var acceptCircuit = false

  package func validate() throws {
    guard path != nil || !acceptCircuit else { throw ValidationError("--accept-circuit needs --guard.") }
    guard path != nil || !acceptMove else { throw ValidationError("--accept-move needs --guard.") }
  }

  /// Decides whether to answer, and remembers it durably before anything is answered.
  ///
  /// - Parameter order: the digest of the order whose outcome is proved, if one is.
  /// - Throws: the guard's refusal; then the file is as it was.
  package func admit(
    _ rule: MarginRule, of account: AccountID, sequence: UInt64, order: Digest? = nil, at now: Timestamp,
    isSigned: Bool
  ) throws(ToolFailure) -> SnapshotGuard? {
    guard let path else { return nil }
    let lock = try FileLock(folderOf: path)
    defer { _ = lock }
    let isThere = InputFile.isTaken(path)
    var guarded =
      isThere ? try Documents.snapshotGuard(path) : SnapshotGuard(circuits: try Self.shippedCircuits())
    let question = SnapshotGuard.Question(
      about: account, time: now.seconds, circuit: rule.key.circuit, snapshot: rule.key.snapshot,
      kind: rule.key.kind, sequence: sequence, order: order)
    try ToolFailure.wrapping(path) {
      try guarded.admit(
        question, under: rule.snapshot, isSigned: isSigned, acceptsMove: acceptMove,
        acceptsCircuit: acceptCircuit)
    }
    try OutputFile.write(guarded.encoded(), to: path, access: .ownerOnly, replacing: true, isUpdate: true)
    return guarded
  }

  /// What a new guard answers under.
  private static func shippedCircuits() throws(ToolFailure) -> Set<Digest> {
    var digests: Set<Digest> = []
    for (name, _) in BuiltInCircuits.sources { digests.insert(try Documents.circuit(name).digest) }
    return digests
  }
}
