public import CanonicalBytes
public import CircuitLanguage
internal import MarginRules
public import Solvency
public import SolvencyVerifier

/// The admission desk of a venue: decides on requests of accounts whose books it never sees, and keeps the
/// ledger that makes it answer for the decisions.
///
///     let desk = try Admission(
///       policy: .production, venue: venue, parties: parties, ledger: ledger, circuits: circuits)
///     switch desk.review(request, at: now) {
///     case .admitted(let receipt): …
///     case .reduceOnly(let receipt): …
///     case .refused(let reasons): …
///     }
///
/// Every decision is a function of the request, the policy, the circuits and the ledger, so that anyone who
/// holds those comes to the same one (``Audit``). Safe to share between threads.
public struct Admission: Sendable {
  /// What was decided.
  public let ledger: Ledger
  package let judge: Judge
  let charterBytes: [UInt8]
  /// The name of ``charter``: SHA-256 of its encoding.
  public let charterDigest: Digest

  /// What is admitted.
  public var policy: Policy { judge.policy }
  /// Who decides: the audience that proofs and attestations name. It has the identity of the ledger once that
  /// has its first entry.
  public var venue: Audience {
    (try? ledger.withState { judge.audience(in: $0) }) ?? judge.venue
  }
  /// What binds the ledger.
  public var charter: Charter { judge.charter }
  /// Whose signatures count.
  public var parties: Counterparties { judge.parties }
  /// The charter's circuits and what the ledger has published, for a verifier that trusts the same documents.
  /// It grows with the ledger; anyone who registers a document of their own changes what the desk decides on.
  public var catalog: RuleCatalog { judge.documents.catalog }

  /// Opens the desk on a ledger. Snapshots and registries come from the ledger's log.
  ///
  /// An empty ledger is founded with the first snapshot or registry that is published; its first entry is the
  /// charter that these parts make. From then on they must be those in force: ``Ledger/adopt(_:at:)`` changes
  /// them.
  ///
  /// - Parameter convexity: the circuits that are listed as convex along coordinates.
  /// - Throws: ``LedgerFailure`` if the ledger has another charter or none, or if the documents in the log
  ///   are not those that it names.
  public init(
    policy: Policy = .production, venue: Audience, parties: Counterparties, ledger: Ledger,
    circuits: [Circuit], convexity: ConvexityList = .shipped
  ) throws(LedgerFailure) {
    try self.init(
      Charter(
        venue: venue, parties: parties, policy: policy, circuits: circuits, convexity: convexity),
      ledger: ledger)
  }

  /// Opens the desk on a ledger under a charter.
  ///
  /// - Throws: ``LedgerFailure`` when the ledger cannot be read or written.
  public init(_ charter: Charter, ledger: Ledger) throws(LedgerFailure) {
    try self.init(charter, ledger: ledger, checker: nil)
  }

  /// The same with somebody else's word for proofs.
  package init(
    _ charter: Charter, ledger: Ledger, checker: (any ProofChecking)?
  ) throws(LedgerFailure) {
    self.ledger = ledger
    judge = Judge(charter, checker: checker)
    charterBytes = charter.encoded()
    charterDigest = .sha256(of: charterBytes)
    let documents = judge.documents
    ledger.observe { item in _ = documents.register(item) }
    let (inForce, count) = try ledger.withState { ($0.charter, $0.eventCount) }
    guard count == 0 || inForce != nil else { throw .notChartered }
    if let inForce { try check(inForce) }
    for item in try ledger.documents() {
      guard judge.documents.register(item) else { throw .evidence(index: item.entry.index) }
    }
  }

  /// Refuses to decide by other rules than those that the log says are in force.
  func check(_ inForce: CharterInForce?) throws(LedgerFailure) {
    guard let inForce else { return }
    guard inForce.record.charter == charterDigest else {
      throw .otherCharter(inForce: inForce.record.charter)
    }
  }

  /// Decides on a request. Total: whatever is asked, there is a verdict.
  public func review(_ request: AdmissionRequest, at now: Timestamp) -> Verdict {
    review([request], at: now).first ?? .refused([.unavailable])
  }

  /// Decides on a request as it stands in a file or on a line.
  public func review(json bytes: [UInt8], at now: Timestamp) -> Verdict {
    guard let request = try? AdmissionRequest(json: bytes) else { return .refused([.malformed]) }
    return review(request, at: now)
  }
}

extension RefusalReason {
  /// The reason as the outside may know it.
  init(_ reason: RejectionReason) {
    self =
      switch reason {
      case .malformed, .unsupportedVersion: .malformed
      case .unknownSuite: .unknownSuite
      case .unknownCircuit: .circuitNotAllowed
      case .unknownSnapshot: .unknownSnapshot
      case .unknownRegistry: .wrongRegistry
      case .unusableRule: .unusableRule
      case .snapshotExpired: .staleSnapshot
      case .snapshotNotYetValid: .snapshotNotYetValid
      case .notYetIssued: .notYetIssued
      case .expired, .windowTooLong, .unknownReceipt: .expired
      case .wrongAudience: .wrongAudience
      case .wrongNonce: .wrongNonce
      case .wrongKind: .wrongKind
      case .unknownAccount: .unknownAccount
      case .staleSequence, .unknownState: .staleState
      case .commitmentMismatch: .commitmentMismatch
      case .wrongCommitmentCount, .wrongProofLength: .wrongShape
      case .undecodable: .undecodable
      case .proofInvalid: .proofInvalid
      }
  }
}
