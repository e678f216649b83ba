import Admission
import CanonicalBytes
import Liquidation
import MarginRules
import Ristretto
import Solvency
import SolvencyProver
import Testing

/// Every field of every entry of a liquidation is forged, and the audit names the entry, whoever signed the
/// log.
@Suite("Forged liquidations")
struct CaseForgeryTests {
  @Test
  func `A47: an audit names each entry of a liquidation of which any field was forged`() throws {
    let log = try CaseLog()
    #expect(log.closing.audit().findings == [])
    var forged: [String: Int] = [:]
    try log.walk { audit, item in
      for (name, event) in try log.forgeries(of: item.entry.event) {
        let findings = log.findings(after: audit, replacing: item, with: event)
        #expect(
          findings.contains { $0.names(item.entry.index) },
          "entry \(item.entry.index), \(name), \(item.entry.event), \(event): \(findings)")
        forged[name, default: 0] += 1
      }
    }
    let names = [
      "rules", "layers", "number", "purse", "amount", "movement", "account", "sequence", "snapshot", "cash",
      "book", "step account", "kind", "mover", "mover's sequence", "commitment", "coordinate", "delta",
      "payment", "payment's purse", "holding", "debt", "lots", "insured", "silent", "step document", "call",
      "position", "side", "gain", "gain in ppm", "reference", "deadline", "answerer", "answerer's sequence",
      "liquidated", "rank", "size", "answer",
    ]
    for name in names { #expect(forged[name] ?? 0 > 0, "\(name)") }
    #expect(Set(forged.keys) == Set(names))
  }

  @Test
  func
    `A47: an audit names each entry of a liquidation whose document was changed, and one that is of another`()
    throws
  {
    let log = try CaseLog()
    var documents = 0
    try log.walk { audit, item in
      guard !item.evidence.isEmpty, log.isOfLiquidation(item.entry.event) else { return }
      documents += 1
      // As it is named, the changed document is missing; named by its new digest, it is another one.
      for place in [item.evidence.count / 3, item.evidence.count / 2, item.evidence.count - 3] {
        var bytes = item.evidence
        bytes[place] = bytes[place] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
        guard bytes != item.evidence else { continue }
        let missing = log.findings(after: audit, replacing: item, with: item.entry.event, evidence: bytes)
        #expect(missing.contains { $0.names(item.entry.index) })
        let renamed = item.entry.event.naming(.sha256(of: bytes))
        let other = log.findings(after: audit, replacing: item, with: renamed, evidence: bytes)
        // A rules document with another number in it may be sound: then every later case is held to it.
        if case .liquidationRulesAdopted = item.entry.event, other == [] { continue }
        #expect(other.contains { $0.names(item.entry.index) }, "\(item.entry.index), \(place)")
      }
      let absent = log.findings(after: audit, replacing: item, with: item.entry.event, evidence: [])
      #expect(absent.contains { $0.names(item.entry.index) })
    }
    #expect(documents >= 7)
  }

  @Test
  func `A47: other rules that are sound in themselves are found by the first case that is held to them`()
    throws
  {
    let log = try CaseLog()
    let items = log.closing.store.allItems
    let place = try #require(
      items.firstIndex { if case .liquidationRulesAdopted = $0.entry.event { true } else { false } })
    let rules = try LiquidationRules(decoding: items[place].evidence)
    var terms = rules.terms
    // Another curve of prices: whoever bid would have paid something else.
    terms.auction.curve = .linear(seconds: 3_600)
    let other = try LiquidationRules(
      terms: terms, layers: rules.layers, policy: rules.policy, backstop: rules.backstop,
      liquidators: rules.liquidators, rankEdges: rules.rankEdges, callSeconds: rules.callSeconds)
    let record = LiquidationRulesRecord(
      rules: .sha256(of: other.encoded()), layers: UInt8(rules.layers.count))
    var audit = Audit(of: log.closing.desk.keys.venue.verificationKey)
    var head = LogHead.empty
    for (index, item) in items.enumerated() {
      let entry = LogEntry(
        after: head, time: item.entry.time,
        event: index == place ? .liquidationRulesAdopted(record) : item.entry.event)
      audit.check(
        LogBatch.Item(entry: entry, evidence: index == place ? other.encoded() : item.evidence))
      head = LogHead(count: entry.index + 1, digest: entry.digest)
    }
    let findings = audit.report().findings
    // An auction that nobody takes part in is the same under both; the first that somebody does is not.
    let steps = items.filter { if case .liquidationStepped = $0.entry.event { true } else { false } }
    #expect(findings.contains { finding in steps.contains { finding.names($0.entry.index) } }, "\(findings)")
  }
}

/// A log with every kind of entry: two cases, one with a loss that the insurance bears and winners that are
/// called for.
private struct CaseLog {
  let closing: ClosingDesk

  init() throws {
    closing = try ClosingDesk(
      cash: -6_250_000_000, fund: 50_000_000, amounts: ["debt/USDC": 30_000, "holding/USDC": 40_000])
    let debt = try closing.bid(1, lots: 30_000, limit: 9_000, leg: "debt/USDC")
    _ = try closing.liquidate([debt])
    _ = try closing.liquidate([debt], after: 1_801)
    let asked = ClosingDesk.fallen.advanced(by: 1_900)
    try closing.admission.answer(closing.answer(closing.winners[0], at: asked), at: asked)
    let opened = try ClosingDesk.opened(closing.winners[1])
    _ = try closing.liquidate(winners: [opened], after: 2_401)
    for round in 0..<4 {
      guard try closing.account(closing.silent).liquidation != nil else { break }
      let time = UInt64(2_500 + 2_000 * round)
      // Whoever took the debt has to prove anew before it may bid again.
      let holding = try closing.bid(
        0, lots: 40_000, limit: 10_500, number: UInt64(10 + round), leg: "holding/USDC",
        at: ClosingDesk.fallen.advanced(by: time))
      _ = try closing.liquidate([holding], after: time + 100)
    }
    guard try closing.account(closing.silent).liquidation == nil else {
      Issue.record("the case is not settled")
      return
    }
  }

  func isOfLiquidation(_ event: LedgerEvent) -> Bool {
    switch event {
    case .liquidationRulesAdopted, .fundMoved, .liquidationOpened, .liquidationStepped, .winnersCalled,
      .bandProven:
      true
    default: false
    }
  }

  /// Goes through the log, with an audit that has seen what is before each entry.
  func walk(_ body: (Audit, LogBatch.Item) throws -> Void) throws {
    var audit = Audit(of: closing.desk.keys.venue.verificationKey)
    for item in closing.store.allItems {
      try body(audit, item)
      audit.check(item)
    }
  }

  func findings(
    after audit: Audit, replacing item: LogBatch.Item, with event: LedgerEvent, evidence: [UInt8]? = nil
  ) -> [AuditFinding] {
    var audit = audit
    let entry = LogEntry(
      after: LogHead(count: item.entry.index, digest: item.entry.previous), time: item.entry.time,
      event: event)
    audit.check(LogBatch.Item(entry: entry, evidence: evidence ?? item.evidence))
    return audit.report().findings
  }

  /// The event with each of its fields forged, by the name of the field.
  func forgeries(of event: LedgerEvent) throws -> [(String, LedgerEvent)] {
    let other = closing.liquidators[2].commitment
    let digest = Digest.sha256(of: [7])
    var made: [(String, LedgerEvent)] = []
    switch event {
    case .liquidationRulesAdopted(let record):
      func add(_ name: String, _ change: (inout LiquidationRulesRecord) -> Void) {
        var copy = record
        change(&copy)
        made.append((name, .liquidationRulesAdopted(copy)))
      }
      add("rules") { $0.rules = digest }
      add("layers") { $0.layers += 1 }
    case .fundMoved(let record):
      func add(_ name: String, _ change: (inout FundRecord) -> Void) {
        var copy = record
        change(&copy)
        made.append((name, .fundMoved(copy)))
      }
      add("number") { $0.number += 1 }
      add("purse") { $0.purse = .venue }
      add("amount") { $0.amount += 1 }
      add("movement") { $0.evidence = digest }
    case .liquidationOpened(let record):
      func add(_ name: String, _ change: (inout CaseRecord) -> Void) {
        var copy = record
        change(&copy)
        made.append((name, .liquidationOpened(copy)))
      }
      add("account") { $0.account = other.account }
      add("sequence") { $0.sequence += 1 }
      add("snapshot") { $0.snapshot = digest }
      add("cash") { $0.cash += 1 }
      add("book") { $0.evidence = digest }
    case .liquidationStepped(let record):
      func add(_ name: String, _ change: (inout CaseStepRecord) -> Void) {
        var copy = record
        change(&copy)
        guard copy != record else { return }
        made.append((name, .liquidationStepped(copy)))
      }
      add("step account") { $0.account = other.account }
      for kind in CaseStepRecord.Kind.allCases { add("kind") { $0.kind = kind } }
      for place in record.moves.indices {
        add("mover") { $0.moves[place].account = other.account }
        add("mover's sequence") { $0.moves[place].sequence += 1 }
        add("commitment") { $0.moves[place].commitment = other.commitment.encoded }
        for delta in record.moves[place].deltas.indices {
          let one = record.moves[place].deltas[delta]
          add("coordinate") {
            $0.moves[place].deltas[delta] = CoordinateChange(
              coordinate: one.coordinate + 1, amount: one.amount)
          }
          add("delta") {
            $0.moves[place].deltas[delta] = CoordinateChange(
              coordinate: one.coordinate, amount: one.amount + 1)
          }
        }
      }
      for place in record.payments.indices {
        add("payment") { $0.payments[place].amount += 1 }
        add("payment's purse") { $0.payments[place].purse = .backstop }
      }
      for place in record.repayments.indices {
        add("holding") { $0.repayments[place].holding += 1 }
        add("debt") { $0.repayments[place].debt += 1 }
        add("lots") { $0.repayments[place].lots += 1 }
      }
      add("insured") { $0.insured += 1 }
      add("silent") { $0.silent += 1 }
      add("step document") { $0.evidence = digest }
    case .winnersCalled(let record):
      func add(_ name: String, _ change: (inout DeleveragingCallRecord) -> Void) {
        var copy = record
        change(&copy)
        made.append((name, .winnersCalled(copy)))
      }
      add("call") { $0.account = other.account }
      add("position") { $0.coordinate += 1 }
      add("side") { $0.isLong.toggle() }
      add("gain") { $0.gainPerLot += 1 }
      add("gain in ppm") { $0.gainPpm += 1 }
      add("reference") { $0.reference = digest }
      add("deadline") { $0.deadline += 1 }
    case .bandProven(let record):
      func add(_ name: String, _ change: (inout DeleveragingBandRecord) -> Void) {
        var copy = record
        change(&copy)
        made.append((name, .bandProven(copy)))
      }
      add("answerer") { $0.account = other.account }
      add("answerer's sequence") { $0.sequence += 1 }
      add("liquidated") { $0.liquidated = other.account }
      add("rank") { $0.rank += 1 }
      add("size") { $0.size += 1 }
      add("answer") { $0.evidence = digest }
    default: break
    }
    return made
  }
}

extension AuditFinding {
  /// Whether the finding is of this entry.
  fileprivate func names(_ entry: UInt64) -> Bool {
    switch self {
    case .event(let index, _), .evidence(let index), .document(let index, _), .recordDiffers(let index),
      .notBalanced(let index), .clockJumps(let index, _):
      index == entry
    default: false
    }
  }
}

extension LedgerEvent {
  /// The event with another digest for its document.
  fileprivate func naming(_ document: Digest) -> LedgerEvent {
    switch self {
    case .liquidationRulesAdopted(var record):
      record.rules = document
      return .liquidationRulesAdopted(record)
    case .fundMoved(var record):
      record.evidence = document
      return .fundMoved(record)
    case .liquidationOpened(var record):
      record.evidence = document
      return .liquidationOpened(record)
    case .liquidationStepped(var record):
      record.evidence = document
      return .liquidationStepped(record)
    case .bandProven(var record):
      record.evidence = document
      return .bandProven(record)
    default: return self
    }
  }
}
