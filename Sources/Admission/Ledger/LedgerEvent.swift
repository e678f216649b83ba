public import CanonicalBytes
public import MarginRules
public import Ristretto
public import Solvency
public import TransparencyLog

/// What happens to a ledger. The ledger's state is what its events, applied in order, make of nothing.
///
/// Events hold facts and name their evidence (signed documents, proofs) by digest, so that the state is
/// rebuilt from them alone and the evidence is checked by auditors.
public enum LedgerEvent: Hashable, Sendable {
  /// The ledger was founded, or what binds it changed.
  case chartered(CharterRecord)
  /// The list of coordinates was published, or grew.
  case registryPublished(RegistryRecord)
  /// A risk snapshot came into force.
  case epochPublished(EpochRecord)
  /// An account was opened on an attested commitment.
  case accountOpened(OpeningRecord)
  /// A custodian attested the account's present commitment anew.
  case attestationRenewed(RenewalRecord)
  /// A trade moved the account's commitment.
  case filled(FillRecord)
  /// The venue asked an account for a proof that answers a nonce.
  case challengeIssued(ChallengeRecord)
  /// A proof was accepted: the account's standing, or an order, rests on it.
  case proofAccepted(ProofRecord)
  /// A request was refused.
  case refused(RefusalRecord)
  /// Nothing but time passed.
  case ticked
  /// The venue states which accounts have missed their deadlines since it last did.
  case rolled(StatusRoll)
  /// The venue states what its ledger knows, so that opening it need not begin at the first event.
  case checkpointed(CheckpointRecord)
  /// An account's cash moved without a trade.
  case charged(ChargeRecord)
  /// A sealed opening of an account was deposited.
  case escrowed(EscrowRecord)
  /// Entries that followed here once are no longer of the log.
  case withdrawn(WithdrawalRecord)
  /// The rules of liquidations came into force.
  case liquidationRulesAdopted(LiquidationRulesRecord)
  /// Money for losses was put aside with a custodian, or taken back.
  case fundMoved(FundRecord)
  /// The case of a liquidatable account was opened.
  case liquidationOpened(CaseRecord)
  /// A step of a case moved lots and money between accounts and funds.
  case liquidationStepped(CaseStepRecord)
  /// Winners were called to prove the bands of their ranks.
  case winnersCalled(DeleveragingCallRecord)
  /// An account proved the band of its rank.
  case bandProven(DeleveragingBandRecord)
  /// The venue states what a roll of all accounts showed.
  case solvencyRollPublished(SolvencyRollRecord)
}

/// The state before a checkpoint, by name.
///
/// The entry stands in the chain like any other, so the signed head covers it: anyone who trusts the head
/// knows the state without the events before it, and one who replays them finds a state that is not theirs.
public struct CheckpointRecord: Hashable, Sendable {
  /// ``LedgerState/digest`` before this event.
  public var state: Digest
  /// The root of the log's Merkle tree over the entries before this one; nil in records of version 0.1.0.
  public var tree: MerkleHash?

  /// A record of this state and tree.
  public init(state: Digest, tree: MerkleHash? = nil) {
    self.state = state
    self.tree = tree
  }
}

/// A registry as the ledger keeps it. Each begins with the coordinates of the one before.
public struct RegistryRecord: Hashable, Sendable {
  /// The registry; its evidence is the list of names that this is the digest of.
  public var registry: Digest
  /// Number of coordinates.
  public var count: UInt32

  /// A record of these parts.
  public init(registry: Digest, count: UInt32) {
    self.registry = registry
    self.count = count
  }
}

/// A risk snapshot as the ledger keeps it.
public struct EpochRecord: Hashable, Sendable {
  /// The number of the snapshot in its chain.
  public var epoch: Int64
  /// The snapshot.
  public var snapshot: Digest
  /// The snapshot before it.
  public var previous: Digest
  /// From when it applies.
  public var validFrom: Timestamp
  /// From when it no longer applies.
  public var validTo: Timestamp
  /// For how many later epochs a proof under this snapshot is still accepted.
  public var graceEpochs: Int64
  /// For how long a proof keeps an account current, in seconds (M33).
  public var callInterval: UInt64
  /// For how long after a fill that no proof covered the account may wait with a new proof, in seconds.
  public var fillInterval: UInt64
  /// How long after its deadline a stale account becomes liquidatable, in seconds.
  public var callGrace: UInt64

  /// A record of these parts.
  public init(
    epoch: Int64, snapshot: Digest, previous: Digest, validFrom: Timestamp, validTo: Timestamp,
    graceEpochs: Int64, callInterval: UInt64, fillInterval: UInt64, callGrace: UInt64
  ) {
    self.epoch = epoch
    self.snapshot = snapshot
    self.previous = previous
    self.validFrom = validFrom
    self.validTo = validTo
    self.graceEpochs = graceEpochs
    self.callInterval = callInterval
    self.fillInterval = fillInterval
    self.callGrace = callGrace
  }
}

/// The opening of an account.
public struct OpeningRecord: Hashable, Sendable {
  /// The account.
  public var account: AccountID
  /// The registry of its commitment.
  public var registry: Digest
  /// The commitment to its whole book: the sum of ``parts``.
  public var commitment: EncodedPoint
  /// How many fills the book has seen.
  public var sequence: UInt64
  /// What each custodian attested; at least one.
  public var parts: [EncodedPoint]
  /// From when on the first of the attestations no longer holds.
  public var attestedUntil: Timestamp
  /// The attestations.
  public var evidence: Digest

  /// A record of these parts.
  public init(
    account: AccountID, registry: Digest, commitment: EncodedPoint, sequence: UInt64,
    parts: [EncodedPoint], attestedUntil: Timestamp, evidence: Digest
  ) {
    self.account = account
    self.registry = registry
    self.commitment = commitment
    self.sequence = sequence
    self.parts = parts
    self.attestedUntil = attestedUntil
    self.evidence = evidence
  }
}

/// A new attestation of an account that is open.
public struct RenewalRecord: Hashable, Sendable {
  /// The account.
  public var account: AccountID
  /// The state that is attested: the account's present one.
  public var sequence: UInt64
  /// What each custodian attested; their sum is the present commitment.
  public var parts: [EncodedPoint]
  /// From when on the first of the attestations no longer holds.
  public var attestedUntil: Timestamp
  /// The attestations.
  public var evidence: Digest

  /// A record of these parts.
  public init(
    account: AccountID, sequence: UInt64, parts: [EncodedPoint], attestedUntil: Timestamp,
    evidence: Digest
  ) {
    self.account = account
    self.sequence = sequence
    self.parts = parts
    self.attestedUntil = attestedUntil
    self.evidence = evidence
  }
}

/// A fill.
public struct FillRecord: Hashable, Sendable {
  /// The account.
  public var account: AccountID
  /// The state that the fill applies to.
  public var sequence: UInt64
  /// The commitment after the fill.
  public var commitment: EncodedPoint
  /// The changes by coordinate; empty when the fill hides them.
  public var deltas: [CoordinateChange]
  /// The signed fill.
  public var evidence: Digest

  /// A record of these parts.
  public init(
    account: AccountID, sequence: UInt64, commitment: EncodedPoint, deltas: [CoordinateChange],
    evidence: Digest
  ) {
    self.account = account
    self.sequence = sequence
    self.commitment = commitment
    self.deltas = deltas
    self.evidence = evidence
  }
}

/// A change of one coordinate, by index in the account's registry.
public struct CoordinateChange: Hashable, Sendable {
  /// The coordinate, from 0.
  public var coordinate: UInt32
  /// What is added to it, lots or quanta.
  public var amount: Int64

  /// A change of one coordinate.
  public init(coordinate: UInt32, amount: Int64) {
    self.coordinate = coordinate
    self.amount = amount
  }
}

/// A nonce that the venue gave out.
public struct ChallengeRecord: Hashable, Sendable {
  /// The account that is asked.
  public var account: AccountID
  /// What it is asked with.
  public var nonce: Nonce
  /// From when on an answer is too late.
  public var expires: Timestamp

  /// A record of these parts.
  public init(account: AccountID, nonce: Nonce, expires: Timestamp) {
    self.account = account
    self.nonce = nonce
    self.expires = expires
  }
}

/// An accepted proof.
public struct ProofRecord: Hashable, Sendable {
  /// The account.
  public var account: AccountID
  /// The state that the proof starts from.
  public var sequence: UInt64
  /// The epoch whose snapshot it was made under.
  public var epoch: Int64
  /// The margin that it shows to be met.
  public var kind: MarginKind
  /// The nonce of its context, used up by this.
  public var nonce: Nonce
  /// The challenge it answers; used up by this as well.
  public var challenge: Nonce?
  /// Until when the nonce is remembered: the end of the proof's own window.
  public var expires: Timestamp
  /// Until when the decision holds: the account's next deadline, or the end of the order's headroom.
  public var until: Timestamp
  /// The order that it admits; without one, the proof is of the account's standing.
  public var headroom: Headroom?
  /// Whether the account may only reduce on the strength of it.
  public var isReduceOnly: Bool
  /// What the proof is about; nil in records of the form before ledgers had charters.
  public var basis: Basis?
  /// The request, with the proof.
  public var evidence: Digest

  /// What a proof is about besides snapshot and kind of margin.
  public struct Basis: Hashable, Sendable {
    /// The circuit.
    public var circuit: Digest
    /// The registry.
    public var registry: Digest
    /// The commitment that the circuit is met by: the account's, or that after the whole order.
    public var commitment: EncodedPoint
    /// Whether the order was shown to reduce the position, each part of it.
    public var isReduction: Bool

    /// A basis of these parts.
    public init(circuit: Digest, registry: Digest, commitment: EncodedPoint, isReduction: Bool = false) {
      self.circuit = circuit
      self.registry = registry
      self.commitment = commitment
      self.isReduction = isReduction
    }
  }

  /// A record of these parts.
  public init(
    account: AccountID, sequence: UInt64, epoch: Int64, kind: MarginKind, nonce: Nonce,
    challenge: Nonce?, expires: Timestamp, until: Timestamp, headroom: Headroom?,
    isReduceOnly: Bool, basis: Basis? = nil, evidence: Digest
  ) {
    self.basis = basis
    self.account = account
    self.sequence = sequence
    self.epoch = epoch
    self.kind = kind
    self.nonce = nonce
    self.challenge = challenge
    self.expires = expires
    self.until = until
    self.headroom = headroom
    self.isReduceOnly = isReduceOnly
    self.evidence = evidence
  }
}

/// A refused request.
public struct RefusalRecord: Hashable, Sendable {
  /// The account that the request was for.
  public var account: AccountID
  /// The codes of the reasons, ascending.
  public var reasons: [RefusalReason]
  /// The request.
  public var evidence: Digest

  /// A record of these parts.
  public init(account: AccountID, reasons: [RefusalReason], evidence: Digest) {
    self.account = account
    self.reasons = reasons
    self.evidence = evidence
  }
}
