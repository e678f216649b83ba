internal import Dispatch
internal import Synchronization

/// Work on all cores with results in order.
package enum Parallel {
  /// `[body(0), …, body(count − 1)]`, computed by as many threads as the machine offers.
  ///
  /// The result does not depend on the number of threads or on their timing, provided that each call
  /// of `body` depends on its index alone.
  ///
  /// - Parameter workers: an upper limit to the number of threads; `nil` sets none.
  package static func map<Result: Sendable>(
    count: Int, workers: Int? = nil, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    guard count > 1, workers != 1 else { return (0..<count).map(body) }
    let next = Atomic(0)
    let results = Mutex([Result?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: min(count, workers ?? count)) { _ in
      // A worker takes the next index until none is left; with one worker per index, one each.
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        let result = body(index)
        results.withLock { $0[index] = result }
      }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
