internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import VenueSolvency

/// `solvency roll reserve`
struct RollReserve: Verb {
  static let configuration = CommandConfiguration(
    commandName: "reserve",
    abstract: "Sign, as a custodian, how much of an asset is held for a venue and pledged to it alone.",
    discussion: """
      Amounts are lots of the asset, or quanta of value for cash. References say where anybody can look: addresses, \
      accounts, blocks. One custodian attests an asset once, or with references each time.

        solvency roll reserve --asset holding/BTC --amount 120000 \\
          --pledged-to "Example Exchange" \\
          --reference bc1qexample --key custodian.key -o btc.json
      """)

  @Option(help: "\"cash\", or the holding of an asset: holding/BTC.")
  var asset: String

  @Option(help: "Lots, or quanta of value for cash: 0 to 2^62 - 1. A snapshot with larger lots takes more.")
  var amount: Int64

  @Option(help: "The name of the one venue that may count it.")
  var pledgedTo: String

  @OptionGroup var identity: LedgerIdentityOption

  @Option(help: "An address, account or block, of characters that can be seen; repeat it for more.")
  var reference: [String] = []

  @Option(
    help: ArgumentHelp(
      "When it was so: as 2026-02-05T21:29:37Z, or seconds since 1970. Now by default.", valueName: "time"))
  var now: Moment?

  @OptionGroup var signing: SigningOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    guard let venue = try? Audience(pledgedTo, ledger: identity.digest()) else {
      throw ToolFailure(.usage, "--pledged-to", "write 1 to 128 bytes of printable text")
    }
    let content: ReserveAttestation
    do throws(ReserveError) {
      content = try ReserveAttestation(
        asset: asset, amount: amount, asOf: now?.timestamp ?? .now, pledgedTo: venue, references: reference)
    } catch {
      throw ToolFailure(.usage, "--asset, --amount and --reference", "\(error.advice). Nothing was signed")
    }
    let signed = try signing.unlocked(as: .custodian).sign(content)
    return Report(
      text: """
        \(amount) of \(content.asset) as of \(content.asOf.text), pledged to \(venue)
          custodian  \(signed.signer)
          signed     \(signing.path)
        """,
      data: ["file": .string(signing.path), "reserve": signed.json])
  }
}
