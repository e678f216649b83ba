import Admission
import CanonicalBytes
import CircuitProofs
import MarginRules
import Solvency
import Testing

@Suite("Audit")
struct AuditTests {
  /// A day on a desk: admissions, an order, fills, a refusal, epochs, accounts that go silent.
  private struct Day {
    let desk: Desk
    let items: [LogBatch.Item]

    static let shared = Result { try Day() }

    init() throws {
      let silent = try (0..<3).map { try Trader("silent-\($0)") }
      let trader = try Trader.desk7()
      desk = try Desk(traders: [trader] + silent)
      _ = desk.review(try Trader.request("standing"))
      _ = desk.review(try Trader.request("order"))
      _ = desk.review(try Trader.request("standing"))
      try desk.fill(trader.fill(["position/BTC-PERP": 2, "cash": -127_000_000]), of: trader)
      _ = desk.review(try Trader.request("maintenance"))
      let renewed = try desk.attestation(of: silent[0].commitment, for: 200_000)
      try desk.admission.renew([renewed], at: Market.now.advanced(by: 9))
      _ = try desk.admission.challenge(trader.commitment.account, for: 5, at: Market.now)
      try desk.publish(Market.snapshot(2), at: Market.now.advanced(by: 28_801))
      try desk.admission.roll(at: Market.now.advanced(by: 31_000))
      items = desk.store.allItems
    }
  }

  private func audit(_ desk: Desk) throws -> Audit { Audit(of: desk.keys.venue.verificationKey) }

  /// The log of a venue that bound itself to a policy with its second entry, and did not keep it.
  private func bound(_ items: [LogBatch.Item], by policy: Policy) throws -> [LogBatch.Item] {
    let charter = try Market.charter(policy: policy)
    var head = LogHead(items[0].entry)
    let change = LogEntry(
      after: head, time: items[0].entry.time, event: .chartered(charter.record(after: head.digest)))
    head = LogHead(change)
    var result = [items[0], LogBatch.Item(entry: change, evidence: charter.encoded())]
    for item in items.dropFirst() {
      let entry = LogEntry(after: head, time: item.entry.time, event: item.entry.event)
      head = LogHead(entry)
      result.append(LogBatch.Item(entry: entry, evidence: item.evidence))
    }
    return result
  }

  /// Writes a log anew with other events and evidence, as a venue could that signs whatever it likes.
  private func rewritten(
    _ items: [LogBatch.Item], _ change: (inout LedgerEvent, inout [UInt8], UInt64) -> Bool
  ) -> [LogBatch.Item] {
    var head = LogHead.empty
    var result: [LogBatch.Item] = []
    for item in items {
      var (event, evidence) = (item.entry.event, item.evidence)
      guard change(&event, &evidence, item.entry.index) else { continue }
      let entry = LogEntry(after: head, time: item.entry.time, event: event)
      head = LogHead(entry)
      result.append(LogBatch.Item(entry: entry, evidence: evidence))
    }
    return result
  }

  private func findings(
    _ items: [LogBatch.Item], attestations: [Signed<Attestation>] = [],
    heads: [SignedLogHead] = []
  ) throws -> [AuditFinding] {
    var audit = try audit(Day.shared.get().desk)
    for item in items { audit.check(item) }
    return audit.report(attestations: attestations, heads: heads).findings
  }

  private func index(_ items: [LogBatch.Item], _ isWanted: (LedgerEvent) -> Bool) throws -> UInt64 {
    try #require(items.first { isWanted($0.entry.event) }).entry.index
  }

  @Test("an honest day is clean, and everything in it is checked")
  func honest() throws {
    let day = try Day.shared.get()
    var audit = try audit(day.desk)
    for item in day.items { audit.check(item) }
    let head = try #require(try day.desk.store.head())
    let report = audit.report(
      attestations: [try day.desk.attestation(of: Trader.desk7().commitment)], heads: [head])
    #expect(report.findings == [])
    #expect(report.entryCount == day.items.count)
    #expect(report.admissionCount == 2)
    #expect(report.proofCount == 2)
    #expect(report.refusalCount == 2)
    #expect(report.accountCount == 4)
  }

  @Test
  func `A47: an account that is left out of a roll, of the epoch's statements, or of the whole log is named`()
    throws
  {
    let day = try Day.shared.get()
    let loser = try AccountID("silent-1")
    let omitted = rewritten(day.items) { event, _, _ in
      if case .rolled(let roll) = event, roll.lines.contains(where: { $0.account == loser }) {
        event = .rolled(
          StatusRoll(
            accountCount: roll.accountCount, lines: roll.lines.filter { $0.account != loser }))
      }
      return true
    }
    let roll = try index(day.items) { if case .rolled = $0 { true } else { false } }
    #expect(try findings(omitted) == [.event(index: roll, .rollOmits(loser))])
    // No roll at all before the epoch.
    let unstated = rewritten(day.items) { event, _, _ in
      if case .rolled = event { false } else { true }
    }
    #expect(
      try findings(unstated) == [
        .unstatedOverdue(index: roll, try AccountID("desk-7")),
        .unstatedOverdue(index: roll, try AccountID("silent-0")), .unstatedOverdue(index: roll, loser),
        .unstatedOverdue(index: roll, try AccountID("silent-2")),
      ])
    // Never opened: the custodian's word shows it.
    let hidden = try Trader("hidden")
    let attested = try day.desk.attestation(of: hidden.commitment)
    #expect(
      try findings(day.items, attestations: [attested])
        == [.missingAccount(hidden.commitment.account)])
    let elsewhere = try day.desk.attestation(of: hidden.commitment, pledgedTo: "venue-2")
    #expect(try findings(day.items, attestations: [elsewhere]) == [])
  }

  @Test("an entry taken out, doubled or put elsewhere is named")
  func order() throws {
    let day = try Day.shared.get()
    var fewer = day.items
    fewer.remove(at: 4)
    #expect(try findings(fewer) == [.log(.missing(expected: 4, found: 5))])
    var swapped = day.items
    swapped.swapAt(3, 4)
    #expect(try findings(swapped) == [.log(.missing(expected: 3, found: 4))])
    var doubled = day.items
    doubled.insert(day.items[2], at: 3)
    #expect(try findings(doubled) == [.log(.reordered(expected: 3, found: 2))])
  }

  @Test("an entry taken out, with the chain written anew, shows against the heads that traders hold")
  func rewrittenHistory() throws {
    let day = try Day.shared.get()
    let refusal = try index(day.items) { if case .refused = $0 { true } else { false } }
    let shorter = rewritten(day.items) { _, _, index in index != refusal }
    #expect(try findings(shorter) == [])
    let head = try #require(try day.desk.store.head())
    #expect(
      try findings(shorter, heads: [head]) == [.otherHead(count: UInt64(day.items.count))])
  }

  @Test("a verdict that the policy would not give is named, in either direction")
  func verdicts() throws {
    let day = try Day.shared.get()
    let admission = try index(day.items) { if case .proofAccepted = $0 { true } else { false } }
    var strict = Policy.production
    strict.rules.append(RequestLimit(perEpoch: 0))
    let found = try findings(bound(day.items, by: strict))
    #expect(found.contains(.wronglyAdmitted(index: admission + 1, [.requestLimit])))
    // A refusal of what should have been admitted, and one for other reasons.
    let refusal = try index(day.items) { if case .refused = $0 { true } else { false } }
    let blamed = rewritten(day.items) { event, _, index in
      if index == refusal, case .refused(var record) = event {
        record.reasons = [.proofInvalid]
        event = .refused(record)
      }
      return true
    }
    #expect(try findings(blamed) == [.otherReasons(index: refusal, [.replayed])])
    let turnedAway = rewritten(day.items) { event, _, index in
      if index == admission, case .proofAccepted(let record) = event {
        event = .refused(
          RefusalRecord(
            account: record.account, reasons: [.proofInvalid], evidence: record.evidence))
      }
      return true
    }
    #expect(try findings(turnedAway).first == .wronglyRefused(index: admission))
  }

  @Test
  func `A44: an admission of a false proof is found, also among many`() throws {
    let day = try Day.shared.get()
    let admission = try index(day.items) { if case .proofAccepted = $0 { true } else { false } }
    var proof = try Trader.request("standing").envelope.proof.bytes
    proof[proof.count - 1] ^= 1
    let forged = try Trader.request("standing").replacing(proof: proof).encoded()
    let items = rewritten(day.items) { event, evidence, index in
      if index == admission, case .proofAccepted(var record) = event {
        evidence = forged
        record.evidence = .sha256(of: forged)
        event = .proofAccepted(record)
      }
      return true
    }
    let found = try findings(items)
    #expect(
      found == [.wronglyAdmitted(index: admission, [.proofInvalid])]
        || found == [.wronglyAdmitted(index: admission, [.undecodable])])
  }

  @Test("an admission that lasts longer or reaches further than its request is named")
  func records() throws {
    let day = try Day.shared.get()
    let order = try index(day.items) {
      if case .proofAccepted(let record) = $0 { record.headroom != nil } else { false }
    }
    let generous = rewritten(day.items) { event, _, index in
      if index == order, case .proofAccepted(var record) = event {
        record.headroom?.lots = 500
        event = .proofAccepted(record)
      }
      return true
    }
    #expect(try findings(generous) == [.recordDiffers(index: order)])
  }

  @Test("evidence that is missing, exchanged or damaged is named; so are documents that were not signed")
  func evidence() throws {
    let day = try Day.shared.get()
    for item in day.items where !item.evidence.isEmpty {
      let index = item.entry.index
      let emptied = rewritten(day.items) { _, evidence, at in
        if at == index { evidence = [] }
        return true
      }
      let found = try findings(emptied).first
      #expect(found == .evidence(index: index) || found == .recordDiffers(index: index), "\(index)")
    }
    let opened = try index(day.items) { if case .accountOpened = $0 { true } else { false } }
    let stranger = SigningKey.random(role: .custodian)
    let forged = AttestationBundle([
      try Signed(
        try day.desk.attestation(of: Trader.desk7().commitment).unverified, by: stranger)
    ]).encoded()
    let items = rewritten(day.items) { event, evidence, index in
      if index == opened, case .accountOpened(var record) = event {
        evidence = forged
        record.evidence = .sha256(of: forged)
        event = .accountOpened(record)
      }
      return true
    }
    #expect(
      try findings(items)
        == [
          .document(index: opened, .attestation(.unknownCustodian(stranger.verificationKey)))
        ])
  }
}

extension LedgerStore {
  /// Every entry that the store keeps.
  var allItems: [LogBatch.Item] { (try? items(from: 0, limit: .max)) ?? [] }
}
