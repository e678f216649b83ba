internal import Admission
internal import CanonicalBytes
internal import TransparencyLog

/// What is told of an entry of the log: a kind and data, without anything that is not in the log.
enum LedgerNotice {
  /// The kinds of events, in the order of the documentation.
  static let kinds = [
    "charter", "registry", "epoch", "opened", "renewed", "fill", "charge", "challenge", "admitted",
    "reduce-only",
    "refused", "roll", "escrow", "withdrawn", "liquidation-rules", "fund", "liquidation", "liquidation-step",
    "winners-called", "band",
  ]

  /// The event of an entry as it is sent; empty for entries that say nothing.
  static func event(of item: LogBatch.Item) -> EventRing.Event {
    let entry = item.entry
    guard let kind = kind(of: entry.event) else { return EventRing.Event(index: entry.index, bytes: []) }
    var text = JSONText(reserving: 160)
    text.append("{\"entry\":")
    text.append(entry.index)
    text.append(",\"time\":")
    text.append(entry.time.seconds)
    if case .proofAccepted(let record) = entry.event {
      // Most entries by far: written without a tree.
      append(record, to: &text)
    } else {
      for member in members(of: item) {
        text.append(",")
        text.append(quoting: member.key)
        text.append(":")
        text.append(value: member.value)
      }
    }
    text.append("}")
    var bytes = Array("id: \(entry.index)\nevent: \(kind)\ndata: ".utf8)
    bytes += text.bytes
    bytes += "\n\n".utf8
    return EventRing.Event(index: entry.index, bytes: bytes)
  }

  private static func append(_ record: ProofRecord, to text: inout JSONText) {
    text.append(",\"account\":")
    text.append(quoting: record.account.description)
    text.append(",\"epoch\":")
    text.append(record.epoch)
    text.append(",\"until\":")
    text.append(record.until.seconds)
    text.append(record.headroom == nil ? ",\"order\":false" : ",\"order\":true" as StaticString)
  }

  /// What an entry is called; nil for one that nobody is told of.
  private static func kind(of event: LedgerEvent) -> String? {
    switch event {
    case .chartered: "charter"
    case .registryPublished: "registry"
    case .epochPublished: "epoch"
    case .accountOpened: "opened"
    case .attestationRenewed: "renewed"
    case .filled: "fill"
    case .charged: "charge"
    case .challengeIssued: "challenge"
    case .proofAccepted(let record): record.isReduceOnly ? "reduce-only" : "admitted"
    case .refused: "refused"
    case .rolled: "roll"
    case .escrowed: "escrow"
    case .withdrawn: "withdrawn"
    case .liquidationRulesAdopted: "liquidation-rules"
    case .fundMoved: "fund"
    case .liquidationOpened: "liquidation"
    case .liquidationStepped: "liquidation-step"
    case .winnersCalled: "winners-called"
    case .bandProven: "band"
    case .solvencyRollPublished: "solvency-roll"
    case .ticked, .checkpointed: nil
    }
  }

  /// What is said of an entry besides its place and time.
  private static func members(of item: LogBatch.Item) -> [JSONMember] {
    func account(_ id: AccountID) -> JSONMember { JSONMember("account", .string(id.description)) }
    switch item.entry.event {
    case .chartered(let record): return [JSONMember("charter", .string(record.charter.description))]
    case .registryPublished(let record):
      return [
        JSONMember("registry", .string(record.registry.description)),
        JSONMember("count", .integer(record.count)),
      ]
    case .epochPublished(let record): return epoch(record, item.evidence)
    case .accountOpened(let record): return [account(record.account)]
    case .attestationRenewed(let record): return [account(record.account)]
    case .filled(let record):
      return [account(record.account), JSONMember("sequence", .integer(record.sequence))]
    case .charged(let record): return [account(record.account)]
    case .challengeIssued(let record):
      return [account(record.account), JSONMember("expires", .integer(record.expires.seconds))]
    case .refused(let record):
      return [
        account(record.account), JSONMember("reasons", .array(record.reasons.map { .string($0.code) })),
      ]
    case .rolled(let roll):
      return [
        JSONMember("stale", .integer(roll.lines.count { $0.status == .stale })),
        JSONMember("liquidatable", .integer(roll.lines.count { $0.status == .liquidatable })),
      ]
    case .escrowed(let record): return [account(record.account)]
    case .liquidationRulesAdopted(let record):
      return [JSONMember("rules", .string(record.rules.description))]
    case .fundMoved(let record): return [JSONMember("amount", .integer(record.amount))]
    case .liquidationOpened(let record): return [account(record.account)]
    case .liquidationStepped(let record):
      return [
        account(record.account), JSONMember("step", .string("\(record.kind)")),
        JSONMember("moved", .array(record.moves.map { .string($0.account.description) })),
      ]
    case .winnersCalled(let record): return [account(record.account)]
    case .bandProven(let record):
      return [account(record.account), JSONMember("liquidated", .string(record.liquidated.description))]
    case .solvencyRollPublished(let record):
      return [
        JSONMember("roll", .integer(record.epoch)), JSONMember("moment", .integer(record.moment.seconds)),
        JSONMember("root", .string(record.root.description)),
        JSONMember("solvent", .integer(record.counts[0])),
      ]
    case .proofAccepted, .withdrawn, .ticked, .checkpointed: return []
    }
  }

  private static func epoch(_ record: EpochRecord, _ evidence: [UInt8]) -> [JSONMember] {
    var members = [
      JSONMember("epoch", .integer(record.epoch)),
      JSONMember("snapshot", .string(record.snapshot.description)),
      JSONMember("validTo", .integer(record.validTo.seconds)),
    ]
    if let snapshot = try? PublishedSnapshot(decoding: evidence).snapshot {
      members += [
        JSONMember("regime", .string(snapshot.regime.rawValue)),
        JSONMember("haltLevel", .integer(snapshot.haltLevel)),
        JSONMember(
          "closeOnly", .array(snapshot.instruments.filter(\.flags.closeOnly).map { .string($0.id) })),
      ]
    }
    return members
  }
}
