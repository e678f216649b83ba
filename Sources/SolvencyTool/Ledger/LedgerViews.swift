internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import Foundation
internal import JSONDocuments
internal import MarginEngine
internal import Ristretto
internal import Solvency

/// `solvency ledger show`
struct LedgerShow: Verb {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the accounts of a ledger, or one of them. The log is checked on the way.")

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var moment: MomentOption

  @Option(help: "Only this account.")
  var account: String?

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let book = try ledger.folder().ledger()
    let now = moment.timestamp
    let wanted = account
    let states = try ToolFailure.wrapping(ledger.path) {
      try book.withState { state in
        var states: [AccountState] = []
        if let wanted {
          if let id = try? AccountID(wanted), let found = state.account(id, at: now) {
            states = [found]
          }
        } else {
          state.forEachAccount { states.append(state.account($0.account, at: now) ?? $0) }
        }
        return states
      }
    }
    if let account, states.isEmpty {
      throw ToolFailure(.refused, ledger.path, "has no account \(account)")
    }
    var table = TextTable(["account", "status", ">sequence", "standing", ">epoch", "deadline", "headroom"])
    for state in states {
      table.add([
        state.account.description, state.status.rawValue, state.sequence.description,
        state.standing?.rawValue ?? "-", state.epoch.description, state.deadline.text,
        state.headroom.map { "\($0.side) \($0.lots) lots of coordinate \($0.coordinate)" } ?? "-",
      ])
    }
    return Report(
      text: table.lines.joined(separator: "\n"), data: .array(states.map(\.json)))
  }
}

/// `solvency ledger status`
struct LedgerStatus: Verb {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how a ledger stands: its log, its epoch, how many accounts are current.",
    discussion: "Every page of the file and every entry of the log is read and checked.")

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var moment: MomentOption
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try ledger.folder()
    try ToolFailure.wrapping(ledger.path) { try folder.store().checkIntegrity() }
    let book = try folder.ledger()
    let now = moment.timestamp
    let (epoch, counts, clock) = try ToolFailure.wrapping(ledger.path) {
      try book.withState { ($0.currentEpoch, $0.statusCounts(at: now), $0.clock) }
    }
    let head = book.head
    var lines = [
      "\(ledger.path): the ledger of \(folder.venue)",
      "  log       \(head.count) entries until \(clock.text), \(head.digest)",
      "  epoch     \(epoch.map { "\($0.epoch), valid until \($0.validTo.text)" } ?? "none yet")",
    ]
    for status in AccountStatus.allCases {
      lines.append(
        "  \(status.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0))\(counts[status] ?? 0)")
    }
    return Report(
      text: lines.joined(separator: "\n"),
      data: [
        "venue": .string(folder.venue.description), "entries": .integer(head.count),
        "head": .string(head.digest.description), "clock": .integer(clock.seconds),
        "epoch": epoch.map { .integer($0.epoch) } ?? .null,
        "accounts": .object(
          AccountStatus.allCases.map { JSONMember($0.rawValue, .integer(counts[$0] ?? 0)) }),
      ])
  }
}

/// `solvency ledger export`
struct LedgerExport: Verb {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the log, with the documents of its entries, to one file for an auditor.")

  @OptionGroup var ledger: LedgerOption

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the log is written.",
    completion: .file(extensions: ["log"]))
  var file: String

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  private static let readLimit = 1024

  func perform() throws -> Report {
    let store = try ledger.folder().store()
    try OutputFile.checkFree(file, replacing: force)
    let signed = try ToolFailure.wrapping(ledger.path) { try store.head() }
    guard let signed else { throw ToolFailure(.refused, ledger.path, "is empty: there is no log yet") }
    var bytes = LogFile.header(signed)
    var index: UInt64 = 0
    while index < signed.unverified.count {
      let items = try ToolFailure.wrapping(ledger.path) {
        try store.items(from: index, limit: Self.readLimit)
      }
      guard !items.isEmpty else { break }
      // Entries that were appended after the head was read belong to the next export.
      for item in items where item.entry.index < signed.unverified.count {
        bytes += LogFile.bytes(of: item)
      }
      index += UInt64(items.count)
    }
    try OutputFile.write(bytes, to: file, access: .everybody, replacing: force)
    return Report(
      text: "\(file): \(signed.unverified.count) entries, \(bytes.count) bytes",
      data: [
        "file": .string(file), "entries": .integer(signed.unverified.count),
        "bytes": .integer(bytes.count), "signedHead": signed.json,
      ])
  }
}

extension AccountState {
  /// The state as data.
  var json: JSONValue {
    [
      "account": .string(account.description), "status": .string(status.rawValue),
      "registry": .string(registry.description), "commitment": .hex(commitment.bytes),
      "sequence": .integer(sequence), "standing": standing.map { .string($0.rawValue) } ?? .null,
      "epoch": .integer(epoch), "deadline": .integer(deadline.seconds),
      "attestedUntil": .integer(attestedUntil.seconds),
      "lastProof": lastProof.map { .string($0.description) } ?? .null,
      "headroom": headroom.map(\.json) ?? .null,
    ]
  }
}

extension Headroom {
  /// The headroom as data.
  var json: JSONValue {
    [
      "coordinate": .integer(coordinate), "side": .string("\(side)"), "lots": .integer(lots),
      "cashPerLot": .integer(cashPerLot),
    ]
  }
}
