internal import Solvency

/// The largest number up to which a condition holds, as far as it was tried; it holds for 0.
struct LargestSize {
  /// How many sizes are tried between the powers of two, where sizes that hold may have gaps, and where they
  /// have none.
  private static let (manySizes, fewSizes): (Int64, Int64) = (64, 8)

  /// The number: the condition holds for it and all smaller ones that were tried, and not for one more.
  let size: Int64
  /// A larger number for which the condition holds again, and not for one less: from the least that was
  /// tried,
  /// by halving.
  let holdsAgainAt: Int64?

  /// Tries all powers of two, sizes spread evenly up to twice the largest of these that holds, and halves
  /// what is between the last that holds and the first that does not. Where sizes that hold may have gaps, it
  /// tries as many between the largest and a turning point as well, and that point.
  ///
  /// - Parameter turn: a size at which what decides may turn: that which closes a position.
  init(
    upTo limit: Int64, turningAt turn: Int64 = 0, mayHaveGaps: Bool,
    _ holds: (Int64) throws(ProverError) -> Bool
  ) throws(ProverError) {
    var tried: [Int64: Bool] = [:]
    var (power, far) = (Int64(1), Int64(0))
    while power <= limit {
      let answer = try holds(power)
      tried[power] = answer
      if answer { far = power }
      power *= 2
    }
    let end = min(2 * far, limit)
    let count = mayHaveGaps ? Self.manySizes : Self.fewSizes
    for k in 1...count {
      let size = Int64(Int128(end) * Int128(k) / Int128(count))
      if size > 0, tried[size] == nil { tried[size] = try holds(size) }
    }
    if mayHaveGaps, turn > 0, turn <= limit {
      for k in 1...count {
        let size = Int64(Int128(turn) * Int128(k) / Int128(count))
        if size > 0, tried[size] == nil { tried[size] = try holds(size) }
      }
    }
    let sizes = tried.keys.sorted()
    let first = sizes.first { tried[$0] == false }
    var (good, bad) = (sizes.last { $0 < first ?? .max } ?? 0, first ?? limit + 1)
    while bad - good > 1 {
      let middle = good + (bad - good) / 2
      if try holds(middle) { good = middle } else { bad = middle }
    }
    size = good
    guard var again = sizes.first(where: { $0 > good && tried[$0] == true }) else {
      holdsAgainAt = nil
      return
    }
    var fails = max(sizes.last { $0 < again } ?? bad, bad)
    while again - fails > 1 {
      let middle = fails + (again - fails) / 2
      if try holds(middle) { again = middle } else { fails = middle }
    }
    holdsAgainAt = again
  }
}
