internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency registry`
struct RegistryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registry",
    abstract: "The list of instruments, assets and debts that a commitment has coordinates for.",
    discussion: """
      A list grows at its end, so that every commitment under a shorter one is a commitment under the longer with \
      zeros. A snapshot gives a list of its own; a venue that lists something new keeps the list of before and \
      lets it grow.

        solvency registry grow --snapshot Examples/snapshot.json -o registry.json
        solvency registry grow registry.json --instrument SOL-PERP --asset SOL \\
          -o longer.json
        solvency registry show longer.json
      """,
    subcommands: [Show.self, Grow.self])

  /// `solvency registry show`
  struct Show: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Show a list: its steps with their digests, and what each added.",
      discussion: """
          solvency registry show registry.json
        """)

    @Argument(help: "The list.", completion: .file(extensions: ["json"]))
    var list: String

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      RegistryCommand.report(try Documents.registryHistory(list), at: list)
    }
  }

  /// `solvency registry grow`
  struct Grow: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Append what a list lacks, or make one.",
      discussion: """
        Without a list to begin with, the snapshot's own is written. `solvency ledger grow` puts the result in \
        force; `--registry` of commit, prove, request, fill and verify takes it.

          solvency registry grow registry.json --snapshot snapshot.json -o longer.json
          solvency registry grow registry.json --instrument SOL-PERP --asset SOL \\
            -o longer.json
        """)

    @Argument(help: "The list to begin with.", completion: .file(extensions: ["json"]))
    var list: String?

    @Option(help: "Append what this snapshot lists.", completion: .file(extensions: ["json"]))
    var snapshot: String?

    @Option(help: "Append the position of an instrument; repeat it for more.")
    var instrument: [String] = []

    @Option(help: "Append the holding and the debt of an asset; repeat it for more.")
    var asset: [String] = []

    @Option(
      name: [.customShort("o"), .customLong("output")], help: "Where the longer list is written.",
      completion: .file(extensions: ["json"]))
    var file: String

    @Flag(help: "Replace a file that is there.")
    var force = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard list != nil || snapshot != nil else {
        throw ValidationError("Give a list to begin with, or --snapshot.")
      }
    }

    func perform() throws -> Report {
      var names: [String] = []
      if let snapshot {
        names = try Documents.registry(of: Documents.snapshot(snapshot), at: snapshot).names
      }
      names += instrument.map(Registry.position)
      names += asset.flatMap { [Registry.holding($0), Registry.debt($0)] }
      let before = try list.map { path throws(ToolFailure) in try Documents.registryHistory(path) }
      let grown = try ToolFailure.wrapping(snapshot ?? list ?? file) {
        guard let before else { return RegistryHistory(try Registry(names: names)) }
        return try before.grown(by: names)
      }
      if let before, let list, grown.current == before.current {
        throw ToolFailure(.refused, list, "has all of these already; nothing was written")
      }
      try OutputFile.write(
        grown.json.encoded(.indented), to: file, access: .everybody, replacing: force, isUpdate: true)
      return RegistryCommand.report(grown, at: file)
    }
  }

  /// What a list is: a line for each step.
  private static func report(_ history: RegistryHistory, at path: String) -> Report {
    var lines = ["\(path): \(history.current.count) coordinates"]
    var count = 0
    for step in history.steps {
      let added = count == 0 ? "" : "  + \(step.names.dropFirst(count).joined(separator: ", "))"
      lines.append("  \(step.count)  \(step.digest)\(added)")
      count = step.count
    }
    return Report(
      text: lines.joined(separator: "\n"), data: ["file": .string(path), "registry": history.json])
  }
}
