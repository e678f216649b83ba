import CanonicalBytes
import Dispatch
import Solvency
import SolvencyVerifier
import Synchronization
import Testing

/// Batches that are collected from many tasks.
@Suite("Batching")
struct BatchingTests {
  /// What the work has seen.
  private final class Record: Sendable {
    let batches = Mutex<[[Int]]>([])
    let observations = Mutex<[BatchObservation]>([])
    /// Number of batches that were begun.
    let started = Mutex(0)
    private let gate = DispatchSemaphore(value: 1)

    /// Lets no batch be finished until ``letGo()``.
    func holdBack() { gate.wait() }
    func letGo() { gate.signal() }

    func queue(_ limits: BatchingLimits) -> BatchQueue<Int, Int> {
      BatchQueue(
        limits, observer: { observation in self.observations.withLock { $0.append(observation) } },
        work: { inputs in
          self.started.withLock { $0 += 1 }
          self.gate.wait()
          self.gate.signal()
          self.batches.withLock { $0.append(inputs) }
          return inputs.map { $0 * 2 }
        })
    }
  }

  @Test("every task gets its own answer, and no batch is larger than allowed")
  func answers() async throws {
    let record = Record()
    let queue = record.queue(BatchingLimits(size: 16, most: 24, delayMilliseconds: 20))
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<100 {
        group.addTask { (try? await queue.answer(to: number)) == number * 2 }
      }
      for await isRight in group { #expect(isRight) }
    }
    let batches = record.batches.withLock { $0 }
    #expect(batches.flatMap { $0 }.sorted() == Array(0..<100))
    #expect(batches.allSatisfy { $0.count <= 24 })
    // The observer is called after the answers.
    while record.observations.withLock({ $0.reduce(0) { $0 + $1.count } }) < 100 { await Task.yield() }
  }

  @Test("an item that is alone is answered after the delay, and at once without one")
  func alone() async throws {
    for delay in [0, 30] {
      let queue = Record().queue(BatchingLimits(size: 1000, delayMilliseconds: delay))
      let start = ContinuousClock.now
      #expect(try await queue.answer(to: 4) == 8)
      // How late it is depends on the machine; it is never early.
      #expect(delay == 0 || ContinuousClock.now - start >= .milliseconds(delay))
    }
  }

  @Test("items that come together are answered together and in order, in a batch that takes what else fits")
  func together() async throws {
    let record = Record()
    let queue = record.queue(BatchingLimits(size: 8, most: 8, delayMilliseconds: 0, waiting: 20))
    record.holdBack()
    let held = Task { try await queue.answer(to: 0) }
    while record.started.withLock({ $0 }) == 0 { await Task.yield() }
    let first = Task { try await queue.answers(to: Array(1...5)) }
    while queue.waitingCount < 5 { await Task.yield() }
    let second = Task { try await queue.answers(to: Array(6...9)) }
    while queue.waitingCount < 9 { await Task.yield() }
    let large = Task { try await queue.answers(to: Array(10...20)) }
    while queue.waitingCount < 20 { await Task.yield() }
    await #expect(throws: BatchingError.overloaded) { try await queue.answers(to: [21]) }
    second.cancel()
    await #expect(throws: BatchingError.cancelled) { try await second.value }
    #expect(queue.waitingCount == 16)
    record.letGo()
    #expect(try await held.value == 0)
    #expect(try await first.value == [2, 4, 6, 8, 10])
    #expect(try await large.value == Array(10...20).map { $0 * 2 })
    #expect(try await queue.answers(to: []) == [])
    #expect(record.batches.withLock { $0 } == [[0], Array(1...5), Array(10...20)])
  }

  @Test("where more than a batch waits, a larger one is taken, up to its limit")
  func crowd() async throws {
    let record = Record()
    let queue = record.queue(BatchingLimits(size: 2, most: 5, delayMilliseconds: 0))
    #expect(BatchingLimits(size: 2).most == 8 && BatchingLimits(size: 2, most: 1).most == 2)
    record.holdBack()
    let held = Task { try await queue.answer(to: 0) }
    while record.started.withLock({ $0 }) == 0 { await Task.yield() }
    var waiting: [Task<Int, any Error>] = []
    for number in 1...7 {
      waiting.append(Task { try await queue.answer(to: number) })
      while queue.waitingCount < number { await Task.yield() }
    }
    record.letGo()
    #expect(try await held.value == 0)
    for (number, task) in zip(1..., waiting) { #expect(try await task.value == 2 * number) }
    #expect(record.batches.withLock { $0 } == [[0], Array(1...5), [6, 7]])
  }

  @Test("the delay counts from when an item came, not from the end of the batch before")
  func delayDuringWork() async throws {
    let brief = Record()
    let other = brief.queue(BatchingLimits(size: 2, delayMilliseconds: 10_000))
    brief.holdBack()
    let busy = Task { try await other.answers(to: [0, 1]) }
    while brief.started.withLock({ $0 }) == 0 { await Task.yield() }
    let late = Task { try await other.answer(to: 2) }
    while other.waitingCount < 1 { await Task.yield() }
    try await Task.sleep(for: .milliseconds(10_050))
    let start = ContinuousClock.now
    brief.letGo()
    #expect(try await busy.value == [0, 2])
    #expect(try await late.value == 4)
    #expect(ContinuousClock.now - start < .milliseconds(9_500))
  }

  @Test("who waits beyond the limit is refused at once; who is cancelled while waiting is not worked on")
  func limits() async throws {
    let record = Record()
    let queue = record.queue(BatchingLimits(size: 1, most: 1, delayMilliseconds: 0, waiting: 3))
    record.holdBack()
    let held = Task { try await queue.answer(to: 0) }
    while record.started.withLock({ $0 }) == 0 { await Task.yield() }
    let waiting = (1...3).map { number in Task { try await queue.answer(to: number) } }
    while queue.waitingCount < 3 { await Task.yield() }
    await #expect(throws: BatchingError.overloaded) { try await queue.answer(to: 9) }
    waiting[1].cancel()
    await #expect(throws: BatchingError.cancelled) { try await waiting[1].value }
    record.letGo()
    #expect(try await held.value == 0)
    #expect(try await waiting[0].value == 2)
    #expect(try await waiting[2].value == 6)
    #expect(record.batches.withLock { $0.flatMap { $0 }.sorted() } == [0, 1, 3])
  }

  @Test("a task that is cancelled before it asks is told so")
  func cancelledEarly() async throws {
    let queue = Record().queue(BatchingLimits(size: 1000, delayMilliseconds: 60_000))
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await queue.answer(to: 1)
    }
    await #expect(throws: BatchingError.cancelled) { try await task.value }
    let later = Task { try await queue.answer(to: 2) }
    while !later.isCancelled {
      await Task.yield()
      later.cancel()
    }
    await #expect(throws: BatchingError.cancelled) { try await later.value }
  }

  @Test("proofs of many tasks, each with its own expectations, get the verdicts that they get alone")
  func proofs() async throws {
    let verifier = try Fixture.verifier()
    let envelope = try Fixture.coveredAccount().envelope
    let expectations = [
      Expectations(now: Fixture.now), Expectations(now: Fixture.now, audience: try Audience("somebody else")),
      Expectations(now: Fixture.now, nonce: .random()), Expectations(now: Timestamp(seconds: 1)),
      Expectations(now: Fixture.now.advanced(by: 1 << 40)),
    ]
    let batching = BatchingVerifier(verifier, limits: BatchingLimits(size: 64, delayMilliseconds: 50))
    let verdicts = await withTaskGroup(of: (Int, ProofVerdict?).self) { group in
      for index in 0..<20 {
        group.addTask {
          (index, try? await batching.verify(envelope, expecting: expectations[index % expectations.count]))
        }
      }
      return await group.reduce(into: [Int: ProofVerdict?]()) { $0[$1.0] = $1.1 }
    }
    for (index, verdict) in verdicts {
      #expect(verdict == verifier.verify(envelope, expecting: expectations[index % expectations.count]))
    }
    #expect(verdicts.values.count { $0?.isAccepted == true } == 4)
    #expect(verdicts[0]??.json.encoded().starts(with: Array("{\"verdict\":\"accepted\"".utf8)) == true)
  }
}
