public import CanonicalBytes
public import CircuitLanguage
internal import MarginRules
public import Solvency
internal import SolvencyVerifier

/// The admission desk of a venue: decides on requests of accounts whose books it never sees, and keeps the ledger
/// that makes it answer for the decisions.
///
///     let desk = try Admission(
///       policy: .production, venue: venue, parties: parties, ledger: ledger, circuits: circuits)
///     switch desk.review(request, at: now) {
///     case .admitted(let receipt): …
///     case .reduceOnly(let receipt): …
///     case .refused(let reasons): …
///     }
///
/// Every decision is a function of the request, the policy, the circuits and the ledger, so that whoever holds
/// those comes to the same one (``Audit``). Safe to share between threads.
public struct Admission: Sendable {
  /// What was decided.
  public let ledger: Ledger
  let judge: Judge

  /// What is admitted.
  public var policy: Policy { judge.policy }
  /// Who decides: the audience that proofs name.
  public var venue: Audience { judge.venue }
  /// Whose signatures count.
  public var parties: Counterparties { judge.parties }

  /// Opens the desk on a ledger. Snapshots and registries come from the ledger's log.
  ///
  /// - Throws: ``LedgerFailure`` if the documents in the log are not those that it names.
  public init(
    policy: Policy = .production, venue: Audience, parties: Counterparties, ledger: Ledger,
    circuits: [Circuit]
  ) throws(LedgerFailure) {
    self.ledger = ledger
    judge = Judge(policy: policy, venue: venue, parties: parties, circuits: circuits)
    for item in try ledger.documents() {
      guard judge.documents.register(item) else { throw .evidence(index: item.entry.index) }
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
      case .expired: .expired
      case .wrongAudience: .wrongAudience
      case .wrongNonce: .wrongNonce
      case .wrongKind: .wrongKind
      case .unknownAccount: .unknownAccount
      case .staleSequence: .staleState
      case .commitmentMismatch: .commitmentMismatch
      case .wrongCommitmentCount, .wrongProofLength: .wrongShape
      case .undecodable: .undecodable
      case .proofInvalid: .proofInvalid
      }
  }
}
