internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import MarginRules
internal import Ristretto
internal import Solvency

/// `solvency ledger status`
struct LedgerStatus: Verb {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how a ledger stands: its log, its epoch, how many accounts are current.",
    discussion: """
      Every page of the file, every entry of the log and every document of an entry is read and checked, and every \
      checkpoint compared.

        solvency ledger status --ledger desk
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var moment: MomentOption
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try ledger.folder()
    try folder.check(try folder.store(), at: ledger.path)
    let book = try folder.ledger(from: .beginning)
    let now = moment.timestamp
    let (epoch, counts, clock, registries) = try ToolFailure.wrapping(ledger.path) {
      try book.withState { ($0.currentEpoch, $0.statusCounts(at: now), $0.clock, $0.registries) }
    }
    let inForce = try ToolFailure.wrapping(ledger.path) { try book.withState { $0.charter } }
    // The directory's files only count once they are in the log: they may be anything until then.
    let stated = try? folder.charter().digest
    let isStated = inForce.map { $0.record.charter == stated } ?? true
    let head = book.head
    var lines = [
      "\(ledger.path): the ledger of \(folder.venue)",
      "  log       \(head.count) entries until \(clock.text), \(head.digest)",
      "  epoch     \(epoch.map { "\($0.epoch), valid until \($0.validTo.text)" } ?? "none yet")",
    ]
    lines.append(
      "  identity  \(inForce.map { "\($0.identity)" } ?? "none yet: the first snapshot founds it")")
    if head.count > 0, inForce == nil {
      lines.append("  of an older form: `ledger upgrade` binds it; until then nothing is decided on it")
    }
    if !isStated {
      lines.append(
        "  desk.json or the circuits differ from what is in force; `ledger change` puts them in force")
    }
    lines += registries.map { "  registry  \($0.count) coordinates, \($0.registry)" }
    for status in AccountStatus.allCases {
      lines.append(
        "  \(status.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0))\(counts[status] ?? 0)")
    }
    let (escrowCount, toRenew) = try ToolFailure.wrapping(ledger.path) {
      try book.withState { ($0.escrowCount, $0.escrowsToRenew) }
    }
    if escrowCount > 0 {
      lines.append("  escrow    \(escrowCount) packages, \(toRenew.count) to be made anew")
    }
    for account in toRenew.prefix(8) {
      lines.append("    \(account): a hidden fill has left its package behind; ask for a new one")
    }
    let (funds, cases, movement) = try ToolFailure.wrapping(ledger.path) {
      try book.withState { ($0.funds, $0.openCases, $0.nextFundMovement) }
    }
    for (purse, amount) in funds.sorted(by: { $0.key < $1.key }) {
      lines.append("  fund      \(purse.name) \(amount) quanta")
    }
    if movement > 0 { lines.append("  fund      the next movement has the number \(movement)") }
    if !cases.isEmpty { lines.append("  cases     \(cases.count) open; `ledger liquidate` continues them") }
    let roll = try ToolFailure.wrapping(ledger.path) { try book.withState { $0.solvencyRoll } }
    lines += roll?.lines ?? ["  roll      none: no roll of all accounts is stated in the log"]
    return Report(
      text: lines.joined(separator: "\n"),
      data: [
        "funds": .array(
          funds.sorted { $0.key < $1.key }.map {
            ["purse": .string($0.key.name), "amount": .integer($0.value)]
          }), "nextFundMovement": .integer(movement),
        "solvencyRoll": roll?.json ?? .null,
        "openCases": .array(cases.map { .string($0.description) }),
        "venue": .string(folder.venue.description), "entries": .integer(head.count),
        "identity": inForce.map { .string($0.identity.description) } ?? .null,
        "isChartered": .bool(inForce != nil), "isStated": .bool(isStated),
        "head": .string(head.digest.description), "clock": .integer(clock.seconds),
        "escrowsToRenew": .array(toRenew.map { .string($0.description) }),
        "epoch": epoch.map { .integer($0.epoch) } ?? .null,
        "registries": .array(
          registries.map { ["count": .integer($0.count), "digest": .string($0.registry.description)] }),
        "accounts": .object(
          AccountStatus.allCases.map { JSONMember($0.rawValue, .integer(counts[$0] ?? 0)) }),
      ])
  }
}
