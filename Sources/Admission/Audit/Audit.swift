internal import CanonicalBytes
public import CircuitLanguage
internal import MarginRules
public import Solvency
internal import SolvencyVerifier
internal import TransparencyLog

/// Replays a venue's log and checks every entry against its documents and the policy, without the venue.
///
///     var audit = Audit(of: venueKey)
///     while let item = try reader.next() { audit.check(item) }
///     let report = audit.report(attestations: fromCustodians, heads: fromTraders)
///
/// Policy, parties and circuits are those of the charter in the log, which the venue's key has signed:
/// nothing else of a venue's is looked at (A56). An auditor who knows what the charter should be gives it,
/// and hears of every difference.
///
/// The log proves by itself that it is complete up to its signed head. What it leaves out from the start, an
/// account that is never opened, shows against what custodians attested; a second log shows against the
/// signed heads that traders hold.
public struct Audit: Sendable {
  private let venue: VerificationKey
  private let expected: Charter?
  /// Nil before the log's charter.
  private var judge: Judge?
  private let checker: (any ProofChecking)?
  /// What the log has published, before its charter as well.
  private let documents = DeskDocuments()
  /// The set of custodians of every account, by slot, and the keys of every set.
  private var sets: [Digest] = []
  private var custodians: [Digest: Set<VerificationKey>] = [:]
  var replay = LogReplay()
  var found = AuditReport()
  private var isStopped = false
  /// When accounts were opened, in the order of the log.
  private var openings: [Timestamp] = []
  /// Admissions whose proofs are to be verified together.
  private var pending: [(index: UInt64, envelope: ProofEnvelope)] = []
  /// The digests of the log's heads at the counts that receipts name.
  private var heads: [UInt64: LogHead] = [:]
  /// The rules of liquidations in force, and the open cases by account.
  var rules: LiquidationRules?
  var dockets: [AccountID: LiquidationDocket] = [:]
  /// Heads that the venue has withdrawn in the log.
  private var withdrawn: [UInt64: Set<LogHead>] = [:]

  /// How many proofs are verified together.
  private static let windowLimit = 1024

  /// An audit of the ledgers that this venue's key signs.
  ///
  /// - Parameter charter: what the auditor knows of the rules; nil to take those that the log states.
  public init(of venue: VerificationKey, expecting charter: Charter? = nil) {
    self.init(of: venue, expecting: charter, checker: nil)
  }

  /// An audit that expects the charter that these parts make.
  public init(
    policy: Policy, venue: Audience, parties: Counterparties, circuits: [Circuit],
    convexity: ConvexityList = .shipped
  ) {
    self.init(
      of: parties.venue,
      expecting: Charter(
        venue: venue, parties: parties, policy: policy, circuits: circuits, convexity: convexity))
  }

  /// The same with somebody else's word for proofs.
  package init(of venue: VerificationKey, expecting charter: Charter?, checker: (any ProofChecking)?) {
    self.venue = venue
    expected = charter
    self.checker = checker
  }

  /// Checks the next entry.
  public mutating func check(_ item: LogBatch.Item) {
    guard !isStopped else { return }
    judgeEntry(item)
    do throws(ReplayError) {
      // A checkpoint is compared below, and changes nothing: what follows is checked whatever it says.
      try replay.applyUncompared(item.entry)
    } catch {
      isStopped = true
      switch error {
      case .log(let fault): found.findings.append(.log(fault))
      case .event(let index, .clockJumps(let limit)):
        found.findings.append(.clockJumps(index: index, limit: limit))
      case .event(let index, let error): found.findings.append(.event(index: index, error))
      }
      return
    }
    found.entryCount += 1
    heads[replay.head.count] = replay.head
    if pending.count >= Self.windowLimit { verifyPending() }
  }

  /// Takes note that the log itself is not sound beyond the entries checked so far.
  public mutating func stop(at fault: LogFault) {
    guard !isStopped else { return }
    isStopped = true
    found.findings.append(.log(fault))
  }

  /// What was found.
  ///
  /// - Parameters:
  ///   - attestations: what custodians have signed for this venue until the end of the log.
  ///   - signedHeads: heads that the venue has signed: those of receipts, of older copies of the log.
  public mutating func report(
    attestations: [Signed<Attestation>] = [], heads signedHeads: [SignedLogHead] = []
  ) -> AuditReport {
    verifyPending()
    var report = found
    report.accountCount = replay.state.accountCount
    report.identity = replay.state.charter?.identity
    var seen: Set<DeskFinding> = []
    if let judge {
      for signed in attestations where judge.parties.custodians.contains(signed.signer) {
        guard let attestation = try? signed.content(verifiedBy: signed.signer),
          attestation.pledgedTo == judge.audience(in: replay.state), attestation.issued <= replay.state.clock
        else { continue }
        let account = attestation.account.account
        guard let slot = replay.state.accounts.slot(of: account) else {
          if seen.insert(DeskFinding(account, nil)).inserted {
            report.findings.append(.missingAccount(account))
          }
          continue
        }
        guard slot < sets.count, let known = custodians[sets[slot]], !known.contains(signed.signer),
          seen.insert(DeskFinding(account, signed.signer)).inserted
        else { continue }
        report.findings.append(.missingPart(account, signed.signer))
      }
    }
    for signed in signedHeads {
      guard let head = try? signed.content(verifiedBy: venue), head.count > 0 else {
        continue
      }
      if heads[head.count] != head, withdrawn[head.count]?.contains(head) != true {
        report.findings.append(.otherHead(count: head.count))
      }
    }
    return report
  }

  // One entry

  private mutating func judgeEntry(_ item: LogBatch.Item) {
    let index = item.entry.index
    if case .accountOpened = item.entry.event { openings.append(item.entry.time) }
    if case .chartered(let record) = item.entry.event { return judgeCharter(item, record) }
    if case .checkpointed(let record) = item.entry.event {
      found.checkpointCount += 1
      let tree = replay.edge?.head.root
      if record.state != replay.state.digest || (record.tree != nil && record.tree != tree) {
        found.findings.append(.checkpointDiffers(index: index))
      }
    }
    guard let judge else {
      // Of the form before charters: what happened is replayed, and its documents must be those that are
      // named.
      found.unchartedCount += 1
      _ = documents.register(item)
      if !item.hasItsEvidence { found.findings.append(.evidence(index: index)) }
      return
    }
    let time = max(item.entry.time, replay.state.clock)
    var note: AuditFinding?
    switch item.entry.event {
    case .ticked, .rolled, .challengeIssued, .checkpointed, .chartered: break
    case .registryPublished, .epochPublished:
      judgePublication(item, judge, at: time)
    case .accountOpened(let record):
      note = documentFinding(index, item.evidence, record.evidence) { evidence throws(DeskError) in
        guard let bundle = try? AttestationBundle(decoding: evidence) else { return false }
        return try judge.opening(bundle, in: replay.state, at: time) == record
      }
      noteSet(of: item, replay.state.accountCount)
    case .attestationRenewed(let record):
      note = documentFinding(index, item.evidence, record.evidence) { evidence throws(DeskError) in
        guard let bundle = try? AttestationBundle(decoding: evidence) else { return false }
        return try judge.renewal(bundle, in: replay.state, at: time) == record
      }
      if let slot = replay.state.accounts.slot(of: record.account) { noteSet(of: item, slot) }
    case .filled, .charged:
      note = documentFinding(index, item.evidence, item.evidenceDigest) { evidence throws(DeskError) in
        guard let report = try? Signed<FillReport>(decoding: evidence) else { return false }
        return try judge.movement(report, in: replay.state) == item.entry.event
      }
    case .escrowed(let record):
      note = documentFinding(index, item.evidence, record.evidence) { evidence throws(DeskError) in
        guard let seal = try? Signed<EscrowSeal>(decoding: evidence) else { return false }
        return try judge.escrow(seal, in: replay.state) == record
      }
    case .withdrawn(let record): judgeWithdrawal(item, record)
    case .liquidationRulesAdopted, .fundMoved, .liquidationOpened, .liquidationStepped, .winnersCalled,
      .bandProven:
      note = judgeLiquidation(item, judge, at: time)
    case .solvencyRollPublished(let record):
      found.rollCount += 1
      note = documentFinding(index, item.evidence, record.evidence) { evidence throws(DeskError) in
        try Judge.isOf(evidence, record)
      }
      judgeSize(of: record, at: index)
    case .proofAccepted(let record):
      found.admissionCount += 1
      judgeAdmission(item, record, judge, at: time)
    case .refused(let record):
      found.refusalCount += 1
      judgeRefusal(item, record, judge, at: time)
    }
    if let note { found.findings.append(note) }
  }

  /// Finds a roll that lists fewer accounts than were open at its instant. Which ones it lists, the log does
  /// not hold.
  private mutating func judgeSize(of record: SolvencyRollRecord, at index: UInt64) {
    // Those of the same second may have been opened after it.
    let open = UInt64(openings.count { $0 < record.moment })
    let listed = record.size == 0 ? 0 : record.size - 1
    if listed < open { found.findings.append(.rollTooSmall(index: index, listed: listed, open: open)) }
  }

  /// What is no longer of the log: stated, and shown where there is something to show.
  private mutating func judgeWithdrawal(_ item: LogBatch.Item, _ record: WithdrawalRecord) {
    let index = item.entry.index
    withdrawn[record.head.count, default: []].insert(record.head)
    guard record.cause == .undone else {
      found.findings.append(.entriesLost(from: index, to: record.head.count))
      return
    }
    found.withdrawnCount += Int(clamping: record.head.count - min(index, record.head.count))
    guard item.hasItsEvidence, let entries = try? WithdrawnEntries(decoding: item.evidence) else {
      found.findings.append(.evidence(index: index))
      return
    }
    guard entries.lead(from: replay.head, to: record.head) else {
      found.findings.append(.recordDiffers(index: index))
      return
    }
    for head in entries.heads { withdrawn[head.count, default: []].insert(head) }
  }

  /// From here on the log is judged by this charter.
  private mutating func judgeCharter(_ item: LogBatch.Item, _ record: CharterRecord) {
    // What was decided so far was decided by the charter so far.
    verifyPending()
    let index = item.entry.index
    guard let charter = try? Charter(decoding: item.evidence) else {
      found.findings.append(.evidence(index: index))
      return
    }
    if charter.record(after: item.entry.previous) != record {
      found.findings.append(.recordDiffers(index: index))
    }
    let isExpected = expected.map { $0.encoded() == item.evidence } ?? true
    if charter.parties.venue != venue || (judge == nil && !isExpected) {
      found.findings.append(.otherCharter(index: index))
    }
    judge = Judge(charter, documents: documents, checker: checker)
  }

  /// Who keeps the parts of the account in a slot.
  private mutating func noteSet(of item: LogBatch.Item, _ slot: Int) {
    guard let bundle = try? AttestationBundle(decoding: item.evidence) else { return }
    let keys = Set(bundle.attestations.map(\.signer))
    let digest = CustodianSet(keys).digest
    custodians[digest] = keys
    while sets.count <= slot { sets.append(.zero) }
    sets[slot] = digest
  }

  private mutating func judgePublication(_ item: LogBatch.Item, _ judge: Judge, at time: Timestamp) {
    let index = item.entry.index
    var note: AuditFinding?
    // Overdue accounts are recorded as such before the rules change.
    if case .epochPublished(let record) = item.entry.event {
      let moment = max(replay.state.clock, min(time, replay.state.timeLimit ?? time))
      for line in replay.state.dueRoll(at: moment).lines {
        found.findings.append(.unstatedOverdue(index: index, line.account))
      }
      note = documentFinding(index, item.evidence, nil) { evidence throws(DeskError) in
        guard let published = try? PublishedSnapshot(decoding: evidence) else { return false }
        return try judge.epoch(published) == record
      }
    } else if case .registryPublished(let record) = item.entry.event {
      note = documentFinding(index, item.evidence, record.registry) { evidence throws(DeskError) in
        guard let registry = try? Registry(listing: evidence) else { return false }
        return try judge.growth(to: registry, in: replay.state) == record
      }
    }
    if let note { found.findings.append(note) }
    // What follows is judged under the document all the same.
    _ = judge.documents.register(item)
  }

  /// Compares an event with its document.
  ///
  /// - Parameter digest: the name of the document, where the event has one.
  private func documentFinding(
    _ index: UInt64, _ evidence: [UInt8], _ digest: Digest?,
    matches: ([UInt8]) throws(DeskError) -> Bool
  ) -> AuditFinding? {
    if let digest, Digest.sha256(of: evidence) != digest { return .evidence(index: index) }
    do throws(DeskError) {
      return try matches(evidence) ? nil : .recordDiffers(index: index)
    } catch {
      return .document(index: index, error)
    }
  }

  private mutating func judgeAdmission(
    _ item: LogBatch.Item, _ record: ProofRecord, _ judge: Judge, at time: Timestamp
  ) {
    let index = item.entry.index
    guard Digest.sha256(of: item.evidence) == record.evidence,
      let request = try? AdmissionRequest(decoding: item.evidence)
    else {
      found.findings.append(.evidence(index: index))
      return
    }
    let facts = judge.facts(about: request, in: replay.state, at: time)
    // The proof is taken at its word here and verified with others later.
    switch judge.outcome(of: facts, evidence: record.evidence, proof: { nil }) {
    case .success(let expected):
      if expected != record { found.findings.append(.recordDiffers(index: index)) }
      pending.append((index, request.envelope))
    case .failure(let refusal):
      found.findings.append(.wronglyAdmitted(index: index, refusal.reasons))
    }
  }

  private mutating func judgeRefusal(
    _ item: LogBatch.Item, _ record: RefusalRecord, _ judge: Judge, at time: Timestamp
  ) {
    let index = item.entry.index
    guard Digest.sha256(of: item.evidence) == record.evidence,
      let request = try? AdmissionRequest(decoding: item.evidence),
      request.account == record.account
    else {
      found.findings.append(.evidence(index: index))
      return
    }
    let facts = judge.facts(about: request, in: replay.state, at: time)
    let outcome = judge.outcome(of: facts, evidence: record.evidence) {
      judge.verifier.verifyProof(request.envelope)
    }
    switch outcome {
    case .success:
      found.findings.append(.wronglyRefused(index: index))
    case .failure(let refusal):
      if refusal.reasons != record.reasons {
        found.findings.append(.otherReasons(index: index, refusal.reasons))
      }
    }
  }

  private mutating func verifyPending() {
    guard let judge, !pending.isEmpty else { return }
    let proofs = judge.verifier.verifyProofs(pending.map(\.envelope), workers: nil)
    for (admission, proof) in zip(pending, proofs) {
      if case .rejected(let reason) = proof {
        found.findings.append(
          .wronglyAdmitted(index: admission.index, [RefusalReason(reason)]))
      }
    }
    found.proofCount += pending.count
    pending.removeAll(keepingCapacity: true)
  }
}

/// What an audit says once.
private struct DeskFinding: Hashable {
  let account: AccountID
  let custodian: VerificationKey?

  init(_ account: AccountID, _ custodian: VerificationKey?) {
    self.account = account
    self.custodian = custodian
  }
}
