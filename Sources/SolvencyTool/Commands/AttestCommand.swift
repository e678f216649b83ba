internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import ProofCore
internal import Solvency
internal import SolvencyProver

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
        Name one venue for an account and a time: what was pledged stands in a register beside the key, and the same \
        book is not pledged twice. With the \
        account's opening, and the book as the custodian keeps it, both are checked against the commitment before \
        anything is signed; without, the custodian vouches for a point that it has not looked behind.

          solvency attest --account account/account.json \\
            --pledged-to "Example Exchange" \\
            --opening account/account.opening --book book.json \\
            --snapshot Examples/snapshot.json \\
            --key custodian.key -o attestation.json
        """)

    @Option(help: "The account, as it is with the custodian.", completion: .file(extensions: ["json"]))
    var account: String

    @Option(help: "The name of the one venue that may count the book.")
    var pledgedTo: String

    @OptionGroup var identity: LedgerIdentityOption

    @Option(
      name: .customLong("with"),
      help: ArgumentHelp(
        "The public key of another custodian that keeps a part of the account's book; repeat it for more. All of them "
          + "name all: a part cannot be left out.", valueName: "key"), completion: .file(extensions: ["pub"]))
    var others: [String] = []

    @Option(help: ArgumentHelp("For how long it holds.", valueName: "seconds"))
    var validFor: UInt64 = 86_400

    @Option(
      help: ArgumentHelp(
        "From when on it holds: as 2026-02-05T21:29:37Z, or seconds since 1970. Now by default.",
        valueName: "time"))
    var now: Moment?

    @Option(
      help:
        "The account's opening, plain or locked with the passphrase of the key: it must open the commitment.",
      completion: .file(extensions: ["opening"]))
    var opening: String?

    @Option(
      help:
        "The book as the custodian keeps it: it must be the one in the opening. With --opening and --snapshot.",
      completion: .file(extensions: ["json"]))
    var book: String?

    @Option(
      help: "A snapshot whose list of coordinates the book is over.", completion: .file(extensions: ["json"]))
    var snapshot: String?

    @Option(help: "Instead of a snapshot: the list of coordinates.", completion: .file(extensions: ["json"]))
    var registry: String?

    @OptionGroup var register: RegisterOptions
    @OptionGroup var signing: SigningOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard book == nil || (opening != nil && (snapshot == nil) != (registry == nil)) else {
        throw ValidationError("--book needs --opening, and --snapshot or --registry.")
      }
    }

    /// Looks behind the commitment, as far as the custodian can.
    ///
    /// - Returns: what was seen, in words.
    private func check(_ account: AccountCommitment) throws(ToolFailure) -> String {
      guard let opening else { return "not seen: the custodian vouches for the commitment unseen" }
      let secret = try Documents.opening(opening, signing.passphrase)
      try ToolFailure.wrapping(opening) { try secret.check(against: account) }
      guard let book else { return "seen: it opens the commitment" }
      var list: Registry?
      if let registry { list = try Documents.registryHistory(registry).step(account.registry) }
      if let snapshot { list = try Documents.registry(of: Documents.snapshot(snapshot), at: snapshot) }
      guard let list, list.digest == account.registry else {
        throw ToolFailure(
          .refused, self.account, "is over another list of instruments and assets, \(account.registry)")
      }
      let kept = try Documents.book(book, registry: list, under: snapshot.map(Documents.snapshot))
      try ToolFailure.wrapping(book) { try secret.check(against: kept) }
      return "seen: it opens the commitment, to the book that the custodian keeps"
    }

    func perform() throws -> Report {
      guard let venue = try? Audience(pledgedTo, ledger: identity.digest()) else {
        throw ToolFailure(.usage, "--pledged-to", "write 1 to 128 bytes of printable text")
      }
      let signer = try signing.unlocked(as: .custodian)
      let account = try Documents.account(account)
      let seen = try check(account)
      let issued = now?.timestamp ?? .now
      var custodians: Set<VerificationKey> = [signer.verificationKey]
      for other in others { custodians.insert(try Documents.verificationKey(other, of: .custodian)) }
      let pledge = try ToolFailure.wrapping("--valid-for") {
        try Attestation(
          account: account, pledgedTo: venue, custodians: CustodianSet(custodians),
          number: CustodianSet.number(of: signer.verificationKey, among: custodians), issued: issued,
          expires: issued.advanced(by: validFor),
          sight: book != nil ? .book : opening != nil ? .opening : .unseen)
      }
      // Before the signature exists: a crash in between leaves a pledge that may be signed again, no
      // signature that is not remembered.
      try register.admit(
        account, pledgedTo: venue, issued: issued, expires: pledge.expires, key: signing.key,
        opening: opening, signing.passphrase)
      let signed = try signer.sign(pledge)
      let attestation = signed.unverified
      return Report(
        text: """
          \(account.account), sequence \(account.sequence), is pledged to \(venue)
            until      \(attestation.expires.text)
            custodian  \(signed.signer), \(attestation.number ?? 1) of \(attestation.custodians?.count ?? 1)
            opening    \(seen)
            signed     \(signing.path)
            register   \(register.file(besideKey: signing.key)), to be kept with the key
          """,
        data: [
          "file": .string(signing.path), "registerFile": .string(register.file(besideKey: signing.key)),
          "attestation": signed.json,
          "isOpeningChecked": .bool(opening != nil), "isBookChecked": .bool(book != nil),
        ])
    }
  }

  /// `solvency attest check`
  struct Check: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Check the attestations of all custodians of an account, and add them up.",
      discussion: """
        Exits 2 unless every signature holds, every signer is one of the custodians given, and all are of \
        one account and venue. The commitments add up to the account's, which -o writes.

          solvency attest check attestation.json --custodian custodian.key.pub \\
            -o account.json
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
        "The present moment: as 2026-02-05T21:29:37Z, or seconds since 1970. This machine's clock by default.",
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
      let now = now?.timestamp ?? .now
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
        let combined = try CombinedAttestation(of: signed, trusting: keys)
        try combined.checkComplete()
        return combined
      }
    }

    /// ", n of N", where that is stated.
    private static func place(of part: CombinedAttestation.Part, in combined: CombinedAttestation) -> String {
      part.number.map { ", \($0) of \(combined.custodians?.count ?? 0)," } ?? ""
    }

    private static func report(_ combined: CombinedAttestation) -> Report {
      let account = combined.account
      var lines = [
        "\(account.account), sequence \(account.sequence), is pledged to \(combined.pledgedTo)",
        "  from        \(combined.issued.text) until \(combined.expires.text)",
        "  commitment  \(account.commitment.encoded.hex)",
      ]
      lines += combined.parts.map {
        "  custodian   \($0.custodian)\(Self.place(of: $0, in: combined)) attests "
          + "\($0.account.commitment.encoded.hex), \($0.sight.words)"
      }
      return Report(
        text: lines.joined(separator: "\n"),
        data: [
          "account": account.json, "pledgedTo": .string(combined.pledgedTo.description),
          "issued": .integer(combined.issued.seconds), "expires": .integer(combined.expires.seconds),
          "parts": .array(
            combined.parts.map { part in
              [
                "custodian": .hex(part.custodian.bytes), "account": part.account.json,
                "number": part.number.map { .integer($0) } ?? .null,
                "seen": .string(part.sight.rawValue),
              ]
            }),
        ])
    }
  }
}

extension Attestation.Sight {
  /// What the custodian saw, in words.
  fileprivate var words: String {
    switch self {
    case .unseen: "unseen"
    case .opening: "having opened it"
    case .book: "having opened it to the book that it keeps"
    }
  }
}
