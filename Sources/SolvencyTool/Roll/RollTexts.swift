internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog
internal import VenueSolvency

/// What is said of a roll, as lines, as data and as a page.
enum RollTexts {
  static func lines(_ audit: PartialAudit, _ documents: RollDocuments) -> [String] {
    var lines = [
      "  accounts   \(audit.count(of: .solvent)) solvent, \(audit.count(of: .bounded)) bounded, "
        + "\(audit.count(of: .opened)) opened",
      "  shortfall  \(audit.shortfall)", "  faults     \(audit.findingCount)",
    ]
    lines += bands(audit, documents).map { "  band \($0.number)     \($0.accounts) accounts: \($0.name)" }
    for finding in audit.findings.prefix(20) {
      lines.append("    entry \(finding.entry)\(finding.name.map { ", \($0)" } ?? ""): \(finding.fault.code)")
    }
    if audit.findingCount > 20 { lines.append("    …") }
    return lines
  }

  /// How many solvent accounts were proved in each band, and what its proofs show; nothing for a roll without
  /// bands.
  static func bands(
    _ audit: PartialAudit, _ documents: RollDocuments
  ) -> [(number: Int, name: String, accounts: UInt64)] {
    let rule = documents.rule.circuitName
    return zip(audit.bands, documents.bandNames).enumerated().map { number, band in
      (number, band.1.isEmpty ? rule : "\(rule)@\(band.1)", band.0)
    }
  }

  /// By how many seconds a reserve is older than the roll.
  static func age(of reserve: ReserveAttestation, _ header: RollHeader) -> UInt64 {
    header.moment.seconds - min(reserve.asOf.seconds, header.moment.seconds)
  }

  /// The reserves that are not as of the roll's instant, as everything else that is said is.
  private static func olderReserves(_ documents: RollDocuments) -> [String] {
    let older = documents.reserves.attestations.map(\.unverified).filter {
      age(of: $0, documents.header) > 0
    }
    return older.prefix(20).map { reserve in
      "  reserve    \(reserve.asset) is as of \(reserve.asOf.text), "
        + "\(age(of: reserve, documents.header)) seconds before the roll"
    } + (older.count > 20 ? ["    …"] : [])
  }

  /// The verdict on a whole roll.
  ///
  /// - Parameters:
  ///   - page: where a page of it goes.
  ///   - file: where the audit was signed, if it was.
  static func verdict(
    _ judged: JudgedRoll, _ documents: RollDocuments, page: String?, file: SigningOptions,
    by auditors: [VerificationKey]
  ) throws(ToolFailure) -> Report {
    let (header, audit) = (documents.header, judged.verdict.audit)
    let sentence =
      judged.isShown
      ? "\(header.origin) shows \(header.ledger) to be solvent as of \(header.moment.text)"
      : "\(header.origin) does NOT show \(header.ledger) to be solvent"
    var text = [sentence] + lines(audit, documents) + judged.exposure.lines + judged.logged.lines
    text += olderReserves(documents)
    let cosigned = judged.witnessed.cosigned.count
    text.append(
      "  witnesses  \(cosigned == 0 ? "none cosigned: others may be shown another roll" : "\(cosigned) cosigned")"
    )
    text += judged.problems.map { "  PROBLEM    \($0)" }
    let isSigned = judged.verdict.isOfCheckpoint
    text.append(
      "  signed     \(isSigned ? file.path : "nothing: the entries are not those of the checkpoint")")
    if let page {
      try OutputFile.write(
        Array(RollPage.audit(judged, documents, sentence, by: auditors).utf8), to: page,
        access: .everybody, replacing: file.force)
    }
    return Report(
      text: text.joined(separator: "\n"),
      data: [
        "file": isSigned ? .string(file.path) : .null, "isSolvent": .bool(judged.isShown),
        "header": header.json,
        "audit": audit.json, "problems": .array(judged.problems.map { .string($0) }),
        "cosigned": .integer(judged.witnessed.cosigned.count), "exposure": judged.exposure.data,
        "bands": .array(
          bands(audit, documents).map { ["rule": .string($0.name), "accounts": .integer($0.accounts)] }),
        "entry": judged.logged.index.map { .integer($0) } ?? .null,
        "reserves": .array(
          documents.reserves.attestations.map { signed in
            let reserve = signed.unverified
            return [
              "asset": .string(reserve.asset), "amount": .integer(reserve.amount),
              "asOf": .integer(reserve.asOf.seconds), "age": .integer(age(of: reserve, header)),
            ]
          }),
      ], isPositive: judged.isShown)
  }
}

/// What an audit of a whole roll and the documents beside it come to.
struct JudgedRoll {
  let verdict: RollVerdict
  let witnessed: WitnessedCheckpoint
  /// The totals that are public: lines, data, what is wrong with their proof, and what it shows.
  let exposure: (lines: [String], data: JSONValue, problem: String?, shown: Exposure?)
  /// What the venue's log states of the roll, if a receipt of that was given: lines, the entry.
  private(set) var logged: (lines: [String], index: UInt64?) = ([], nil)
  /// Everything that is missing, a sentence each; empty if the roll shows the venue to be solvent, and what
  /// is public of its totals and stated in its log to be so.
  private(set) var problems: [String]

  /// Whether nothing is missing.
  var isShown: Bool { problems.isEmpty }

  init(
    _ audit: PartialAudit, _ documents: RollDocuments, _ folder: RollFolder, _ policy: TrustPolicy
  ) throws(ToolFailure) {
    let checkpoint = try folder.readCheckpoint()
    witnessed = try ToolFailure.wrapping(folder.checkpoint) { try policy.verify(checkpoint) }
    verdict = RollVerdict(
      audit, under: documents, checkpoint: witnessed.checkpoint, totals: try folder.readTotals())
    exposure = try RollTexts.exposure(of: folder, audit, documents)
    problems = verdict.problems.map(\.text) + (exposure.problem.map { [$0] } ?? [])
  }

  /// The same, compared with what the venue's log states.
  init(
    _ audit: PartialAudit, _ documents: RollDocuments, _ folder: RollFolder, _ policy: TrustPolicy,
    _ option: RollLoggedOption, _ trust: RollTrustOptions
  ) throws(ToolFailure) {
    try self.init(audit, documents, folder, policy)
    let entry = try option.objection(to: self, documents.header, trust)
    logged = (entry.lines, entry.index)
    if let objection = entry.objection { problems.append(objection) }
  }
}
