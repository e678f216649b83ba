public import CanonicalBytes
public import MarginRules
public import Solvency

/// How the verification of many proofs went, in a form that adds up: the parts of a day, verified apart, make
/// one summary.
///
/// Only parts add up that were verified under the same terms, and no input counts twice.
public struct VerificationSummary: Hashable, Sendable {
  /// What was demanded of every proof.
  public struct Terms: Hashable, Sendable {
    /// At which moment each proof was judged.
    public let moment: JudgedMoment
    /// That moment, where it is the same for all.
    public let now: Timestamp?
    /// Who the proofs had to be for.
    public let audience: Audience?
    /// What they had to answer.
    public let nonce: Nonce?
    /// Which requirement they had to be of.
    public let kind: MarginKind?
    /// How far clocks might differ, in seconds.
    public let clockSkew: UInt64
    /// The longest window of a proof, in seconds.
    public let greatestWindow: UInt64?
    /// How long after its validity a snapshot was accepted, in seconds.
    public let snapshotGrace: UInt64
    /// The digests of the circuits that were trusted, ascending.
    public let circuits: [Digest]
    /// Whether commitments were compared with those of known accounts.
    public let isBound: Bool

    /// The terms of a verification under these expectations.
    public init(_ expectations: Expectations, circuits: [Digest]) {
      moment = expectations.moment
      now = expectations.moment == .now ? expectations.now : nil
      audience = expectations.audience
      nonce = expectations.nonce
      kind = expectations.kind
      clockSkew = expectations.clockSkew
      greatestWindow = expectations.greatestWindow
      snapshotGrace = expectations.snapshotGrace
      self.circuits = Set(circuits).sorted { $0.description < $1.description }
      isBound = expectations.accounts != nil || expectations.states != nil
    }

    init(
      moment: JudgedMoment, now: Timestamp?, audience: Audience?, nonce: Nonce?, kind: MarginKind?,
      clockSkew: UInt64, greatestWindow: UInt64?, snapshotGrace: UInt64, circuits: [Digest], isBound: Bool
    ) {
      self.moment = moment
      self.now = now
      self.audience = audience
      self.nonce = nonce
      self.kind = kind
      self.clockSkew = clockSkew
      self.greatestWindow = greatestWindow
      self.snapshotGrace = snapshotGrace
      self.circuits = circuits
      self.isBound = isBound
    }
  }

  /// A file or stream of proofs.
  public struct Input: Hashable, Sendable {
    /// What it was called.
    public let name: String
    /// SHA-256 of what was read of it.
    public let digest: Digest
    /// Number of proofs in it, malformed ones included.
    public let count: Int

    /// An input with these parts.
    public init(name: String, digest: Digest, count: Int) {
      self.name = name
      self.digest = digest
      self.count = count
    }
  }

  /// What was demanded.
  public let terms: Terms
  /// What was read, in order.
  public internal(set) var inputs: [Input] = []
  /// Number of proofs accepted.
  public internal(set) var accepted = 0
  /// Number of proofs that do not convince.
  public internal(set) var rejected = 0
  /// Number of things read that are not a proof.
  public internal(set) var malformed = 0
  /// Accepted proofs that came before in the same run.
  public internal(set) var repeated = 0
  /// Number of proofs by the code of the reason to reject them, malformed ones included.
  public internal(set) var reasons: [String: Int] = [:]
  /// Number of accepted proofs by snapshot.
  public internal(set) var snapshots: [Digest: Int] = [:]
  /// The first moment at which an accepted proof was issued.
  public internal(set) var issuedFrom: Timestamp?
  /// The last such moment.
  public internal(set) var issuedTo: Timestamp?
  /// How long it took, in milliseconds; added up over parts.
  public var milliseconds: UInt64 = 0

  /// A summary of nothing yet.
  public init(under terms: Terms) { self.terms = terms }

  /// Number of things read.
  public var count: Int { accepted + rejected + malformed }

  /// Counts a verdict.
  ///
  /// - Parameter isRepeated: whether the same proof was accepted before in this run.
  public mutating func record(_ verdict: ProofVerdict, isRepeated: Bool = false) {
    switch verdict {
    case .accepted(let claim):
      accepted += 1
      if isRepeated { repeated += 1 }
      snapshots[claim.context.snapshot, default: 0] += 1
      let issued = claim.context.issued
      issuedFrom = min(issuedFrom ?? issued, issued)
      issuedTo = max(issuedTo ?? issued, issued)
    case .rejected(let reason):
      if reason.isMalformed { malformed += 1 } else { rejected += 1 }
      reasons[reason.code, default: 0] += 1
    }
  }

  /// Counts an input that was read.
  public mutating func record(_ input: Input) { inputs.append(input) }

  /// Adds another part.
  ///
  /// - Throws: ``VerificationSummaryError`` unless it is of the same terms and of other inputs; nothing is
  ///   added then.
  public mutating func merge(_ other: VerificationSummary) throws(VerificationSummaryError) {
    if let name = Self.difference(terms, other.terms) { throw .otherTerms(name) }
    let known = Set(inputs.map(\.digest))
    if let twice = other.inputs.first(where: { known.contains($0.digest) }) { throw .sameInput(twice.name) }
    let counts = [
      (accepted, other.accepted), (rejected, other.rejected), (malformed, other.malformed),
      (repeated, other.repeated), (count, other.count),
    ]
    guard counts.allSatisfy({ !$0.addingReportingOverflow($1).overflow }),
      !milliseconds.addingReportingOverflow(other.milliseconds).overflow
    else { throw .overflow }
    inputs += other.inputs
    accepted += other.accepted
    rejected += other.rejected
    malformed += other.malformed
    repeated += other.repeated
    // Each is at most a count above.
    reasons.merge(other.reasons) { $0 &+ $1 }
    snapshots.merge(other.snapshots) { $0 &+ $1 }
    issuedFrom = [issuedFrom, other.issuedFrom].compactMap { $0 }.min()
    issuedTo = [issuedTo, other.issuedTo].compactMap { $0 }.max()
    milliseconds += other.milliseconds
  }

  /// The first term that differs.
  private static func difference(_ a: Terms, _ b: Terms) -> String? {
    if a.moment != b.moment { return "at" }
    if a.now != b.now { return "now" }
    if a.audience != b.audience { return "audience" }
    if a.nonce != b.nonce { return "nonce" }
    if a.kind != b.kind { return "kind" }
    if a.clockSkew != b.clockSkew { return "clockSkew" }
    if a.greatestWindow != b.greatestWindow { return "greatestWindow" }
    if a.snapshotGrace != b.snapshotGrace { return "snapshotGrace" }
    if a.circuits != b.circuits { return "circuits" }
    return a.isBound != b.isBound ? "isBound" : nil
  }
}

/// Why summaries do not add up.
public enum VerificationSummaryError: Error, Hashable, Sendable {
  /// The part was verified under other terms: this one differs.
  case otherTerms(String)
  /// Both parts count this input.
  case sameInput(String)
  /// The counts do not fit.
  case overflow
}
