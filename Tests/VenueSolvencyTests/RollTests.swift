import CanonicalBytes
import ProofCore
import Ristretto
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport
import Testing
import TransparencyLog
import VenueSolvency
import VenueSolvencyProver

/// The venue's own solvency on hidden books: what an honest roll shows, and every attack on one.
@Suite("Rolls of accounts")
struct RollTests {
  private let venue: Venue

  init() throws { venue = try Venue.sound.get() }

  /// The entries with one account replaced, and its evidence, if given.
  private func entries(
    replacing name: String, evidence: [UInt8]? = nil, _ change: (RollAccount) -> RollAccount
  ) throws -> [(entry: [UInt8], evidence: [UInt8]?)] {
    let place = try #require(venue.places[name])
    var entries = venue.entries
    let listing = venue.listings[place]
    entries[place + 1] = (change(listing.account).entry, evidence ?? listing.evidence)
    return entries
  }

  private func faults(
    replacing name: String, evidence: [UInt8]? = nil, _ change: (RollAccount) -> RollAccount = { $0 }
  ) throws -> [RollFault] {
    let audit = Venue.audit(try entries(replacing: name, evidence: evidence, change), under: venue.documents)
    return audit.findings.map(\.fault)
  }

  private func listing(_ name: String) throws -> RollListing {
    venue.listings[try #require(venue.places[name])]
  }

  @Test("an honest roll with every class shows that the venue is solvent")
  func honest() throws {
    let audit = venue.audit()
    #expect(audit.findings == [])
    #expect(audit.count(of: .solvent) == 3)
    #expect(audit.count(of: .bounded) == 1)
    #expect(audit.count(of: .opened) == 1)
    // Carol's 30 round up to the grid; Dave's equity is 5 - 2 · 12 = -19.
    #expect(audit.shortfall == 50 + 19)
    let signed = try venue.signed()
    let verdict = RollVerdict(
      audit, under: venue.documents, checkpoint: signed.checkpoint.unverified,
      totals: try Venue.soundTotals.get())
    #expect(verdict.problems == [])
    #expect(verdict.isSolvent)
  }

  @Test("the sum of the audit opens to the sums of the books")
  func sum() throws {
    var V = VectorCommitment(.identity)
    for opening in venue.openings {
      V = try V + OpeningFile.open(plain: opening).commitment().commitment
    }
    #expect(venue.audit().sum == V)
  }

  @Test("a signed partial audit reads back as it was written, and a changed one is refused")
  func partialFile() throws {
    let key = SigningKey.random(role: .auditor)
    let audit = try faultyAudit()
    let signed = try Signed(audit, by: key)
    let read = try Signed<PartialAudit>(decoding: signed.json.encoded(.indented))
    #expect(try read.content(verifiedBy: key.verificationKey) == audit)
    #expect(read.unverified.canonicalBytes == audit.canonicalBytes)
    var other = read.unverified.json
    guard case .object(let members) = other else { return }
    other = .object(members.map { $0.key == "shortfall" ? JSONMember("shortfall", "0") : $0 })
    let changed = try PartialAudit(JSONDocument.parse(other.encoded(), maximumBytes: 1 << 20))
    let forged = Signed(changed, signer: read.signer, signature: read.signature)
    #expect(throws: SigningError.invalidSignature) { try forged.content(verifiedBy: key.verificationKey) }
  }

  private func faultyAudit() throws -> PartialAudit {
    Venue.audit(try entries(replacing: "carol") { $0.replacing(amount: 0) }, under: venue.documents)
  }

  // MARK: attacks

  @Test
  func `A66: padding with a negative book cannot be proved, and another's proof does not serve it`() throws {
    let registry = venue.documents.registry
    let negative = AccountOpening(
      of: try Book(account: AccountID("padding-x"), registry: registry) { $0 == "cash" ? -500 : 0 })
    let prover = RollProver(venue.documents)
    // Listed it is, but with its shortfall counted.
    let listing = try prover.listing(of: negative, salt: Venue.salt(99))
    #expect(listing.account.accountClass == .bounded && listing.account.amount == 500)
    // As padding of the class solvent, with the evidence of an account that is.
    let evidence = try self.listing("padding").evidence
    let commitment = listing.account.commitment
    let faults = try faults(replacing: "padding", evidence: evidence) { $0.replacing(commitment: commitment) }
    #expect(faults.contains(.otherCommitment))
    // With the commitment in the envelope changed as well, the proof itself fails.
    let envelope = try ProofEnvelope(decoding: evidence)
    let forged = ProofEnvelope(
      circuitName: envelope.circuitName, context: envelope.context, commitments: [commitment],
      proof: envelope.proof
    ).encoded()
    let forgedFaults = try self.faults(replacing: "padding", evidence: forged) {
      $0.replacing(commitment: commitment, evidence: forged)
    }
    #expect(forgedFaults.contains(.proof(code: "proof-invalid")))
  }

  @Test
  func `A67: one commitment at two leaves is found, in one part and across two`() throws {
    var entries = venue.entries
    entries.insert(entries[2], at: 3)
    let whole = Venue.audit(entries, under: venue.documents)
    #expect(whole.findings.map(\.fault) == [.repeatedCommitment])
    #expect(whole.findings.map(\.entry) == [3])
    let parts = [
      Venue.audit(entries, 0..<3, under: venue.documents),
      Venue.audit(entries, 3..<entries.count, under: venue.documents),
    ]
    #expect(parts.allSatisfy { $0.findings.isEmpty })
    #expect(try PartialAudit.merging(parts).canonicalBytes == whole.canonicalBytes)
    // Apart from each other they would not be in order.
    entries = venue.entries
    entries.append(entries[2])
    #expect(Venue.audit(entries, under: venue.documents).findings.map(\.fault) == [.notInOrder])
    // Anyone who builds the roll is stopped first.
    var builder = RollBuilder(venue.documents.header)
    try builder.append(venue.listings[0].account)
    #expect(throws: RollBuildError.repeatedCommitment(venue.listings[0].account.name)) {
      try builder.append(venue.listings[0].account)
    }
  }

  @Test
  func `A68: a proof of one class does not serve in another`() throws {
    #expect(
      try faults(replacing: "carol") { $0.replacing(accountClass: .solvent, amount: 0) } == [.otherCircuit])
    #expect(try faults(replacing: "alice") { $0.replacing(accountClass: .bounded) } == [.otherCircuit])
    #expect(try faults(replacing: "alice") { $0.replacing(accountClass: .opened) } == [.malformedEvidence])
    #expect(
      try faults(replacing: "dave") { $0.replacing(accountClass: .solvent, amount: 0) } == [
        .malformedEvidence
      ])
  }

  @Test
  func `A69: a shortfall that is stated too small, or off the grid, is found`() throws {
    #expect(try faults(replacing: "carol") { $0.replacing(amount: 0) } == [.otherCommitment])
    #expect(try faults(replacing: "carol") { $0.replacing(amount: 30) } == [.offGrid])
    #expect(try faults(replacing: "dave") { $0.replacing(amount: 0) } == [.otherEquity])
    // The total is the auditor's own sum; a fund that does not cover it is a problem of the roll.
    let poor = try Venue(
      [Venue.Member(name: "carol", amounts: ["cash": -150, "holding/A": 12], isOpened: true)],
      under: Venue.documents(accounts: 1, reserves: ["cash": 500, "holding/A": 12], fund: 29))
    let verdict = RollVerdict(
      poor.audit(), under: poor.documents, checkpoint: try poor.signed().checkpoint.unverified,
      totals: try poor.totalsProver().prove())
    #expect(verdict.problems == [.shortfall(total: 30, fund: 29)])
  }

  @Test
  func `A70: a proof of another state, snapshot, registry or roll is stale`() throws {
    #expect(try faults(replacing: "alice") { $0.replacing(sequence: 1) } == [.otherSequence])
    let opening = try OpeningFile.open(plain: venue.openings[try #require(venue.places["alice"])])
    let salt = venue.salts[try #require(venue.places["alice"])]
    func fault(of other: RollDocuments) throws -> [RollFault] {
      let listing = try RollProver(other).listing(of: opening, salt: salt)
      return try faults(replacing: "alice", evidence: listing.evidence) {
        $0.replacing(evidence: listing.evidence)
      }
    }
    var later = Venue.draft()
    later.epoch += 1
    #expect(
      try fault(of: Venue.documents(accounts: 5, snapshot: later)) == [.proof(code: "unknown-snapshot")])
    #expect(try fault(of: Venue.documents(accounts: 5, epoch: 5)) == [.proof(code: "wrong-nonce")])
    let elsewhere = try Venue.documents(accounts: 5, ledger: Venue.ledger(8))
    #expect(try fault(of: elsewhere) == [.proof(code: "wrong-audience")])
    // Evidence whose digest the entry does not state, and none at all.
    let evidence = try listing("bob").evidence
    #expect(try faults(replacing: "alice", evidence: evidence) == [.otherEvidence])
    var entries = venue.entries
    entries[1].evidence = nil
    #expect(Venue.audit(entries, under: venue.documents).findings.map(\.fault) == [.missingEvidence])
  }

  @Test
  func `A71: commitments over another registry do not enter the sum`() throws {
    let longer = try Registry(names: venue.documents.registry.names + ["position/Q"])
    let other = try Venue.documents(accounts: 5, registry: longer)
    // The new instrument holds something; under the roll's registry it would be invisible.
    let opening = AccountOpening(
      of: try Book(account: AccountID("alice"), registry: longer) { $0 == "cash" ? 400 : 0 })
    let listing = try RollProver(other).listing(of: opening, salt: Venue.salt(0))
    let commitment = listing.account.commitment
    let faults = try faults(replacing: "alice", evidence: listing.evidence) {
      $0.replacing(commitment: commitment, evidence: listing.evidence)
    }
    #expect(faults.contains(.proof(code: "unknown-registry")))
    var prover = TotalsProver(venue.documents)
    #expect(throws: TotalsProvingError.opening(.mismatch(.registry))) { try prover.add(opening) }
  }

  @Test
  func `A72: a checkpoint of another size or root is a problem`() throws {
    let audit = venue.audit()
    let head = try #require(audit.entries.head)
    func problems(_ size: UInt64, _ root: MerkleHash, origin: ExactText? = nil) throws -> [RollProblem] {
      let checkpoint = try Checkpoint(
        origin: origin ?? venue.documents.header.origin, head: TreeHead(size: size, root: root))
      return RollVerdict(
        audit, under: venue.documents, checkpoint: checkpoint, totals: try Venue.soundTotals.get()
      ).problems
    }
    #expect(try problems(head.size, head.root) == [])
    #expect(try problems(head.size + 1, head.root) == [.otherSize(stated: 6, checkpoint: 7)])
    #expect(try problems(head.size, .empty) == [.otherRoot])
    #expect(
      try problems(head.size, head.root, origin: "example.com/ledger/roll/5") == [
        .otherOrigin(expected: "example.com/ledger/roll/4", found: "example.com/ledger/roll/5")
      ])
    // A part is never the whole.
    let part = venue.audit(0..<4)
    let verdict = RollVerdict(
      part, under: venue.documents, checkpoint: try venue.signed().checkpoint.unverified,
      totals: try Venue.soundTotals.get())
    #expect(verdict.problems.contains(.incomplete(start: 0, end: 4, of: 6)))
    #expect(verdict.problems.contains(.totals(.rejected(.commitmentMismatch))))
  }

  @Test
  func `A73: two rolls of one origin are a split view, whichever audience sees which`() throws {
    let first = try venue.signed()
    var short = venue
    short.listings.swapAt(0, 1)
    var builder = MemoryTree(short.entries.map(\.entry))
    let second = try Checkpoint(origin: venue.documents.header.origin, head: builder.head(at: builder.size))
    var none: MemoryTree?
    let comparison = ViewComparison.compare(
      [
        LogView(name: "auditor", checkpoint: first.checkpoint.unverified),
        LogView(name: "trader", checkpoint: second),
      ], tree: &none)
    guard case .split = comparison else {
      Issue.record("two rolls of one origin and size were not told apart: \(comparison)")
      return
    }
  }

  @Test
  func `A74: a reserve that is there twice, pledged elsewhere, forged or of another time is not counted`()
    throws
  {
    let key = SigningKey.random(role: .custodian)
    let other = SigningKey.random(role: .custodian)
    let trusted: Set = [key.verificationKey, other.verificationKey]
    func reserves(_ attestations: [Signed<ReserveAttestation>]) throws -> Reserves {
      try Reserves(of: attestations, trusting: trusted, ledger: Venue.ledger(), at: Venue.moment)
    }
    let cash = try Venue.reserve("cash", 5, by: key)
    let second = try Venue.reserve("cash", 6, by: other)
    #expect(try reserves([cash, second]).amounts == ["cash": 11])
    #expect(try reserves([second, cash]).digest == reserves([cash, second]).digest)
    let twice = ReserveError.countedTwice(asset: "cash")
    #expect(throws: twice) { try reserves([cash, cash]) }
    // The same coins under another amount or moment.
    let again = try Venue.reserve("cash", 7, by: key, asOf: Timestamp(seconds: Venue.moment.seconds - 1))
    #expect(throws: twice) { try reserves([cash, again]) }
    // Two addresses with one custodian are two reserves; one address with two custodians is one.
    let addresses = try ["a", "b"].map { try Venue.reserve("holding/A", 1, by: key, references: [$0]) }
    #expect(try reserves(addresses).amounts == ["holding/A": 2])
    let same = try Venue.reserve("holding/A", 1, by: other, references: ["b", "c"])
    #expect(throws: ReserveError.countedTwice(asset: "holding/A")) { try reserves(addresses + [same]) }
    let spelled = try Venue.reserve("holding/A", 1, by: other, references: ["B"])
    #expect(throws: ReserveError.countedTwice(asset: "holding/A")) { try reserves(addresses + [spelled]) }
    let elsewhere = try Venue.ledger(9)
    #expect(throws: ReserveError.pledgedElsewhere(elsewhere)) {
      try reserves([Venue.reserve("cash", 5, by: key, pledgedTo: elsewhere)])
    }
    let stranger = SigningKey.random(role: .custodian)
    #expect(throws: ReserveError.unknownCustodian(stranger.verificationKey)) {
      try reserves([Venue.reserve("cash", 5, by: stranger)])
    }
    let forged = Signed(second.unverified, signer: key.verificationKey, signature: second.signature)
    #expect(throws: ReserveError.signature(.invalidSignature)) { try reserves([forged]) }
    for seconds in [Venue.moment.seconds + 1, Venue.moment.seconds - Reserves.greatestAge - 1] {
      let late = try Venue.reserve("cash", 5, by: key, asOf: Timestamp(seconds: seconds))
      #expect(throws: ReserveError.otherTime(asset: "cash")) { try reserves([late]) }
    }
  }

  @Test(
    "a reference has nothing that is not seen: position and code point are said, and no file brings one in")
  func hiddenCharacters() throws {
    let ledger = try Venue.ledger()
    func refusal(_ references: String...) -> ReserveError? {
      do throws(ReserveError) {
        _ = try ReserveAttestation(
          asset: "cash", amount: 1, asOf: Venue.moment, pledgedTo: ledger, references: references)
        return nil
      } catch {
        return error
      }
    }
    // Zero width, joiners, marks of direction, controls, spaces that are others, fillers, selectors, tags.
    let hidden: [UInt32] = [
      0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F, 0x202A, 0x202E, 0x2066, 0x2069, 0x061C, 0x00,
      0x07, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0xA0, 0x1680, 0x2000, 0x2009, 0x202F, 0x205F, 0x3000, 0x2028,
      0x2029, 0xAD, 0x34F, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x180E, 0xFE0F, 0xE0041, 0xE0100, 0x2800,
    ]
    for codePoint in hidden {
      let scalar = try #require(Unicode.Scalar(codePoint))
      for (place, reference) in ["\(scalar)bc1", "bc\(scalar)1", "bc1\(scalar)"].enumerated() {
        #expect(
          refusal("a", reference)
            == .hiddenCharacter(reference: 2, position: [1, 3, 4][place], codePoint: codePoint),
          "U+\(String(codePoint, radix: 16)) in \(place)")
      }
    }
    #expect(refusal(" b") == .hiddenCharacter(reference: 1, position: 1, codePoint: 0x20))
    #expect(refusal("b ") == .hiddenCharacter(reference: 1, position: 2, codePoint: 0x20))
    #expect(refusal("block 840000", "Konto Zürich 7", "取引所 1", "n\u{303}") == nil)
    // A file of another program has one: the custodian's signature does not help.
    let sound = try ReserveAttestation(
      asset: "cash", amount: 1, asOf: Venue.moment, pledgedTo: ledger, references: ["a", "bc1"])
    let text = String(decoding: sound.json.encoded(), as: UTF8.self)
    for (file, isRead) in [(text, true), (text.replacing("bc1", with: "bc\u{200B}1"), false)] {
      let node = try JSONDocument.parse(Array(file.utf8), maximumBytes: 1 << 16)
      #expect(((try? ReserveAttestation(node)) != nil) == isRead)
    }
  }

  @Test
  func `A75: totals beyond 2⁶³, 2⁶⁴ and 2⁸⁰ are refused and never wrap`() throws {
    let most = Int64.max / 2
    let key = SigningKey.random(role: .custodian)
    let halves = try ["a", "b"].map { try Venue.reserve("cash", most, by: key, references: [$0]) }
    #expect(throws: ReserveError.overflow(asset: "cash")) {
      try Reserves(of: halves, trusting: [key.verificationKey], ledger: Venue.ledger(), at: Venue.moment)
    }
    // Openings add up in 128 bits: n books of 2⁶² - 1 make 2⁶³, 2⁶⁴ and more, and the proof says which
    // coordinate.
    for count in [2, 3, 5, 300] {
      var prover = TotalsProver(try Venue.documents(accounts: count))
      let opening = AccountOpening(
        of: try Book(account: AccountID("whale"), registry: venue.documents.registry) {
          $0 == "cash" ? most : 0
        })
      for _ in 0..<count { try prover.add(opening) }
      #expect(throws: TotalsProvingError.overflow("cash")) { try prover.prove() }
    }
    // Shortfalls add up in 128 bits: 2¹⁸ of 2⁶² are 2⁸⁰.
    let account = RollAccount(
      name: BlindedName(.zero), commitment: try listing("alice").account.commitment, sequence: 0,
      accountClass: .bounded, amount: most, evidence: .zero)
    #expect((0..<(1 << 18)).reduce(UInt128(0)) { sum, _ in sum + account.shortfall } >> 79 == 1)
    // A house position whose value leaves the range is refused before the first account is read.
    #expect(throws: RollError.overflow("cash")) { try Venue.documents(accounts: 1, house: ["P": most]) }
    // A circuit that leaves a coordinate without a bound would let totals wrap.
    let circuits = try Venue.circuits()
    let loose = RollDocuments.Circuits(
      rule: try Circuit(
        parsing: """
          circuit loose version 1
          parameters snapshot
          committed cash
          advice value in 0 ... 2^70 := max(cash, 0)
          link cash == value
          require "margin" : value - 1 >= 0
          """, named: "loose"), bounded: circuits.bounded, totals: circuits.totals)
    #expect(throws: RollError.unboundedCoordinate(.rule, "cash")) {
      try Venue.documents(accounts: 1, circuits: loose)
    }
  }

  @Test
  func `A76: positions of the house that are hidden, or in what is not listed, are found`() throws {
    // Accounts are long 3 without a short: somebody else has the other side.
    let members = [Venue.Member(name: "alice", amounts: ["cash": 400, "position/P": 3])]
    let hidden = try Venue(members, under: Venue.documents(accounts: 1, reserves: ["cash": 5_000]))
    #expect(throws: TotalsProvingError.self) { try hidden.totalsProver().prove() }
    // Published, it is counted: 400 to the accounts, 1000 for the fund, 3 · 101 for the position.
    func published(_ cash: Int64) throws -> Venue {
      try Venue(members, under: Venue.documents(accounts: 1, reserves: ["cash": cash], house: ["P": -3]))
    }
    let enough = try published(1_703)
    let envelope = try enough.totalsProver().prove()
    try enough.documents.checkTotals(envelope, of: enough.audit().sum)
    let short = try published(1_702)
    #expect(throws: TotalsProvingError.proving(.insolvent(row: "reserves of cash"))) {
      try short.totalsProver().prove()
    }
    #expect(throws: RollError.unlistedPosition("Q")) { try Venue.documents(accounts: 1, house: ["Q": 3]) }
    // Listed in the registry, and without a price in the snapshot.
    let longer = try Registry(names: venue.documents.registry.names + ["position/Q"])
    #expect(throws: RollError.unlistedPosition("Q")) {
      try Venue.documents(accounts: 1, house: ["Q": 3], registry: longer)
    }
    #expect(throws: RollError.unlistedReserve("holding/B")) {
      try Venue.documents(accounts: 1, reserves: ["holding/B": 3])
    }
  }

  @Test
  func `A77: partial audits that overlap or leave a gap are not merged`() throws {
    #expect(throws: MergeError.overlap(first: 2, last: 2)) {
      try PartialAudit.merging([venue.audit(0..<3), venue.audit(2..<6)])
    }
    #expect(throws: MergeError.overlap(first: 0, last: 2)) {
      try PartialAudit.merging([venue.audit(0..<3), venue.audit(0..<3)])
    }
    #expect(throws: MergeError.gap(first: 3, last: 3)) {
      try PartialAudit.merging([venue.audit(4..<6), venue.audit(0..<3)])
    }
    #expect(throws: MergeError.nothing) { try PartialAudit.merging([]) }
  }

  @Test
  func `A78: a partial audit of other documents is not merged`() throws {
    let other = try Venue.documents(accounts: 5, reserves: ["cash": 2_300, "holding/A": 14], fund: 999)
    let part = Venue.audit(venue.entries, 3..<6, under: other)
    #expect(throws: MergeError.otherRoll) { try PartialAudit.merging([venue.audit(0..<3), part]) }
    // The header of the tree is compared too.
    #expect(Venue.audit(venue.entries, 0..<1, under: other).findings.map(\.fault) == [.otherHeader])
    // And documents that are not those of the header are refused at once.
    #expect(throws: RollError.self) {
      try RollDocuments(
        header: venue.documents.header, snapshot: venue.documents.snapshot,
        registry: venue.documents.registry,
        circuits: Venue.circuits(), reserves: venue.documents.reserves, house: HousePositions(["P": 1]))
    }
  }

  @Test
  func `A79: a trader finds the account, and no path from another roll or place serves`() throws {
    let (receipt, own, policy) = try venue.receipt(of: "alice")
    let ledger = try Venue.ledger()
    let read = try RollReceipt(decoding: receipt.encoded())
    #expect(read == receipt)
    #expect(
      read.check(own: own, ledger: ledger, epoch: 4, under: policy)
        == .included(.solvent, amount: 0, cosigned: 0))
    #expect(try read.check(own: own, ledger: Venue.ledger(8), under: policy) == .otherLedger(ledger))
    #expect(read.check(own: own, ledger: ledger, epoch: 5, under: policy) == .otherEpoch(4))
    // Another trader's receipt.
    let (bobs, bob, _) = try venue.receipt(of: "bob")
    #expect(bobs.check(own: own, ledger: ledger, under: policy) == .otherName)
    #expect(bobs.check(own: bob, ledger: ledger, under: policy).isIncluded)
    func changed(
      header: RollHeader? = nil, account: RollAccount? = nil, index: UInt64? = nil,
      headerPath: [MerkleHash]? = nil, checkpoint: SignedCheckpoint? = nil
    ) -> RollCheck {
      RollReceipt(
        salt: receipt.salt, header: header ?? receipt.header, account: account ?? receipt.account,
        index: index ?? receipt.index, path: receipt.path, headerPath: headerPath ?? receipt.headerPath,
        checkpoint: checkpoint ?? receipt.checkpoint
      ).check(own: own, ledger: ledger, under: policy)
    }
    // The roll of another epoch under the same key: its checkpoint with this header, and its header with this
    // path.
    let documents = try Venue.documents(accounts: 5, reserves: ["cash": 2_300, "holding/A": 14], epoch: 5)
    #expect(changed(header: documents.header) == .otherRoll)
    let twin = try RollHeader(
      log: Venue.log, ledger: ledger, epoch: 4, moment: Venue.moment, documents: receipt.header.documents,
      step: 51, fund: 1000, accountCount: 5)
    #expect(changed(header: twin) == .headerNotIncluded(.otherRoot))
    // Whatever was changed in an entry, it is in no roll, and nobody is accused of it.
    for account in [
      receipt.account.replacing(sequence: 1), receipt.account.replacing(commitment: bob.commitment.encoded),
      receipt.account.replacing(evidence: [1]),
    ] {
      let found = changed(account: account)
      #expect(found == .notIncluded(.otherRoot))
      #expect(!found.text.contains("evidence against"))
    }
    let stranger = try venue.signed(seed: 2)
    guard case .untrusted = changed(checkpoint: stranger.checkpoint) else {
      Issue.record("a checkpoint of a stranger's key was believed")
      return
    }
    #expect(throws: RollReceiptError.self) { try RollReceipt(decoding: Array("x".utf8)) }
  }

  @Test
  func `A79: only an entry that is in the roll is called evidence, and a receipt is called no proof`() throws
  {
    let (receipt, own, policy) = try venue.receipt(of: "alice")
    let ledger = try Venue.ledger()
    let text = receipt.check(own: own, ledger: ledger, under: policy).text
    #expect(text.contains("listed as meeting the maintenance rule") && !text.contains("proved to meet"))
    #expect(text.contains("what an audit of the roll shows"))
    // The same account with another book, as of another roll from balances: its state is 0 as well.
    let other = AccountOpening(
      of: try Book(account: AccountID("alice"), registry: venue.documents.registry) { $0 == "cash" ? 7 : 0 })
    let found = try receipt.check(own: other.commitment(), ledger: ledger, under: policy)
    #expect(found == .otherCommitment)
    #expect(found.text.contains("may be of another roll or state"))
    let later = AccountCommitment(
      account: own.account, registry: own.registry, commitment: own.commitment, sequence: 3)
    #expect(receipt.check(own: later, ledger: ledger, under: policy) == .otherSequence(listed: 0))
  }

  @Test("what is missing from a roll is said in words, whichever document is at fault")
  func words() {
    let errors: [RollError] = [
      .otherDocument(.rule, stated: .zero, given: .zero), .otherBandCount(stated: 1, given: 0),
      .unrelatedBand(1), .weakerBand(1), .idleBand(1, as: 0), .idleBand(2, as: 1),
      .unusableCircuit(.totals), .unboundedCoordinate(.bounded, "cash"), .snapshotDoesNotApply, .noCash,
      .unlistedReserve("XYZ"), .unlistedPosition("XYZ-PERP"), .overflow("cash"),
    ]
    let problems: [RollProblem] =
      [
        .otherRoll, .incomplete(start: 0, end: 1, of: 2), .otherSize(stated: 1, checkpoint: 2), .otherRoot,
        .findings(count: 1), .shortfall(total: 2, fund: 1), .totals(.rejected(.proofInvalid)),
      ] + errors.map { .totals(.documents($0)) }
    for problem in problems { #expect(isPlainWords(problem.text), "\(problem.text)") }
  }
}
