internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog
internal import VenueSolvency

/// `solvency ledger solvency`
struct LedgerSolvency: Verb {
  static let configuration = CommandConfiguration(
    commandName: "solvency",
    abstract: "State in the log what a roll of all accounts shows, with its checkpoint.",
    discussion: """
      Takes a roll and the signed audit of the whole of it, and records counts, bands, public totals, the root and the \
      cosigned checkpoint, so that of each number there is one roll. What does not show the venue to be solvent, or leaves \
      out an account of the ledger in the state that it had at the roll's instant, is not recorded: exit code 2.

        solvency ledger solvency --ledger desk --key venue.key roll \\
          --snapshot snapshot.json --audit audit.json \\
          --auditor auditor.key.pub --roll-log-key log.key.pub
      """)

  @OptionGroup var desk: DeskOptions

  @Argument(help: "The folder of the roll.", completion: .directory)
  var path: String

  @Option(help: "The audit of the whole roll.", completion: .file(extensions: ["json"]))
  var audit: String

  @Option(help: "The public key of the auditor who signed it.", completion: .file(extensions: ["pub"]))
  var auditor: String

  @OptionGroup var documents: RollDocumentOptions
  @OptionGroup var trust: RollLogKeyOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = RollFolder(path: path)
    let header = try folder.readHeader()
    let documents = try documents.load(header, at: folder.header)
    let key = try Documents.verificationKey(auditor, of: .auditor)
    let signed = try Documents.signed(audit, as: PartialAudit.self)
    let audit = try ToolFailure.wrapping(self.audit) { try signed.content(verifiedBy: key) }
    let judged = try JudgedRoll(audit, documents, folder, try trust.policy(for: header.origin))
    guard judged.isShown else {
      return Report(
        text: (["\(header.origin) does NOT show \(header.ledger) to be solvent; nothing was recorded"]
          + RollTexts.lines(audit, documents) + judged.exposure.lines
          + judged.problems.map { "  PROBLEM    \($0)" }).joined(separator: "\n"),
        data: ["problems": .array(judged.problems.map { .string($0) })], isPositive: false)
    }
    let checkpoint = try folder.readCheckpoint()
    let record = SolvencyRollRecord(judged, documents, under: checkpoint)
    let admission = try desk.desk()
    try checkLedger(header, admission)
    try checkCoverage(folder, header, admission.ledger)
    let head = try ToolFailure.wrapping(path) { try admission.state(record, under: checkpoint, at: desk.now) }
    let index = head.unverified.count - 1
    var report = Report.recorded("\(header.origin) is entry \(index)", head)
    if case .object(let members) = report.data {
      report.data = .object(members + [JSONMember("entry", .integer(index))])
    }
    return report
  }

  /// Refuses a roll of another ledger, or one that is not named after this ledger's log.
  private func checkLedger(_ header: RollHeader, _ admission: Admission) throws(ToolFailure) {
    guard header.ledger == admission.venue else {
      throw ToolFailure(
        .refused, path,
        "is a roll of \(header.ledger), and the ledger is \(admission.venue); nothing was recorded")
    }
    let kept = try desk.ledger.folder().signedCheckpoint.read()
    let name =
      desk.logName
      ?? kept.map { $0.unverified.origin.description.split(separator: "/").dropLast().joined(separator: "/") }
    guard let name, name != header.log else { return }
    throw ToolFailure(
      .refused, path,
      "names its log \(header.log), and the ledger's log is \(name); build the roll with --log \(name). Nothing was "
        + "recorded")
  }

  /// Refuses a roll that leaves accounts of the ledger out.
  private func checkCoverage(
    _ roll: RollFolder, _ header: RollHeader, _ ledger: Ledger
  ) throws(ToolFailure) {
    let coverage = try RollCoverage(
      of: ledger, in: try desk.ledger.folder(), by: roll, at: header.moment)
    let missing = coverage.missing
    guard !missing.isEmpty else { return }
    throw ToolFailure(
      .refused, path,
      "leaves out \(missing.count) of the \(coverage.count) accounts that the ledger had at the roll's instant, or lists "
        + "them in another state; nothing was recorded",
      details: missing.prefix(20).joined(separator: "\n") + (missing.count > 20 ? "\n…" : ""))
  }
}

extension SolvencyRollRecord {
  /// What an audit of the whole roll came to.
  init(_ judged: JudgedRoll, _ documents: RollDocuments, under checkpoint: SignedCheckpoint) {
    let (header, audit) = (documents.header, judged.verdict.audit)
    let head = judged.witnessed.checkpoint.head
    self.init(
      epoch: header.epoch, moment: header.moment, header: header.digest, size: head.size, root: head.root,
      counts: audit.counts, bands: audit.bands,
      bandNames: RollTexts.bands(audit, documents).map(\.name), shortfall: audit.shortfall,
      fund: header.fund, totals: Total.list(judged.exposure.shown),
      audit: .sha256(of: audit.canonicalBytes), evidence: .sha256(of: checkpoint.encoded()))
  }
}

extension PublishedRoll {
  /// How a ledger's status shows it.
  var lines: [String] {
    var lines = [
      "  roll      number \(record.epoch) as of \(record.moment.text), entry \(index): \(record.size - 1) accounts, "
        + "\(record.counts[0]) solvent, \(record.counts[1]) bounded, \(record.counts[2]) opened, shortfall "
        + "\(record.shortfall)"
    ]
    lines += zip(record.bandNames, record.bands).map { "    band    \($1) accounts: \($0)" }
    lines += record.totals.map { total in
      total.range.lowerBound == total.range.upperBound
        ? "    total   \(total.coordinate) is \(total.range.lowerBound)"
        : "    total   \(total.coordinate) is from \(total.range.lowerBound) to \(total.range.upperBound)"
    }
    return lines
  }

  /// The same as data.
  var json: JSONValue {
    [
      "entry": .integer(index), "roll": .integer(record.epoch), "moment": .integer(record.moment.seconds),
      "header": .hex(record.header.bytes), "root": .string(record.root.description),
      "accounts": .integer(record.size - 1), "solvent": .integer(record.counts[0]),
      "bounded": .integer(record.counts[1]), "opened": .integer(record.counts[2]),
      "shortfall": .string(String(record.shortfall)), "fund": .integer(record.fund),
      "bands": .array(
        zip(record.bandNames, record.bands).map { ["rule": .string($0), "accounts": .integer($1)] }),
      "totals": .object(
        record.totals.map {
          JSONMember($0.coordinate, [.integer($0.range.lowerBound), .integer($0.range.upperBound)])
        }),
    ]
  }
}
