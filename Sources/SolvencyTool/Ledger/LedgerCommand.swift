internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger`
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "A venue's ledger: make it, feed it, look into it.",
    discussion: """
      A ledger directory holds who the venue and its custodians and matching engines are, the circuits, and a \
      log that only grows. Everything that happens is an entry: what was published, attested, filled, admitted \
      and refused. What a command reports is on the disk.

        solvency ledger init --ledger desk --venue-name "Example Exchange" \\
          --venue venue.key.pub \\
          --custodian custodian.key.pub --engine engine.key.pub
        solvency ledger publish --ledger desk --key venue.key snapshot.json \\
          --signature snapshot.sig.json
        solvency ledger open --ledger desk --key venue.key attestation.json
        solvency admit --ledger desk --key venue.key request.json
        solvency ledger status --ledger desk
      """,
    subcommands: [
      LedgerInit.self, LedgerPublish.self, LedgerGrow.self, LedgerOpen.self, LedgerRenew.self,
      LedgerFill.self, LedgerChallenge.self, LedgerRoll.self, LedgerShow.self, LedgerStatus.self,
      LedgerHead.self, LedgerExport.self, LedgerCheckpoint.self, LedgerChange.self, LedgerUpgrade.self,
      LedgerBackup.self, LedgerRestore.self, LedgerRepair.self, LedgerUndo.self, LedgerRecover.self,
      LedgerEscrow.self, LedgerReceipt.self, LedgerRules.self, LedgerFund.self, LedgerLiquidate.self,
      LedgerBand.self, LedgerSolvency.self,
      LedgerTiles.self, LedgerCompare.self,
    ])
}

extension Report {
  /// What happened, and where the log is now.
  static func recorded(_ what: String, _ head: SignedLogHead, besides members: [JSONMember] = []) -> Report {
    Report(
      text: "\(what)\n  log  \(head.unverified.count) entries, \(head.unverified.digest)",
      data: .object(
        [
          JSONMember("entries", .integer(head.unverified.count)),
          JSONMember("head", .string(head.unverified.digest.description)),
          JSONMember("signedHead", head.json),
        ] + members))
  }
}

extension Documents {
  /// The attestations of one account, at least one.
  static func attestations(_ paths: [String]) throws(ToolFailure) -> [Signed<Attestation>] {
    var signed: [Signed<Attestation>] = []
    for path in paths { signed.append(try Documents.signed(path, as: Attestation.self)) }
    return signed
  }
}
