internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger challenge`
struct LedgerChallenge: Verb {
  static let configuration = CommandConfiguration(
    commandName: "challenge",
    abstract: "Give an account a nonce to answer: `solvency request --challenge` takes it.")

  @OptionGroup var desk: DeskOptions

  @Argument(help: "The account.")
  var account: String

  @Option(help: ArgumentHelp("For how long it may be answered.", valueName: "seconds"))
  var validFor: UInt64 = 300

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    guard let account = try? AccountID(account) else {
      throw ToolFailure(.usage, "account", "write 1 to 128 bytes of printable text")
    }
    let admission = try desk.desk()
    let nonce = try ToolFailure.wrapping(self.account) {
      try admission.challenge(account, for: validFor, at: desk.now)
    }
    return Report(
      text: nonce.description,
      data: ["account": .string(account.description), "challenge": .string(nonce.description)])
  }
}
