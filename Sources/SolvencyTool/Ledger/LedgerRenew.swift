internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger renew`
struct LedgerRenew: Verb {
  static let configuration = CommandConfiguration(
    commandName: "renew",
    abstract: "Take new attestations of an account's present state.")

  @OptionGroup var desk: DeskOptions

  @Argument(help: "The attestations of one account.", completion: .file(extensions: ["json"]))
  var attestations: [String]

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let signed = try Documents.attestations(attestations)
    let admission = try desk.desk()
    let head = try ToolFailure.wrapping(attestations.joined(separator: ", ")) {
      try admission.renew(signed, at: desk.now)
    }
    return .recorded("account \(signed[0].unverified.account.account) is attested anew", head)
  }
}
