internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import SolvencyVerifier

/// `solvency verify merge`
struct VerifyMerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Add up what verify --summary wrote about the parts of a day.",
    discussion: """
      Only parts add up that were verified under the same terms, and no input counts twice. Exits as verify would have \
      on all parts at once: 0 if every proof was accepted, 2 if one was rejected, 65 if something was not a proof.

        solvency verify merge morning.json evening.json -o day.json
      """,
    helpNames: [.short, .long])

  @Argument(help: "Summaries that verify --summary wrote.", completion: .file(extensions: ["json"]))
  var summaries: [String]

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the summary of all is written.",
    completion: .file(extensions: ["json"]))
  var place: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  mutating func run() throws {
    if let place { try OutputFile.checkFree(place, replacing: force) }
    var total: VerificationSummary?
    for path in summaries {
      let part = try Documents.summary(path)
      do throws(VerificationSummaryError) {
        try total?.merge(part)
      } catch {
        throw ToolFailure(error, in: path)
      }
      if total == nil { total = part }
    }
    guard let total else { throw ValidationError("Give at least one summary.") }
    if let place {
      try OutputFile.write(total.json.encoded(.indented), to: place, access: .everybody, replacing: force)
    }
    if output.isJSON {
      try Console.write(total.json.encoded(.indented))
    } else {
      try Console.print(total.text)
    }
    if let code = total.exitCode { throw ExitCode(code.rawValue) }
  }
}

extension VerificationSummary {
  /// The summary for people.
  fileprivate var text: String {
    var lines = ["\(counts); \(inputs.count) inputs, \(snapshots.count) snapshots"]
    for (code, count) in reasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      lines.append("  \(code): \(count)")
    }
    if repeated > 0 { lines.append("  accepted again within one part: \(repeated)") }
    if let issuedFrom, let issuedTo {
      lines.append("accepted proofs were issued from \(issuedFrom.text) to \(issuedTo.text)")
    }
    lines.append("not checked: repetition: proofs of one part are not compared with those of another")
    return lines.joined(separator: "\n")
  }
}

extension ToolFailure {
  fileprivate init(_ error: VerificationSummaryError, in path: String) {
    switch error {
    case .otherTerms(let name):
      self.init(
        .refused, path,
        "was verified under other terms than the parts before it: \(name) differs; verify it again under theirs"
      )
    case .sameInput(let name):
      self.init(
        .refused, path,
        "counts \(Console.singleLine(name)), which a part before it counts too; leave one of them out")
    case .overflow:
      self.init(.malformedInput, path, "has counts too large to add up")
    }
  }
}
