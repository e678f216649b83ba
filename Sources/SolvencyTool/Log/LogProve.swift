internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import TransparencyLog

/// `solvency log prove`
struct LogProve: Verb {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Make the receipt of an entry: that it stands in the log, for somebody who is offline.",
    discussion: """
      The receipt is for the checkpoint in the directory, with its cosignatures, or for another that is given. It is checked \
      against the tiles before it is written.

        solvency log prove site --index 41 -o 41.tlog-proof
      """)

  @Argument(help: "The directory of tiles.", completion: .directory)
  var directory: String

  @Option(help: "The entry's place, from 0.")
  var index: UInt64

  @Option(help: "The checkpoint; that of the directory by default.")
  var checkpoint: String?

  @Option(help: "A file whose bytes are added as extra data, which nothing vouches for.")
  var extra: String?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the receipt is written.",
    completion: .file(extensions: ["tlog-proof"]))
  var file: String

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let directory = TileDirectory(directory)
    let signed =
      try checkpoint.map { path throws(ToolFailure) in try Documents.checkpoint(path) }
      ?? directory.publishedCheckpoint()
    let head = signed.unverified.head
    guard index < head.size else {
      throw ToolFailure(.refused, "--index", "the checkpoint covers \(head.size) entries, numbered from 0")
    }
    let extra = try extra.map { path throws(ToolFailure) in
      try InputFile.read(path, limit: LogProof.extraByteLimit)
    }
    let size = max(head.size, try directory.checkpoint()?.unverified.head.size ?? 0)
    var reader = TileReader(directory, size: size)
    let (proof, leaf) = try ToolFailure.wrapping(directory.path) {
      (
        try LogProof(of: index, under: signed, from: &reader, extra: extra),
        try reader.node(NodePlace(level: 0, index: index))
      )
    }
    do throws(TreeProofError) {
      try InclusionProof(index: index, size: head.size, path: proof.path).verify(leaf: leaf, root: head.root)
    } catch {
      throw ToolFailure(
        .refused, directory.path,
        "its tiles do not lead to the root of the checkpoint; restore them from a copy")
    }
    try OutputFile.write(proof.encoded(), to: file, access: .everybody, replacing: force)
    return Report(
      text: "\(file): entry \(index) of \(head.size)",
      data: .object(
        [JSONMember("file", .string(file)), JSONMember("index", .integer(index))]
          + Report.members(signed.unverified)))
  }
}
