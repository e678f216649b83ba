internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import RiskEngine
internal import Solvency

/// `solvency ledger checkpoint`
struct LedgerCheckpoint: Verb {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Write the state of a ledger, so that opening it need not replay the log from the beginning.",
    discussion: """
      The log names the state by its digest, and an audit compares the two. A ledger writes checkpoints by \
      itself after 16,384 entries, and at least as many as it has accounts; this writes one now. With --rebuild \
      the whole log is replayed first and the last checkpoint not looked at, as when it is damaged.

        solvency ledger checkpoint --ledger desk --key venue.key
      """)

  @OptionGroup var desk: DeskOptions

  @Flag(help: "Replay the whole log first.")
  var rebuild = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let admission = try desk.desk(from: rebuild ? .beginning : .checkpoint)
    let head = try ToolFailure.wrapping(desk.path) {
      try admission.ledger.checkpoint(at: desk.now)
    }
    return .recorded("entry \(head.unverified.count - 1) is a checkpoint", head)
  }
}
