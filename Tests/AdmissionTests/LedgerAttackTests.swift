import Admission
import AdmissionStore
import CanonicalBytes
import CircuitLanguage
import MarginRules
import ProofCore
import Solvency
import SolvencyProver
import Synchronization
import Testing

/// Attacks on what binds a ledger, on its time and on its store.
@Suite("Attacks on the ledger")
struct LedgerAttackTests {
  // What is attested

  /// A desk whose venue trusts two custodians, and the two parts of one account.
  private final class OtherCustodian: Sendable {
    let key = SigningKey.random(role: .custodian)
  }

  private struct TwoParts {
    let desk: Desk
    let admission: Admission
    let second = OtherCustodian()
    let assets: Trader
    let debts: Trader

    init() throws {
      desk = try Desk(traders: [])
      let keys = desk.keys
      let parties = Counterparties(
        venue: keys.venue.verificationKey,
        custodians: [keys.custodian.verificationKey, second.key.verificationKey],
        matchingEngines: [keys.engine.verificationKey])
      let charter = try Market.charter(parties: parties)
      try desk.admission.ledger.adopt(charter, at: Market.now)
      admission = try Admission(charter, ledger: desk.admission.ledger)
      assets = try Trader("parts", ["cash": 1_000_000_000])
      debts = try Trader("parts", ["debt/USDC": 40_000_000])
    }

    /// What the custodian of the debts attests.
    func ofDebts(at second: UInt64 = 0) throws -> Signed<Attestation> {
      try Signed(
        Attestation(
          account: debts.commitment, pledgedTo: admission.venue,
          custodians: CustodianSet([desk.keys.custodian.verificationKey, self.second.key.verificationKey]),
          issued: Market.now.advanced(by: second), expires: Market.now.advanced(by: 90_000)),
        by: self.second.key)
    }

    func ofAssets(naming second: Bool) throws -> Signed<Attestation> {
      try desk.attestation(of: assets.commitment, with: second ? [self.second.key.verificationKey] : [])
    }

    func findings(_ attestations: [Signed<Attestation>]) -> [AuditFinding] {
      var audit = Audit(of: desk.keys.venue.verificationKey)
      for item in desk.store.allItems { audit.check(item) }
      return audit.report(attestations: attestations).findings
    }
  }

  @Test
  func `A55: an account is not opened on a part of what its custodians attest`() throws {
    let parts = try TwoParts()
    #expect(throws: DeskError.attestation(.incompleteSet(expected: 2, actual: 1))) {
      try parts.admission.open([parts.ofAssets(naming: true)], at: Market.now)
    }
    // Nor is one renewed on it, once it is open on both.
    try parts.admission.open([parts.ofAssets(naming: true), parts.ofDebts()], at: Market.now)
    #expect(throws: DeskError.attestation(.incompleteSet(expected: 2, actual: 1))) {
      try parts.admission.renew([parts.ofAssets(naming: true)], at: Market.now)
    }
    #expect(parts.findings([try parts.ofDebts()]) == [])
  }

  @Test
  func `A55: a custodian who was told of no other is found out by the word of the other`() throws {
    let parts = try TwoParts()
    try parts.admission.open([parts.ofAssets(naming: false)], at: Market.now)
    let missing = AuditFinding.missingPart(parts.assets.commitment.account, parts.second.key.verificationKey)
    #expect(parts.findings([]) == [])
    #expect(parts.findings([try parts.ofDebts(), try parts.ofDebts()]) == [missing])
  }

  @Test
  func `A55: each custodian is number n of N, and another number than it has is refused`() throws {
    let parts = try TwoParts()
    let (debts, assets) = (try parts.ofDebts().unverified, try parts.ofAssets(naming: true).unverified)
    let keys: Set = [parts.second.key.verificationKey, parts.desk.keys.custodian.verificationKey]
    let set = CustodianSet(keys)
    func signed(_ attestation: Attestation, _ number: UInt32?, by key: borrowing SigningKey) throws -> Signed<
      Attestation
    > {
      try Signed(
        Attestation(
          account: attestation.account, pledgedTo: attestation.pledgedTo, custodians: set, number: number,
          issued: attestation.issued, expires: attestation.expires), by: key)
    }
    let second = try #require(CustodianSet.number(of: parts.second.key.verificationKey, among: keys))
    #expect(CustodianSet.number(of: parts.desk.keys.custodian.verificationKey, among: keys) == 3 - second)
    for number in [0, 3, UInt32.max] as [UInt32] {
      #expect(throws: AttestationError.numberOutOfRange) { try signed(debts, number, by: parts.second.key) }
    }
    // Both claim to be the same of the two, or each to be the other.
    for (first, other) in [(second, second), (3 - second, 3 - second), (3 - second, second)] {
      let bundle = [
        try signed(debts, first, by: parts.second.key),
        try signed(assets, other, by: parts.desk.keys.custodian),
      ]
      let error = #expect(throws: DeskError.self) { try parts.admission.open(bundle, at: Market.now) }
      guard case .attestation(.otherNumber)? = error else {
        Issue.record("\(first) and \(other): \(String(describing: error))")
        continue
      }
    }
    // What is signed names it: taken out of the file, the signature no longer holds.
    let stated = try signed(debts, second, by: parts.second.key)
    let json = String(decoding: stated.json.encoded(), as: UTF8.self)
    #expect(json.contains("\"number\":\(second)"))
    let without = try Signed<Attestation>(
      decoding: Array(json.replacing(",\"number\":\(second)", with: "").utf8))
    #expect(throws: DeskError.attestation(.signature(.invalidSignature))) {
      try parts.admission.open(
        [without, try signed(assets, 3 - second, by: parts.desk.keys.custodian)], at: Market.now)
    }
    try parts.admission.open(
      [stated, try signed(assets, 3 - second, by: parts.desk.keys.custodian)], at: Market.now)
  }

  @Test
  func `A55: custodians who name different sets are not put together, and none who names no set counts`()
    throws
  {
    let parts = try TwoParts()
    #expect(throws: DeskError.attestation(.incompleteSet(expected: 1, actual: 2))) {
      try parts.admission.open([parts.ofAssets(naming: false), parts.ofDebts()], at: Market.now)
    }
    let old = try Signed<Attestation>(
      decoding: Array(
        String(decoding: parts.ofAssets(naming: false).json.encoded(), as: UTF8.self)
          .replacing(/,"custodians":\{[^}]*\}/, with: "").utf8))
    #expect(old.unverified.custodians == nil)
    #expect(throws: DeskError.attestation(.signature(.invalidSignature))) {
      try parts.admission.open([old], at: Market.now)
    }
  }

  // What binds a ledger

  private static func trivial() throws -> Circuit {
    try Circuit(
      parsing: """
        circuit trivial version 1
        parameters snapshot
        committed cash in 0 ... 2^62 - 1
        require "nothing" : cash >= 0
        """, named: "trivial.circuit")
  }

  @Test
  func `A56: a circuit that the log does not name decides nothing, no matter who has it`() throws {
    let desk = try Desk()
    let trivial = try Self.trivial()
    let request = try Trader.request("standing").replacing(circuitName: trivial.name).changing(
      circuit: trivial.digest)
    #expect(desk.reasons(request) == [.circuitNotAllowed])
    // A desk with one circuit more is not the desk of this ledger.
    let more = try Market.charter(circuits: Market.circuits() + [trivial])
    #expect(throws: LedgerFailure.otherCharter(inForce: desk.admission.charter.digest)) {
      try Admission(more, ledger: desk.admission.ledger)
    }
  }

  @Test
  func `A56: an audit takes its rules from the log, and hears of rules that are not the expected ones`()
    throws
  {
    let desk = try Desk()
    let trivial = try Self.trivial()
    try desk.admission.ledger.adopt(Market.charter(circuits: Market.circuits() + [trivial]), at: Market.now)
    var audit = Audit(
      of: desk.keys.venue.verificationKey,
      expecting: try Market.charter(circuits: Market.circuits() + [trivial]))
    for item in desk.store.allItems { audit.check(item) }
    // The first charter is another; what the venue changed it to later stands in the log for everybody.
    #expect(audit.report().findings == [.otherCharter(index: 0)])
    var plain = Audit(of: desk.keys.venue.verificationKey)
    for item in desk.store.allItems { plain.check(item) }
    #expect(plain.report().findings == [])
    let identity = try Market.venue().ledger
    #expect(plain.report().identity == identity)
  }

  @Test
  func `A56: a charter that is changed in the log is not the one that its entry names`() throws {
    let desk = try Desk()
    var items = desk.store.allItems
    let other = try Market.charter(policy: .production, circuits: [Self.trivial()])
    items[0] = LogBatch.Item(entry: items[0].entry, evidence: other.encoded())
    var audit = Audit(of: desk.keys.venue.verificationKey)
    for item in items { audit.check(item) }
    #expect(audit.report().findings.contains(.recordDiffers(index: 0)))
    // And each charter reads back as it was written, with every rule of the policy.
    var policy = Policy.production
    policy.rules += [AnswersChallenge(), OrderFlowLimit(lots: ["BTC-PERP": 9]), TrustedCircuit([.zero])]
    let charter = try Market.charter(policy: policy)
    #expect(try Charter(decoding: charter.encoded()).encoded() == charter.encoded())
    for count in stride(from: 0, to: charter.encoded().count, by: 97) {
      #expect(throws: CharterError.self) { try Charter(decoding: Array(charter.encoded().prefix(count))) }
    }
  }

  @Test
  func `A59: what is addressed to one ledger is worth nothing with another of the same name`() throws {
    let desk = try Desk(traders: [])
    let trader = try Trader.desk7()
    let attestation = try desk.attestation(of: trader.commitment)
    try desk.admission.open([attestation], at: Market.now)
    // Another key; the same key, and another policy in its first entry.
    let other = Keys(seed: [UInt8](repeating: 9, count: 32))
    var strict = Policy.production
    strict.orderInterval = 1
    for (keys, policy) in [(other, Policy.production), (desk.keys, strict)] {
      let charter = try Market.charter(policy: policy, parties: keys.parties)
      let ledger = try Ledger(store: MemoryStore(), signer: LogSigner(keys.venueAgain()))
      try ledger.adopt(charter, at: Market.now)
      let second = try Admission(charter, ledger: ledger)
      #expect(second.venue.description == desk.admission.venue.description)
      #expect(second.venue != desk.admission.venue)
      let endorsement = try SnapshotEndorsement(of: Market.snapshot(), by: Market.venue())
      try second.publish(
        PublishedSnapshot(Market.snapshot(), endorsement: Signed(endorsement, by: keys.venue)), at: Market.now
      )
      #expect(throws: DeskError.pledgedElsewhere) { try second.open([attestation], at: Market.now) }
      let own = try Attestation(
        account: trader.commitment, pledgedTo: second.venue,
        custodians: CustodianSet([keys.custodian.verificationKey]), issued: Market.now,
        expires: Market.now.advanced(by: 60))
      try second.open([Signed(own, by: keys.custodian)], at: Market.now)
      let request = try Trader.request("standing")
      #expect(second.review(request, at: Market.now) == .refused([.wrongAudience]))
    }
  }

  @Test
  func `A59: a name alone addresses no ledger`() throws {
    let desk = try Desk()
    let named = try Audience(Market.venueName)
    let request = try Trader.desk7().request(salt: "named", to: named)
    #expect(desk.reasons(request) == [.wrongAudience])
    let attestation = try Attestation(
      account: Trader("named").commitment, pledgedTo: named,
      custodians: CustodianSet([desk.keys.custodian.verificationKey]), issued: Market.now,
      expires: Market.now.advanced(by: 60))
    #expect(throws: DeskError.pledgedElsewhere) {
      try desk.admission.open([Signed(attestation, by: desk.keys.custodian)], at: Market.now)
    }
    // An audience reads back from the bytes that are signed, and no name can look like a ledger.
    let audience = try Market.venue()
    #expect(try ProofContext(decoding: request.envelope.context.encoded()).audience == named)
    #expect(audience != named && audience.named == named)
  }

  @Test
  func `A59: nor does one for another ledger renew, and an audit finds a venue that took it`() throws {
    let desk = try Desk()
    let trader = try Trader.desk7()
    let ours = desk.admission.venue
    let elsewhere = try Audience(Market.venueName, ledger: Sample.digest("another ledger"))
    #expect(ours != elsewhere)
    let word = try Attestation(
      account: trader.commitment, pledgedTo: elsewhere,
      custodians: CustodianSet([desk.keys.custodian.verificationKey]), issued: Market.now,
      expires: Market.now.advanced(by: 500_000))
    let signed = try Signed(word, by: desk.keys.custodian)
    #expect(throws: DeskError.pledgedElsewhere) { try desk.admission.renew([signed], at: Market.now) }
    // The venue writes it into its log all the same.
    let bundle = AttestationBundle([signed]).encoded()
    let account = trader.commitment
    let record = RenewalRecord(
      account: account.account, sequence: account.sequence, parts: [account.commitment.encoded],
      attestedUntil: word.expires, evidence: .sha256(of: bundle))
    let entry = LogEntry(
      after: desk.admission.ledger.head, time: Market.now, event: .attestationRenewed(record))
    var audit = Audit(of: desk.keys.venue.verificationKey)
    for item in desk.store.allItems + [LogBatch.Item(entry: entry, evidence: bundle)] { audit.check(item) }
    #expect(audit.report().findings == [.document(index: entry.index, .pledgedElsewhere)])
  }

  // Time and numbers

  @Test
  func `A60: numbers at the ends of their ranges in fills, charges, rolls and withdrawals trap nobody`()
    throws
  {
    let amounts: [Int64] = [.min, .min + 1, -1, 1, .max]
    let (sequences, coordinates) = ([0, 1, UInt64.max] as [UInt64], [0, 1, UInt32.max] as [UInt32])
    var base = try Sample.state()
    let proof = try Sample.proof(0, sequence: 0, epoch: 1, at: 1, nonce: "a")
    try base.apply(.proofAccepted(proof), at: Sample.time(1))
    let order = try Sample.proof(
      0, sequence: 0, epoch: 1, at: 2, nonce: "b", headroom: Sample.headroom(.max), lasting: 500)
    try base.apply(.proofAccepted(order), at: Sample.time(2))
    func expectRead(_ event: LedgerEvent) throws {
      var state = base
      let read = try LedgerEvent(decoding: event.encoded())
      #expect(read == event)
      do {
        try state.apply(read, at: Sample.time(3))
      } catch {
        #expect(state == base, "\(error)")
      }
      _ = state.statusCounts(at: Timestamp(seconds: .max))
      #expect(try LedgerState(decoding: state.encoded()) == state)
    }
    for amount in amounts {
      for sequence in sequences {
        for coordinate in coordinates {
          try expectRead(.charged(Sample.charge(0, sequence: sequence, amount, coordinate: coordinate)))
          let deltas = [
            CoordinateChange(coordinate: coordinate, amount: amount),
            CoordinateChange(coordinate: 0, amount: amount),
          ]
          try expectRead(.filled(Sample.fill(0, sequence: sequence, deltas: deltas)))
        }
      }
    }
    for count in sequences {
      try expectRead(.rolled(StatusRoll(accountCount: count, lines: [])))
      try expectRead(
        .withdrawn(
          WithdrawalRecord(head: LogHead(count: count, digest: .zero), cause: .lost, evidence: .zero)))
    }
  }

  @Test
  func `A60: numbers at the ends of their ranges are refused in replay, and trap nobody`() throws {
    let ends: [Int64] = [.min, -1, .max]
    for epoch in ends {
      for grace in ends {
        for times in [(0, UInt64.max), (.max - 1, .max), (0, 1)] as [(UInt64, UInt64)] {
          let record = EpochRecord(
            epoch: epoch, snapshot: .zero, previous: .zero, validFrom: Timestamp(seconds: times.0),
            validTo: Timestamp(seconds: times.1), graceEpochs: grace, callInterval: .max, fillInterval: .max,
            callGrace: .max)
          let event = try LedgerEvent(decoding: LedgerEvent.epochPublished(record).encoded())
          for isChartered in [true, false] {
            var state = LedgerState()
            if isChartered { try state.apply(Sample.charter(), at: Timestamp(seconds: 1)) }
            try state.apply(Sample.registry, at: Timestamp(seconds: 1))
            for next in [event, .epochPublished(Sample.epoch(1)), event, .epochPublished(Sample.epoch(2))] {
              try? state.apply(next, at: Timestamp(seconds: 1))
            }
            try? state.apply(.accountOpened(Sample.opening(0)), at: Timestamp(seconds: 2))
            _ = state.statusCounts(at: Timestamp(seconds: .max))
            _ = state.acceptedEpoch(.min)
            _ = state.acceptedEpoch(.max)
            if isChartered { #expect(state.currentEpoch.map { $0.epoch < 3 } ?? true) }
          }
        }
      }
    }
  }

  @Test
  func `A60: an audit of such a log says where, and goes no further`() throws {
    let desk = try Desk()
    var items = Array(desk.store.allItems.prefix(2))
    let record = EpochRecord(
      epoch: .max, snapshot: .zero, previous: .zero, validFrom: Timestamp(seconds: 0),
      validTo: Timestamp(seconds: .max), graceEpochs: .max, callInterval: .max, fillInterval: .max,
      callGrace: .max)
    let head = LogHead(items[1].entry)
    let entry = LogEntry(after: head, time: Market.now, event: .epochPublished(record))
    items.append(LogBatch.Item(entry: entry, evidence: []))
    var audit = Audit(of: desk.keys.venue.verificationKey)
    for item in items { audit.check(item) }
    #expect(audit.report().findings.last == .event(index: 2, .implausible))
  }

  @Test
  func `A61: a clock that is two hundred years ahead is refused, and nobody is liquidatable for it`() throws {
    let desk = try Desk()
    let request = try Trader.request("standing")
    #expect(desk.review(request).receipt != nil)
    let ahead = Market.now.advanced(by: 200 * 365 * 86_400)
    let limit = Timestamp(seconds: Market.validTo + Policy.production.snapshotGrace)
    #expect(throws: DeskError.ledger(.event(.clockJumps(limit: limit)))) {
      try desk.admission.roll(at: ahead)
    }
    #expect(throws: DeskError.ledger(.event(.clockJumps(limit: limit)))) {
      try desk.fill(Trader.desk7().fill(["cash": 1]), of: Trader.desk7(), at: ahead)
    }
    #expect(try desk.state(.desk7()).status == .current)
    // The next snapshot moves the clock, as far as it speaks itself.
    #expect(throws: DeskError.ledger(.event(.clockJumps(limit: limit)))) {
      try desk.publish(Market.snapshot(2), at: ahead)
    }
    try desk.publish(Market.snapshot(2), at: Market.now.advanced(by: 60))
  }

  @Test
  func `A61: milliseconds for seconds are refused, and a change of the charter moves no clock`() throws {
    let desk = try Desk()
    let milliseconds = Timestamp(seconds: Market.now.seconds * 1_000)
    #expect(throws: DeskError.ledger(.event(.implausible))) { try desk.admission.roll(at: milliseconds) }
    var policy = Policy.production
    policy.orderInterval = 1
    try desk.admission.ledger.adopt(Market.charter(policy: policy), at: milliseconds)
    let limit = Market.validTo + Policy.production.snapshotGrace
    #expect(try desk.admission.ledger.withState { $0.clock.seconds } == limit)
    // Nor does a checkpoint, and an empty ledger takes no such beginning.
    try desk.admission.ledger.checkpoint(at: milliseconds)
    #expect(try desk.admission.ledger.withState { $0.clock.seconds } == limit)
    let empty = try Ledger(store: MemoryStore(), signer: Sample.signer())
    #expect(throws: LedgerFailure.event(.implausible)) { try empty.adopt(Market.charter(), at: milliseconds) }
  }

  @Test
  func `A61: before its first snapshot a ledger records nothing, so that no wrong clock begins it`() throws {
    let keys = Keys()
    let ledger = try Ledger(store: MemoryStore(), signer: LogSigner(keys.venueAgain()))
    let desk = try Admission(Market.charter(parties: keys.parties), ledger: ledger)
    let refused = DeskError.ledger(.event(.noEpoch))
    for now in [Market.now, Timestamp(seconds: 253_402_300_799)] {
      #expect(throws: refused) { try desk.roll(at: now) }
      #expect(throws: refused) { try desk.publish(Registry(of: Market.snapshot()), at: now) }
      #expect(throws: LedgerFailure.event(.noEpoch)) { try ledger.checkpoint(at: now) }
    }
    #expect(ledger.head == .empty)
  }

  @Test
  func `A61: an audit flags a log whose clock jumps`() throws {
    let desk = try Desk()
    var items = desk.store.allItems
    let head = LogHead(try #require(items.last).entry)
    let roll = LedgerEvent.rolled(StatusRoll(accountCount: 1, lines: []))
    let limit = Timestamp(seconds: Market.validTo + Policy.production.snapshotGrace)
    let entry = LogEntry(after: head, time: limit.advanced(by: 1), event: roll)
    items.append(LogBatch.Item(entry: entry, evidence: []))
    var audit = Audit(of: desk.keys.venue.verificationKey)
    for item in items { audit.check(item) }
    #expect(audit.report().findings == [.clockJumps(index: entry.index, limit: limit)])
  }

  // The store

  @Test
  func `A57: a store with a trigger is refused, and none takes effect in one that is open`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("ledger.sqlite")
    let signer = try Sample.signer()
    let store = try SQLiteStore(creating: path)
    let ledger = try Ledger(store: store, signer: signer)
    try ledger.record(Sample.charter(), at: Sample.time(0))
    try OtherTool.run(
      "CREATE TRIGGER swallow BEFORE INSERT ON entry WHEN NEW.idx = 2 BEGIN SELECT RAISE(IGNORE); END",
      on: path)
    try ledger.record(.ticked, at: Sample.time(1))
    try ledger.record(.ticked, at: Sample.time(2))
    #expect(try store.items(from: 0, limit: 9).count == 3)
    #expect(throws: StoreError.alteredSchema("trigger swallow")) { try SQLiteStore(opening: path) }
    #expect(throws: StoreError.alteredSchema("trigger swallow")) {
      try SQLiteStore(opening: path, for: .reading)
    }
  }

  @Test
  func `A57: nor a store with a view, an index, another column or another table`() throws {
    for (statement, name) in [
      ("CREATE VIEW entries AS SELECT * FROM entry", "view entries"),
      ("CREATE INDEX early ON entry(bytes)", "index early"),
      ("ALTER TABLE entry ADD COLUMN note", "table entry"),
      ("CREATE TABLE aside(x)", "table aside"),
      ("ALTER TABLE evidence RENAME TO elsewhere", "table elsewhere"),
      ("DROP TABLE checkpoint", "table entry"),
    ] {
      let folder = try TemporaryFolder()
      let path = folder.path("ledger.sqlite")
      _ = try SQLiteStore(creating: path)
      try OtherTool.run(statement, on: path)
      #expect(throws: StoreError.alteredSchema(name)) { try SQLiteStore(opening: path) }
    }
  }

  @Test
  func `A57: a document that was taken out of the store is missed, and put back by its digest alone`() throws
  {
    let folder = try TemporaryFolder()
    let path = folder.path("ledger.sqlite")
    let store = try SQLiteStore(creating: path)
    let desk = try Desk(store: store)
    #expect(desk.review(try Trader.request("standing")).receipt != nil)
    let items = store.allItems
    #expect(items.allSatisfy { $0.hasItsEvidence })
    for item in items where !item.evidence.isEmpty {
      let index = item.entry.index
      for statement in [
        "DELETE FROM evidence WHERE idx = \(index)", "UPDATE evidence SET bytes = x'00' WHERE idx = \(index)",
        "UPDATE evidence SET bytes = CAST(bytes || x'20' AS BLOB) WHERE idx = \(index)",
      ] {
        try OtherTool.run(statement, on: path)
        #expect(store.allItems.filter { !$0.hasItsEvidence }.map(\.entry.index) == [index], "\(statement)")
        try store.replaceEvidence([(index, item.evidence)])
        #expect(store.allItems == items)
      }
    }
  }

  @Test
  func `A65: an older copy of a store is refused with what was published after it, and a later one is not`()
    throws
  {
    let folder = try TemporaryFolder()
    let (path, copy) = (folder.path("ledger.sqlite"), folder.path("copy.sqlite"))
    let signer = try Sample.signer()
    let ledger = try Ledger(store: SQLiteStore(creating: path), signer: signer)
    try ledger.record(Sample.charter(), at: Sample.time(0))
    try SQLiteStore(opening: path).backUp(to: copy)
    try ledger.record(.ticked, at: Sample.time(1))
    let published = ledger.head
    #expect(throws: LedgerFailure.behind(published: published, actual: 1)) {
      try Ledger(store: SQLiteStore(opening: copy), signer: signer, notBehind: published)
    }
    #expect(throws: LedgerFailure.behind(published: published, actual: 1)) {
      try Ledger(reading: SQLiteStore(opening: copy), of: signer.verificationKey, notBehind: published)
    }
    try ledger.record(.ticked, at: Sample.time(2))
    #expect(
      try Ledger(store: SQLiteStore(opening: path), signer: signer, notBehind: published).head.count == 3)
  }

  @Test
  func `A65: nor does a copy pass that was written on, or a ledger that goes back while it is open`() throws {
    let folder = try TemporaryFolder()
    let (path, copy) = (folder.path("ledger.sqlite"), folder.path("copy.sqlite"))
    let signer = try Sample.signer()
    let ledger = try Ledger(store: SQLiteStore(creating: path), signer: signer)
    try ledger.record(Sample.charter(), at: Sample.time(0))
    try SQLiteStore(opening: path).backUp(to: copy)
    try ledger.record(.ticked, at: Sample.time(1))
    let published = ledger.head
    let fork = try Ledger(store: SQLiteStore(opening: copy), signer: signer)
    for second in 5...9 as ClosedRange<UInt64> { try fork.record(.ticked, at: Sample.time(second)) }
    #expect(throws: LedgerFailure.otherThanPublished(published)) {
      try Ledger(store: SQLiteStore(opening: copy), signer: signer, notBehind: published)
    }
    try OtherTool.run("DELETE FROM entry WHERE idx = 1; UPDATE head SET count = 1", on: path)
    #expect(throws: LedgerFailure.replay(.log(.truncated(expected: 2, actual: 1)))) {
      try ledger.record(.ticked, at: Sample.time(3))
    }
  }

  // Several at once

  @Test("six desks on one file admit every valid request exactly once, whatever else touches the ledger")
  func sixWriters() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("ledger.sqlite")
    let traders = try (0..<6).map { try Trader("writer-\($0)") }
    _ = try Desk(traders: traders, store: SQLiteStore(creating: path))
    let proofs = try traders.map { trader in
      try (0..<4).map { try trader.request(salt: "\($0)", seconds: 3_000) }
    }
    let keys = Keys()
    let charter = try Market.charter()
    let admitted = Mutex<[String]>([])
    let refused = Mutex<[[RefusalReason]]>([])
    let results = Parallel.map(count: 7, workers: 7) { writer in
      Result { () throws in
        let ledger = try Ledger(store: SQLiteStore(opening: path), signer: LogSigner(keys.venueAgain()))
        let desk = try Admission(charter, ledger: ledger)
        guard writer < 6 else {
          // Somebody who does everything else: rolls, challenges, checkpoints.
          for second in 0..<40 as Range<UInt64> {
            try desk.roll(at: Market.now.advanced(by: second / 10))
            _ = try desk.challenge(traders[0].commitment.account, for: 60, at: Market.now)
            if second.isMultiple(of: 10) { try ledger.checkpoint(at: Market.now) }
          }
          return
        }
        // Each sends its own requests one by one, and then everybody's.
        for request in proofs[writer] + proofs.joined() {
          switch desk.review(request, at: Market.now) {
          case .admitted(let receipt), .reduceOnly(let receipt):
            admitted.withLock { $0.append("\(receipt.account) \(request.salt)") }
          case .refused(let reasons): refused.withLock { $0.append(reasons) }
          }
        }
      }
    }
    for result in results { try result.get() }
    let names = admitted.withLock { $0 }
    #expect(names.count == 24 && Set(names).count == 24)
    #expect(refused.withLock { $0.allSatisfy { $0 == [.replayed] } })
    let store = try SQLiteStore(opening: path)
    #expect(try Ledger(store: store, signer: LogSigner(keys.venueAgain()), from: .beginning).head.count > 100)
    var audit = Audit(of: keys.venue.verificationKey)
    for item in store.allItems { audit.check(item) }
    #expect(audit.report().findings == [])
  }

  @Test("a desk takes in what another one has published, and decides by it")
  func otherPublishes() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("ledger.sqlite")
    let first = try Desk(store: SQLiteStore(creating: path))
    let second = try Admission(
      Market.charter(),
      ledger: Ledger(store: SQLiteStore(opening: path), signer: LogSigner(Keys().venueAgain())))
    try first.publish(Market.snapshot(2))
    #expect(second.review(try Trader.request("epoch 2"), at: Market.now).receipt != nil)
    // A charter that another has changed is not decided by any more.
    var policy = Policy.production
    policy.orderInterval = 1
    let charter = try Market.charter(policy: policy)
    try first.admission.ledger.adopt(charter, at: Market.now)
    #expect(throws: LedgerFailure.otherCharter(inForce: charter.digest)) {
      try second.decide([try Trader.request("standing")], at: Market.now)
    }
  }
}
