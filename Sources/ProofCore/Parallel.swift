internal import Dispatch
internal import Ristretto
internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Work on all cores with results in order.
package enum Parallel {
  /// `[body(0), …, body(count − 1)]`, computed by as many threads as the machine offers.
  ///
  /// The result does not depend on the number of threads or on their timing, provided that each call
  /// of `body` depends on its index alone.
  ///
  /// In a process that was forked from one that has used threads here there is one thread: those of the
  /// parent are gone, and waiting for them would never end.
  ///
  /// - Parameter workers: an upper limit to the number of threads; `nil` sets none.
  package static func map<Result: Sendable>(
    count: Int, workers: Int? = nil, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    guard count > 1, workers != 1, hasThreads() else { return (0..<count).map(body) }
    let next = Atomic(0)
    let results = Mutex([Result?](repeating: nil, count: count))
    let isPortable = Kernels.isPortable
    DispatchQueue.concurrentPerform(iterations: min(count, workers ?? count)) { _ in
      Kernels.$isPortable.withValue(isPortable) {
        // A worker takes the next index until none is left; with one worker per index, one each.
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          let result = body(index)
          results.withLock { $0[index] = result }
        }
      }
    }
    return results.withLock { $0.compactMap { $0 } }
  }

  /// The process that used threads first; 0 before that.
  private static let threadedProcess = Atomic<Int32>(0)

  private static func hasThreads() -> Bool {
    let me = getpid()
    let first = threadedProcess.compareExchange(expected: 0, desired: me, ordering: .relaxed)
    return first.exchanged || first.original == me
  }

  /// The number of processors that take work.
  package static let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// Cuts `0 ..< count` into consecutive parts of nearly equal length: parts of at most `limit`, and enough
  /// for the workers as long as none falls below `least`.
  package static func parts(of count: Int, limit: Int, least: Int, workers: Int?) -> [Range<Int>] {
    let hands = min(workers ?? processorCount, processorCount)
    let number = max((count + limit - 1) / limit, min(hands, count / least), 1)
    return (0..<number).map { (count * $0 / number)..<(count * ($0 + 1) / number) }
  }
}
