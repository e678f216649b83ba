internal import Ristretto

// The search for the proofs of a batch that fail. With E_p the value of the equation of proof p times its
// weight, the identity if it holds:
//
//     V(S) = Σ_{p ∈ S} E_p,    V(right half) = V(S) − V(left half)
//
// so that of a set that fails only one half is summed. The batch is summed in blocks, whose scalars are kept:
// if the whole does not vanish, the blocks are told apart at the price of their own sums over the shared
// points. In a block that fails, one sum with weights i = 0, 1, … in the order of its proofs names a single
// culprit:
//
//     F(S) = Σ_i i·E_i = j·V(S)  ⟺  Σ_{i≠j} (i − j)·E_i = 0
//
// which holds if j alone is false, and otherwise, up to the weights, does not: it is the sum of a batch of
// all but j. From a share of false proofs on, measured in the blocks before, proofs are summed one by one.
//
// Sums over the shared points of n proofs, k of them false: n/32 for k > 0, or n/64 from 512 on, and for each false
// proof in a block of its own one more; n for k = n. The last is the least there is: what the equations of n false
// proofs come to are n points that nothing ties to each other, so that fewer sums leave one of them open.

/// Consecutive proofs of a batch with the sum of their equations.
struct ProofBlock<Sum: ProofSum>: Sendable {
  let items: ArraySlice<WeightedProof<Sum.Proof>>
  let sum: Result<Sum, Sum.Proof.Failure>
}

/// A set of proofs that fails.
struct FailingProofs<Sum: ProofSum>: Sendable {
  let items: ArraySlice<WeightedProof<Sum.Proof>>
  /// V, which is not the identity; `nil` if their sum has no value.
  let value: Point?
}

/// How many proofs were told apart, and how many of them were false.
struct FalseShare: Sendable {
  private var (seen, found) = (0, 0)

  /// Whether proofs are summed one by one. In blocks of 32 looking for single culprits was cheaper with 5 %
  /// false proofs and dearer with 25 %; one eighth lies between.
  var isHigh: Bool { seen >= 8 && 8 * found > seen }

  mutating func add(seen: Int, found: Int) {
    self.seen += seen
    self.found += found
  }
}

extension BatchVerifier {
  /// Proofs whose scalars are kept together. More blocks would tell more apart at once, but each costs a sum
  /// over the shared points, once one proof is false, and room for a scalar for each of them. With one proof in a
  /// hundred false, blocks of 64 of 1,024 need 32 sums where blocks of 32 need 44.
  private static func blockLength(of count: Int) -> Int { count < 512 ? 32 : 64 }

  /// Sums the equations of all proofs, a block at a time.
  func blocks(of items: [WeightedProof<Proof>]) -> [ProofBlock<Sum>] {
    let length = Self.blockLength(of: items.count)
    let starts = Array(stride(from: 0, to: items.count, by: length))
    return Parallel.map(count: starts.count, workers: workers) { block in
      let part = items[starts[block]..<min(starts[block] + length, items.count)]
      return ProofBlock(items: part, sum: Result { () throws(Failure) in try Sum(part) })
    }
  }

  /// The blocks that fail; none if the sum over all of them vanishes.
  func suspects(
    among blocks: [ProofBlock<Sum>], _ value: @Sendable (Sum) throws(Failure) -> Point
  ) -> [FailingProofs<Sum>] {
    guard !blocks.isEmpty else { return [] }
    let total = try? value(total(of: blocks))
    if let total, total.isIdentity { return [] }
    var values = Parallel.map(count: blocks.count - 1, workers: workers) { block in
      try? value(blocks[block].sum.get())
    }
    // That of the last block follows from the others.
    let rest = values.reduce(total) { rest, value in rest.flatMap { rest in value.map { rest - $0 } } }
    values.append(rest ?? blocks.last.flatMap { try? value($0.sum.get()) })
    return zip(blocks, values).compactMap { block, value in
      value?.isIdentity == true ? nil : FailingProofs(items: block.items, value: value)
    }
  }

  /// The sum over all blocks, the points of the proofs summed in parts on all cores.
  ///
  /// - Throws: the failure of a block.
  private func total(of blocks: [ProofBlock<Sum>]) throws(Failure) -> Sum {
    let parts = Parallel.parts(
      of: blocks.count, limit: 16, least: 1, workers: workers)
    let sums = Parallel.map(count: parts.count, workers: workers) { part in
      Result { () throws(Failure) in
        var sum = try Sum([])
        for block in blocks[parts[part]] { sum.add(try block.sum.get()) }
        if parts.count > 1 { sum.own.sum() }
        return sum
      }
    }
    var total = try Sum([])
    for sum in sums { total.add(try sum.get()) }
    return total
  }
}

extension BatchVerifier {
  /// The false proofs of blocks that fail, by their places in the batch, with reasons.
  func search(
    _ suspects: [FailingProofs<Sum>], _ value: @Sendable (Sum) throws(Failure) -> Point
  ) -> [(index: Int, failure: Failure)] {
    guard let first = suspects.first else { return [] }
    // What the first block shows, the others go by.
    var share = FalseShare()
    let found = search(first, &share, value)
    let known = share
    let others = Parallel.map(count: suspects.count - 1, workers: workers) { index in
      var share = known
      return search(suspects[index + 1], &share, value)
    }
    return found + others.joined()
  }

  private func search(
    _ set: FailingProofs<Sum>, _ share: inout FalseShare, _ value: (Sum) throws(Failure) -> Point
  ) -> [(index: Int, failure: Failure)] {
    let items = set.items
    if let only = items.first, items.count == 1 {
      share.add(seen: 1, found: 1)
      return [(only.index, reason(for: only, set.value, value))]
    }
    guard let total = set.value, !share.isHigh else { return oneByOne(set, &share, value) }
    if let culprit = singleCulprit(of: items, total, value) {
      share.add(seen: items.count, found: 1)
      return [(culprit.index, Proof.falseEquation)]
    }
    let middle = items.startIndex + items.count / 2
    let (left, right) = (items[..<middle], items[middle...])
    guard let valueOfLeft = try? value(Sum(left)) else { return oneByOne(set, &share, value) }
    var found: [(index: Int, failure: Failure)] = []
    for (half, valueOfHalf) in [(left, valueOfLeft), (right, total - valueOfLeft)] {
      if valueOfHalf.isIdentity {
        share.add(seen: half.count, found: 0)
      } else {
        found += search(FailingProofs(items: half, value: valueOfHalf), &share, value)
      }
    }
    return found
  }

  /// The one false proof among some that fail, if it is the only one: the j with F = j·V.
  private func singleCulprit(
    of items: ArraySlice<WeightedProof<Proof>>, _ total: Point, _ value: (Sum) throws(Failure) -> Point
  ) -> WeightedProof<Proof>? {
    let weighed = zip(items, 0...).dropFirst().map { item, i in item.weighed(by: Scalar(i)) }
    guard let moment = try? value(Sum(weighed[...])) else { return nil }
    var multiple = Point.identity
    for item in items {
      if multiple == moment { return item }
      multiple += total
    }
    return nil
  }

  /// Sums each proof by itself; the last follows from the others if the sum of all is known.
  private func oneByOne(
    _ set: FailingProofs<Sum>, _ share: inout FalseShare, _ value: (Sum) throws(Failure) -> Point
  ) -> [(index: Int, failure: Failure)] {
    var rest = set.value
    var found: [(index: Int, failure: Failure)] = []
    for (offset, item) in set.items.enumerated() {
      let isLast = offset == set.items.count - 1
      do throws(Failure) {
        let single = if isLast, let rest { rest } else { try value(Sum([item])) }
        rest = rest.map { $0 - single }
        if !single.isIdentity { found.append((item.index, Proof.falseEquation)) }
      } catch {
        rest = nil
        found.append((item.index, error))
      }
    }
    share.add(seen: set.items.count, found: found.count)
    return found
  }

  /// Why a proof that fails by itself is refused.
  private func reason(
    for item: WeightedProof<Proof>, _ known: Point?, _ value: (Sum) throws(Failure) -> Point
  ) -> Failure {
    guard known == nil else { return Proof.falseEquation }
    do throws(Failure) {
      _ = try value(Sum([item]))
      return Proof.falseEquation
    } catch {
      return error
    }
  }
}
