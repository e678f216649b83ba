internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency

/// The ledger directory, for commands that read it.
struct LedgerOption: ParsableArguments {
  @Option(name: .customLong("ledger"), help: "The ledger directory.", completion: .directory)
  var path: String

  func folder() throws(ToolFailure) -> LedgerFolder { try LedgerFolder(path) }
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
