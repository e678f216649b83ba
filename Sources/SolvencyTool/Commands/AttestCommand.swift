internal import ArgumentParser
internal import Commitments
internal import JSONDocuments
internal import MarginEngine
internal import Solvency

/// `solvency attest`
struct AttestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attest",
    abstract: "Attestations: a custodian's word that a commitment is an account's book with it.",
    subcommands: [Sign.self, Check.self], defaultSubcommand: Sign.self)

  /// `solvency attest sign`
  struct Sign: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Sign, as a custodian, that a commitment is this account's book, pledged to one venue.",
      discussion: """
        Name one venue for an account and a time, so that the same collateral is not pledged twice.

          solvency attest --account account/account.json --pledged-to "Example Exchange" \\
            --key custodian.key -o attestation.json
        """)

    @Option(help: "The account, as it is with the custodian.", completion: .file(extensions: ["json"]))
    var account: String

    @Option(help: "The name of the one venue that may count the book.")
    var pledgedTo: String

    @Option(help: ArgumentHelp("For how long it holds.", valueName: "seconds"))
    var validFor: UInt64 = 86_400

    @Option(
      help: ArgumentHelp(
        "From when on it holds: RFC 3339, or seconds since 1970. Now by default.", valueName: "time"))
    var now: Moment?

    @OptionGroup var signing: SigningOptions
    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      guard let venue = try? Audience(pledgedTo) else {
        throw ToolFailure(.usage, "--pledged-to", "write 1 to 128 bytes of printable text")
      }
      let account = try Documents.account(account)
      let issued = now?.timestamp ?? .clock
      let attestation = try ToolFailure.wrapping("--valid-for") {
        try Attestation(
          account: account, pledgedTo: venue, issued: issued, expires: issued.advanced(by: validFor))
      }
      let signed = try signing.sign(attestation)
      return Report(
        text: """
          \(account.account), sequence \(account.sequence), is pledged to \(venue)
            until      \(attestation.expires.text)
            custodian  \(signed.signer)
            signed     \(signing.path)
          """,
        data: ["file": .string(signing.path), "attestation": signed.json])
    }
  }

  /// `solvency attest check`
  struct Check: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Check the attestations of all custodians of an account, and add them up.",
      discussion: """
        Exits 2 unless every signature holds, every signer is one of the custodians given, and all are of \
        one account and venue. The commitments add up to the account's, which -o writes.

          solvency attest check attestation.json --custodian custodian.key.pub -o account.json
        """)

    @Argument(help: "The attestations.", completion: .file(extensions: ["json"]))
    var attestations: [String]

    @Option(
      help: "The public key of a custodian to trust; repeat it for more.",
      completion: .file(extensions: ["pub"]))
    var custodian: [String]

    @Option(help: "Only accept what is pledged to the venue of this name.")
    var pledgedTo: String?

    @Option(
      help: ArgumentHelp(
        "The present moment: RFC 3339, or seconds since 1970. This machine's clock by default.",
        valueName: "time"))
    var now: Moment?

    @Option(
      name: [.customShort("o"), .customLong("output")],
      help: "Where the account that the attestations add up to is written.",
      completion: .file(extensions: ["json"]))
    var account: String?

    @Flag(help: "Replace a file that is there.")
    var force = false

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let combined = try combined()
      if let pledgedTo, combined.pledgedTo.description != pledgedTo {
        throw ToolFailure(.refused, attestations[0], "is pledged to \(combined.pledgedTo)")
      }
      let now = now?.timestamp ?? .clock
      guard combined.holds(at: now) else {
        throw ToolFailure(
          .refused, attestations.joined(separator: ", "),
          "holds from \(combined.issued.text) until \(combined.expires.text), not at \(now.text)")
      }
      if let account {
        try OutputFile.write(
          combined.account.json.encoded(.indented), to: account, access: .everybody, replacing: force)
      }
      return Self.report(combined)
    }

    /// Checks each file by itself, so that the one at fault is named, and then all together.
    private func combined() throws(ToolFailure) -> CombinedAttestation {
      var keys: Set<VerificationKey> = []
      for path in custodian { keys.insert(try Documents.verificationKey(path, of: .custodian)) }
      var signed: [Signed<Attestation>] = []
      for path in attestations {
        let attestation = try Documents.signed(path, as: Attestation.self)
        signed.append(attestation)
        _ = try ToolFailure.wrapping(path) {
          try CombinedAttestation(of: [attestation], trusting: keys)
        }
      }
      return try ToolFailure.wrapping(attestations.joined(separator: ", ")) {
        try CombinedAttestation(of: signed, trusting: keys)
      }
    }

    private static func report(_ combined: CombinedAttestation) -> Report {
      let account = combined.account
      var lines = [
        "\(account.account), sequence \(account.sequence), is pledged to \(combined.pledgedTo)",
        "  from        \(combined.issued.text) until \(combined.expires.text)",
        "  commitment  \(account.commitment.encoded.hex)",
      ]
      lines += combined.parts.map {
        "  custodian   \($0.custodian) attests \($0.account.commitment.encoded.hex)"
      }
      return Report(
        text: lines.joined(separator: "\n"),
        data: [
          "account": account.json, "pledgedTo": .string(combined.pledgedTo.description),
          "issued": .integer(combined.issued.seconds), "expires": .integer(combined.expires.seconds),
          "parts": .array(
            combined.parts.map { part in
              ["custodian": .hex(part.custodian.bytes), "account": part.account.json]
            }),
        ])
    }
  }
}
