internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import RangeProofs

/// `solvency range`
struct RangeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "range",
    abstract: "Range proofs in the wire format of the dalek bulletproofs crate.",
    subcommands: [RangeProveCommand.self, RangeVerifyCommand.self, RangeVerifyBatchCommand.self])
}

/// `solvency range prove`
struct RangeProveCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove that committed values have at most n bits, or are within public bounds.",
    discussion: """
      Reads {"transcriptLabel", "n", "values": [...]} with n one of 8, 16, 32, 64 and 1 to 64 values, and \
      writes {"transcriptLabel", "n", "commitments": [hex], "proof": hex}. Blindings may be given as \
      "blindings": [hex]; fresh ones are written with the values to --opening. With "bounds": {"lower", "upper"} every \
      value is proved to be within them, for at most 32 values.

      A proof covers a power of two of commitments. Others are completed with commitments to 0, the identity of the \
      group, which the verifier computes; the file says how many as "padding", and has "version": 2.

        solvency range prove Examples/range-values.json --opening opening.json \\
          -o proof.json
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

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let bytes = try InputFile.read(values, limit: RangeValuesFile.byteLimit)
    let input = try ToolFailure.wrapping(values) { try RangeValuesFile(decoding: bytes) }
    guard opening != nil || !input.areBlindingsFresh else {
      throw ToolFailure(
        .usage, "--opening", "say where the fresh blindings go, or nobody can ever open the commitments")
    }
    for path in [proof, opening].compactMap({ $0 }) {
      try OutputFile.checkFree(path, replacing: force)
    }
    let document = try ToolFailure.wrapping(values) {
      var transcript = RangeProofFile.transcript(label: input.label)
      let (proof, statement) = try RangeProof.prove(
        input.values, blindings: input.blindings, width: input.width, bounds: input.bounds,
        transcript: &transcript)
      return RangeProofFile(label: input.label, statement: statement, proof: proof)
    }
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
      text: "\(document.statement.commitments.count) values \(document.statement.rangeText): "
        + "\(document.proof.bytes.count) bytes of proof in \(proof)",
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
    abstract: "Verify many range proofs at once, of any mix of sizes, and name each that does not hold.",
    discussion: """
      Takes files with one proof each and JSON Lines. Exits 0 if every proof holds, 2 if one does not.

        cat proofs.jsonl | solvency range verify-batch -
      """)

  @OptionGroup var proofs: RangeProofFiles
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let items = try proofs.load()
    var batch = RangeProofBatch()
    for item in items {
      batch.add(
        item.document.proof, statement: item.document.statement, transcript: item.document.transcript)
    }
    let verdicts = try ToolFailure.wrapping("range verify-batch") { try batch.verify() }
    return RangeProofFiles.report(
      zip(items, verdicts).map { item, error in (item.label, item.document.countError ?? error) })
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
      let document = try ToolFailure.wrapping(item.label.text) {
        try RangeProofFile(decoding: item.bytes)
      }
      items.append((item.label.text, document))
    }
    return items
  }

  /// One line or object for each proof, a summary last.
  static func report(_ verdicts: [(label: String, error: RangeVerificationError?)]) -> Report {
    let rejected = verdicts.filter { $0.error != nil }.count
    var lines = verdicts.map { label, error in
      Console.singleLine("\(label): " + (error.map { "rejected: \($0.explanation)" } ?? "accepted"))
    }
    lines.append("\(verdicts.count) read: \(verdicts.count - rejected) accepted, \(rejected) rejected")
    return Report(
      text: lines.joined(separator: "\n"),
      data: .array(
        verdicts.map { label, error in
          [
            "proof": .string(label), "verdict": error == nil ? "accepted" : "rejected",
            "reason": error.map { .string($0.explanation) } ?? .null,
          ]
        }),
      isPositive: rejected == 0)
  }
}

extension RangeStatement {
  /// "of 64 bits", or "from 18 to 65"
  fileprivate var rangeText: String {
    bounds.map { "from \($0.lower) to \($0.upper)" } ?? "of \(width.rawValue) bits"
  }
}

extension RangeVerificationError {
  /// What is wrong, in one line.
  fileprivate var explanation: String {
    switch self {
    case .unsupportedCount(let count):
      "\(count) commitments; a proof without \"padding\" is for 1, 2, 4, … 64"
    case .wrongProofLength(let expected, let actual): "\(actual) bytes instead of \(expected)"
    case .undecodable(let field, _): "field \(field) of the proof is not canonical"
    case .identity(let field): "field \(field) of the proof is the identity"
    case .undecodableCommitment(let index, _): "commitment \(index) is not canonical"
    case .degenerateChallenge, .equationFails: "the proof does not hold"
    }
  }
}
