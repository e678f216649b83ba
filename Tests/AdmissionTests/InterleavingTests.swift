import Admission
import AdmissionStore
import MarginRules
import Solvency
import Synchronization
import TestSupport
import Testing

/// A store whose disk fails now and then, before or after a write.
final class FailingStore: LedgerStore {
  private let inner = MemoryStore()
  private let random: Mutex<SplitMix64>
  private let oneIn: UInt64

  init(seed: UInt64, oneIn: UInt64) {
    random = Mutex(SplitMix64(seed: seed))
    self.oneIn = oneIn
  }

  func head() -> SignedLogHead? { inner.head() }

  func append(_ batch: LogBatch) throws(StoreError) {
    if random.withLock({ $0.next() % oneIn }) == 0 { throw .full }
    try inner.append(batch)
  }

  func checkpoint() -> StoredCheckpoint? { inner.checkpoint() }

  func items(from index: UInt64, limit: Int) -> [LogBatch.Item] {
    inner.items(from: index, limit: limit)
  }
}

@Suite("Interleavings")
struct InterleavingTests {
  /// Events that are possible, nearly possible, and impossible.
  private struct Source {
    var random: SplitMix64
    var nonceCount = 0
    var epoch: Int64 = 0
    var now: UInt64 = 0

    mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    mutating func event(_ model: LedgerModel, accounts: Int) throws -> LedgerEvent {
      let index = pick(accounts)
      let sequence = model.accounts[try Sample.account(index)]?.sequence ?? 0
      let near = sequence &+ (pick(8) == 0 ? 1 : 0)
      switch pick(16) {
      case 0:
        var record = Sample.epoch(
          epoch + 1, graceEpochs: Int64(pick(3)), callInterval: UInt64(600 + pick(4_000)))
        if pick(4) == 0 { record.epoch -= 1 }
        return .epochPublished(record)
      case 1, 2:
        return .accountOpened(try Sample.opening(index, attestedFor: UInt64(pick(40_000))))
      case 3, 4, 5, 6:
        var deltas: [CoordinateChange] = []
        if pick(6) > 0 {
          let lots = Int64(pick(5)) - 1
          deltas = [
            CoordinateChange(coordinate: 1, amount: lots),
            CoordinateChange(coordinate: UInt32(pick(8) / 7 * 2), amount: -lots * Int64(90 + pick(20))),
          ].filter { $0.amount != 0 }
        }
        return .filled(try Sample.fill(index, sequence: near, deltas: deltas))
      case 7, 8, 9, 10, 11, 12:
        nonceCount += pick(12) == 0 ? 0 : 1
        let isOrder = pick(2) == 0
        let reduces = isOrder && pick(3) == 0
        // Half of the orders lead to the commitment that a fill has, so that some arrive exactly.
        let far = !isOrder || pick(2) == 0 ? nil : "V \(index) \(near + 1)"
        return .proofAccepted(
          try Sample.proof(
            index, sequence: near, epoch: epoch - Int64(pick(6) / 4), at: now,
            kind: pick(3) == 0 ? .maintenance : .initial, nonce: "nonce \(nonceCount)",
            headroom: isOrder ? Sample.headroom(UInt64(pick(6)), pick(3) == 0 ? .sell : .buy) : nil,
            lasting: UInt64(pick(3_000)), circuit: pick(4) == 0 ? "other circuit" : "circuit", far: far,
            reduces: reduces))
      case 13:
        return .ticked
      default:
        var lines = model.dueRoll(Sample.start + now).lines
        if pick(3) == 0, !lines.isEmpty { lines.remove(at: pick(lines.count)) }
        return .rolled(StatusRoll(accountCount: UInt64(model.order.count), lines: lines))
      }
    }
  }

  @Test(
    "the state is that of the plain rules after any interleaving of events, crashes and full disks",
    arguments: 1...12 as ClosedRange<UInt64>)
  func agreesWithModel(_ seed: UInt64) throws {
    let signer = try Sample.signer()
    let store = FailingStore(seed: seed, oneIn: 9)
    let often = CheckpointSchedule(interval: 60)
    var ledger = try Ledger(store: store, signer: signer, checkpoints: often)
    while (try? ledger.record(Sample.charter(), at: Sample.time(0))) == nil {}
    while (try? ledger.record(Sample.registry, at: Sample.time(0))) == nil {}
    var model = LedgerModel()
    _ = try model.apply(Sample.charter(), at: Sample.time(0))
    var source = Source(random: SplitMix64(seed: seed &* 77))
    var (happened, refused, failed) = (0, 0, 0)
    for step in 0..<1_500 {
      source.now += UInt64(source.pick(8) == 0 ? source.pick(900) : source.pick(3))
      let moment = Sample.time(source.now)
      let event = try source.event(model, accounts: 7)
      var expected = model
      let isPossible = expected.apply(event, at: moment)
      do throws(LedgerFailure) {
        try ledger.record(event, at: moment)
        #expect(isPossible, "\(event)")
        model = expected
        happened += 1
        if case .epochPublished(let record) = event { source.epoch = record.epoch }
      } catch .event {
        #expect(!isPossible, "\(event)")
        refused += 1
      } catch .store(.full) {
        failed += 1
      } catch {
        Issue.record("\(error)")
      }
      // A crash: everything but the store is lost.
      if source.pick(40) == 0 {
        let start: LedgerStart = source.pick(4) == 0 ? .beginning : .checkpoint
        ledger = try Ledger(store: store, signer: signer, from: start, checkpoints: often)
      }
      if step.isMultiple(of: 10) {
        let current = model
        #expect(try ledger.withState { current.difference(from: $0, at: moment) } == nil)
      }
    }
    #expect(happened > 300 && refused > 100 && failed > 20)
    #expect(store.checkpoint()?.index ?? 0 > 200)
  }

  @Test("a transaction sees its own events, and is whole or not at all")
  func transactions() throws {
    let signer = try Sample.signer()
    let store = MemoryStore()
    let ledger = try Ledger(store: store, signer: signer)
    let epoch = Sample.epoch(1)
    let charter = try Sample.charter()
    let openings = try (0..<3).map { try Sample.opening($0) }
    let commit = try ledger.commit(at: Sample.time(5)) { transaction in
      var refused = 0
      for event in [charter, Sample.registry, .epochPublished(epoch)]
        + (openings + openings).map(LedgerEvent.accountOpened)
      {
        if (try? transaction.append(event)) == nil { refused += 1 }
      }
      return refused
    }
    #expect(commit.result == 3)
    #expect(commit.head?.unverified.count == 6)
    #expect(ledger.head.count == 6)
    let nothing = try ledger.commit(at: Sample.time(6)) { $0.state.accountCount }
    #expect(nothing.result == 3)
    #expect(nothing.head == nil)
  }

  @Test
  func `A34: a clock that has gone back stands still`() throws {
    let ledger = try Ledger(store: MemoryStore(), signer: Sample.signer())
    try ledger.record(.ticked, at: Sample.time(100))
    try ledger.record(.ticked, at: Sample.time(40))
    #expect(try ledger.withState { $0.clock } == Sample.time(100))
  }

  @Test("headroom and deadlines do not overflow at the ends of their ranges")
  func extremes() throws {
    let wide = Headroom(
      coordinate: 1, side: .sell, lots: .max, cashCoordinate: 0, cashPerLot: .min)
    for amount in [Int64.min, -1, 0, 1, .max] {
      let deltas = [
        CoordinateChange(coordinate: 1, amount: amount), CoordinateChange(coordinate: 0, amount: .min),
      ]
      let left = wide.remaining(after: deltas)
      #expect((left != nil) == (amount == -1))
    }
    // Ledgers without a charter take any number, and add none of them up past the end.
    var epoch = Sample.epoch(1)
    epoch.callInterval = .max
    epoch.fillInterval = .max
    epoch.callGrace = .max
    var state = LedgerState()
    try state.apply(Sample.registry, at: Sample.time(0))
    try state.apply(.epochPublished(epoch), at: Sample.time(0))
    try state.apply(.accountOpened(Sample.opening(0)), at: Sample.time(0))
    try state.apply(.filled(Sample.fill(0, sequence: 0)), at: Sample.time(0))
    #expect(state.account(try Sample.account(0), at: Sample.time(1_000_000))?.status == .unproven)
    // Those with one refuse what no snapshot can say.
    var bound = LedgerState()
    try bound.apply(Sample.charter(), at: Sample.time(0))
    try bound.apply(Sample.registry, at: Sample.time(0))
    #expect(throws: LedgerError.implausible) { try bound.apply(.epochPublished(epoch), at: Sample.time(0)) }
  }
}
