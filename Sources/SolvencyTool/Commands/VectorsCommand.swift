internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import KnownAnswers

/// `solvency vectors`
struct VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors", abstract: "Run known answers of the proof system.",
    subcommands: [Check.self])

  /// `solvency vectors check`
  struct Check: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Prove byte for byte, verify and reject as known answers say.",
      discussion: """
        Every value a file lists is computed anew and compared. A file of invalid proofs names its base \
        vector, which is read from the same folder. Exits 2 if anything differs.

          solvency vectors check vectors/circuit-proof/*.json
        """)

    @Argument(
      help: "Files in the schema of vectors/circuit-proof.", completion: .file(extensions: ["json"]))
    var files: [String]

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      var lines: [String] = []
      var data: [JSONValue] = []
      var failures = 0
      for (index, file) in files.enumerated() {
        Console.progress("file", index, of: files.count)
        for result in try VectorFile.run(file) {
          lines.append(result.text)
          data.append(result.json(file: file))
          failures += result.holds ? 0 : 1
        }
      }
      Console.progress("file", files.count, of: files.count)
      lines.append(
        failures == 0 ? "All \(data.count) cases hold." : "\(failures) of \(data.count) cases fail.")
      return Report(
        text: lines.joined(separator: "\n"), data: .array(data), isPositive: failures == 0)
    }
  }
}
