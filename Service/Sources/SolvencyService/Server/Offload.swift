internal import Dispatch
internal import Synchronization

/// Threads for what blocks: the ledger, the disk, long sums. No thread that serves connections does.
///
/// As many pieces of work wait as may; one more is refused.
final class Offload: Sendable {
  private let queue: DispatchQueue
  private let waitingLimit: Int
  private let waiting = Mutex(0)

  /// - Parameter isSerial: whether one piece of work is done after the other.
  init(_ label: String, isSerial: Bool, waitingLimit: Int) {
    queue = DispatchQueue(label: "solvencyd." + label, attributes: isSerial ? [] : .concurrent)
    self.waitingLimit = waitingLimit
  }

  /// Does work on another thread.
  ///
  /// - Throws: ``Problem/overloaded`` if too much waits, or what the work throws.
  func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws(Problem) -> Value
  ) async throws(Problem) -> Value {
    let isFree = waiting.withLock { count in
      guard count < waitingLimit else { return false }
      count += 1
      return true
    }
    guard isFree else { throw .overloaded }
    let result: Result<Value, Problem> = await withCheckedContinuation { continuation in
      queue.async {
        let result = Result { () throws(Problem) in try work() }
        self.waiting.withLock { $0 -= 1 }
        continuation.resume(returning: result)
      }
    }
    return try result.get()
  }
}
