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

  /// How many solvent accounts were proved in each band, and what its proofs show; nothing for a roll without bands.
  static func bands(
    _ audit: PartialAudit, _ documents: RollDocuments
  ) -> [(number: Int, name: String, accounts: UInt64)] {
    let rule = documents.rule.circuitName
    return zip(audit.bands, documents.bandNames).enumerated().map { number, band in
      (number, band.1.isEmpty ? rule : "\(rule)@\(band.1)", band.0)
    }
  }

  /// The verdict on a whole roll.
  static func verdict(
    _ audit: PartialAudit, _ documents: RollDocuments, _ folder: RollFolder, _ trust: RollTrustOptions,
    _ logged: RollLoggedOption, html: String?, file: String, by auditors: [VerificationKey]
  ) throws(ToolFailure) -> Report {
    let header = documents.header
    let judged = try JudgedRoll(audit, documents, folder, trust.policy(for: header.origin))
    let entry = try logged.objection(to: judged, trust)
    let isShown = judged.isShown && entry.objection == nil
    let sentence =
      isShown
      ? "\(header.origin) shows \(header.ledger) to be solvent as of \(header.moment.text)"
      : "\(header.origin) does NOT show \(header.ledger) to be solvent"
    var text = [sentence] + lines(audit, documents) + judged.exposure.lines + entry.lines
    text += judged.verdict.problems.map { "  PROBLEM    \($0.text)" }
    text += entry.objection.map { ["  PROBLEM    \($0)"] } ?? []
    text.append("  signed     \(file)")
    if let html {
      try OutputFile.write(
        Array(RollPage.audit(judged, documents, sentence, isGood: isShown, by: auditors).utf8), to: html,
        access: .everybody, replacing: true)
    }
    return Report(
      text: text.joined(separator: "\n"),
      data: [
        "file": .string(file), "isSolvent": .bool(isShown), "header": header.json,
        "audit": audit.json,
        "problems": .array(
          judged.verdict.problems.map { .string($0.text) } + (entry.objection.map { [.string($0)] } ?? [])),
        "cosigned": .integer(judged.witnessed.cosigned.count), "exposure": judged.exposure.data,
        "bands": .array(
          bands(audit, documents).map { ["rule": .string($0.name), "accounts": .integer($0.accounts)] }),
        "entry": entry.index.map { .integer($0) } ?? .null,
      ], isPositive: isShown)
  }
}

/// What an audit of a whole roll and the documents beside it come to.
struct JudgedRoll {
  let verdict: RollVerdict
  let witnessed: WitnessedCheckpoint
  /// The totals that are public: lines, data, whether their proof holds, and what it shows.
  let exposure: (lines: [String], data: JSONValue, holds: Bool, shown: Exposure?)

  init(
    _ audit: PartialAudit, _ documents: RollDocuments, _ folder: RollFolder, _ policy: TrustPolicy
  ) throws(ToolFailure) {
    let checkpoint = try folder.readCheckpoint()
    witnessed = try ToolFailure.wrapping(folder.checkpoint) { try policy.verify(checkpoint) }
    verdict = RollVerdict(
      audit, under: documents, checkpoint: witnessed.checkpoint, totals: try folder.readTotals())
    exposure = try RollTexts.exposure(of: folder, audit, documents)
  }

  /// Whether the roll shows the venue to be solvent, and what is public of its totals to be so.
  var isShown: Bool { verdict.isSolvent && exposure.holds }
}
