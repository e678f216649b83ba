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
    guard let (kind, members) = content(of: item) else {
      return EventRing.Event(index: entry.index, bytes: [])
    }
    let json = JSONValue.object(
      [JSONMember("entry", .integer(entry.index)), JSONMember("time", .integer(entry.time.seconds))] + members
    )
    var bytes = Array("id: \(entry.index)\nevent: \(kind)\ndata: ".utf8)
    bytes += json.encoded(.compact)
    bytes += Array("\n\n".utf8)
    return EventRing.Event(index: entry.index, bytes: bytes)
  }

  private static func content(of item: LogBatch.Item) -> (String, [JSONMember])? {
    func account(_ id: AccountID) -> JSONMember { JSONMember("account", .string(id.description)) }
    switch item.entry.event {
    case .chartered(let record):
      return ("charter", [JSONMember("charter", .string(record.charter.description))])
    case .registryPublished(let record):
      return (
        "registry",
        [
          JSONMember("registry", .string(record.registry.description)),
          JSONMember("count", .integer(record.count)),
        ]
      )
    case .epochPublished(let record): return ("epoch", epoch(record, item.evidence))
    case .accountOpened(let record): return ("opened", [account(record.account)])
    case .attestationRenewed(let record): return ("renewed", [account(record.account)])
    case .filled(let record):
      return ("fill", [account(record.account), JSONMember("sequence", .integer(record.sequence))])
    case .charged(let record): return ("charge", [account(record.account)])
    case .challengeIssued(let record):
      return (
        "challenge", [account(record.account), JSONMember("expires", .integer(record.expires.seconds))]
      )
    case .proofAccepted(let record):
      return (
        record.isReduceOnly ? "reduce-only" : "admitted",
        [
          account(record.account), JSONMember("epoch", .integer(record.epoch)),
          JSONMember("until", .integer(record.until.seconds)),
          JSONMember("order", .bool(record.headroom != nil)),
        ]
      )
    case .refused(let record):
      return (
        "refused",
        [account(record.account), JSONMember("reasons", .array(record.reasons.map { .string($0.code) }))]
      )
    case .rolled(let roll):
      return (
        "roll",
        [
          JSONMember("stale", .integer(roll.lines.count { $0.status == .stale })),
          JSONMember("liquidatable", .integer(roll.lines.count { $0.status == .liquidatable })),
        ]
      )
    case .escrowed(let record): return ("escrow", [account(record.account)])
    case .withdrawn: return ("withdrawn", [])
    case .liquidationRulesAdopted(let record):
      return ("liquidation-rules", [JSONMember("rules", .string(record.rules.description))])
    case .fundMoved(let record): return ("fund", [JSONMember("amount", .integer(record.amount))])
    case .liquidationOpened(let record): return ("liquidation", [account(record.account)])
    case .liquidationStepped(let record):
      return (
        "liquidation-step",
        [
          account(record.account), JSONMember("step", .string("\(record.kind)")),
          JSONMember("moved", .array(record.moves.map { .string($0.account.description) })),
        ]
      )
    case .winnersCalled(let record): return ("winners-called", [account(record.account)])
    case .bandProven(let record):
      return (
        "band", [account(record.account), JSONMember("liquidated", .string(record.liquidated.description))]
      )
    case .solvencyRollPublished(let record):
      return (
        "solvency-roll",
        [
          JSONMember("roll", .integer(record.epoch)), JSONMember("moment", .integer(record.moment.seconds)),
          JSONMember("root", .string(record.root.description)),
          JSONMember("solvent", .integer(record.counts[0])),
        ]
      )
    case .ticked, .checkpointed: return nil
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
