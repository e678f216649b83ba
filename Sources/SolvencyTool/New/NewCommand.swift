internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import MarginRules
internal import MarketData
internal import Solvency
internal import SolvencyProver

/// `solvency new`
struct NewCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a file to start from: valid as it is, with every member explained.",
    discussion: """
      JSON has no comments, so beside a snapshot, a book and a market stands a page that explains each member; a circuit \
      and a desk's script explain themselves. With --snapshot a book lists everything that the snapshot lists.

        solvency new snapshot -o start/snapshot.json
        solvency new book --snapshot start/snapshot.json -o start/book.json
        solvency new circuit -o start/my-rule.circuit
        solvency new market -o start/market
        solvency new desk -o start/desk.sh
      """)

  /// What is written.
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case snapshot, book, circuit, market, desk
  }

  @Argument(help: "snapshot, book, circuit, market or desk.")
  var kind: Kind

  @Option(
    help:
      "For a book: the snapshot whose instruments and assets it lists; those of `new snapshot` otherwise.",
    completion: .file(extensions: ["json"]))
  var snapshot: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "Where it is written: a file, or a folder for a market. A page that explains it goes beside it.")
  var place: String

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard snapshot == nil || kind == .book else {
      throw ValidationError("--snapshot is for a book: it says what the book lists.")
    }
  }

  func perform() throws -> Report {
    var (files, next) = try files()
    // Beside a device or a pipe there is no place for anything.
    if OutputFile.isWrittenInto(place) { files.removeAll { $0.path != place } }
    for file in files { try OutputFile.checkFree(file.path, replacing: force) }
    for file in files {
      let folder = OutputFile.folder(of: file.path)
      if !InputFile.exists(folder) { try OutputFile.makeFolder(folder) }
      try OutputFile.write(file.bytes, to: file.path, access: file.access, replacing: force)
    }
    let paths = files.map(\.path)
    let shown = paths.count > 4 ? [place] : paths
    return Report(
      text: shown.map { "written   \($0)" }.joined(separator: "\n") + "\nnext      \(next)",
      data: ["files": .array(paths.map { .string($0) }), "next": .string(next)])
  }

  private struct NewFile {
    let path: String
    let bytes: [UInt8]
    var access = OutputFile.Access.everybody

    init(_ path: String, _ text: String, access: OutputFile.Access = .everybody) {
      (self.path, bytes, self.access) = (path, Array(text.utf8), access)
    }

    init(_ path: String, _ bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }
  }

  /// The files, and the command to run next.
  private func files() throws(ToolFailure) -> ([NewFile], next: String) {
    switch kind {
    case .snapshot:
      let hour = Timestamp.now.seconds / 3600 * 3600
      return (
        [
          NewFile(place, SnapshotTemplate.json(validFrom: Timestamp(seconds: hour))),
          NewFile(place + ".md", SnapshotTemplate.page),
        ], "solvency snapshot check \(place)"
      )
    case .book:
      return (
        try bookFiles(),
        "solvency commit --book \(place) --snapshot \(snapshot ?? besides ?? "snapshot.json") -o account"
      )
    case .circuit:
      return (
        [NewFile(place, CircuitTemplate.text)],
        "solvency circuit check \(place)" + (besides.map { " --snapshot \($0)" } ?? "")
      )
    case .market:
      let market = SyntheticMarket(seed: 1).directory().map { NewFile("\(place)/\($0.path)", $0.bytes) }
      return (
        market + [NewFile("\(place)/README.md", MarketTemplate.page)],
        "solvency snapshot build --market \(place) -o epoch.json"
      )
    case .desk:
      return ([NewFile(place, DeskTemplate.script)], "sh \(place)")
    }
  }

  /// A snapshot in the folder of what is written.
  private var besides: String? {
    let folder = OutputFile.folder(of: place)
    let path = folder == "." ? "snapshot.json" : "\(folder)/snapshot.json"
    return InputFile.exists(path) ? path : nil
  }

  private func bookFiles() throws(ToolFailure) -> [NewFile] {
    let listed: RiskSnapshot
    if let snapshot {
      listed = try Documents.snapshot(snapshot)
    } else {
      let bytes = Array(SnapshotTemplate.json(validFrom: Timestamp(seconds: 1_770_326_400)).utf8)
      listed = try ToolFailure.wrapping("new book") { try RiskSnapshot(json: bytes) }
    }
    // A book is secret from its first amount on.
    return [
      NewFile(place, BookTemplate.json(under: listed), access: .ownerOnly),
      NewFile(place + ".md", BookTemplate.page(under: listed)),
    ]
  }
}
