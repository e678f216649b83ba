internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import RangeProofs

/// `solvency range`
struct RangeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "range",
    abstract:
      "Range proofs: in the wire format of the dalek bulletproofs crate, or shorter and faster by reciprocals.",
    subcommands: [RangeProveCommand.self, RangeVerifyCommand.self, RangeVerifyBatchCommand.self])
}

/// `solvency range prove`
struct RangeProveCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove that committed values have at most n bits, or are within public bounds.",
    discussion: """
      Reads {"transcriptLabel", "n", "values": [...]} and writes {"transcriptLabel", "n", "commitments": [hex], \
      "proof": hex}. Blindings may be given as "blindings": [hex]; fresh ones are written with the values to --opening. \
      With "bounds": {"lower", "upper"} every value is proved to be within them.

      --kind bulletproofs is what other programs read: n is one of 8, 16, 32, 64, for 1 to 64 values, or 32 with bounds. \
      A proof covers a power of two of commitments. Others are completed with commitments to 0, the identity of the \
      group, which the verifier computes; the file says how many as "padding", and has "version": 2.

      --kind reciprocal is shorter and faster, for 1 to 256 values and any n from 1 to 64; only this program reads it. \
      The file has "version": 3. The commitments are the same in both kinds.

        solvency range prove Examples/range-values.json --opening opening.json \\
          -o proof.json
        solvency range prove --kind reciprocal Examples/range-values.json \\
          --opening opening.json -o proof.json
        solvency range verify proof.json
      """)

  @Argument(help: "The values, or - for standard input.", completion: .file(extensions: ["json"]))
  var values: String = InputFile.standardInput

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "Where the proof goes. Standard output by default.", completion: .file())
  var proof: String?

  @Option(
    help: "Where values and blindings go, readable by you alone. Needed unless blindings are given.",
    completion: .file())
  var opening: String?

  @Option(help: "How the proof is made: bulletproofs or reciprocal.")
  var kind: RangeProofKind = .bulletproofs

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let input = try Documents.read(values, RangeValuesFile.byteLimit, as: .rangeValues) {
      try RangeValuesFile(decoding: $0, for: kind)
    }
    guard opening != nil || !input.areBlindingsFresh else {
      throw ToolFailure(
        .usage, "--opening", "say where the fresh blindings go, or nobody can ever open the commitments")
    }
    for path in [proof, opening].compactMap({ $0 }) {
      try OutputFile.checkFree(path, replacing: force)
    }
    let document = try ToolFailure.wrapping(values) { try input.prove() }
    // The opening first: a proof without it is of no use.
    if let opening {
      try OutputFile.write(
        input.openingJSON().encoded(.indented), to: opening, access: .ownerOnly, replacing: force)
    }
    let data = document.json
    guard let proof else {
      return Report(text: String(decoding: data.encoded(), as: UTF8.self), data: data)
    }
    try OutputFile.write(
      data.encoded(.indented), to: proof, access: .everybody, replacing: force)
    return Report(
      text: "\(document.commitments.count) values \(document.rangeText): "
        + "\(document.proofBytes.count) bytes of proof in \(proof)",
      data: data)
  }
}

/// `solvency range verify`
struct RangeVerifyCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Verify range proofs one by one.",
    discussion: """
      Exits 0 if every proof holds, 2 if one does not.

        solvency range verify proof.json
      """)

  @OptionGroup var proofs: RangeProofFiles
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let items = try proofs.load()
    return RangeProofFiles.report(items.map { ($0.label, $0.document.verify()) })
  }
}

/// `solvency range verify-batch`
struct RangeVerifyBatchCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify-batch",
    abstract:
      "Verify many range proofs at once, of any mix of sizes and kinds, and name each that does not hold.",
    discussion: """
      Takes files with one proof each and JSON Lines. Exits 0 if every proof holds, 2 if one does not.

        cat proofs.jsonl | solvency range verify-batch -
      """)

  @OptionGroup var proofs: RangeProofFiles
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let items = try proofs.load()
    let verdicts = RangeProofFile.verify(items.map(\.document))
    return RangeProofFiles.report(zip(items, verdicts).map { item, error in (item.label, error) })
  }
}

/// The proofs that `range verify` and `range verify-batch` read, and what they say about them.
struct RangeProofFiles: ParsableArguments {
  /// Most proofs of one run, all of which are in memory.
  private static let countLimit = 1 << 16

  @Argument(
    help: "Proof files, JSON Lines, or - for standard input.",
    completion: .file(extensions: ["json", "jsonl"]))
  var files: [String] = [InputFile.standardInput]

  /// All documents, with where they stand.
  func load() throws(ToolFailure) -> [(label: String, document: RangeProofFile)] {
    var source = try ProofSource(files)
    var items: [(label: String, document: RangeProofFile)] = []
    while let item = try source.next() {
      guard items.count < Self.countLimit else {
        throw ToolFailure(
          .usage, item.label.text, "more than \(Self.countLimit) proofs; verify them in parts")
      }
      let document = try ToolFailure.wrapping(item.label.text, item.bytes, as: .rangeProof, .reciprocalProof)
      {
        try RangeProofFile(decoding: $0)
      }
      items.append((item.label.text, document))
    }
    return items
  }

  /// One line or object for each proof, a summary last.
  static func report(_ verdicts: [(label: String, error: RangeVerificationError?)]) -> Report {
    let rejected = verdicts.filter { $0.error != nil }.count
    var lines = verdicts.map { label, error in
      Console.singleLine("\(label): " + (error.map { "rejected: \($0.description)" } ?? "accepted"))
    }
    lines.append("\(verdicts.count) read: \(verdicts.count - rejected) accepted, \(rejected) rejected")
    return Report(
      text: lines.joined(separator: "\n"),
      data: .array(
        verdicts.map { label, error in
          [
            "proof": .string(label), "verdict": error == nil ? "accepted" : "rejected",
            "reason": error.map { .string($0.description) } ?? .null,
          ]
        }),
      isPositive: rejected == 0)
  }
}

extension RangeProofFile {
  /// "of 64 bits", or "from 18 to 65"
  fileprivate var rangeText: String {
    switch content {
    case .bulletproofs(let statement, _):
      statement.bounds.map { $0.text } ?? "of \(statement.width.rawValue) bits"
    case .reciprocal(let statement, _):
      statement.bounds.bits.map { "of \($0) bits" } ?? statement.bounds.text
    }
  }
}

extension RangeBounds {
  fileprivate var text: String { "from \(lower) to \(upper)" }
}

extension RangeProofKind: ExpressibleByArgument {}
