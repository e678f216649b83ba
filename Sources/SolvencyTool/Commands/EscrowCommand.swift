internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import SolvencyProver

/// `solvency escrow`
struct EscrowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "escrow",
    abstract: "Seal an opening to a liquidation committee, for the day its trader is silent.",
    discussion: """
      Any t of n members open it together, and fewer learn nothing. Members make their keys with \
      `solvency keygen --role escrow-member`.
      """,
    subcommands: [Seal.self, Sign.self, Check.self, Open.self, Recover.self])

  /// `solvency escrow seal`
  struct Seal: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Seal an opening to the members of a committee.",
      discussion: """
        The package is public. The party that seals knows the opening: the trader or a custodian.

          solvency escrow seal --opening account/account.opening --threshold 2 \\
            --member a.key.pub --member b.key.pub --member c.key.pub -o escrow.json
        """)

    @Option(help: "The opening of the account.", completion: .file(extensions: ["opening"]))
    var opening: String

    @Option(
      help: "The public key of a member; repeat it for each.", completion: .file(extensions: ["pub"]))
    var member: [String]

    @Option(help: "How many members it takes to open the package.")
    var threshold: Int

    @Option(
      name: [.customShort("o"), .customLong("output")], help: "Where the package is written.",
      completion: .file(extensions: ["json"]))
    var package: String

    @Flag(help: "Replace a file that is there.")
    var force = false

    @OptionGroup var passphrase: PassphraseOptions
    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      var members: [EscrowPublicKey] = []
      for path in member { members.append(try Documents.escrowMember(path)) }
      try OutputFile.checkFree(package, replacing: force)
      let secret = try Documents.opening(opening, passphrase)
      let sealed = try ToolFailure.wrapping("--member, --threshold") {
        try EscrowPackage.sealing(secret, to: members, threshold: threshold)
      }
      try OutputFile.write(sealed.encoded(), to: package, access: .everybody, replacing: force)
      return Report(
        text: """
          \(sealed.account.account), sequence \(sealed.account.sequence)
            package  \(package), opened by \(sealed.threshold) of \(sealed.members.count)
          """,
        data: [
          "package": .string(package), "account": sealed.account.json,
          "threshold": .integer(sealed.threshold),
          "members": .array(sealed.members.map { .hex($0.bytes) }),
        ])
    }
  }

  /// `solvency escrow sign`
  struct Sign: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Sign, as a custodian, what a package is: members check theirs against it.",
      discussion: """
        The custodian has sealed the package itself, or opens the account and sees that the package is of it. \
        Every byte is signed, so that a package that was changed on its way is refused on arrival, not on the day \
        it has to be opened.

          solvency escrow sign escrow.json --account account/account.json \\
            --key custodian.key -o escrow.sig.json
        """)

    @Argument(help: "The package.", completion: .file(extensions: ["json"]))
    var package: String

    @Option(help: "The account as it is now.", completion: .file(extensions: ["json"]))
    var account: String

    @OptionGroup var signing: SigningOptions
    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let signer = try signing.unlocked(as: .custodian)
      let sealed = try Documents.escrowPackage(package)
      let current = try Documents.account(account)
      try ToolFailure.wrapping(package) { try sealed.checkIsOf(current) }
      let signed = try signer.sign(EscrowSeal(account: sealed.account, package: sealed.digest))
      return Report(
        text: """
          \(sealed.account.account), sequence \(sealed.account.sequence)
            package  \(sealed.digest)
            signed   \(signing.path)
          """,
        data: ["file": .string(signing.path), "seal": signed.json])
    }
  }

  /// `solvency escrow check`
  struct Check: Verb {
    static let configuration = CommandConfiguration(
      abstract:
        "Check, as a member, that a package is what the custodian signed, and of the account as it is.",
      discussion: """
        Exits 2 if a byte was changed, or if the account has moved on: after a fill, hidden ones too, the package \
        opens a book that is no longer there, and a new one is needed.

          solvency escrow check escrow.json --seal escrow.sig.json \\
            --custodian custodian.key.pub \\
            --account account/account.json
        """)

    @Argument(help: "The package.", completion: .file(extensions: ["json"]))
    var package: String

    @Option(help: "What the custodian signed of it.", completion: .file(extensions: ["json"]))
    var seal: String

    @Option(help: "The custodian's public key.", completion: .file(extensions: ["pub"]))
    var custodian: String

    @Option(help: "The account as it is now.", completion: .file(extensions: ["json"]))
    var account: String?

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let sealed = try Documents.escrowPackage(package)
      let key = try Documents.verificationKey(custodian, of: .custodian)
      let signed = try Documents.signed(seal, as: EscrowSeal.self)
      let content = try ToolFailure.wrapping(seal) { try signed.content(verifiedBy: key) }
      let current = try account.map { path throws(ToolFailure) in try Documents.account(path) }
      try ToolFailure.wrapping(package) { try sealed.check(against: content, current: current) }
      let state =
        current == nil ? "not compared with the account as it is; give --account" : "of the account as it is"
      return Report(
        text: """
          \(sealed.account.account), sequence \(sealed.account.sequence): the package that the custodian signed
            state  \(state)
          """,
        data: [
          "account": sealed.account.json, "package": .string(sealed.digest.description),
          "isStateChecked": .bool(current != nil),
        ])
    }
  }

  /// `solvency escrow open`
  struct Open: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Open a member's share of a package, and check it.",
      discussion: """
        Without -o the share is only checked: do that when the package arrives, while its maker can still \
        be asked. The share is secret until the package is opened; hand it to the party that recovers.

          solvency escrow open escrow.json --key a.key -o share-a.json
        """)

    @Argument(help: "The package.", completion: .file(extensions: ["json"]))
    var package: String

    @Option(help: "The member's key, as `solvency keygen` wrote it.", completion: .file(extensions: ["key"]))
    var key: String

    @Option(
      name: [.customShort("o"), .customLong("output")], help: "Where the share is written.",
      completion: .file(extensions: ["json"]))
    var share: String?

    @Flag(help: "Replace a file that is there.")
    var force = false

    @OptionGroup var passphrase: PassphraseOptions
    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let sealed = try Documents.escrowPackage(package)
      if let share { try OutputFile.checkFree(share, replacing: force) }
      let key = try Documents.escrowKey(key, passphrase)
      let opened = try ToolFailure.wrapping(package) { try sealed.share(openedBy: key) }
      if let share {
        try OutputFile.write(opened.encoded(), to: share, access: .ownerOnly, replacing: force)
      }
      return Report(
        text: """
          \(sealed.account.account), sequence \(sealed.account.sequence)
            share  of member \(opened.member) of \(sealed.members.count), sound; it takes \(sealed.threshold)
            file   \(share.map { "\($0), NOT encrypted" } ?? "none; the share was checked only")
          """,
        data: [
          "account": sealed.account.json, "member": .integer(opened.member),
          "threshold": .integer(sealed.threshold), "share": share.map { .string($0) } ?? .null,
        ])
    }
  }

  /// `solvency escrow recover`
  struct Recover: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Open a package with the shares of enough members.",
      discussion: """
        Every share is checked before it counts, so a wrong one is named; what comes out is checked against \
        the commitment.

          solvency escrow recover escrow.json --share share-a.json \\
            --share share-c.json -o recovered
        """)

    @Argument(help: "The package.", completion: .file(extensions: ["json"]))
    var package: String

    @Option(help: "The share of a member; repeat it for each.", completion: .file(extensions: ["json"]))
    var share: [String]

    @OptionGroup var folder: AccountFolder
    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let sealed = try Documents.escrowPackage(package)
      try folder.check(withOpening: true)
      var recovery = EscrowRecovery(of: sealed)
      for path in share {
        let share = try Documents.escrowShare(path)
        do throws(EscrowError) {
          try recovery.add(share)
        } catch {
          try ToolFailure.wrapping(path) { throw error }
        }
      }
      let opening = try Self.open(recovery, of: package)
      try folder.write(sealed.account, opening: opening)
      return folder.report(sealed.account, withOpening: true)
    }

    private static func open(
      _ recovery: consuming EscrowRecovery, of package: String
    ) throws(ToolFailure) -> AccountOpening {
      do throws(EscrowError) {
        return try recovery.opening()
      } catch {
        return try ToolFailure.wrapping(package) { throw error }
      }
    }
  }
}
