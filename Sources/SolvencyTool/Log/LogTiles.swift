internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import TransparencyLog

/// `solvency log tiles`
struct LogTiles: Verb {
  static let configuration = CommandConfiguration(
    commandName: "tiles",
    abstract: "Write the tiles of a log's tree to a directory, or lengthen those that are there.",
    discussion: """
      Give the whole log: each file is an entry, or each line of a file with --lines. If the directory has a checkpoint, the \
      entries must begin with those that it covers, and only what follows them is written. No checkpoint is made: \
      `solvency log checkpoint` signs what the tiles hold.

        solvency log tiles --lines entries.txt -o site
      """)

  @Argument(help: "Files that are one entry each.")
  var entries: [String] = []

  @Option(help: "A file each line of which is an entry, without its end. Instead of files of one entry.")
  var lines: String?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "The directory.", completion: .directory)
  var directory: String

  @Flag(help: "Write no entries, hashes only: proofs can be made, and nobody reads the entries.")
  var hashesOnly = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard lines == nil || entries.isEmpty else {
      throw ValidationError("Give files of one entry, or --lines, not both.")
    }
  }

  func perform() throws -> Report {
    var growth = try TileGrowth(TileDirectory(directory), withEntries: !hashesOnly)
    if let lines {
      var reader = LineReader(try InputFile.open(lines, limit: nil), limit: Int(UInt16.max))
      while let line = try reader.next() {
        guard case .bytes(let entry) = line else {
          throw ToolFailure(
            .malformedInput, lines, "entry \(growth.size) has more than the 65,535 bytes that a log can hold")
        }
        try growth.append(entry)
      }
    }
    for path in entries { try growth.append(InputFile.read(path, limit: Int(UInt16.max))) }
    let head = try growth.finish()
    return Report(
      text: "\(directory): \(head.size) entries, root \(head.root)",
      data: [
        "directory": .string(directory), "size": .integer(head.size), "root": .string(head.root.description),
      ])
  }
}
