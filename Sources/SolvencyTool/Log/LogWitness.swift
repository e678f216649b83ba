internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import Solvency
internal import TransparencyLog

/// `solvency log witness`
struct LogWitness: Verb {
  static let configuration = CommandConfiguration(
    commandName: "witness",
    abstract: "Cosign a checkpoint, if it goes on from the one cosigned last.",
    discussion: """
      The state directory remembers the last checkpoint of every log; it is written before the cosignature is printed, and \
      must never be restored from an older copy. Give a request as c2sp.org/tlog-witness has it (a file, or - for standard \
      input), or the log's directory, whose checkpoint is then cosigned. Prints the signature line, or with -o writes the \
      checkpoint with all its signatures.

        solvency log witness --tiles site --key witness.key \\
          --name witness.example/w1 --log log.vkey --state state \\
          -o site/checkpoint --force
      """)

  @Argument(help: "The request, or - for standard input.")
  var request: String?

  @Option(help: "The log's directory of tiles, instead of a request.", completion: .directory)
  var tiles: String?

  @Option(
    help: "The witness's key, as `solvency keygen --role witness` wrote it.",
    completion: .file(extensions: ["key"]))
  var key: String

  @Option(help: "The witness's name. A key cosigns under one name only.")
  var name: String

  @Option(help: "The vkey of a log that is known, or a file with it; repeat it for more.")
  var log: [String]

  @Option(help: "The directory that remembers the last checkpoints.", completion: .directory)
  var state: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "Where the checkpoint with the cosignature is written.")
  var file: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var moment: MomentOption
  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (request == nil) != (tiles == nil) else { throw ValidationError("Give a request, or --tiles.") }
  }

  func perform() throws -> Report {
    if let file { try OutputFile.checkFree(file, replacing: force, isUpdate: true) }
    var keys: [NoteKey] = []
    for key in log { keys.append(try Documents.noteKey(key)) }
    let secret = try Documents.signingKey(key, passphrase)
    let cosigner = try ToolFailure.wrapping(key) { try secret.cosigner(named: ExactText(name)) }
    let witness = Witness(cosigner, logs: keys)
    let store = try WitnessFolder(state)
    // Nobody publishes another checkpoint between reading this one and writing it with the cosignature.
    // The witness's own folder is locked while its record changes.
    let lock = try Self.lock(file, apartFrom: state)
    defer { _ = lock }
    let (asked, place) = try read(store)
    let cosigned: Witness.Cosigned
    do throws(WitnessError<ToolFailure>) {
      cosigned = try witness.cosign(asked, at: moment.timestamp.seconds, in: store)
    } catch {
      switch error {
      case .store(let failure): throw failure
      case .refused(let refusal): return try ToolFailure.wrapping(place) { throw refusal }
      }
    }
    var checkpoint = asked.checkpoint
    try ToolFailure.wrapping(place) { try checkpoint.add([cosigned.cosignature]) }
    if let file {
      try OutputFile.write(
        checkpoint.encoded(), to: file, access: .everybody, replacing: force, isUpdate: true)
    }
    let line = String(decoding: NoteSignature.encoded([cosigned.cosignature]).dropLast(), as: UTF8.self)
    let head = checkpoint.unverified.head
    return Report(
      text: file.map { "\($0): \(head.size) entries, cosigned" } ?? line,
      data: .object(
        [JSONMember("cosignature", .string(line)), JSONMember("vkey", .string(witness.key.description))]
          + Report.members(checkpoint.unverified)))
  }

  /// The request, and where it came from.
  private func read(_ store: WitnessFolder) throws(ToolFailure) -> (WitnessRequest, String) {
    if let request {
      return (
        try Documents.read(request, WitnessRequest.byteLimit, as: .witnessRequest) {
          try WitnessRequest(decoding: $0)
        },
        InputFile.name(request)
      )
    }
    let directory = TileDirectory(tiles ?? ".")
    let checkpoint = try directory.publishedCheckpoint()
    let file = store.file(of: checkpoint.unverified.origin)
    let isKnown = FileManager.default.fileExists(atPath: file)
    let last = isKnown ? try Documents.checkpoint(file).unverified.head.size : 0
    let size = checkpoint.unverified.head.size
    guard last <= size else {
      throw ToolFailure(
        .refused, directory.checkpointPath,
        "covers \(size) entries, and the checkpoint cosigned last \(last): the log has gone back")
    }
    var reader = TileReader(directory, size: size)
    return (
      try ToolFailure.wrapping(directory.path) {
        try WitnessRequest(from: last, to: checkpoint, of: &reader)
      },
      directory.checkpointPath
    )
  }

  private static func lock(
    _ file: String?, apartFrom state: String
  ) throws(ToolFailure) -> FileLock? {
    guard let file else { return nil }
    let folders = [OutputFile.folder(of: file), state].map {
      URL(filePath: $0).resolvingSymlinksInPath().path
    }
    return folders[0] == folders[1] ? nil : try FileLock(folderOf: file)
  }

}
