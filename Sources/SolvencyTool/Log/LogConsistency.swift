internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import TransparencyLog

/// `solvency log consistency`
struct LogConsistency: Verb {
  static let configuration = CommandConfiguration(
    commandName: "consistency",
    abstract: "Compare what several people have seen of one log: one history, or a split view.",
    discussion: """
      Give checkpoints, or receipts for the checkpoints in them, from anywhere. Checkpoints of different sizes are compared \
      with the log's tiles, from anyone who has them, or two of them with a proof. Exits 2 if two are not of one history: both \
      are then evidence against the log. Exits 2 too if nothing given shows whether they are.

        solvency log consistency mine.tlog-proof yours/checkpoint --tiles site \\
          --log log.vkey
        solvency log consistency old new --tiles site --log log.vkey -o request
      """)

  @Argument(help: "Checkpoints, receipts and requests to witnesses.")
  var files: [String]

  @Option(help: "The log's directory of tiles.", completion: .directory)
  var tiles: String?

  @Option(help: "A proof from the shorter of two to the longer: a request to a witness.")
  var proof: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "Where the proof from the first to the second is written, as a request to a witness. With --tiles.")
  var request: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var trust: TrustOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard files.count > 1 else { throw ValidationError("Give at least two checkpoints.") }
    guard tiles == nil || proof == nil else { throw ValidationError("Give --tiles or --proof, not both.") }
    guard proof == nil || files.count == 2 else {
      throw ValidationError("A proof is between two checkpoints.")
    }
    guard request == nil || tiles != nil && files.count == 2 else {
      throw ValidationError("A proof is made from --tiles, between two checkpoints.")
    }
  }

  func perform() throws -> Report {
    let policy = try trust.load()
    var (views, signed): ([LogView], [SignedCheckpoint]) = ([], [])
    for file in files {
      let checkpoint = try Documents.checkpoint(file)
      let witnessed = try ToolFailure.wrapping(file) { try policy.verify(checkpoint) }
      views.append(LogView(name: file, checkpoint: witnessed.checkpoint))
      signed.append(checkpoint)
    }
    let comparison = try compare(views)
    if let request, case .consistent = comparison { try write(request, signed) }
    return report(comparison)
  }

  private func compare(_ views: [LogView]) throws(ToolFailure) -> ViewComparison {
    if let proof {
      let request = try Documents.read(proof, WitnessRequest.byteLimit, as: .witnessRequest) {
        try WitnessRequest(decoding: $0)
      }
      let size = request.checkpoint.unverified.head.size
      return .compare(
        views[0], views[1],
        by: ConsistencyProof(oldSize: request.oldSize, newSize: size, path: request.path))
    }
    var reader = try tiles.map { path throws(ToolFailure) in try Self.reader(path) }
    // A tree shorter than the longest view shows nothing about it.
    if let size = reader?.size, views.contains(where: { $0.checkpoint.head.size > size }) { reader = nil }
    return try ToolFailure.wrapping(tiles ?? "") { try ViewComparison.compare(views, tree: &reader) }
  }

  private static func reader(_ path: String) throws(ToolFailure) -> TileReader<TileDirectory> {
    let directory = TileDirectory(path)
    if let published = try directory.checkpoint() {
      return TileReader(directory, size: published.unverified.head.size)
    }
    return TileReader(directory, size: try directory.size())
  }

  private func write(_ request: String, _ signed: [SignedCheckpoint]) throws(ToolFailure) {
    guard let tiles else { return }
    var reader = try Self.reader(tiles)
    let sorted = signed.sorted { $0.unverified.head.size < $1.unverified.head.size }
    let made = try ToolFailure.wrapping(tiles) {
      try WitnessRequest(from: sorted[0].unverified.head.size, to: sorted[1], of: &reader)
    }
    try OutputFile.write(made.encoded(), to: request, access: .everybody, replacing: force)
  }

  private func report(_ comparison: ViewComparison) -> Report {
    func views(_ one: LogView, _ other: LogView) -> JSONMember {
      JSONMember(
        "views",
        .array(
          [one, other].map { .object([JSONMember("file", .string($0.name))] + Report.members($0.checkpoint)) }
        ))
    }
    func both(_ one: LogView, _ other: LogView) -> String {
      [one, other].map { "  \($0.name): \($0.checkpoint.head.size) entries, root \($0.checkpoint.head.root)" }
        .joined(separator: "\n")
    }
    switch comparison {
    case .consistent(let longest):
      return Report(
        text:
          "one history of \(longest.checkpoint.origin); the longest is \(longest.name), \(longest.checkpoint.head.size) entries",
        data: .object(
          [JSONMember("result", "consistent"), JSONMember("longest", .string(longest.name))]
            + Report.members(longest.checkpoint)))
    case .split(let one, let other):
      return Report(
        text:
          "split view: \(one.checkpoint.origin) has signed two histories; keep both files\n\(both(one, other))",
        data: .object([JSONMember("result", "split"), views(one, other)]), isPositive: false)
    case .undecided(let one, let other):
      return Report(
        text:
          "undecided: nothing given shows whether these are of one history; give the log's tiles\n\(both(one, other))",
        data: .object([JSONMember("result", "undecided"), views(one, other)]), isPositive: false)
    case .otherLog(let one, let other):
      return Report(
        text:
          "these are of different logs\n  \(one.name): \(one.checkpoint.origin)\n  \(other.name): \(other.checkpoint.origin)",
        data: .object([JSONMember("result", "other-log"), views(one, other)]), isPositive: false)
    }
  }
}
