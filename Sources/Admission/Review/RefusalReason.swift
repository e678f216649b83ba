/// Why a request is refused.
///
/// Every reason follows from public data: the request as it stands, published documents, the ledger. The only
/// one that depends on the book is ``proofInvalid``, which an honest prover, who refuses locally to prove
/// what does not hold, never meets. No reason says how far an account was off.
///
/// The raw values are those of the log and stay the same between versions.
public enum RefusalReason: UInt8, Error, Hashable, Sendable, CaseIterable, Comparable {
  /// The request is not of its form, or of another version.
  case malformed = 1
  /// No account of this name is open.
  case unknownAccount
  /// The account has moved on, or is not there yet: prove its present state.
  case staleState
  /// The commitment is not the account's, or not that after the order.
  case commitmentMismatch
  /// The registry is not the account's.
  case wrongRegistry
  /// No snapshot of this digest was published here.
  case unknownSnapshot
  /// The snapshot is past its time or its grace: prove under the present one.
  case staleSnapshot
  /// The snapshot does not apply yet.
  case snapshotNotYetValid
  /// An order is decided on the present snapshot alone.
  case snapshotNotCurrent
  /// The circuit is not one that this venue decides on.
  case circuitNotAllowed
  /// The circuit and the documents make no rule.
  case unusableRule
  /// The proof is over generators that are not used here.
  case unknownSuite
  /// The proof is for another venue.
  case wrongAudience
  /// The nonce does not bind the request: it was made for another one.
  case wrongNonce
  /// The nonce was used before.
  case replayed
  /// The proof answers no open challenge.
  case noChallenge
  /// The proof's window has not begun, by more than clocks may differ.
  case notYetIssued
  /// The proof's window is over.
  case expired
  /// The proof's window is longer than allowed.
  case windowTooLong
  /// No attestation covers the account at this moment.
  case attestationExpired
  /// The other kind of margin is asked for.
  case wrongKind
  /// The order needs the account's own standing proven first, under the same circuit, snapshot, registry and
  /// margin.
  case standingNotProven
  /// The account has missed its deadline: prove its standing first.
  case accountOverdue
  /// All trading is halted.
  case halted
  /// Positions may only be reduced at present.
  case closeOnly
  /// The instrument may not be bought, or not be sold, at present.
  case sideClosed
  /// The instrument's price is older than it should be.
  case stalePrice
  /// The snapshot lists no such instrument, or the registry no such coordinate.
  case unknownInstrument
  /// An order for nothing, or out of bounds.
  case invalidOrder
  /// More lots than one account may hold.
  case positionLimit
  /// More lots than this epoch's orders may add.
  case orderFlowLimit
  /// More requests than an account may make in an epoch.
  case requestLimit
  /// The proof has another length, or speaks of another number of commitments.
  case wrongShape
  /// A point or scalar is not canonical.
  case undecodable
  /// The proof does not hold.
  case proofInvalid
  /// The decision could not be recorded. Nothing has changed; ask again later.
  case unavailable
  /// The venue does not list the circuit as convex along coordinates: no room for an order of more than one
  /// lot.
  case headroomNotAllowed
  /// The order is said to reduce and is not proved to, or the other way round.
  case reductionNotProven
  /// The account is being closed: its case has to be settled first.
  case inLiquidation

  /// By raw value.
  public static func < (a: RefusalReason, b: RefusalReason) -> Bool { a.rawValue < b.rawValue }

  /// A short name that stays the same between versions.
  public var code: String {
    switch self {
    case .malformed: "malformed"
    case .unknownAccount: "unknown-account"
    case .staleState: "stale-state"
    case .commitmentMismatch: "commitment-mismatch"
    case .wrongRegistry: "wrong-registry"
    case .unknownSnapshot: "unknown-snapshot"
    case .staleSnapshot: "stale-snapshot"
    case .snapshotNotYetValid: "snapshot-not-yet-valid"
    case .snapshotNotCurrent: "snapshot-not-current"
    case .circuitNotAllowed: "circuit-not-allowed"
    case .unusableRule: "unusable-rule"
    case .unknownSuite: "unknown-suite"
    case .wrongAudience: "wrong-audience"
    case .wrongNonce: "wrong-nonce"
    case .replayed: "replayed"
    case .noChallenge: "no-challenge"
    case .notYetIssued: "not-yet-issued"
    case .expired: "expired"
    case .windowTooLong: "window-too-long"
    case .attestationExpired: "attestation-expired"
    case .wrongKind: "wrong-kind"
    case .standingNotProven: "standing-not-proven"
    case .accountOverdue: "account-overdue"
    case .halted: "halted"
    case .closeOnly: "close-only"
    case .sideClosed: "side-closed"
    case .stalePrice: "stale-price"
    case .unknownInstrument: "unknown-instrument"
    case .invalidOrder: "invalid-order"
    case .positionLimit: "position-limit"
    case .orderFlowLimit: "order-flow-limit"
    case .requestLimit: "request-limit"
    case .wrongShape: "wrong-shape"
    case .undecodable: "undecodable"
    case .proofInvalid: "proof-invalid"
    case .unavailable: "unavailable"
    case .headroomNotAllowed: "headroom-not-allowed"
    case .reductionNotProven: "reduction-not-proven"
    case .inLiquidation: "in-liquidation"
    }
  }
}
