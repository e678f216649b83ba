internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger roll`
struct LedgerRoll: Verb {
  static let configuration = CommandConfiguration(
    commandName: "roll",
    abstract: "State which accounts have missed their deadlines since this was last stated.")

  @OptionGroup var desk: DeskOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let admission = try desk.desk()
    let now = desk.now
    let due = try ToolFailure.wrapping(desk.path) {
      try admission.ledger.withState { $0.dueRoll(at: now) }
    }
    let head = try ToolFailure.wrapping(desk.path) { try admission.roll(at: now) }
    var report = Report.recorded("\(due.lines.count) accounts are newly overdue", head)
    report.text += due.lines.map { "\n  \($0.account)  \($0.status.rawValue)" }.joined()
    report.data = [
      "entries": .integer(head.unverified.count),
      "overdue": .array(
        due.lines.map { line in
          [
            "account": .string(line.account.description), "status": .string(line.status.rawValue),
          ]
        }),
    ]
    return report
  }
}
