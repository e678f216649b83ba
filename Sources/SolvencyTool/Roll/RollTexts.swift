internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog
internal import VenueSolvency

/// What is said of a roll, as lines, as data and as a page.
enum RollTexts {
  static func lines(_ audit: PartialAudit) -> [String] {
    var lines = [
      "  accounts   \(audit.count(of: .solvent)) solvent, \(audit.count(of: .bounded)) bounded, "
        + "\(audit.count(of: .opened)) opened",
      "  shortfall  \(audit.shortfall)", "  faults     \(audit.findingCount)",
    ]
    for finding in audit.findings.prefix(20) {
      lines.append("    entry \(finding.entry)\(finding.name.map { ", \($0)" } ?? ""): \(finding.fault.code)")
    }
    if audit.findingCount > 20 { lines.append("    …") }
    return lines
  }

  /// The verdict on a whole roll.
  static func verdict(
    _ audit: PartialAudit, _ documents: RollDocuments, _ folder: RollFolder, _ trust: RollTrustOptions,
    html: String?, file: String, by auditors: [VerificationKey]
  ) throws(ToolFailure) -> Report {
    let header = documents.header
    let policy = try trust.policy(for: header.origin)
    let checkpoint = try folder.readCheckpoint()
    let witnessed = try ToolFailure.wrapping(folder.checkpoint) { try policy.verify(checkpoint) }
    let verdict = RollVerdict(
      audit, under: documents, checkpoint: witnessed.checkpoint, totals: try folder.readTotals())
    let exposure = try exposure(of: folder, audit, documents)
    let isShown = verdict.isSolvent && exposure.holds
    let sentence =
      isShown
      ? "\(header.origin) shows \(header.ledger) to be solvent as of \(header.moment.text)"
      : "\(header.origin) does NOT show \(header.ledger) to be solvent"
    let text =
      [sentence] + lines(audit) + exposure.lines + verdict.problems.map { "  PROBLEM    \($0.text)" } + [
        "  signed     \(file)"
      ]
    if let html {
      try OutputFile.write(
        Array(RollPage.audit(verdict, documents, witnessed, sentence, by: auditors).utf8), to: html,
        access: .everybody, replacing: true)
    }
    return Report(
      text: text.joined(separator: "\n"),
      data: [
        "file": .string(file), "isSolvent": .bool(isShown), "header": header.json,
        "audit": audit.json,
        "problems": .array(verdict.problems.map { .string($0.text) }),
        "cosigned": .integer(witnessed.cosigned.count), "exposure": exposure.data,
      ], isPositive: isShown)
  }
}
