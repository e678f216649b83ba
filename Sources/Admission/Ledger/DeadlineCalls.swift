/// The deadlines that epochs set for all accounts whose proof is older than they are.
///
/// Publishing epoch c at time t with the interval T calls every account whose proof is from an earlier epoch
/// to prove anew before t + T. An account is bound by the earliest of the calls after its proof:
///
///     deadline = min { t_c + T_c : c > epoch of its proof }
///
/// Only calls that bind somebody are kept: one with a later deadline than a later epoch's is dropped. So both
/// epochs and deadlines ascend, and the minimum is found by bisection.
struct DeadlineCalls: Hashable, Sendable {
  private(set) var epochs: [Int64] = []
  private(set) var deadlines: [UInt64] = []

  init() {}

  /// The calls that bind somebody, as they were kept; nil unless epochs and deadlines ascend.
  init?(epochs: [Int64], deadlines: [UInt64]) {
    func ascends<Value: Comparable>(_ values: [Value]) -> Bool {
      zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
    }
    guard epochs.count == deadlines.count, ascends(epochs), ascends(deadlines) else { return nil }
    self.epochs = epochs
    self.deadlines = deadlines
  }

  /// Adds the call of a new epoch, which is later than all before.
  mutating func append(epoch: Int64, deadline: UInt64) {
    while let last = deadlines.last, last >= deadline {
      epochs.removeLast()
      deadlines.removeLast()
    }
    epochs.append(epoch)
    deadlines.append(deadline)
  }

  /// The earliest deadline that epochs after `epoch` set, or the end of time.
  func deadline(after epoch: Int64) -> UInt64 {
    var low = 0
    var high = epochs.count
    while low < high {
      let middle = (low + high) / 2
      if epochs[middle] > epoch { high = middle } else { low = middle + 1 }
    }
    return low < deadlines.count ? deadlines[low] : .max
  }
}
