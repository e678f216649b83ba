internal import Admission
package import CommandSupport
internal import Foundation

/// The demonstration's second act: a venue decides on accounts through a crash, and is audited at the end.
package struct AdmissionAct {
  let hours: CrashHours
  let audit: ActAudit

  /// - Parameter folder: where the ledger, the log and the snapshots are kept; nil to keep nothing.
  package init(accounts: Int, seed: UInt64, keepingIn folder: String?) throws(ToolFailure) {
    let temporary = FileManager.default.temporaryDirectory
      .appending(path: "solvency-demo-\(ProcessInfo.processInfo.processIdentifier)").path
    defer { if folder == nil { try? FileManager.default.removeItem(atPath: temporary) } }
    let place = folder ?? temporary
    try OutputFile.makeFolder(place)
    let ledger = Self.ledger(in: place)
    try Self.checkFree(place)
    try? FileManager.default.removeItem(atPath: ledger)
    try OutputFile.makeFolder(ledger)
    try OutputFile.write(
      Array("A demonstration made this ledger, and the next one replaces it.\n".utf8),
      to: Self.mark(in: place), access: .everybody, replacing: true, isUpdate: true)
    hours = try CrashHours(accounts: accounts, seed: seed, ledger: ledger)
    audit = try ActAudit(of: hours, log: place + "/day.log")
  }

  private static func ledger(in folder: String) -> String { folder + "/desk" }
  /// A file that no ledger has but those of demonstrations.
  private static func mark(in folder: String) -> String { ledger(in: folder) + "/demonstration.txt" }

  /// Refuses a folder with a ledger that no demonstration made: it is not to be replaced.
  package static func checkFree(_ folder: String) throws(ToolFailure) {
    let ledger = ledger(in: folder)
    guard
      !FileManager.default.fileExists(atPath: ledger)
        || FileManager.default.fileExists(atPath: mark(in: folder))
    else {
      throw ToolFailure(
        .inputOutput, ledger,
        "is there already, and no demonstration made it; choose another folder with --keep")
    }
  }

  /// Whether every verdict was that of plain arithmetic on the book, every attempt was refused, those who
  /// could not prove and nobody else is liquidatable, and the audit finds every forgery and nothing else.
  package var isAsItShouldBe: Bool {
    hours.disagreements == 0 && hours.misjudged == 0
      && hours.openOrders.asked > 0 && !hours.attempts.isEmpty
      && hours.attempts.allSatisfy(\.isStopped)
      && hours.steps.allSatisfy { $0.refused == 0 }
      && hours.openOrders.asked == hours.openOrders.admitted
      && hours.reducingOrders.asked == hours.reducingOrders.admitted
      && hours.closing?.isAsItShouldBe ?? true
      && hours.closing.map {
        $0.settled == audit.report.settledCaseCount && $0.bands == audit.report.bandCount
      }
        ?? true
      && hours.escrow.map { $0.isOpenToThree && !$0.isOpenToTwo } ?? true
      && audit.report.isClean && audit.report.proofCount == audit.report.admissionCount
      && audit.forgeries.allSatisfy { $0.finding != nil }
  }
}
