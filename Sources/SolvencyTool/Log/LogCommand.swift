internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog

/// `solvency log`
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Transparency logs: tiles, checkpoints, receipts, witnesses, in the formats of C2SP.",
    discussion: """
      A log is a directory of tiles with a signed checkpoint, which any web server serves and many tools read. A receipt \
      (.tlog-proof) shows offline that an entry is in it; witnesses vouch that it only grew.

        solvency keygen --role log -o log.key
        solvency log key log.key.pub --name example.com/ledger > log.vkey
        solvency log tiles --lines entries.txt -o site
        solvency log checkpoint site --key log.key --origin example.com/ledger
        solvency log prove site --index 0 -o first.tlog-proof
        solvency log verify first.tlog-proof --entry first.txt --log log.vkey
      """,
    subcommands: [
      LogKey.self, LogTiles.self, LogCheckpoint.self, LogProve.self, LogVerify.self, LogConsistency.self,
      LogWitness.self,
    ])
}

/// `solvency log key`
struct LogKey: Verb {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Print the public key of a log or a witness with its name, as a vkey.",
    discussion: "The name of a log is its origin; that of a witness is under one name only.")

  @Argument(help: "The public key.", completion: .file(extensions: ["pub"]))
  var key: String

  @Option(help: "The name: a URL without its scheme, such as example.com/ledger.")
  var name: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let file = try Documents.read(key, KeyFile.fileByteLimit, as: .publicKey) {
      try PublicKeyFile(decoding: $0)
    }
    let noteKey = try ToolFailure.wrapping(key) { try file.noteKey(named: ExactText(name)) }
    return Report(
      text: noteKey.description,
      data: [
        "role": .string(file.role.rawValue), "name": .string(name), "vkey": .string(noteKey.description),
      ])
  }
}

/// `--policy`, or `--log` and `--witness`: whom a reader of checkpoints trusts.
struct TrustOptions: ParsableArguments {
  @Option(help: "A policy file as c2sp.org/tlog-policy has it: logs, witnesses, quorum.")
  var policy: String?

  @Option(help: "The log's vkey, or a file with it; repeat it for more. Instead of --policy.")
  var log: [String] = []

  @Option(help: "A witness's vkey, or a file with it; repeat it for more. With --log.")
  var witness: [String] = []

  @Option(help: ArgumentHelp("How many of the witnesses must have cosigned; all by default.", valueName: "k"))
  var quorum: Int?

  func validate() throws {
    guard (policy == nil) != log.isEmpty else {
      throw ValidationError("Name --log, the log's vkey, or --policy, a file.")
    }
    guard policy == nil || witness.isEmpty && quorum == nil else {
      throw ValidationError("With --policy, the witnesses and the quorum stand in the file.")
    }
  }

  /// The policy.
  func load() throws(ToolFailure) -> TrustPolicy {
    if let policy {
      return try Documents.read(policy, TrustPolicy.fileByteLimit, as: .trustPolicy) {
        try TrustPolicy(decoding: $0)
      }
    }
    var (logs, witnesses): ([NoteKey], [NoteKey]) = ([], [])
    for key in log { logs.append(try Documents.noteKey(key)) }
    for key in witness { witnesses.append(try Documents.noteKey(key)) }
    return try ToolFailure.wrapping("--log, --witness and --quorum") {
      try TrustPolicy(logs: logs, witnesses: witnesses, threshold: quorum ?? witnesses.count)
    }
  }
}

extension Report {
  /// Members that say what a checkpoint says.
  static func members(_ checkpoint: Checkpoint) -> [JSONMember] {
    [
      JSONMember("origin", .string(checkpoint.origin.description)),
      JSONMember("size", .integer(checkpoint.head.size)),
      JSONMember("root", .string(checkpoint.head.root.description)),
    ]
  }

  /// Lines and members that say who has cosigned.
  static func cosigned(_ witnessed: WitnessedCheckpoint) -> (lines: [String], member: JSONMember) {
    let cosigned = witnessed.cosigned
    return (
      cosigned.map { "  cosigned by \($0.witness) at \(Timestamp(seconds: $0.time).text)" },
      JSONMember(
        "cosigned",
        .array(cosigned.map { ["witness": .string($0.witness.description), "time": .integer($0.time)] }))
    )
  }
}
