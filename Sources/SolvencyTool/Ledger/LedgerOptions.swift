internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency

/// The ledger directory, for commands that read it.
struct LedgerOption: ParsableArguments {
  @Option(name: .customLong("ledger"), help: "The ledger directory.", completion: .directory)
  var path: String

  @Option(
    name: .customLong("head"),
    help: "A signed head of the log that was kept elsewhere: a log that ends before it is refused.",
    completion: .file(extensions: ["json"]))
  var head: String?

  func folder() throws(ToolFailure) -> LedgerFolder {
    var folder = try LedgerFolder(path)
    guard let head else { return folder }
    let signed = try Documents.signedHeads(head)
    for signed in signed {
      let known = try ToolFailure.wrapping(head) { try signed.content(verifiedBy: folder.parties.venue) }
      if known.count > folder.knownHead?.count ?? 0 { folder.knownHead = known }
    }
    return folder
  }
}

/// `--now`
struct MomentOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The present moment: RFC 3339, or seconds since 1970. This machine's clock by default.",
      valueName: "time"))
  var now: Moment?

  var timestamp: Timestamp { now?.timestamp ?? .now }
}

/// The ledger directory and the venue's key, for commands that write to it.
struct DeskOptions: ParsableArguments {
  @OptionGroup var ledger: LedgerOption

  @Option(
    help: "The venue's key, which signs the log: as `solvency keygen` wrote it.",
    completion: .file(extensions: ["key"]))
  var key: String

  @OptionGroup var moment: MomentOption
  @OptionGroup var passphrase: PassphraseOptions

  var path: String { ledger.path }
  var now: Timestamp { moment.timestamp }

  func desk(from start: LedgerStart = .checkpoint) throws(ToolFailure) -> Admission {
    let folder = try ledger.folder()
    return try folder.desk(try Documents.signingKey(key, passphrase), from: start)
  }
}

/// `--ledger-identity`
struct LedgerIdentityOption: ParsableArguments {
  @Option(
    name: .customLong("ledger-identity"),
    help: ArgumentHelp(
      "The identity of the venue's ledger, as `ledger status` shows it: no other ledger of that name will take it.",
      valueName: "hex"))
  var identity: String?

  /// The identity; nil if none is given.
  func digest() throws(ToolFailure) -> Digest? {
    guard let identity else { return nil }
    guard let digest = Digest(hex: identity) else {
      throw ToolFailure(
        .usage, "--ledger-identity", "write the 64 hexadecimal digits that `ledger status` shows")
    }
    return digest
  }
}
