internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger open`
struct LedgerOpen: Verb {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Open an account on the attestations of its custodians.")

  @OptionGroup var desk: DeskOptions

  @Argument(help: "The attestations of one account.", completion: .file(extensions: ["json"]))
  var attestations: [String]

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let signed = try Documents.attestations(attestations)
    let admission = try desk.desk()
    let head = try ToolFailure.wrapping(attestations.joined(separator: ", ")) {
      try admission.open(signed, at: desk.now)
    }
    return .recorded("account \(signed[0].unverified.account.account) is open", head)
  }
}
