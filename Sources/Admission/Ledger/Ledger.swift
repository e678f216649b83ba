public import Solvency
internal import Synchronization

/// A ledger: its state, and the log that is kept in a store.
///
/// What a call of ``commit(at:_:)`` appends is durable, whole and signed before the call returns. If the store
/// fails, nothing has happened: the state is read anew from the store before it is used again. Safe to share
/// between threads; one change at a time.
public final class Ledger: Sendable {
  private struct Contents {
    var state = LedgerState()
    var head = LogHead.empty
    /// What published the registries and the latest snapshots.
    var documents: [LogBatch.Item] = []
    /// Whether the state may be ahead of the store.
    var mustReload = true

    /// Gives up the state, so that there is never a second copy of it.
    mutating func takeState() -> LedgerState {
      let taken = state
      state = LedgerState()
      return taken
    }
  }

  private let store: any LedgerStore
  private let signer: LogSigner?
  private let venue: VerificationKey
  private let contents = Mutex(Contents())

  /// How many snapshots are kept: more than any grace needs, so that older ones are known as such.
  private static let snapshotLimit = 16
  /// How many entries are read at once.
  private static let readLimit = 4096

  /// Opens the ledger that a store keeps: checks the chain and the signed head, and applies every entry.
  ///
  /// - Throws: ``LedgerFailure`` if the store, the log or an event is not sound.
  public init(store: any LedgerStore, signer: LogSigner) throws(LedgerFailure) {
    self.store = store
    self.signer = signer
    venue = signer.verificationKey
    try contents.withLock { contents throws(LedgerFailure) in try reload(&contents) }
  }

  /// Opens a ledger to read it: its log is checked with the venue's public key, and nothing can be appended.
  public init(reading store: any LedgerStore, of venue: VerificationKey) throws(LedgerFailure) {
    self.store = store
    signer = nil
    self.venue = venue
    try contents.withLock { contents throws(LedgerFailure) in try reload(&contents) }
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

  /// The entries that published all registries and the latest snapshots, with the documents.
  func documents() throws(LedgerFailure) -> [LogBatch.Item] {
    try contents.withLock { contents throws(LedgerFailure) in
      if contents.mustReload { try reload(&contents) }
      return contents.documents
    }
  }

  /// The head of the log.
  public var head: LogHead { contents.withLock { $0.head } }

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
      if contents.mustReload { try reload(&contents) }
      let time = max(now, contents.state.clock)
      contents.mustReload = true
      var transaction = LedgerTransaction(
        state: contents.takeState(), head: contents.head, time: time)
      let result = body(&transaction)
      let head = transaction.head
      var signed: SignedLogHead?
      if transaction.isCancelled {
        // The state has seen events that do not happen.
        try reload(&contents)
        return Commit(result: result, head: nil)
      }
      if !transaction.items.isEmpty {
        let signature = try sign(head)
        do throws(StoreError) {
          try store.append(LogBatch(items: transaction.items, head: signature))
        } catch {
          throw .store(error)
        }
        signed = signature
      }
      contents.state = transaction.takeState()
      contents.head = head
      contents.mustReload = false
      return Commit(result: result, head: signed)
    }
  }

  /// Appends one event in one durable step.
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

  private func reload(_ contents: inout Contents) throws(LedgerFailure) {
    contents.state = LedgerState()
    contents.mustReload = true
    var replay = LogReplay()
    var registries: [LogBatch.Item] = []
    var snapshots: [LogBatch.Item] = []
    let signed = try loading { () throws(StoreError) in try store.head() }
    while true {
      let next = replay.head.count
      let items = try loading { () throws(StoreError) in
        try store.items(from: next, limit: Self.readLimit)
      }
      guard !items.isEmpty else { break }
      for item in items {
        do throws(ReplayError) {
          try replay.apply(item.entry)
        } catch {
          throw .replay(error)
        }
        switch item.entry.event {
        case .registryPublished: registries.append(item)
        case .epochPublished: snapshots.append(item)
        default: break
        }
      }
      snapshots = snapshots.suffix(Self.snapshotLimit)
    }
    if let fault = replay.head.fault(against: signed, by: venue) {
      throw .replay(.log(fault))
    }
    contents.documents = registries + snapshots
    contents.head = replay.head
    contents.state = replay.takeState()
    contents.mustReload = false
  }

  private func sign(_ head: LogHead) throws(LedgerFailure) -> SignedLogHead {
    guard let signer else { throw .store(.readOnly) }
    do throws(SigningError) {
      return try signer.sign(head)
    } catch {
      throw .signing(error)
    }
  }

  private func loading<Value>(
    _ step: () throws(StoreError) -> Value
  ) throws(LedgerFailure) -> Value {
    do throws(StoreError) {
      return try step()
    } catch {
      throw .store(error)
    }
  }
}
