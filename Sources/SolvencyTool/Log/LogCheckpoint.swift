internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog

/// `solvency log checkpoint`
struct LogCheckpoint: Verb {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Sign what the tiles in a directory hold, and publish it there as the log's checkpoint.",
    discussion: """
      A checkpoint that is there must be signed by the same key under the same name, and the tiles must go on from it: two \
      checkpoints that are not of one history are never signed.

        solvency log checkpoint site --key log.key --origin example.com/ledger
      """)

  @Argument(help: "The directory of tiles.", completion: .directory)
  var directory: String

  @Option(
    help: "The log's key, as `solvency keygen --role log` wrote it.", completion: .file(extensions: ["key"]))
  var key: String

  @Option(help: "The log's name. That of the checkpoint before by default.")
  var origin: String?

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let directory = TileDirectory(directory)
    let size = try directory.size()
    let lock = try FileLock(folderOf: directory.checkpointPath)
    defer { _ = lock }
    let last = try directory.checkpoint()
    guard let origin = origin.map({ ExactText($0) }) ?? last?.unverified.origin else {
      throw ToolFailure(.usage, "--origin", "is needed for a log's first checkpoint: the log's name")
    }
    let key = try Documents.signingKey(key, passphrase)
    let signer = try ToolFailure.wrapping(self.key) { try key.noteSigner(origin: origin) }
    var reader = TileReader(directory, size: size)
    if let last {
      let verified = try ToolFailure.wrapping(directory.checkpointPath) {
        try last.checkpoint(signedBy: [signer.key])
      }
      guard verified.head.size <= size,
        try ToolFailure.wrapping(directory.path, { try reader.head(at: verified.head.size) }) == verified.head
      else {
        throw ToolFailure(
          .refused, directory.path,
          "its \(size) entries do not go on from the checkpoint of \(verified.head.size); nothing was signed")
      }
    }
    let head = try ToolFailure.wrapping(directory.path) { try reader.head(at: size) }
    let signed = try ToolFailure.wrapping(directory.path) {
      try SignedCheckpoint(Checkpoint(origin: origin, head: head), by: signer)
    }
    // The same head again would only lose the cosignatures that are there.
    let isNew = last?.unverified.head != head
    if isNew {
      try OutputFile.write(
        signed.encoded(), to: directory.checkpointPath, access: .everybody, replacing: true, isUpdate: true)
    }
    return Report(
      text:
        "\(directory.checkpointPath): \(head.size) entries\(isNew ? "" : ", as before")\n  key  \(signer.key)",
      data: .object(
        [
          JSONMember("file", .string(directory.checkpointPath)),
          JSONMember("vkey", .string(signer.key.description)),
        ]
          + Report.members(signed.unverified)))
  }
}
