internal import Admission
package import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import MarginRules
internal import Solvency

/// The admission act as text and as data.
package struct AdmissionActReport {
  private let act: AdmissionAct
  private var hours: CrashHours { act.hours }

  package init(_ act: AdmissionAct) { self.act = act }

  // MARK: Text

  package var text: String {
    var lines = [
      "\(hours.accountCount) accounts are admitted by \(CrashVenue.name), whose desk sees commitments and proofs alone,",
      "before and in a crash of the market.", "",
    ]
    lines += stepTable + [""] + attemptTable + [""]
    lines += [
      "Orders to open before the crash:       \(hours.openOrders.admitted) of \(hours.openOrders.asked) admitted",
      "Orders to reduce below initial margin: \(hours.reducingOrders.admitted) of "
        + "\(hours.reducingOrders.asked) admitted",
      "Verdicts against plain arithmetic on the hidden books: \(hours.disagreements) differ",
    ]
    if let escrow = hours.escrow {
      lines.append(
        "Committee on liquidatable \(escrow.account): two members \(escrow.isOpenToTwo ? "CAN" : "cannot") open its "
          + "book, three of five \(escrow.isOpenToThree ? "open the one committed to" : "CANNOT")")
    }
    if let closing = hours.closing { lines += [""] + closing.lines }
    lines += ["", auditLine]
    for forgery in act.audit.forgeries {
      lines.append("  \(forgery.name): \(forgery.finding ?? "NOT FOUND")")
    }
    lines += [
      "",
      act.isAsItShouldBe
        ? "Every verdict was the right one, every deadline was kept, and the audit finds every forgery."
        : "NOT as it should be: see above.",
    ]
    return lines.joined(separator: "\n")
  }

  private var stepTable: [String] {
    let statuses = AccountStatus.allCases
    var table = TextTable(
      [
        ">hour", "what happens", "epoch", "regime", ">BTC leverage", ">initial", ">maintenance", ">no proof",
        ">decisions/s",
      ] + statuses.map { ">" + $0.label })
    for step in hours.steps {
      let decided = step.admitted + step.reduceOnly + step.refused
      let rate = Double(decided) / max(step.decisionTime.milliseconds / 1_000, 1e-9)
      table.add(
        [
          hour(of: step.time), step.title, "\(step.epoch)",
          step.regime.rawValue, step.leverage.map { $0.formatted(decimals: 1) + "x" } ?? "-",
          decided == 0 ? "-" : "\(step.admitted)", decided == 0 ? "-" : "\(step.reduceOnly)",
          decided == 0 ? "-" : "\(step.silent)", decided == 0 ? "-" : rate.formatted(decimals: 0),
        ] + statuses.map { "\(step.statuses[$0] ?? 0)" })
    }
    return table.lines
  }

  /// Hours and minutes since prices began to fall.
  private func hour(of time: Timestamp) -> String {
    let minutes = (Int64(clamping: time.seconds) - Int64(clamping: hours.venue.moment(0).seconds)) / 60
    let (hour, minute) = minutes.magnitude.quotientAndRemainder(dividingBy: 60)
    return "\(minutes < 0 ? "-" : "+")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }

  private var attemptTable: [String] {
    var table = TextTable(["attempt", "verdict", ""])
    for attempt in hours.attempts {
      table.add([
        attempt.name, attempt.verdict.text,
        attempt.isStopped ? attempt.note ?? "" : "EXPECTED \(attempt.expected.code)",
      ])
    }
    return table.lines
  }

  private var auditLine: String {
    let report = act.audit.report
    let megabytes = Double(act.audit.byteCount) / 1e6
    return
      "Audit of the exported log (\(report.entryCount) entries, \(megabytes.formatted(decimals: 1)) MB): "
      + "\(report.admissionCount) admissions and \(report.refusalCount) refusals decided again, \(report.proofCount) "
      + "proofs verified in \((act.audit.time.milliseconds / 1_000).formatted(decimals: 1)) s, "
      + (report.isClean ? "nothing wrong" : "\(report.findings.count) FINDINGS")
  }

  // MARK: Data

  package var json: JSONValue {
    [
      "isAsItShouldBe": .bool(act.isAsItShouldBe),
      "accounts": .integer(hours.accountCount),
      "proofs": .integer(hours.proofCount),
      "steps": .array(hours.steps.map(Self.json)),
      "attempts": .array(
        hours.attempts.map { attempt in
          [
            "name": .string(attempt.name), "verdict": .string(attempt.verdict.text),
            "isStopped": .bool(attempt.isStopped),
          ]
        }),
      "openOrders": [
        "asked": .integer(hours.openOrders.asked), "admitted": .integer(hours.openOrders.admitted),
      ],
      "reducingOrders": [
        "asked": .integer(hours.reducingOrders.asked), "admitted": .integer(hours.reducingOrders.admitted),
      ],
      "disagreements": .integer(hours.disagreements), "misjudged": .integer(hours.misjudged),
      "closing": hours.closing?.json ?? .null,
      "audit": [
        "isClean": .bool(act.audit.report.isClean), "entries": .integer(act.audit.report.entryCount),
        "admissions": .integer(act.audit.report.admissionCount),
        "proofs": .integer(act.audit.report.proofCount),
        "seconds": .number((act.audit.time.milliseconds / 1_000).formatted(decimals: 3)),
        "forgeries": .array(
          act.audit.forgeries.map { forgery in
            ["name": .string(forgery.name), "finding": forgery.finding.map { .string($0) } ?? .null]
          }),
      ],
    ]
  }

  private static func json(_ step: CrashHours.Step) -> JSONValue {
    [
      "title": .string(step.title), "time": .integer(step.time.seconds), "epoch": .integer(step.epoch),
      "regime": .string(step.regime.rawValue),
      "leverage": step.leverage.map { .number($0.formatted(decimals: 3)) } ?? .null,
      "admitted": .integer(step.admitted), "reduceOnly": .integer(step.reduceOnly),
      "refused": .integer(step.refused), "silent": .integer(step.silent),
      "statuses": .object(
        AccountStatus.allCases.map { JSONMember($0.rawValue, .integer(step.statuses[$0] ?? 0)) }),
    ]
  }
}

extension AccountStatus {
  /// The status as the head of a column.
  fileprivate var label: String { self == .reduceOnly ? "reduce-only" : rawValue }
}
