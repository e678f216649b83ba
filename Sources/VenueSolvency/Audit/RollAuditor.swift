internal import CanonicalBytes
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyVerifier
internal import TransparencyLog

/// Audits a range of a roll's entries as they come, in bounded memory and on all cores: entries with at most
/// 2048 pieces of evidence, or 8 MiB of it and one more piece, are held until they are examined and their
/// proofs are verified together.
public struct RollAuditor {
  /// The most pieces of evidence that are held.
  static let evidenceLimit = 2048
  /// The number of bytes of evidence after which no further entry is held.
  static let byteLimit = 8 << 20
  /// The most entries that are held; many may share a piece of evidence.
  static let entryLimit = 1 << 15
  /// How many entries a thread takes at once.
  private static let stride = 64

  /// What evidence is measured against.
  public let documents: RollDocuments
  private let examiner: EntryExaminer
  private let workers: Int?
  private var audit: PartialAudit
  /// Σ V of what was examined.
  private var sum = Point.identity
  private var window: [RollEntry] = []
  private var (evidenceCount, evidenceBytes) = (0, 0)
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
    examiner = EntryExaminer(documents: documents, generators: .standard)
    audit = PartialAudit(
      of: documents.header.digest, from: start, bandCount: documents.header.documents.bands.count)
  }

  /// The next entry.
  public var position: UInt64 { audit.entries.end + UInt64(window.count) }

  /// Goes past an entry that is before the range, so that the group whose accounts reach into it is known.
  /// Nothing is counted. Must come before the first entry is added, in the order of entries.
  public mutating func pass(_ entry: [UInt8], evidence: [UInt8]?) {
    guard let account = try? RollAccount(decoding: entry), account.band != nil else { return }
    let brought = evidence.flatMap { examiner.group(of: account, $0) }
    // Compared as well, so that the group stands where it stands for who audits the entry.
    _ = group(of: account, brought)?.fault(of: account, under: documents.header)
  }

  /// Adds the next entry with its evidence, nil if there is none. An account of the group of its band whose
  /// evidence came last needs none of its own.
  public mutating func add(_ entry: [UInt8], evidence: [UInt8]?) {
    window.append(RollEntry(bytes: entry, evidence: evidence))
    if let evidence {
      evidenceCount += 1
      evidenceBytes += evidence.count
    }
    if evidenceCount >= Self.evidenceLimit || evidenceBytes >= Self.byteLimit
      || window.count >= Self.entryLimit
    {
      auditWindow()
    }
  }

  /// What was found. What is held is examined first.
  public mutating func finish() -> PartialAudit {
    auditWindow()
    audit.sum = VectorCommitment(sum)
    return audit
  }

  /// Examines the entries that are held and verifies their proofs.
  private mutating func auditWindow() {
    let (entries, start) = (window, audit.entries.end)
    window = []
    (evidenceCount, evidenceBytes) = (0, 0)
    guard !entries.isEmpty else { return }
    let examiner = examiner
    let parts = Parallel.map(
      count: (entries.count + Self.stride - 1) / Self.stride, workers: workers
    ) { part in
      let first = part * Self.stride
      return examiner.examine(
        entries[first..<min(first + Self.stride, entries.count)], from: start + UInt64(first))
    }
    var pending: [Pending] = []
    if start == 0, let header = entries.first, header.bytes != documents.header.entry {
      pending.append(Pending(entry: 0, name: nil, fault: .otherHeader, order: nil, evidence: nil))
    }
    for part in parts {
      var next = part.hashes.start
      for examined in part.entries {
        if next > 0, let found = count(examined, at: next) { pending.append(found) }
        next += 1
      }
      sum += part.sum
      _ = audit.entries.append(part.hashes)
    }
    verify(pending)
  }

  /// Counts an entry, and compares it with what stands before it.
  ///
  /// - Returns: what there is to find or to verify, nil if nothing is.
  private mutating func count(_ examined: ExaminedEntry, at entry: UInt64) -> Pending? {
    guard let account = examined.account else {
      audit.last = nil
      return Pending(entry: entry, name: nil, fault: .malformed, order: nil, evidence: nil)
    }
    let isFirst = entry == audit.entries.start
    if isFirst { (audit.first, audit.firstName) = (account.commitment, account.name) }
    let order = isFirst ? nil : PartialAudit.fault(of: account.commitment, after: audit.last)
    audit.last = account.commitment
    audit.counts[Int(account.accountClass.rawValue) - 1] += 1
    if let band = account.band, audit.bands.indices.contains(band) { audit.bands[band] += 1 }
    audit.shortfall += account.shortfall
    var (evidence, fault): (Evidence?, RollFault?)
    let group = group(of: account, examined.group)
    let inGroup = group?.fault(of: account, under: documents.header)
    if examined.isDecoded, let group {
      fault = inGroup
      evidence = fault == nil ? .group(group) : nil
    } else {
      switch examined.own {
      case .success(let proof): evidence = proof.map { .one($0) }
      case .failure(let failure): fault = failure.fault
      }
    }
    guard fault != nil || order != nil || evidence != nil else { return nil }
    return Pending(entry: entry, name: account.name, fault: fault, order: order, evidence: evidence)
  }

  /// The group that the account's entry names as its evidence: the one at hand, or the one that comes with
  /// it.
  private mutating func group(of account: RollAccount, _ brought: GroupEnvelope?) -> AuditedGroup? {
    guard let band = account.band, band <= RollHeader.bandLimit else { return nil }
    if let group = groups[band], group.digest == account.evidence { return group }
    guard let envelope = brought else { return nil }
    let group = AuditedGroup(envelope, digest: account.evidence)
    groups[band] = group
    return group
  }

  private mutating func verify(_ window: [Pending]) {
    guard !window.isEmpty else { return }
    let header = documents.header
    let expectations = Expectations(
      now: header.moment, audience: header.ledger, nonce: header.evidenceNonce, kind: .maintenance)
    verifyGroups(of: window, expectations)
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

  /// Verifies the groups of a window that are not verified yet.
  private func verifyGroups(of window: [Pending], _ expectations: Expectations) {
    var groups: [AuditedGroup] = []
    var last: AuditedGroup?
    var seen: Set<ObjectIdentifier> = []
    for pending in window {
      guard case .group(let group) = pending.evidence, group.verdict == nil, group !== last else { continue }
      last = group
      guard seen.insert(ObjectIdentifier(group)).inserted else { continue }
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
