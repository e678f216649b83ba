internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger grow`
struct LedgerGrow: Verb {
  static let configuration = CommandConfiguration(
    commandName: "grow",
    abstract: "Put a longer list of instruments, assets and debts in force.",
    discussion: """
      The list is a file that `solvency registry grow` wrote; it must begin with the one in force. Accounts stay as \
      they are: a commitment under the shorter list is one under the longer with zeros. `ledger publish` \
      lengthens the list by itself when a snapshot needs it.

        solvency ledger grow --ledger desk --key venue.key registry.json
      """)

  @OptionGroup var desk: DeskOptions

  @Argument(help: "The list.", completion: .file(extensions: ["json"]))
  var registry: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let history = try Documents.registryHistory(registry)
    let admission = try desk.desk()
    let head = try ToolFailure.wrapping(registry) {
      try admission.publish(history.current, at: desk.now)
    }
    return .recorded("\(history.current.count) coordinates are in force, \(history.current.digest)", head)
  }
}
