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
        Reads a log that `solvency ledger export` wrote. Policy, parties and circuits are those that the log itself \
        names, under the venue's key; of a ledger directory only that key is read. Attestations from custodians show \
        accounts and parts of accounts that the log leaves out; receipts of traders show a second log. Checkpoints are \
        not used: each is compared with the replayed state. Exits 2 if anything is wrong.

          solvency admit --ledger desk --key venue.key request.json --json \\
            > verdicts.json
          solvency audit replay day.log --venue venue.key.pub \\
            --attestation alice.json --signed-head verdicts.json
        """)

    @Argument(help: "The log.", completion: .file(extensions: ["log"]))
    var log: String

    @Option(help: "The venue's public key.", completion: .file(extensions: ["pub"]))
    var venue: String?

    @Option(
      name: .customLong("ledger"), help: "Instead of the key: the ledger directory, whose venue it is.",
      completion: .directory)
    var ledger: String?

    @Option(
      help: "An attestation that a custodian has signed for this venue; repeat it for more.",
      completion: .file(extensions: ["json"]))
    var attestation: [String] = []

    @Option(
      help:
        "What `admit --json` or `ledger head -o` wrote, with signed heads of the log; repeat it for more.",
      completion: .file(extensions: ["json"]))
    var signedHead: [String] = []

    @Option(
      name: .customLong("head"), help: ArgumentHelp("The same.", visibility: .hidden),
      completion: .file(extensions: ["json"]))
    var head: [String] = []

    func validate() throws {
      guard (venue == nil) != (ledger == nil) else {
        throw ValidationError("Give --venue or --ledger: whose log is it?")
      }
    }

    private func venueKey() throws(ToolFailure) -> VerificationKey {
      if let venue { return try Documents.verificationKey(venue, of: .venue) }
      guard let ledger else { throw ToolFailure(.usage, "--ledger", "give it, or --venue") }
      return try LedgerFolder(ledger).parties.venue
    }

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let venue = try venueKey()
      var audit = Audit(of: venue)
      let attestations = try Documents.attestations(attestation)
      var heads: [SignedLogHead] = []
      for path in signedHead + head { heads += try Documents.signedHeads(path) }
      try audit.replay(logFile: log, of: venue)
      let report = audit.report(attestations: attestations, heads: heads)
      var lines = report.findings.map { "  \($0.text)" }
      lines.insert(
        "\(log): \(report.isClean ? "nothing wrong" : "\(report.findings.count) findings") in \(report.entryCount) "
          + "entries", at: 0)
      lines.append(
        "  \(report.admissionCount) admissions and \(report.refusalCount) refusals decided again, "
          + "\(report.proofCount) proofs verified, \(report.accountCount) accounts")
      if report.liquidationStepCount > 0 {
        lines.append(
          "  \(report.liquidationStepCount) steps of liquidations taken again, \(report.settledCaseCount) cases settled, "
            + "\(report.bandCount) bands of winners verified")
      }
      if report.rollCount > 0 {
        lines.append(
          "  \(report.rollCount) rolls of all accounts compared with their checkpoints and numbers of accounts;"
        )
        lines.append(
          "    their entries are not in the log: that each account is listed as it was could not be compared")
      }
      if let identity = report.identity { lines.append("  ledger \(identity)") }
      if report.withdrawnCount > 0 {
        lines.append("  \(report.withdrawnCount) entries were undone, and are listed where they were")
      }
      if report.unchartedCount > 0 {
        lines.append(
          "  \(report.unchartedCount) entries are from before the ledger had a charter: replayed, not decided again"
        )
      }
      if report.checkpointCount > 0 {
        lines.append("  \(report.checkpointCount) checkpoints compared with the replayed state")
      }
      return Report(
        text: lines.joined(separator: "\n"),
        data: [
          "isClean": .bool(report.isClean), "entries": .integer(report.entryCount),
          "admissions": .integer(report.admissionCount), "refusals": .integer(report.refusalCount),
          "proofs": .integer(report.proofCount), "accounts": .integer(report.accountCount),
          "checkpoints": .integer(report.checkpointCount), "uncharted": .integer(report.unchartedCount),
          "withdrawn": .integer(report.withdrawnCount),
          "liquidationSteps": .integer(report.liquidationStepCount),
          "rolls": .integer(report.rollCount), "casesSettled": .integer(report.settledCaseCount),
          "bands": .integer(report.bandCount),
          "identity": report.identity.map { .string($0.description) } ?? .null,
          "heads": .integer(heads.count),
          "findings": .array(report.findings.map { .string($0.text) }),
        ], isPositive: report.isClean)
    }
  }
}
