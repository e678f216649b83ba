internal import CanonicalBytes
internal import ProofCore
internal import Solvency
internal import TransparencyLog

/// What a store must do for a ledger to be safe on it, as a suite that any implementation can be put through.
///
///     let violations = LedgerStoreConformance.violations(
///       making: { try MyStore(creating: freshPath()) }, reopening: { try MyStore(opening: lastPath()) })
///     // empty: it conforms
public enum LedgerStoreConformance {
  /// A rule that a store does not keep.
  public struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// The rule, in a sentence.
    public let rule: String
    /// What happened instead.
    public let found: String

    /// Rule and finding in one line.
    public var description: String { "\(rule): \(found)" }
  }

  /// Puts a store through the suite.
  ///
  /// - Parameters:
  ///   - make: a new and empty store, each time it is called.
  ///   - reopen: the store that was made last, opened again; nil for stores that last as long as their
  ///     process.
  /// - Returns: the rules that are not kept; empty for a store that conforms. That a batch survives a loss of
  ///   power is not among what can be tested here.
  /// - Throws: nothing; what the closures throw is a violation.
  public static func violations(
    making make: () throws(StoreError) -> any LedgerStore,
    reopening reopen: (() throws(StoreError) -> any LedgerStore)? = nil
  ) -> [Violation] {
    var suite = StoreSuite()
    suite.check("a store can be made, written and read") { suite throws(StoreError) in
      try suite.checkEmpty(make())
      try suite.checkAppending(make(), reopen)
      try suite.checkRefusals(make())
      try suite.checkCheckpoints(make())
      try suite.checkTail(make())
      try suite.checkRace(make())
    }
    return suite.violations
  }
}

/// The suite while it runs.
private struct StoreSuite {
  private(set) var violations: [LedgerStoreConformance.Violation] = []
  private let signer: LogSigner?

  init() { signer = try? LogSigner(SigningKey.random(role: .venue)) }

  /// Runs a part; whatever it throws is a violation.
  mutating func check(
    _ rule: String, _ body: (inout StoreSuite) throws(StoreError) -> Void
  ) {
    do throws(StoreError) {
      try body(&self)
    } catch {
      violations.append(.init(rule: rule, found: "it throws \(error)"))
    }
  }

  private mutating func expect(_ holds: Bool, _ rule: String, _ found: @autoclosure () -> String) {
    if !holds { violations.append(.init(rule: rule, found: found())) }
  }

  // MARK: Batches

  /// Entries after a head, each with evidence of another length, signed.
  private func batch(
    after head: LogHead, count: Int, checkpoint: Bool = false
  ) throws(StoreError) -> LogBatch {
    var head = head
    var items: [LogBatch.Item] = []
    for number in 0..<count {
      let place = head.count
      let event = LedgerEvent.registryPublished(
        RegistryRecord(registry: .sha256(of: [UInt8(truncatingIfNeeded: place)]), count: UInt32(number)))
      let entry = LogEntry(after: head, time: Timestamp(seconds: 1_770_000_000 + place), event: event)
      let length = [0, 1, 1 << 20][Int(place % 3)]
      items.append(
        LogBatch.Item(
          entry: entry, evidence: [UInt8](repeating: UInt8(truncatingIfNeeded: place), count: length)))
      head = LogHead(entry)
    }
    guard let signed = try? signer?.sign(head) else { throw .system(0) }
    return LogBatch(
      items: items, head: signed,
      checkpoint: checkpoint
        ? StoredCheckpoint(
          index: head.count - 1, state: [UInt8](repeating: 7, count: 3),
          edge: RightEdge(size: 1, subtrees: [.leaf([7])])) : nil)
  }

  private func head(of batch: LogBatch) -> LogHead { batch.head.unverified }

  // MARK: Rules

  /// What is dropped is gone with its evidence and with a checkpoint of it, and only inside the log.
  mutating func checkTail(_ store: any LedgerStore) throws(StoreError) {
    let first = try batch(after: .empty, count: 2)
    let second = try batch(after: head(of: first), count: 3, checkpoint: true)
    try store.append(first)
    try store.append(second)
    let middle = second.items[0].entry
    let other = try batch(after: LogHead(count: middle.index, digest: middle.previous), count: 1)
    do throws(StoreError) {
      try store.replaceTail(with: other)
    } catch {
      // A store may undo nothing.
      guard error == .readOnly else { throw error }
      return
    }
    try checkContents(of: store, first.items + other.items, other.head, "after replaceTail()")
    let left = try store.checkpoint()
    expect(left == nil, "replaceTail() drops a checkpoint of what it drops", "it is still there")
    let beyond = try batch(after: head(of: second), count: 1)
    var isRefused = false
    do throws(StoreError) { try store.replaceTail(with: beyond) } catch {
      isRefused = error == .wrongIndex(expected: 3)
    }
    expect(isRefused, "replaceTail() begins inside the log", "it takes a batch beyond its end")
  }

  mutating func checkEmpty(_ store: any LedgerStore) throws(StoreError) {
    let rule = "a new store is empty"
    let (head, count) = (try store.head(), try store.count())
    expect(head == nil, rule, "it has a head")
    expect(count == 0, rule, "it counts \(count) entries")
    let (checkpoint, items) = (try store.checkpoint(), try store.items(from: 0, limit: 10))
    expect(checkpoint == nil, rule, "it has a checkpoint")
    expect(items.isEmpty, rule, "it gives \(items.count) entries")
    let acquired = try store.acquire()
    store.release()
    expect(acquired == 0, rule, "acquire() counts \(acquired) entries")
    try store.fold()
  }

  mutating func checkAppending(
    _ store: any LedgerStore, _ reopen: (() throws(StoreError) -> any LedgerStore)?
  ) throws(StoreError) {
    let first = try batch(after: .empty, count: 3)
    let second = try batch(after: head(of: first), count: 2)
    try store.append(first)
    let acquired = try store.acquire()
    expect(acquired == 3, "acquire() tells where the log ends", "it says \(acquired) after 3 entries")
    try store.append(second)
    try checkContents(of: store, first.items + second.items, second.head, "after two batches")
    // What was acquired is free again after append().
    let again = try store.acquire()
    store.release()
    expect(again == 5, "append() gives up what acquire() has kept", "acquire() then says \(again)")
    try store.fold()
    try checkContents(of: store, first.items + second.items, second.head, "after fold()")
    guard let reopen else { return }
    try checkContents(of: try reopen(), first.items + second.items, second.head, "when it is opened again")
  }

  private mutating func checkContents(
    of store: any LedgerStore, _ items: [LogBatch.Item], _ head: SignedLogHead, _ when: String
  ) throws(StoreError) {
    let stored = try store.items(from: 0, limit: 100)
    expect(stored == items, "entries and evidence are kept as they are", "others \(when)")
    let (storedHead, count) = (try store.head(), try store.count())
    expect(storedHead == head, "the head is that of the last batch", "another \(when)")
    expect(count == UInt64(items.count), "count() is the number of entries", "\(count) \(when)")
    for (from, limit) in [
      (0, 1), (1, 2), (items.count - 1, 5), (items.count, 5), (items.count + 9, 5), (0, 0),
    ] {
      let part = try store.items(from: UInt64(from), limit: limit)
      let expected = Array(items.dropFirst(from).prefix(limit))
      expect(
        part == expected, "items(from:limit:) gives the entries from there on, at most as many",
        "\(part.count) from \(from) of at most \(limit), \(when)")
    }
  }

  mutating func checkRefusals(_ store: any LedgerStore) throws(StoreError) {
    let first = try batch(after: .empty, count: 2)
    let later = try batch(after: LogHead(count: 7, digest: .zero), count: 1)
    let rule =
      "a batch that does not follow the log is refused by the index that would, and nothing is changed"
    for (wrong, expected) in [(later, UInt64(0)), (first, 2), (later, 2)] {
      do throws(StoreError) {
        try store.append(wrong)
        expect(false, rule, "it is taken at index \(wrong.items[0].entry.index)")
      } catch {
        expect(error == .wrongIndex(expected: expected), rule, "\(error)")
      }
      let count = try store.count()
      expect(count == expected, rule, "the store counts \(count) entries afterwards")
      if count == 0 { try store.append(first) }
    }
    // Of the right index, but after an entry that another desk has replaced.
    let other = try batch(after: LogHead(count: 2, digest: .sha256(of: [1])), count: 1)
    var isRefused = false
    do throws(StoreError) { try store.append(other) } catch { isRefused = error == .wrongIndex(expected: 2) }
    expect(isRefused, "a batch that names another entry before it than the last is refused", "it is taken")
    try checkContents(of: store, first.items, first.head, "after refusals")
  }

  mutating func checkCheckpoints(_ store: any LedgerStore) throws(StoreError) {
    let first = try batch(after: .empty, count: 1, checkpoint: true)
    let second = try batch(after: head(of: first), count: 1)
    let third = try batch(after: head(of: second), count: 2, checkpoint: true)
    try store.append(first)
    let kept = try store.checkpoint()
    // A store may keep none.
    guard kept != nil else { return }
    expect(kept == first.checkpoint, "the checkpoint of a batch is kept as it is", "another")
    try store.append(second)
    let afterSecond = try store.checkpoint()
    expect(
      afterSecond == first.checkpoint, "a batch without a checkpoint leaves the one before", "it is gone")
    try store.append(third)
    let last = try store.checkpoint()
    expect(
      last == third.checkpoint, "a checkpoint takes the place of the one before", "the older one is there")
  }

  /// Of four threads that append at the same index one succeeds, and nothing of the others is there.
  mutating func checkRace(_ store: any LedgerStore) throws(StoreError) {
    let first = try batch(after: .empty, count: 1)
    try store.append(first)
    var rivals: [LogBatch] = []
    for count in 1...4 { rivals.append(try batch(after: head(of: first), count: count)) }
    let batches = rivals
    let taken = Parallel.map(count: batches.count) { index in
      do throws(StoreError) {
        try store.append(batches[index])
        return true
      } catch {
        return false
      }
    }
    let rule = "of several threads that append at one index exactly one succeeds"
    let winners = batches.indices.filter { taken[$0] }
    expect(winners.count == 1, rule, "\(winners.count) do")
    guard let winner = winners.first else { return }
    try checkContents(
      of: store, first.items + batches[winner].items, batches[winner].head, "after a race")
  }
}
