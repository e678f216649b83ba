internal import Dispatch
internal import Synchronization

/// How a service collects what it is asked into batches.
public struct BatchingLimits: Hashable, Sendable {
  /// How many items begin a batch at once, at least 1.
  public var size: Int
  /// The most items of one batch, at least ``size``: more than that many wait where items come faster than
  /// they are worked on, and a larger batch takes less for each.
  public var most: Int
  /// The longest time that an item waits for others, in milliseconds; 0 takes what is there at once.
  public var delayMilliseconds: Int
  /// The most items that wait at once; one more is refused as ``BatchingError/overloaded``, so that its
  /// caller slows down rather than memory growing.
  public var waiting: Int

  /// These limits. A batch of 256 costs about a sixth of as many proofs one by one; one of 1024 a tenth less
  /// than that.
  public init(size: Int = 256, most: Int? = nil, delayMilliseconds: Int = 5, waiting: Int = 4096) {
    self.size = max(1, size)
    self.most = max(self.size, most ?? 4 * self.size)
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
/// A call brings one item or several, which stay together. The time counts from when a call came, also where
/// another batch was being worked on meanwhile.
///
/// The work runs on a thread of its own, one batch after another, and uses all cores by itself; the tasks
/// that wait are suspended, so that no thread of Swift's pool is blocked by it. Each item gets its own
/// answer, in its own task.
package final class BatchQueue<Input: Sendable, Output: Sendable>: Sendable {
  private struct Call {
    let number: UInt64
    let inputs: [Input]
    let since: UInt64
    let answer: CheckedContinuation<Result<[Output], BatchingError>, Never>
  }

  private struct State {
    var calls: [Call] = []
    /// Items of all calls that wait.
    var itemCount = 0
    var nextNumber: UInt64 = 0
    /// Whether a run is on its way to take what waits.
    var isScheduled = false
  }

  /// Where a call is.
  private enum Place {
    case nowhere
    case cancelled
    case waiting(UInt64)
  }

  /// What becomes of a call that came.
  private enum Outcome {
    case refused(BatchingError)
    case waits
    case schedule(nanoseconds: UInt64)
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
  package var waitingCount: Int { state.withLock { $0.itemCount } }

  /// The answer to an item.
  ///
  /// - Throws: ``BatchingError``. An item whose batch is being worked on is answered although its task is
  ///   cancelled.
  package func answer(to input: Input) async throws(BatchingError) -> Output {
    // One answer for each item, or an error.
    guard let answer = try await answers(to: [input]).first else { throw .overloaded }
    return answer
  }

  /// The answers to several items, in order. They are worked on in one batch, all or none.
  ///
  /// - Throws: ``BatchingError``, as ``answer(to:)``.
  package func answers(to inputs: [Input]) async throws(BatchingError) -> [Output] {
    guard !inputs.isEmpty else { return [] }
    let ticket = Ticket()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { answer in enqueue(inputs, answer, ticket) }
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
    _ inputs: [Input], _ answer: CheckedContinuation<Result<[Output], BatchingError>, Never>, _ ticket: Ticket
  ) {
    let outcome: Outcome = state.withLock { state in
      guard state.itemCount + inputs.count <= limits.waiting else { return .refused(.overloaded) }
      let number = state.nextNumber
      let isCancelled = ticket.place.withLock { place in
        if case .cancelled = place { return true }
        place = .waiting(number)
        return false
      }
      guard !isCancelled else { return .refused(.cancelled) }
      state.nextNumber += 1
      let wasEnough = state.itemCount >= limits.size
      state.itemCount += inputs.count
      state.calls.append(
        Call(number: number, inputs: inputs, since: DispatchTime.now().uptimeNanoseconds, answer: answer))
      if limits.delayMilliseconds == 0 || !wasEnough && state.itemCount >= limits.size {
        // Enough for a batch: a run that waits for the time finds it taken, and nothing more.
        state.isScheduled = true
        return .schedule(nanoseconds: 0)
      }
      guard !state.isScheduled else { return .waits }
      state.isScheduled = true
      return .schedule(nanoseconds: limits.delayNanoseconds)
    }
    switch outcome {
    case .refused(let error): answer.resume(returning: .failure(error))
    case .waits: return
    case .schedule(let nanoseconds): schedule(after: nanoseconds)
    }
  }

  private func schedule(after nanoseconds: UInt64) {
    guard nanoseconds > 0 else { return thread.async { self.run() } }
    thread.asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { self.run() }
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
    let call: Call? = state.withLock { state in
      guard let index = state.calls.firstIndex(where: { $0.number == number }) else { return nil }
      state.itemCount -= state.calls[index].inputs.count
      return state.calls.remove(at: index)
    }
    call?.answer.resume(returning: .failure(.cancelled))
  }

  /// Works on what waits, at most one batch of it, and sees to it that what is left is worked on.
  private func run() {
    let batch: [Call] = state.withLock { state in
      state.isScheduled = false
      var count = 0
      let batch = Array(
        state.calls.prefix { call in
          defer { count += call.inputs.count }
          return count == 0 || count + call.inputs.count <= limits.most
        })
      state.calls.removeFirst(batch.count)
      state.itemCount -= batch.reduce(0) { $0 + $1.inputs.count }
      return batch
    }
    guard let first = batch.first else { return }
    let inputs = batch.flatMap(\.inputs)
    let start = DispatchTime.now().uptimeNanoseconds
    let outputs = work(inputs)
    let end = DispatchTime.now().uptimeNanoseconds
    var place = 0
    for call in batch {
      let after = place + call.inputs.count
      // Work that gives too few answers is a defect; nobody waits forever for it.
      call.answer.resume(
        returning: after <= outputs.count ? .success(Array(outputs[place..<after])) : .failure(.overloaded))
      place = after
    }
    let (waiting, next): (Int, UInt64?) = state.withLock { state in
      guard let oldest = state.calls.first, !state.isScheduled else { return (state.itemCount, nil) }
      state.isScheduled = true
      guard state.itemCount < limits.size else { return (state.itemCount, 0) }
      let waited = end - min(oldest.since, end)
      return (state.itemCount, limits.delayNanoseconds - min(waited, limits.delayNanoseconds))
    }
    if let next { schedule(after: next) }
    observer?(
      BatchObservation(
        count: inputs.count, waiting: waiting,
        longestWaitNanoseconds: start - min(first.since, start),
        workNanoseconds: end - start))
  }
}

extension BatchingLimits {
  fileprivate var delayNanoseconds: UInt64 { UInt64(delayMilliseconds) * 1_000_000 }
}
