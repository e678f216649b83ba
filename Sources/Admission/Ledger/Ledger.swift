public import CanonicalBytes
internal import MarginRules
public import Solvency
internal import Synchronization
internal import TransparencyLog

/// A ledger: its state, and the log that is kept in a store.
///
/// What a call of ``commit(at:_:)`` appends is durable, whole and signed before the call returns. If the
/// store fails, nothing has happened: the state is read anew from the store before it is used again. Safe to
/// share between threads; one change at a time.
public final class Ledger: Sendable {
  struct Contents {
    var state = LedgerState()
    var head = LogHead.empty
    /// The right edge of the log's tree; nil where it is not known and nobody has asked for it.
    var edge: RightEdge?
    /// How many entries the log had when a checkpoint was last written or tried.
    var checkpointed: UInt64 = 0
    /// Why the last step was not taken.
    var failure: LedgerFailure?
    /// Whether the state may be ahead of the store.
    var mustReload = true
    /// Who is told of entries that others have appended.
    var observers: [@Sendable (LogBatch.Item) -> Void] = []

    /// Gives up the state, so that there is never a second copy of it.
    mutating func takeState() -> LedgerState {
      let taken = state
      state = LedgerState()
      return taken
    }
  }

  let store: any LedgerStore
  private let signer: LogSigner?
  private let treeSigner: CheckpointSigner?
  let venue: VerificationKey
  private let start: LedgerStart
  private let schedule: CheckpointSchedule
  let contents = Mutex(Contents())

  /// Opens the ledger that a store keeps: checks the chain and the signed head, and applies the entries.
  ///
  /// - Parameters:
  ///   - start: the last checkpoint of the store, or the first entry.
  ///   - schedule: how often a checkpoint is written.
  ///   - tree: what signs a checkpoint of the log's tree after each commit; nil for none.
  ///   - published: a head that the venue has published, or that was witnessed, kept outside the store: a log
  ///     that ends before it, or has another entry there, is refused (A65).
  /// - Throws: ``LedgerFailure`` if the store, the checkpoint, the log or an event is not sound.
  public init(
    store: any LedgerStore, signer: LogSigner, from start: LedgerStart = .checkpoint,
    checkpoints schedule: CheckpointSchedule = .standard, tree: CheckpointSigner? = nil,
    notBehind published: LogHead? = nil
  ) throws(LedgerFailure) {
    self.store = store
    self.signer = signer
    treeSigner = tree
    self.start = start
    self.schedule = schedule
    venue = signer.verificationKey
    try contents.withLock { contents throws(LedgerFailure) in try reload(&contents) }
    if let published { try check(published) }
  }

  /// Opens a ledger to read it: its log is checked with the venue's public key, and nothing can be appended.
  ///
  /// - Throws: ``LedgerFailure`` when the store fails, or its log or checkpoint is not sound.
  public init(
    reading store: any LedgerStore, of venue: VerificationKey, from start: LedgerStart = .checkpoint,
    notBehind published: LogHead? = nil
  ) throws(LedgerFailure) {
    self.store = store
    signer = nil
    treeSigner = nil
    self.venue = venue
    self.start = start
    schedule = .never
    try contents.withLock { contents throws(LedgerFailure) in try reload(&contents) }
    if let published { try check(published) }
  }

  private func check(_ published: LogHead) throws(LedgerFailure) {
    guard published.count > 0 else { return }
    // What the venue has withdrawn is in the log: it did not go back in silence.
    if try withState({ $0.withdrawals.contains(published) }) { return }
    let count = head.count
    guard published.count <= count else {
      if try wasUndone(published) { return }
      throw .behind(published: published, actual: count)
    }
    let item = try storing { () throws(StoreError) in
      try store.items(from: published.count - 1, limit: 1).first
    }
    if let item, LogHead(item.entry) == published { return }
    guard try wasUndone(published) else { throw .otherThanPublished(published) }
  }

  /// Reads the state, without copying it.
  ///
  /// - Throws: ``LedgerFailure`` if the state had to be read anew and could not.
  public func withState<Result: Sendable>(
    _ body: (borrowing LedgerState) -> Result
  ) throws(LedgerFailure) -> Result {
    try contents.withLock { contents throws(LedgerFailure) in
      if contents.mustReload { try reload(&contents) }
      return body(contents.state)
    }
  }

  /// Takes in what others have appended to the store.
  ///
  /// - Throws: ``LedgerFailure`` if the store has gone back, or what was appended is not sound.
  public func refresh() throws(LedgerFailure) {
    try contents.withLock { contents throws(LedgerFailure) in
      do throws(LedgerFailure) {
        try catchUp(&contents, to: try storing { () throws(StoreError) in try store.count() })
      } catch {
        contents.failure = error
        throw error
      }
    }
  }

  /// Ends the use of the ledger for now: folds what the store keeps beside its file into it, so that the file
  /// alone is the ledger. It may be used again; nothing that was acknowledged depends on this.
  ///
  /// - Throws: ``LedgerFailure`` if the store fails, or somebody else is using it at the moment
  ///   (``StoreError/busy``).
  public func close() throws(LedgerFailure) {
    try contents.withLock { _ throws(LedgerFailure) in
      try storing { () throws(StoreError) in try store.fold() }
    }
  }

  /// Tells somebody of every entry that others have appended, when it is taken in.
  func observe(_ body: @escaping @Sendable (LogBatch.Item) -> Void) {
    contents.withLock { $0.observers.append(body) }
  }

  /// Brings the state to the end of the log, whose number of entries the store gives.
  func catchUp(_ contents: inout Contents, to count: UInt64) throws(LedgerFailure) {
    if contents.mustReload { try reload(&contents) }
    guard count != contents.head.count else { return }
    guard count > contents.head.count else {
      throw .replay(.log(.truncated(expected: contents.head.count, actual: count)))
    }
    contents.mustReload = true
    var replay = LogReplay(resuming: contents.takeState(), at: contents.head, edge: contents.edge)
    try replay.catchUp(with: store, venue: venue) { item in
      for observer in contents.observers { observer(item) }
    }
    contents.checkpointed = max(contents.checkpointed, replay.checkpoint ?? 0)
    contents.head = replay.head
    contents.edge = replay.edge
    contents.state = replay.takeState()
    contents.mustReload = false
  }

  /// The head of the log.
  public var head: LogHead { contents.withLock { $0.head } }

  /// Why the last step that was to be recorded was not; nil if it was. A desk answers such requests with
  /// ``RefusalReason/unavailable``: the operator learns the cause here.
  public var lastFailure: LedgerFailure? { contents.withLock { $0.failure } }

  /// Appends events in one durable step.
  ///
  /// - Parameters:
  ///   - now: the present moment. A clock that has gone back is taken to stand still.
  ///   - body: appends events one by one and sees the state after each.
  /// - Returns: the result of the body, and the signed head after its events; nil if it appended none.
  /// - Throws: ``LedgerFailure``; nothing has then happened.
  public func commit<Result: Sendable>(
    at now: Timestamp, _ body: (inout LedgerTransaction) -> Result
  ) throws(LedgerFailure) -> Commit<Result> {
    try contents.withLock { contents throws(LedgerFailure) in
      do throws(LedgerFailure) {
        let commit = try commit(&contents, at: now, body)
        contents.failure = nil
        return commit
      } catch {
        contents.failure = error
        throw error
      }
    }
  }

  private func commit<Result: Sendable>(
    _ contents: inout Contents, at now: Timestamp, _ body: (inout LedgerTransaction) -> Result
  ) throws(LedgerFailure) -> Commit<Result> {
    let count = try storing { () throws(StoreError) in try store.acquire() }
    var isHeld = true
    defer { if isHeld { store.release() } }
    try catchUp(&contents, to: count)
    try completeEdge(&contents)
    let time = max(now, contents.state.clock)
    contents.mustReload = true
    let edge = contents.edge
    var transaction = LedgerTransaction(
      state: contents.takeState(), head: contents.head, edge: edge, time: time)
    let result = body(&transaction)
    let head = transaction.head
    var signed: SignedLogHead?
    if transaction.isCancelled {
      // The state has seen events that do not happen.
      try reload(&contents)
      return Commit(result: result, head: nil, time: time)
    }
    if !transaction.items.isEmpty {
      let signature = try sign(head)
      isHeld = false
      do throws(StoreError) {
        try store.append(LogBatch(items: transaction.items, head: signature))
      } catch {
        throw .store(error)
      }
      signed = signature
    }
    contents.state = transaction.takeState()
    contents.head = head
    contents.edge = transaction.edge
    contents.mustReload = false
    // Only what is durable is signed.
    var published: (checkpoint: SignedCheckpoint, tree: GrownTree)?
    if signed != nil, let edge, let checkpoint = signTree(&contents) {
      published = (checkpoint, GrownTree(from: edge, adding: transaction.leaves))
    }
    if schedule.isDue(
      after: head.count - contents.checkpointed, accountCount: contents.state.accountCount)
    {
      // What was decided is on the disk. If this fails it is tried again after as many entries.
      _ = try? checkpoint(&contents, at: time)
    }
    return Commit(result: result, head: signed, time: time, published: published)
  }

  /// Founds an empty ledger with a charter, upgrades one of the form before ledgers had charters, or changes
  /// the charter in force.
  ///
  /// An upgrade voids all standings: what they rest on was not recorded with its circuit.
  ///
  /// - Returns: the signed head after the entry; nil if the charter is in force already.
  /// - Throws: ``LedgerFailure``; nothing has then happened.
  @discardableResult
  public func adopt(_ charter: Charter, at now: Timestamp) throws(LedgerFailure) -> SignedLogHead? {
    let bytes = charter.encoded()
    let commit = try commit(at: now) { transaction in
      Swift.Result { () throws(LedgerError) in
        if transaction.state.charter?.record.charter == .sha256(of: bytes) { return }
        // A change moves no clock beyond the epoch in force, as nothing else does.
        let limit = transaction.state.currentEpoch?.validTo.advanced(by: charter.policy.snapshotGrace)
        let moment = max(transaction.state.clock, min(transaction.time, limit ?? transaction.time))
        try transaction.append(
          .chartered(charter.record(after: transaction.head.digest)), evidence: bytes, at: moment)
      }
    }
    if case .failure(let error) = commit.result { throw .event(error) }
    return commit.head
  }

  /// Appends one event in one durable step.
  ///
  /// - Throws: ``LedgerFailure``; then the ledger is as it was.
  @discardableResult
  public func record(
    _ event: LedgerEvent, evidence: [UInt8] = [], at now: Timestamp
  ) throws(LedgerFailure) -> SignedLogHead {
    let commit = try commit(at: now) { transaction in
      Swift.Result { () throws(LedgerError) in try transaction.append(event, evidence: evidence) }
    }
    if case .failure(let error) = commit.result { throw .event(error) }
    guard let head = commit.head else { throw .store(.corrupt) }
    return head
  }

  func reload(_ contents: inout Contents) throws(LedgerFailure) {
    contents.state = LedgerState()
    contents.mustReload = true
    var replay = try LogReplay(of: store, from: start, venue: venue)
    contents.checkpointed = max(contents.checkpointed, replay.checkpoint ?? 0)
    contents.head = replay.head
    contents.edge = replay.edge
    contents.state = replay.takeState()
    contents.mustReload = false
  }

  func sign(_ head: LogHead) throws(LedgerFailure) -> SignedLogHead {
    guard let signer else { throw .store(.readOnly) }
    do throws(SigningError) {
      return try signer.sign(head)
    } catch {
      throw .signing(error)
    }
  }

  /// The log's checkpoint as it is now; nil if none is signed here, or the log's name is not one.
  func signTree(_ contents: inout Contents) -> SignedCheckpoint? {
    guard let treeSigner, let edge = contents.edge, let first = try? store.items(from: 0, limit: 1).first
    else { return nil }
    return try? treeSigner.sign(edge.head, of: first.entry)
  }
}

/// Runs a step of a store, wrapping its error.
func storing<Value>(_ step: () throws(StoreError) -> Value) throws(LedgerFailure) -> Value {
  do throws(StoreError) {
    return try step()
  } catch {
    throw .store(error)
  }
}
