internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency

/// `solvency ledger escrow`
struct LedgerEscrow: Verb {
  static let configuration = CommandConfiguration(
    commandName: "escrow",
    abstract: "Record that a sealed opening of an account was deposited.",
    discussion: """
      Takes the seal that a custodian signed on the package (`solvency escrow sign`), for the account as it is now. Public \
      fills and charges can be applied to what a package opens; after a hidden fill nobody can, and `ledger status` asks \
      for a new package.

        solvency ledger escrow --ledger desk --key venue.key escrow.sig.json
      """)

  @OptionGroup var desk: DeskOptions

  @Argument(help: "The signed seal.", completion: .file(extensions: ["json"]))
  var seal: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let signed = try Documents.signed(seal, as: EscrowSeal.self)
    let admission = try desk.desk()
    let head = try ToolFailure.wrapping(seal) { try admission.deposit(signed, at: desk.now) }
    let account = signed.unverified.account
    return .recorded("account \(account.account) is in escrow at sequence \(account.sequence)", head)
  }
}
