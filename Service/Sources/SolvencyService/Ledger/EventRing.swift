internal import Synchronization

/// The last events, and those who wait for the next.
///
/// An event has the number of its entry in the log, so that a reader who comes back says where it was and
/// misses nothing. No reader has a queue of its own: each takes from the ring at its own speed, and one that
/// falls out of it reads the log.
final class EventRing: Sendable {
  /// What is sent for an entry of the log.
  struct Event: Sendable {
    /// The entry.
    let index: UInt64
    /// `event: …` and `data: …`, as they are sent; empty for an entry that nobody is told of.
    let bytes: [UInt8]
  }

  private struct State {
    var events: [Event] = []
    /// The index of the entry that follows the ring.
    var next: UInt64 = 0
    var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var ticket: UInt64 = 0
    var isClosed = false
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  /// The index of the entry that comes next.
  var next: UInt64 { state.withLock { $0.next } }

  /// Begins at an entry.
  func start(at index: UInt64) { state.withLock { $0.next = index } }

  /// Adds the events of the entries that follow.
  func append(_ events: [Event]) {
    let woken: [CheckedContinuation<Void, Never>] = state.withLock { state in
      for event in events where event.index == state.next {
        state.events.append(event)
        state.next += 1
      }
      if state.events.count > 2 * limit { state.events.removeFirst(state.events.count - limit) }
      defer { state.waiting = [:] }
      return Array(state.waiting.values)
    }
    for continuation in woken { continuation.resume() }
  }

  /// Wakes everybody for good.
  func close() {
    let woken = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [:] }
      return Array(state.waiting.values)
    }
    for continuation in woken { continuation.resume() }
  }

  /// What there is from an entry on.
  enum Reading {
    /// These; empty if nothing is new.
    case events([Event])
    /// They are in the log and no longer here.
    case older
    /// Nothing more comes.
    case closed
  }

  /// The events from an entry on.
  func read(from index: UInt64) -> Reading {
    state.withLock { state in
      if index >= state.next { return state.isClosed ? .closed : .events([]) }
      let first = state.next - UInt64(state.events.count)
      return index < first ? .older : .events(Array(state.events[Int(index - first)...]))
    }
  }

  /// Waits until there is something from an entry on, or the task is cancelled.
  func wait(from index: UInt64) async {
    let ticket = state.withLock { state in
      state.ticket += 1
      return state.ticket
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isThere = state.withLock { state in
          if index < state.next || state.isClosed || Task.isCancelled { return true }
          state.waiting[ticket] = continuation
          return false
        }
        if isThere { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
  }
}
