internal import Dispatch
internal import Synchronization

/// How a service collects what it is asked into batches.
public struct BatchingLimits: Hashable, Sendable {
  /// The most items of one batch, at least 1.
  public var size: Int
  /// The longest time that an item waits for others, in milliseconds; 0 takes what is there at once.
  public var delayMilliseconds: Int
  /// The most items that wait at once; one more is refused as ``BatchingError/overloaded``, so that its caller slows down
  /// rather than memory growing.
  public var waiting: Int

  /// These limits. A batch of 256 costs about a sixth of as many proofs one by one; larger ones gain little.
  public init(size: Int = 256, delayMilliseconds: Int = 5, waiting: Int = 4096) {
    self.size = max(1, size)
    self.delayMilliseconds = max(0, delayMilliseconds)
    self.waiting = max(1, waiting)
  }
}

/// Why there is no answer.
public enum BatchingError: Error, Hashable, Sendable {
  /// As many items wait as may: ask again later.
  case overloaded
  /// The task was cancelled while the item waited; nothing was done with it.
  case cancelled
}

/// What happened in one batch, for logs and metrics. It names no account.
public struct BatchObservation: Hashable, Sendable {
  /// Number of items of the batch.
  public let count: Int
  /// Number of items that waited for the next one when it was done.
  public let waiting: Int
  /// How long the item that came first had waited, in nanoseconds.
  public let longestWaitNanoseconds: UInt64
  /// How long the work took, in nanoseconds.
  public let workNanoseconds: UInt64
}

/// Collects items of many tasks and hands them over together: after a time, or when there are enough.
///
/// The work runs on a thread of its own, one batch after another, and uses all cores by itself; the tasks that wait are
/// suspended, so that no thread of Swift's pool is blocked by it. Each item gets its own answer, in its own task.
package final class BatchQueue<Input: Sendable, Output: Sendable>: Sendable {
  private struct Item {
    let number: UInt64
    let input: Input
    let since: UInt64
    let answer: CheckedContinuation<Result<Output, BatchingError>, Never>
  }

  private struct State {
    var items: [Item] = []
    var nextNumber: UInt64 = 0
    /// Whether a run is on its way to take what waits.
    var isScheduled = false
  }

  /// Where the item of one call is.
  private enum Place {
    case nowhere
    case cancelled
    case waiting(UInt64)
  }

  /// What becomes of an item that came.
  private enum Outcome {
    case refused(BatchingError)
    case waits
    case schedule(milliseconds: Int)
  }

  private let limits: BatchingLimits
  private let work: @Sendable ([Input]) -> [Output]
  private let observer: (@Sendable (BatchObservation) -> Void)?
  private let thread = DispatchQueue(label: "solvency.batches")
  private let state = Mutex(State())

  /// - Parameters:
  ///   - observer: is told of each batch, on the thread of the work.
  ///   - work: gives one answer for each item, in order.
  package init(
    _ limits: BatchingLimits, observer: (@Sendable (BatchObservation) -> Void)?,
    work: @escaping @Sendable ([Input]) -> [Output]
  ) {
    self.limits = limits
    self.observer = observer
    self.work = work
  }

  /// Number of items that wait for a batch.
  package var waitingCount: Int { state.withLock { $0.items.count } }

  /// The answer to an item.
  ///
  /// - Throws: ``BatchingError``. An item whose batch is being worked on is answered although its task is cancelled.
  package func answer(to input: Input) async throws(BatchingError) -> Output {
    let ticket = Ticket()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { answer in enqueue(input, answer, ticket) }
    } onCancel: {
      cancel(ticket)
    }
    return try result.get()
  }

  /// Shared between a call and its cancellation.
  private final class Ticket: Sendable {
    let place = Mutex(Place.nowhere)
  }

  private func enqueue(
    _ input: Input, _ answer: CheckedContinuation<Result<Output, BatchingError>, Never>, _ ticket: Ticket
  ) {
    let outcome: Outcome = state.withLock { state in
      guard state.items.count < limits.waiting else { return .refused(.overloaded) }
      let number = state.nextNumber
      let isCancelled = ticket.place.withLock { place in
        if case .cancelled = place { return true }
        place = .waiting(number)
        return false
      }
      guard !isCancelled else { return .refused(.cancelled) }
      state.nextNumber += 1
      state.items.append(
        Item(number: number, input: input, since: DispatchTime.now().uptimeNanoseconds, answer: answer))
      if state.items.count == limits.size || limits.delayMilliseconds == 0 {
        // Enough for a batch: a run that waits for the time finds it taken, and nothing more.
        state.isScheduled = true
        return .schedule(milliseconds: 0)
      }
      guard !state.isScheduled else { return .waits }
      state.isScheduled = true
      return .schedule(milliseconds: limits.delayMilliseconds)
    }
    switch outcome {
    case .refused(let error): answer.resume(returning: .failure(error))
    case .waits: return
    case .schedule(let milliseconds): schedule(after: milliseconds)
    }
  }

  private func schedule(after milliseconds: Int) {
    guard milliseconds > 0 else { return thread.async { self.run() } }
    thread.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { self.run() }
  }

  private func cancel(_ ticket: Ticket) {
    let number: UInt64? = ticket.place.withLock { place in
      guard case .waiting(let number) = place else {
        place = .cancelled
        return nil
      }
      return number
    }
    guard let number else { return }
    let item: Item? = state.withLock { state in
      guard let index = state.items.firstIndex(where: { $0.number == number }) else { return nil }
      return state.items.remove(at: index)
    }
    item?.answer.resume(returning: .failure(.cancelled))
  }

  /// Works on what waits, at most a batch of it, and sees to it that what is left is worked on.
  private func run() {
    let batch: [Item] = state.withLock { state in
      state.isScheduled = false
      let batch = Array(state.items.prefix(limits.size))
      state.items.removeFirst(batch.count)
      return batch
    }
    guard let first = batch.first else { return }
    let start = DispatchTime.now().uptimeNanoseconds
    let outputs = work(batch.map(\.input))
    let end = DispatchTime.now().uptimeNanoseconds
    for (item, output) in zip(batch, outputs) { item.answer.resume(returning: .success(output)) }
    // Work that gives too few answers is a defect; nobody waits forever for it.
    for item in batch.dropFirst(outputs.count) { item.answer.resume(returning: .failure(.overloaded)) }
    let (waiting, next): (Int, Int?) = state.withLock { state in
      guard !state.items.isEmpty, !state.isScheduled else { return (state.items.count, nil) }
      state.isScheduled = true
      return (state.items.count, state.items.count >= limits.size ? 0 : limits.delayMilliseconds)
    }
    if let next { schedule(after: next) }
    observer?(
      BatchObservation(
        count: batch.count, waiting: waiting,
        longestWaitNanoseconds: start - min(first.since, start),
        workNanoseconds: end - start))
  }
}
