internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog

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
      "The present moment: as 2026-02-05T21:29:37Z, or seconds since 1970. This machine's clock by default.",
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

  @Option(
    help: "The log's key: sign a checkpoint of the log's tree after each commit, kept as ledger.checkpoint.",
    completion: .file(extensions: ["key"]))
  var logKey: String?

  @Option(help: "With --log-key: what the log's name begins with, such as example.com. As before by default.")
  var logName: String?

  @OptionGroup var moment: MomentOption
  @OptionGroup var passphrase: PassphraseOptions

  var path: String { ledger.path }
  var now: Timestamp { moment.timestamp }

  func desk(from start: LedgerStart = .checkpoint) throws(ToolFailure) -> Admission {
    let folder = try ledger.folder()
    return try folder.desk(
      try Documents.signingKey(key, passphrase), from: start, tree: try checkpointSigner(in: folder))
  }

  /// What signs the log's checkpoints; nil without --log-key.
  func checkpointSigner(in folder: LedgerFolder) throws(ToolFailure) -> CheckpointSigner? {
    guard let logKey else {
      guard logName == nil else {
        throw ToolFailure(.usage, "--log-name", "is for --log-key; give that as well")
      }
      return nil
    }
    let kept = folder.signedCheckpoint
    let before = try kept.read().map { $0.unverified.origin.description.split(separator: "/").dropLast() }
    guard let name = logName ?? before.map({ $0.joined(separator: "/") }) else {
      throw ToolFailure(
        .usage, "--log-name", "is needed with the first --log-key: the log's name, such as example.com")
    }
    if let before, name != before.joined(separator: "/") {
      throw ToolFailure(
        .refused, "--log-name", "is \(name), and the log has signed as \(before.joined(separator: "/"))")
    }
    if let lost = try kept.lost(), lost.unverified.origin.description.hasPrefix("\(name)/") {
      throw ToolFailure(
        .refused, "--log-name",
        "\(name) has signed entries that were lost, and would have two histories; take another name")
    }
    let key = try Documents.signingKey(logKey, passphrase)
    // A name that cannot be one is refused now and not after the first commit.
    try ToolFailure.wrapping(logKey) { _ = try key.noteSigner(origin: ExactText("\(name)/0")) }
    do throws(SigningError) {
      return try CheckpointSigner(key, named: name) { kept.write($0) }
    } catch {
      throw ToolFailure(
        .refused, "--log-key", "is not the key of a log; `solvency keygen --role log` makes one")
    }
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
