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

  /// An entry whose place in the list of findings is kept until its proof is verified.
  private struct Pending {
    let entry: UInt64
    let name: BlindedName?
    /// What is known to be wrong; nil if only the proof is left.
    let fault: RollFault?
    /// Whether the order of entries is at fault as well.
    let order: RollFault?
    let envelope: ProofEnvelope?
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
    audit = PartialAudit(of: documents.header.digest, from: start)
    next = start
  }

  /// The next entry.
  public var position: UInt64 { next }

  /// Adds the next entry with its evidence, nil if there is none.
  public mutating func add(_ entry: [UInt8], evidence: [UInt8]?) {
    audit.entries.append(.leaf(entry))
    defer { next += 1 }
    guard next > 0 else {
      if entry != documents.header.entry {
        hold(Pending(entry: 0, name: nil, fault: .otherHeader, order: nil, envelope: nil))
      }
      return
    }
    let isFirst = next == audit.entries.start
    guard let account = try? RollAccount(decoding: entry) else {
      audit.last = nil
      hold(Pending(entry: next, name: nil, fault: .malformed, order: nil, envelope: nil))
      return
    }
    if isFirst { (audit.first, audit.firstName) = (account.commitment, account.name) }
    let order = isFirst ? nil : PartialAudit.fault(of: account.commitment, after: audit.last)
    audit.last = account.commitment
    audit.counts[Int(account.accountClass.rawValue) - 1] += 1
    audit.shortfall += account.shortfall
    var envelope: ProofEnvelope?
    var fault: RollFault?
    do throws(RollFailure) {
      let commitment = try VectorCommitment(rolled: account.commitment)
      audit.sum = audit.sum + commitment
      envelope = try check(account, commitment, evidence)
    } catch {
      fault = error.fault
    }
    guard fault != nil || order != nil || envelope != nil else { return }
    hold(
      Pending(entry: next, name: account.name, fault: fault, order: order, envelope: envelope),
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
  private func check(
    _ account: RollAccount, _ commitment: VectorCommitment, _ evidence: [UInt8]?
  ) throws(RollFailure) -> ProofEnvelope? {
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
      return try envelope(
        evidence, of: account, about: account.commitment, under: documents.header.documents.rule)
    case .bounded:
      guard account.amount % documents.header.step == 0, SnapshotLimits.totals.contains(account.amount) else {
        throw RollFailure(.offGrid)
      }
      guard
        let raised = try? commitment.updated(
          adding: account.amount, at: documents.cash, generators: generators)
      else { throw RollFailure(.otherCommitment) }
      return try envelope(
        evidence, of: account, about: raised.encoded, under: documents.header.documents.bounded)
    }
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
    let verdicts = documents.verifier.verify(
      window.compactMap(\.envelope),
      expecting: Expectations(
        now: header.moment, audience: header.ledger, nonce: header.evidenceNonce, kind: .maintenance),
      workers: workers)
    var results = verdicts.makeIterator()
    for pending in window {
      if let order = pending.order {
        audit.add(RollFinding(entry: pending.entry, name: pending.name, fault: order))
      }
      var fault = pending.fault
      if pending.envelope != nil {
        switch results.next() {
        case .accepted: break
        case .rejected(let reason): fault = .proof(code: reason.code)
        case nil: fault = .proof(code: RejectionReason.proofInvalid.code)
        }
      }
      if let fault { audit.add(RollFinding(entry: pending.entry, name: pending.name, fault: fault)) }
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
