public import CanonicalBytes
public import MarginRules
internal import ProofCore
public import Solvency

/// What a verifier demands of a proof besides its validity. Nothing here comes from the proof.
public struct Expectations: Sendable {
  /// The present moment.
  public var now: Timestamp
  /// At which moment each proof is judged.
  public var moment: JudgedMoment
  /// Who is verifying; `nil` accepts proofs for anybody.
  public var audience: Audience?
  /// What was asked; `nil` accepts any nonce, so that replays must be refused elsewhere.
  public var nonce: Nonce?
  /// The kind of margin that must be met; `nil` accepts both.
  public var kind: MarginKind?
  /// How far the prover's clock may be ahead, in seconds.
  public var clockSkew: UInt64
  /// The longest window that a proof may have, in seconds; `nil` accepts any. A proof says what its maker
  /// knew when it was made: one that may be used for years says nothing of now.
  public var greatestWindow: UInt64?
  /// How long after its validity a snapshot is still accepted, in seconds.
  public var snapshotGrace: UInt64
  /// The current commitment of every account; `nil` accepts any commitment, so that the claim's
  /// must be compared elsewhere.
  public var accounts: [AccountID: AccountCommitment]?
  /// For an audit: the commitments of accounts state by state, one of which each proof is of; `nil` asks for
  /// none.
  public var states: AccountStates?

  /// One week.
  public static let greatestWindow: UInt64 = 604_800

  /// Expectations for the present moment. Those left out demand nothing, except that clocks agree and
  /// snapshots are valid.
  public init(
    now: Timestamp, audience: Audience? = nil, nonce: Nonce? = nil, kind: MarginKind? = nil,
    clockSkew: UInt64 = 0, greatestWindow: UInt64? = Expectations.greatestWindow, snapshotGrace: UInt64 = 0,
    accounts: [AccountID: AccountCommitment]? = nil, states: AccountStates? = nil,
    moment: JudgedMoment = .now
  ) {
    self.now = now
    self.moment = moment
    self.states = states
    self.audience = audience
    self.nonce = nonce
    self.kind = kind
    self.clockSkew = clockSkew
    self.greatestWindow = greatestWindow
    self.snapshotGrace = snapshotGrace
    self.accounts = accounts
  }
}

extension Expectations {
  /// The reason to reject an envelope before any cryptography, if there is one.
  ///
  /// - Parameter snapshot: the snapshot that the envelope names, from the catalog.
  func objection(to proof: ReceivedProof, snapshot: RiskSnapshot) -> RejectionReason? {
    let context = proof.envelope.context
    guard let now = proof.moment(of: self) else { return .unknownReceipt }
    return windowObjection(to: context, snapshot: snapshot, at: now)
      ?? addressObjection(to: context) ?? accountObjection(to: proof.envelope)
      ?? stateObjection(to: proof.envelope)
  }

  private func windowObjection(
    to context: ProofContext, snapshot: RiskSnapshot, at now: Timestamp
  ) -> RejectionReason? {
    let latest = now.advanced(by: clockSkew)
    // Times of a snapshot are not negative. It no longer applies from `validTo` on.
    let validFrom = Timestamp(seconds: snapshot.validFrom.magnitude)
    let validTo = Timestamp(seconds: snapshot.validTo.magnitude)
    if latest < validFrom { return .snapshotNotYetValid }
    if now >= validTo.advanced(by: snapshotGrace) { return .snapshotExpired }
    if latest < context.issued { return .notYetIssued }
    if now >= context.expires { return .expired }
    let window = context.expires.seconds - min(context.issued.seconds, context.expires.seconds)
    if let greatestWindow, window > greatestWindow {
      return .windowTooLong(seconds: window, greatest: greatestWindow)
    }
    return nil
  }

  private func addressObjection(to context: ProofContext) -> RejectionReason? {
    if let kind, kind != context.kind { return .wrongKind }
    if let audience, audience != context.audience { return .wrongAudience }
    if let nonce, nonce != context.nonce { return .wrongNonce }
    return nil
  }

  private func accountObjection(to envelope: ProofEnvelope) -> RejectionReason? {
    guard let accounts else { return nil }
    guard let current = accounts[envelope.context.account] else { return .unknownAccount }
    guard current.registry == envelope.context.registry else { return .unknownRegistry }
    guard current.sequence == envelope.context.sequence else {
      return .staleSequence(current: current.sequence)
    }
    guard envelope.commitments.first == current.commitment.encoded else {
      return .commitmentMismatch
    }
    return nil
  }

  private func stateObjection(to envelope: ProofEnvelope) -> RejectionReason? {
    guard let states else { return nil }
    let context = envelope.context
    guard let state = states.state(of: context.account, sequence: context.sequence) else {
      return states.isKnown(context.account) ? .unknownState : .unknownAccount
    }
    guard state.registry == context.registry else { return .unknownRegistry }
    guard envelope.commitments.first == state.commitment else { return .commitmentMismatch }
    return nil
  }
}
