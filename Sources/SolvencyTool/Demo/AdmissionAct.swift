internal import Admission
internal import Foundation

/// The demonstration's second act: a venue decides on accounts through a crash, and is audited at the end.
struct AdmissionAct {
  let hours: CrashHours
  let audit: ActAudit

  /// - Parameter folder: where the ledger, the log and the snapshots are kept; nil to keep nothing.
  init(accounts: Int, seed: UInt64, keepingIn folder: String?) throws(ToolFailure) {
    let temporary = FileManager.default.temporaryDirectory
      .appending(path: "solvency-demo-\(ProcessInfo.processInfo.processIdentifier)").path
    defer { if folder == nil { try? FileManager.default.removeItem(atPath: temporary) } }
    let place = folder ?? temporary
    try OutputFile.makeFolder(place)
    let ledger = place + "/desk"
    // The ledger of an earlier demonstration is replaced, as its other files are.
    try? FileManager.default.removeItem(atPath: ledger)
    hours = try CrashHours(accounts: accounts, seed: seed, ledger: ledger)
    audit = try ActAudit(of: hours, log: place + "/day.log")
  }

  /// Whether every verdict was that of plain arithmetic on the book, every attempt was refused, whoever could not
  /// prove and nobody else is liquidatable, and the audit finds every forgery and nothing else.
  var isAsItShouldBe: Bool {
    hours.disagreements == 0 && hours.misjudged == 0
      && hours.attempts.allSatisfy(\.isStopped)
      && hours.steps.allSatisfy { $0.refused == 0 }
      && hours.openOrders.asked == hours.openOrders.admitted
      && hours.reducingOrders.asked == hours.reducingOrders.admitted
      && hours.escrow.map { $0.isOpenToThree && !$0.isOpenToTwo } ?? true
      && audit.report.isClean && audit.report.proofCount == audit.report.admissionCount
      && audit.forgeries.allSatisfy { $0.finding != nil }
  }
}
