public import CanonicalBytes
public import MarginRules
public import Solvency

/// What a trader remembers of the snapshots it proved under, so that a venue which chooses them cannot ask
/// its way to the book.
///
/// A proof under snapshot p tells that the book lies in the half-spaces of the rule under p, and a refusal
/// that it does not: one who chooses p freely finds a position by bisection. The guard answers only under
/// snapshots that the venue signed, that follow each other, that move no further than markets do, and a
/// bounded number of times for each account. The same question asked again, same rule, snapshot and book,
/// tells nothing new and is not counted.
///
/// One guard serves all accounts of a trader with one venue: what was accepted last is the venue's, and each
/// account has a budget of its own, as its answers tell nothing of another book.
public struct SnapshotGuard: Hashable, Sendable {
  /// One question that was answered.
  public struct Question: Hashable, Sendable {
    /// Whose book it was about.
    public var account: AccountID
    /// When, in seconds since 1970.
    public var time: UInt64
    /// The rule.
    public var circuit: Digest
    /// The numbers of the rule.
    public var snapshot: Digest
    /// Initial or maintenance.
    public var kind: MarginKind
    /// Which state of the book.
    public var sequence: UInt64
    /// The order whose outcome was asked about, by a digest of all its terms; nil if it was the book as it
    /// is. Each order is a question of its own: fifteen of them tell as much as fifteen snapshots.
    public var order: Digest?

    /// A question at a time.
    public init(
      about account: AccountID, time: UInt64, circuit: Digest, snapshot: Digest,
      kind: MarginKind, sequence: UInt64, order: Digest? = nil
    ) {
      self.order = order
      self.account = account
      self.time = time
      self.circuit = circuit
      self.snapshot = snapshot
      self.kind = kind
      self.sequence = sequence
    }

    fileprivate func asksTheSame(as other: Question) -> Bool {
      var copy = self
      copy.time = other.time
      return copy == other
    }
  }

  /// What may be asked.
  public var policy: GuardPolicy
  /// The circuits that are answered under; with none, the first one that is asked about becomes one.
  public private(set) var circuits: Set<Digest>
  /// The last snapshot that was accepted; nil before the first.
  public private(set) var accepted: RiskSnapshot?
  /// The questions answered, oldest first.
  public private(set) var questions: [Question]

  /// A guard that has seen nothing.
  ///
  /// - Parameter circuits: those that are answered under; with none, the first one that is asked about
  ///   becomes one.
  public init(policy: GuardPolicy = .standard, circuits: Set<Digest> = []) {
    self.init(policy: policy, circuits: circuits, accepted: nil, questions: [])
  }

  init(policy: GuardPolicy, circuits: Set<Digest>, accepted: RiskSnapshot?, questions: [Question]) {
    self.policy = policy
    self.circuits = circuits
    self.accepted = accepted
    self.questions = questions
  }

  /// Decides whether to answer, and remembers it if so. Before a proof is made, since a refusal to prove
  /// tells as much as a proof.
  ///
  /// - Parameters:
  ///   - isSigned: whether the venue's signature on the snapshot was checked.
  ///   - acceptsMove: whether the trader looked at a move beyond the policy and accepts it: a crash.
  ///   - acceptsCircuit: whether the trader read the circuit and answers under it from now on.
  /// - Throws: ``GuardRefusal``; then nothing is remembered.
  public mutating func admit(
    _ question: Question, under snapshot: RiskSnapshot, isSigned: Bool, acceptsMove: Bool = false,
    acceptsCircuit: Bool = false
  ) throws(GuardRefusal) {
    guard isSigned else { throw .notSigned }
    guard circuits.isEmpty || circuits.contains(question.circuit) || acceptsCircuit else {
      throw .unknownCircuit(question.circuit)
    }
    try checkOrder(snapshot)
    if !acceptsMove { try checkEpoch(of: snapshot, at: question.time) }
    if let accepted, !acceptsMove { try check(SnapshotMove(from: accepted, to: snapshot)) }
    let repeated = questions.contains { $0.asksTheSame(as: question) }
    if !repeated { try checkBudget(of: question.account, at: question.time) }
    accepted = snapshot
    circuits.insert(question.circuit)
    if !repeated { questions.append(question) }
  }

  private func checkOrder(_ snapshot: RiskSnapshot) throws(GuardRefusal) {
    guard let accepted, accepted.digest != snapshot.digest else { return }
    guard snapshot.epoch > accepted.epoch else {
      throw .rolledBack(accepted: accepted.epoch, offered: snapshot.epoch)
    }
    if snapshot.epoch == accepted.epoch + 1, snapshot.prevHash != accepted.digest {
      throw .brokenChain(epoch: snapshot.epoch)
    }
  }

  /// The number of an epoch is something that a circuit reads: it goes on as time does.
  private func checkEpoch(of snapshot: RiskSnapshot, at time: UInt64) throws(GuardRefusal) {
    guard let accepted, snapshot.epoch > accepted.epoch else { return }
    let length = max(60, accepted.validTo - accepted.validFrom)
    let elapsed = max(0, Int64(clamping: time) - accepted.validFrom)
    let latest = accepted.epoch + 1 + elapsed / length
    guard snapshot.epoch <= latest else { throw .epochAhead(offered: snapshot.epoch, latest: latest) }
  }

  private func check(_ move: SnapshotMove) throws(GuardRefusal) {
    if let path = move.structure.first { throw .restructured(path: path) }
    let limits = [
      (move.market, policy.marketMovePpm), (move.price, policy.priceMovePpm),
      (move.limit, policy.limitMovePpm),
    ]
    for (largest, limit) in limits
    where largest.ppm > limit {
      throw .moved(path: largest.path, ppm: largest.ppm, limit: limit)
    }
  }

  private func checkBudget(of account: AccountID, at time: UInt64) throws(GuardRefusal) {
    let recent = questions.filter {
      $0.account == account && $0.time.saturatingAdding(policy.windowSeconds) > time
    }
    guard recent.count >= policy.questionsPerWindow else { return }
    // The earliest moment at which few enough of them are left.
    let leaving = recent.map(\.time).sorted()[recent.count - policy.questionsPerWindow]
    throw .budgetSpent(
      questions: recent.count, freeAt: leaving.saturatingAdding(policy.windowSeconds))
  }
}

extension UInt64 {
  fileprivate func saturatingAdding(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
