internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import Solvency

/// `solvency audit`
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check what a venue has decided.", subcommands: [Replay.self])

  /// `solvency audit replay`
  struct Replay: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Replay a log offline: every document, proof and verdict, against the policy.",
      discussion: """
        Reads a log that `solvency ledger export` wrote, and the ledger directory's description for keys, \
        circuits and policy; the directory's own database is not read. Attestations from custodians show \
        accounts that the log leaves out; receipts of traders show a second log. Checkpoints are not \
        used: each is compared with the replayed state. Exits 2 if anything is wrong.

          solvency admit --ledger desk --key venue.key request.json --json > verdicts.json
          solvency audit replay day.log --ledger desk --attestation alice.json --head verdicts.json
        """)

    @Argument(help: "The log.", completion: .file(extensions: ["log"]))
    var log: String

    @OptionGroup var ledger: LedgerOption

    @Option(
      help: "An attestation that a custodian has signed for this venue; repeat it for more.",
      completion: .file(extensions: ["json"]))
    var attestation: [String] = []

    @Option(
      help:
        "What `admit --json` or `ledger head -o` wrote, with signed heads of the log; repeat it for more.",
      completion: .file(extensions: ["json"]))
    var head: [String] = []

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let folder = try ledger.folder()
      var audit = try folder.audit()
      let attestations = try Documents.attestations(attestation)
      var heads: [SignedLogHead] = []
      for path in head { heads += try Documents.signedHeads(path) }
      try audit.replay(logFile: log, of: folder.parties.venue)
      let report = audit.report(attestations: attestations, heads: heads)
      var lines = report.findings.map { "  \($0.text)" }
      lines.insert(
        "\(log): \(report.isClean ? "nothing wrong" : "\(report.findings.count) findings") in \(report.entryCount) "
          + "entries", at: 0)
      lines.append(
        "  \(report.admissionCount) admissions and \(report.refusalCount) refusals decided again, "
          + "\(report.proofCount) proofs verified, \(report.accountCount) accounts")
      if report.checkpointCount > 0 {
        lines.append("  \(report.checkpointCount) checkpoints compared with the replayed state")
      }
      return Report(
        text: lines.joined(separator: "\n"),
        data: [
          "isClean": .bool(report.isClean), "entries": .integer(report.entryCount),
          "admissions": .integer(report.admissionCount), "refusals": .integer(report.refusalCount),
          "proofs": .integer(report.proofCount), "accounts": .integer(report.accountCount),
          "checkpoints": .integer(report.checkpointCount), "heads": .integer(heads.count),
          "findings": .array(report.findings.map { .string($0.text) }),
        ], isPositive: report.isClean)
    }
  }
}
