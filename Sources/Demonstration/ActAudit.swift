internal import Admission
internal import AdmissionStore
internal import CommandSupport
internal import Foundation
internal import Solvency

/// The audit at the end of the admission act: of the log as it was exported, and of what a dishonest venue
/// might hand over in its place.
struct ActAudit {
  /// A log with a change, and what the audit finds; nil if it finds nothing.
  struct Forgery {
    let name: String
    let finding: String?
  }

  let report: AuditReport
  let time: Duration
  let byteCount: Int
  let forgeries: [Forgery]

  /// Exports the log of these hours and audits the file.
  init(of hours: CrashHours, log: String) throws(ToolFailure) {
    let (venue, heads) = (hours.venue, hours.heads)
    byteCount = try venue.folder.exportLog(to: log, replacing: true).byteCount
    let clock = ContinuousClock()
    let start = clock.now
    var audit = Audit(of: venue.folder.parties.venue)
    try audit.replay(logFile: log, of: venue.folder.parties.venue)
    report = audit.report(attestations: hours.attestations, heads: heads)
    time = clock.now - start

    // The custodian attested one account more, and the venue never opened it.
    let missing = audit.report(attestations: [try hours.unopened()], heads: heads)
    var forgeries = [
      Forgery(name: "an attested account is not in the log", finding: missing.findings.first?.text)
    ]
    for change in LogChange.allCases {
      forgeries.append(
        Forgery(name: change.rawValue, finding: try Self.finding(after: change, in: log, of: venue)))
    }
    forgeries.append(
      Forgery(
        name: "an older copy of the ledger put back (A65, which used to pass)",
        finding: try Self.rollBack(hours.earlyCopy, of: venue)))
    self.forgeries = forgeries
  }

  /// Puts a copy of the database from before the crash into a copy of the directory, and opens it.
  private static func rollBack(_ copy: String, of venue: CrashVenue) throws(ToolFailure) -> String? {
    let folder = copy + ".directory"
    defer {
      try? FileManager.default.removeItem(atPath: folder)
      try? FileManager.default.removeItem(atPath: copy)
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for name in [LedgerFolder.deskName, LedgerFolder.circuitsName, PublishedHead.name] {
        try FileManager.default.copyItem(
          atPath: "\(venue.folder.path)/\(name)", toPath: "\(folder)/\(name)")
      }
      try FileManager.default.copyItem(atPath: copy, toPath: "\(folder)/\(LedgerFolder.storeName)")
    } catch {
      throw ToolFailure(.inputOutput, folder, "cannot be copied: \(error)")
    }
    do throws(ToolFailure) {
      _ = try LedgerFolder(folder).ledger(from: .checkpoint)
      return nil
    } catch {
      return error.problem
    }
  }

  private static func finding(
    after change: LogChange, in log: String, of venue: CrashVenue
  ) throws(ToolFailure) -> String? {
    let (store, path) = (try venue.folder.store(), venue.folder.path)
    guard let head = try ToolFailure.wrapping(path, { try store.head() }) else { return nil }
    var items: [[UInt8]] = []
    try venue.folder.forEachItem(of: store, until: head.unverified.count) {
      items.append(LogFile.bytes(of: $0))
    }
    let entries = change.applied(to: items)
    let forged = log + ".forged"
    try OutputFile.write(
      LogFile.header(head) + entries.joined(), to: forged, access: .everybody, replacing: true, isUpdate: true
    )
    defer { try? FileManager.default.removeItem(atPath: forged) }
    var audit = Audit(of: venue.folder.parties.venue)
    try audit.replay(logFile: forged, of: venue.folder.parties.venue)
    return audit.report().findings.first?.text
  }
}

/// What may be done to a log on its way to the auditor.
private enum LogChange: String, CaseIterable {
  case dropped = "an entry left out"
  case swapped = "two entries in the other order"
  case altered = "one bit of an entry changed"
  case shortened = "the last entries cut off"

  /// The entries of a file with this change, in its first third.
  func applied(to entries: [[UInt8]]) -> [[UInt8]] {
    var entries = entries
    let place = entries.count / 3
    switch self {
    case .dropped: entries.remove(at: place)
    case .swapped: entries.swapAt(place, place + 1)
    // The entry itself stands first, after four bytes of length.
    case .altered: entries[place][40] ^= 1
    case .shortened: entries.removeLast(entries.count - place)
    }
    return entries
  }
}
