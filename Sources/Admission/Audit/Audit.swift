internal import CanonicalBytes
public import CircuitLanguage
internal import MarginRules
public import Solvency
internal import SolvencyVerifier

/// Replays a venue's log and checks every entry against its documents and the policy, without the venue.
///
///     var audit = Audit(policy: policy, venue: venue, parties: parties, circuits: circuits)
///     while let item = try reader.next() { audit.check(item) }
///     let report = audit.report(attestations: fromCustodians, heads: fromTraders)
///
/// The log proves by itself that it is complete up to its signed head. What it leaves out from the start, an account
/// that is never opened, shows against what custodians attested; a second log shows against the signed heads that
/// traders hold.
public struct Audit: Sendable {
  private let judge: Judge
  private var replay = LogReplay()
  private var found = AuditReport()
  private var isStopped = false
  /// Admissions whose proofs are to be verified together.
  private var pending: [(index: UInt64, envelope: ProofEnvelope)] = []
  /// The digests of the log's heads at the counts that receipts name.
  private var heads: [UInt64: LogHead] = [:]

  /// How many proofs are verified together.
  private static let windowLimit = 1024

  /// An audit that begins with an empty ledger.
  public init(
    policy: Policy, venue: Audience, parties: Counterparties, circuits: [Circuit]
  ) {
    judge = Judge(policy: policy, venue: venue, parties: parties, circuits: circuits)
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
    var missing: Set<AccountID> = []
    for signed in attestations where judge.parties.custodians.contains(signed.signer) {
      guard let attestation = try? signed.content(verifiedBy: signed.signer),
        attestation.pledgedTo == judge.venue, attestation.issued <= replay.state.clock
      else { continue }
      let account = attestation.account.account
      if replay.state.account(account) == nil, missing.insert(account).inserted {
        report.findings.append(.missingAccount(account))
      }
    }
    for signed in signedHeads {
      guard let head = try? signed.content(verifiedBy: judge.parties.venue), head.count > 0 else {
        continue
      }
      if heads[head.count] != head { report.findings.append(.otherHead(count: head.count)) }
    }
    return report
  }

  // One entry

  private mutating func judgeEntry(_ item: LogBatch.Item) {
    let index = item.entry.index
    let time = max(item.entry.time, replay.state.clock)
    var note: AuditFinding?
    switch item.entry.event {
    case .ticked, .rolled, .challengeIssued: break
    case .checkpointed(let record):
      found.checkpointCount += 1
      if record.state != replay.state.digest { note = .checkpointDiffers(index: index) }
    case .registryPublished, .epochPublished:
      judgePublication(item, at: time)
    case .accountOpened(let record):
      note = documentFinding(index, item.evidence, record.evidence) { evidence throws(DeskError) in
        guard let bundle = try? AttestationBundle(decoding: evidence) else { return false }
        return try judge.opening(bundle, in: replay.state, at: time) == record
      }
    case .attestationRenewed(let record):
      note = documentFinding(index, item.evidence, record.evidence) { evidence throws(DeskError) in
        guard let bundle = try? AttestationBundle(decoding: evidence) else { return false }
        return try judge.renewal(bundle, in: replay.state, at: time) == record
      }
    case .filled(let record):
      note = documentFinding(index, item.evidence, record.evidence) { evidence throws(DeskError) in
        guard let report = try? Signed<FillReport>(decoding: evidence) else { return false }
        return try judge.fill(report, in: replay.state) == record
      }
    case .proofAccepted(let record):
      found.admissionCount += 1
      judgeAdmission(item, record, at: time)
    case .refused(let record):
      found.refusalCount += 1
      judgeRefusal(item, record, at: time)
    }
    if let note { found.findings.append(note) }
  }

  private mutating func judgePublication(_ item: LogBatch.Item, at time: Timestamp) {
    let index = item.entry.index
    var note: AuditFinding?
    // Whoever is overdue is stated to be before the rules change.
    if case .epochPublished(let record) = item.entry.event {
      for line in replay.state.dueRoll(at: time).lines {
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
    _ item: LogBatch.Item, _ record: ProofRecord, at time: Timestamp
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
    _ item: LogBatch.Item, _ record: RefusalRecord, at time: Timestamp
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
      judge.verifier.verify(request.envelope, expecting: judge.expectations)
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
    let proofs = judge.verifier.verify(pending.map(\.envelope), expecting: judge.expectations)
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
