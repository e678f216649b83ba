internal import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyVerifier
internal import TransparencyLog

/// Audits a range of a roll's entries as they come, in bounded memory: at most 2048 accounts, or 8 MiB of evidence
/// and one more, are held until their proofs are verified together.
public struct RollAuditor {
  /// The most accounts that are held.
  static let windowLimit = 2048
  /// The number of bytes of evidence after which no further account is held.
  static let windowByteLimit = 8 << 20

  /// What evidence is measured against.
  public let documents: RollDocuments
  private let generators: Generators
  private let workers: Int?
  private var audit: PartialAudit
  private var next: UInt64
  private var window: [Pending] = []
  private var windowBytes = 0
  /// The groups whose accounts may still come, by band: at most one of each.
  private var groups: [Int: AuditedGroup] = [:]

  /// An entry whose place in the list of findings is kept until its proof is verified.
  private struct Pending {
    let entry: UInt64
    let name: BlindedName?
    /// What is known to be wrong; nil if only the proof is left.
    let fault: RollFault?
    /// Whether the order of entries is at fault as well.
    let order: RollFault?
    let evidence: Evidence?
  }

  /// A proof that is to be verified.
  private enum Evidence {
    case one(ProofEnvelope)
    case group(AuditedGroup)
  }

  /// An auditor of the entries from one on; entry 0 is the header.
  ///
  /// - Parameters:
  ///   - documents: what evidence is measured against.
  ///   - start: the first entry.
  ///   - workers: how many threads verify proofs; all cores by default.
  public init(_ documents: RollDocuments, from start: UInt64 = 0, workers: Int? = nil) {
    self.documents = documents
    self.workers = workers
    generators = .standard
    audit = PartialAudit(
      of: documents.header.digest, from: start, bandCount: documents.header.documents.bands.count)
    next = start
  }

  /// The next entry.
  public var position: UInt64 { next }

  /// Goes past an entry that is before the range, so that the group whose accounts reach into it is known. Nothing
  /// is counted. Must come before the first entry is added, in the order of entries.
  public mutating func pass(_ entry: [UInt8], evidence: [UInt8]?) {
    guard let evidence, let account = try? RollAccount(decoding: entry) else { return }
    if let band = account.band, let group = AuditedGroup(evidence, of: account) { groups[band] = group }
  }

  /// Adds the next entry with its evidence, nil if there is none. An account of the group of its band whose evidence came
  /// last needs none of its own.
  public mutating func add(_ entry: [UInt8], evidence: [UInt8]?) {
    audit.entries.append(.leaf(entry))
    defer { next += 1 }
    guard next > 0 else {
      if entry != documents.header.entry {
        hold(Pending(entry: 0, name: nil, fault: .otherHeader, order: nil, evidence: nil))
      }
      return
    }
    let isFirst = next == audit.entries.start
    guard let account = try? RollAccount(decoding: entry) else {
      audit.last = nil
      hold(Pending(entry: next, name: nil, fault: .malformed, order: nil, evidence: nil))
      return
    }
    if isFirst { (audit.first, audit.firstName) = (account.commitment, account.name) }
    let order = isFirst ? nil : PartialAudit.fault(of: account.commitment, after: audit.last)
    audit.last = account.commitment
    audit.counts[Int(account.accountClass.rawValue) - 1] += 1
    if let band = account.band, audit.bands.indices.contains(band) { audit.bands[band] += 1 }
    audit.shortfall += account.shortfall
    var proof: Evidence?
    var fault: RollFault?
    do throws(RollFailure) {
      let commitment = try VectorCommitment(rolled: account.commitment)
      audit.sum = audit.sum + commitment
      proof = try check(account, commitment, evidence)
    } catch {
      fault = error.fault
    }
    guard fault != nil || order != nil || proof != nil else { return }
    hold(
      Pending(entry: next, name: account.name, fault: fault, order: order, evidence: proof),
      bytes: evidence?.count ?? 0)
  }

  private mutating func hold(_ pending: Pending, bytes: Int = 0) {
    window.append(pending)
    windowBytes += bytes
    if window.count >= Self.windowLimit || windowBytes >= Self.windowByteLimit { verifyWindow() }
  }

  /// What was found. The proofs that are left are verified first.
  public mutating func finish() -> PartialAudit {
    verifyWindow()
    return audit
  }

  /// Everything but the proof itself; the proof, if the class has one.
  private mutating func check(
    _ account: RollAccount, _ commitment: VectorCommitment, _ evidence: [UInt8]?
  ) throws(RollFailure) -> Evidence? {
    if let group = group(of: account, evidence) {
      if let fault = group.fault(of: account, under: documents.header) { throw RollFailure(fault) }
      return .group(group)
    }
    guard let evidence else { throw RollFailure(.missingEvidence) }
    guard Digest.sha256(of: evidence) == account.evidence else { throw RollFailure(.otherEvidence) }
    switch account.accountClass {
    case .opened:
      guard let opened = try? OpenedBook(decoding: evidence) else { throw RollFailure(.malformedEvidence) }
      guard opened.name == account.name else { throw RollFailure(.otherName) }
      guard opened.commitment(generators: generators) == account.commitment else {
        throw RollFailure(.notOpened)
      }
      guard opened.equity(under: documents) == account.amount else { throw RollFailure(.otherEquity) }
      return nil
    case .solvent:
      guard let circuit = documents.header.documents.circuit(ofBand: Int(account.amount)) else {
        throw RollFailure(.unknownBand)
      }
      return .one(try envelope(evidence, of: account, about: account.commitment, under: circuit))
    case .bounded:
      guard account.amount % documents.header.step == 0, SnapshotLimits.totals.contains(account.amount) else {
        throw RollFailure(.offGrid)
      }
      guard
        let raised = try? commitment.updated(
          adding: account.amount, at: documents.cash, generators: generators)
      else { throw RollFailure(.otherCommitment) }
      return .one(
        try envelope(
          evidence, of: account, about: raised.encoded, under: documents.header.documents.bounded))
    }
  }

  /// The group that the account's entry names as its evidence: the one at hand, or the one that comes with it.
  private mutating func group(of account: RollAccount, _ evidence: [UInt8]?) -> AuditedGroup? {
    guard let band = account.band, band <= RollHeader.bandLimit else { return nil }
    if let group = groups[band], group.digest == account.evidence { return group }
    guard let evidence, let new = AuditedGroup(evidence, of: account) else { return nil }
    groups[band] = new
    return new
  }

  private func envelope(
    _ evidence: [UInt8], of account: RollAccount, about commitment: EncodedPoint, under circuit: Digest
  ) throws(RollFailure) -> ProofEnvelope {
    guard let envelope = try? ProofEnvelope(decoding: evidence) else { throw RollFailure(.malformedEvidence) }
    let (context, header) = (envelope.context, documents.header)
    guard context.circuit == circuit else { throw RollFailure(.otherCircuit) }
    guard (try? account.name.account) == context.account else { throw RollFailure(.otherName) }
    guard context.sequence == account.sequence else { throw RollFailure(.otherSequence) }
    guard envelope.commitments == [commitment] else { throw RollFailure(.otherCommitment) }
    // Only the roll's own snapshot and registry are in the catalog, so that another is an unknown one. A reduction
    // would only prove more, and is refused so that evidence has one form.
    guard context.snapshot == header.documents.snapshot else {
      throw RollFailure(RollFailure.unknownSnapshot)
    }
    guard context.registry == header.documents.registry else {
      throw RollFailure(RollFailure.unknownRegistry)
    }
    guard context.reduction == nil else { throw RollFailure(.malformedEvidence) }
    return envelope
  }

  private mutating func verifyWindow() {
    defer {
      window.removeAll(keepingCapacity: true)
      windowBytes = 0
    }
    guard !window.isEmpty else { return }
    let header = documents.header
    let expectations = Expectations(
      now: header.moment, audience: header.ledger, nonce: header.evidenceNonce, kind: .maintenance)
    verifyGroups(expectations)
    let verdicts = documents.verifier.verify(
      window.compactMap { if case .one(let envelope) = $0.evidence { envelope } else { nil } },
      expecting: expectations, workers: workers)
    var results = verdicts.makeIterator()
    for pending in window {
      if let order = pending.order {
        audit.add(RollFinding(entry: pending.entry, name: pending.name, fault: order))
      }
      var fault = pending.fault
      switch pending.evidence {
      case .one:
        switch results.next() {
        case .accepted: break
        case .rejected(let reason): fault = .proof(code: reason.code)
        case nil: fault = .proof(code: RejectionReason.proofInvalid.code)
        }
      case .group(let group):
        fault = group.verdict ?? .group(code: RejectionReason.proofInvalid.code)
      case nil: break
      }
      if let fault { audit.add(RollFinding(entry: pending.entry, name: pending.name, fault: fault)) }
    }
  }

  /// Verifies the groups of the window that are not verified yet.
  private func verifyGroups(_ expectations: Expectations) {
    var groups: [AuditedGroup] = []
    var seen: Set<ObjectIdentifier> = []
    for case .group(let group)? in window.map(\.evidence)
    where group.verdict == nil && seen.insert(ObjectIdentifier(group)).inserted {
      if let fault = group.fault(under: documents.header) {
        group.verdict = .some(fault)
      } else {
        groups.append(group)
      }
    }
    let verdicts = documents.verifier.verify(
      groups: groups.map(\.envelope), expecting: expectations, workers: workers)
    for (group, verdict) in zip(groups, verdicts) {
      switch verdict {
      case .accepted: group.verdict = .some(nil)
      case .rejected(let reason, _): group.verdict = .some(.group(code: reason.code))
      }
    }
  }
}

/// A fault of an entry, on its way to the list of findings.
private struct RollFailure: Error {
  let fault: RollFault

  init(_ fault: RollFault) { self.fault = fault }

  static let unknownSnapshot = RollFault.proof(code: RejectionReason.unknownSnapshot.code)
  static let unknownRegistry = RollFault.proof(code: RejectionReason.unknownRegistry.code)
}

extension VectorCommitment {
  /// The commitment of an entry.
  fileprivate init(rolled encoded: EncodedPoint) throws(RollFailure) {
    guard let commitment = try? VectorCommitment(decoding: encoded) else {
      throw RollFailure(.undecodableCommitment)
    }
    self = commitment
  }
}
