internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger fill`
struct LedgerFill: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fill",
    abstract: "Move an account's commitment by a matching engine's signed report of a fill or a charge.",
    discussion: """
      `solvency fill --key engine.key --report report.json` makes the report; with --charge it is one of fees, funding, \
      interest or a penalty. Cash that is taken ends the account's standing, as nothing shows that the book meets its rule \
      with less: it proves anew. Cash that is given does not, under a circuit that is listed as convex.
      """)

  @OptionGroup var desk: DeskOptions

  @Argument(help: "The signed report.", completion: .file(extensions: ["json"]))
  var report: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let signed = try Documents.signed(report, as: FillReport.self)
    let admission = try desk.desk()
    let head = try ToolFailure.wrapping(report) { try admission.fill(signed, at: desk.now) }
    let before = signed.unverified.before
    let what = signed.unverified.charge.map { " after a charge for \($0.rawValue)" } ?? ""
    return .recorded("account \(before.account) is at sequence \(before.sequence + 1)\(what)", head)
  }
}
