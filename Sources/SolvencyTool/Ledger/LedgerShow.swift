internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import MarginRules
internal import RiskEngine
internal import Ristretto
internal import Solvency

/// `solvency ledger show`
struct LedgerShow: Verb {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the accounts of a ledger, or one of them. The log since its last checkpoint is checked.")

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var moment: MomentOption

  @Option(help: "Only this account.")
  var account: String?

  @Flag(help: "Replay the whole log, and look at no checkpoint.")
  var rebuild = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let book = try ledger.folder().ledger(from: rebuild ? .beginning : .checkpoint)
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
    var table = TextTable([
      "account", "status", ">sequence", "standing", ">epoch", "deadline", "headroom", "escrow",
    ])
    for state in states {
      table.add([
        state.account.description, state.status.rawValue, state.sequence.description,
        state.standing?.kind.rawValue ?? "-", state.epoch.description, state.deadline.text,
        state.headroom.map { "\($0.side) \($0.lots) lots of coordinate \($0.coordinate)" } ?? "-",
        state.escrow.map { $0.needsRenewal ? "new package due" : "sequence \($0.sequence)" } ?? "-",
      ])
    }
    return Report(
      text: table.lines.joined(separator: "\n"), data: .array(states.map(\.json)))
  }
}
