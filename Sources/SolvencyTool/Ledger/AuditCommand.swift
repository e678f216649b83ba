internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
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

extension AuditFinding {
  /// The finding in one line.
  var text: String {
    switch self {
    case .log(let fault): "log: \(fault.text)"
    case .event(let index, .rollOmits(let account)):
      "entry \(index): the roll leaves out \(account), which is overdue"
    case .event(let index, .rollInvents(let account)):
      "entry \(index): the roll names \(account), which is not overdue so"
    case .event(let index, let error): "entry \(index): cannot have happened: \(error)"
    case .evidence(let index): "entry \(index): its document is missing, or another one"
    case .document(let index, let error): "entry \(index): its document is not to be taken: \(error)"
    case .recordDiffers(let index): "entry \(index): says something else than its document"
    case .wronglyAdmitted(let index, let reasons):
      "entry \(index): admitted, and should have been refused: \(reasons.codes)"
    case .wronglyRefused(let index): "entry \(index): refused, and should have been admitted"
    case .otherReasons(let index, let reasons):
      "entry \(index): refused for other reasons than the policy has: \(reasons.codes)"
    case .unstatedOverdue(let index, let account):
      "entry \(index): \(account) was overdue and nobody was told"
    case .checkpointDiffers(let index): "entry \(index): its checkpoint is not the state that the log makes"
    case .missingAccount(let account): "account \(account) is attested, and not in the log"
    case .otherHead(let count): "the venue has signed another log of \(count) entries"
    }
  }
}

extension LogFault {
  /// The fault in words.
  var text: String {
    switch self {
    case .malformed(let index, _): "entry \(index) is damaged"
    case .missing(let expected, let found): "entry \(expected) is missing; entry \(found) stands in its place"
    case .reordered(let expected, let found): "entry \(found) stands in the place of entry \(expected)"
    case .altered(let index): "entry \(index) was altered"
    case .truncated(let expected, let actual): "ends after \(actual) of \(expected) entries"
    case .unsigned(let index): "goes on after its signed end, from entry \(index)"
    case .badSignature: "its head is not signed by the venue"
    case .notALog: "is no log"
    }
  }
}

extension [RefusalReason] {
  fileprivate var codes: String { map(\.code).joined(separator: ", ") }
}
