internal import Ristretto

// The search for the proofs of a batch that fail. With E_p the value of the equation of proof p times its
// weight, the identity if it holds:
//
//     V(S) = Σ_{p ∈ S} E_p,    V(right half) = V(S) − V(left half)
//
// so that of a set that fails only one half is summed. The batch is summed in blocks, and each block in eight
// groups whose scalars are kept: proofs are decoded and replayed once, and the scalars of a group are
// computed again only where it fails, to tell its own proofs apart.
//
// Of groups S₀, S₁, … that fail together, one sum with weights 0, 1, … names a single culprit:
//
//     F = Σ_i i·V(S_i) = j·V  ⟺  Σ_{i≠j} (i − j)·V(S_i) = 0        with V = Σ_i V(S_i) ≠ 0
//
// That holds if S_j alone fails. If another group fails as well, the right sum is one of equations E_p each
// times e_p·(i − j), where i − j ≠ 0 and small, and e_p was drawn after all proofs were fixed: it vanishes
// with probability at most 2⁻¹²⁷, as does the sum of a batch that holds a false proof. So j is named only if
// all other groups hold. The same is done in the group, whose proofs are then groups of one.
//
// From a share of false proofs on, measured in the first block that is looked at and on the way, proofs are
// summed one by one: eight of them share what goes through lanes, and each costs a sum over the shared
// points. No less would do: what the equations of n false proofs come to are n points that nothing ties to
// each other, so that fewer sums leave one of them open.

/// Consecutive proofs of a batch with the sums of their equations.
struct ProofBlock<Sum: ProofSum>: Sendable {
  let items: ArraySlice<WeightedProof<Sum.Proof>>
  let groups: Result<[ProofGroup<Sum>], Sum.Proof.Failure>
}

/// How many proofs were told apart, and how many of them were false.
struct FalseShare: Sendable {
  private var (seen, found) = (0, 0)

  /// Whether proofs are summed one by one. Looking for single culprits was cheaper with 5 % false proofs and
  /// dearer with 25 %; one eighth lies between.
  var isHigh: Bool { seen >= 8 && 8 * found > seen }

  mutating func add(seen: Int, found: Int) {
    self.seen += seen
    self.found += found
  }
}

// MARK: - Blocks

extension BatchVerifier {
  /// The sum of the equations of some proofs.
  typealias Value = @Sendable (Sum) throws(Failure) -> Point
  /// Proofs that fail, by their places in the batch, with reasons.
  typealias Failures = [(index: Int, failure: Failure)]

  /// Proofs whose scalars are kept together. More blocks would tell more apart at once, but each costs a sum
  /// over the shared points, once one proof is false, and room for eight scalars for each of them. With one
  /// proof in a hundred false, blocks of 64 of 1,024 need 32 sums where blocks of 32 need 44.
  private static func blockLength(of count: Int) -> Int { count < 512 ? 32 : 64 }

  /// Sums the equations of all proofs, a block at a time.
  func blocks(of items: [WeightedProof<Proof>]) -> [ProofBlock<Sum>] {
    let length = Self.blockLength(of: items.count)
    let starts = Array(stride(from: 0, to: items.count, by: length))
    return Parallel.map(count: starts.count, workers: workers) { block in
      let part = items[starts[block]..<min(starts[block] + length, items.count)]
      return ProofBlock(items: part, groups: Result { () throws(Failure) in try Sum.groups(of: part) })
    }
  }

  /// The false proofs of all blocks; none if the sum over all of them vanishes.
  func falseProofs(of blocks: [ProofBlock<Sum>], _ value: Value) -> Failures {
    guard let first = blocks.first else { return [] }
    let total = try? value(sum(of: blocks))
    if let total, total.isIdentity { return [] }
    // What the first block shows, the others go by.
    var share = FalseShare()
    let valueOfFirst = blocks.count == 1 ? total : self.value(of: first, value)
    let found = falseProofs(of: first, valueOfFirst, &share, value)
    let others = blocks.dropFirst()
    guard !others.isEmpty else { return found }
    let known = share
    var values = [Point?](repeating: nil, count: others.count)
    if !known.isHigh {
      values = Parallel.map(count: others.count - 1, workers: workers) { index in
        self.value(of: others[others.startIndex + index], value)
      }
      // That of the last block follows from the others.
      let rest = (values + [valueOfFirst]).reduce(total) { rest, value in
        rest.flatMap { rest in value.map { rest - $0 } }
      }
      values.append(rest ?? others.last.flatMap { self.value(of: $0, value) })
    }
    let ofBlocks = values
    let rest = Parallel.map(count: others.count, workers: workers) { index in
      var share = known
      return falseProofs(of: others[others.startIndex + index], ofBlocks[index], &share, value)
    }
    return found + rest.joined()
  }

  /// The sum over all blocks, the points of the proofs summed in parts on all cores.
  ///
  /// - Throws: the failure of a block.
  private func sum(of blocks: [ProofBlock<Sum>]) throws(Failure) -> Sum {
    let parts = Parallel.parts(
      of: blocks.count, limit: 16, least: 1, workers: workers)
    let sums = Parallel.map(count: parts.count, workers: workers) { part in
      Result { () throws(Failure) in
        var sum = Sum()
        for block in blocks[parts[part]] {
          for group in try block.groups.get() { sum.add(group.sum) }
        }
        if parts.count > 1 { sum.own.sum() }
        return sum
      }
    }
    var total = Sum()
    for sum in sums { total.add(try sum.get()) }
    return total
  }

  /// V of a block; `nil` if it has none.
  private func value(of block: ProofBlock<Sum>, _ value: Value) -> Point? {
    try? value(Self.sum(of: block.groups.get()[...]))
  }

  private static func sum(of groups: ArraySlice<ProofGroup<Sum>>) -> Sum {
    var sum = Sum()
    for group in groups { sum.add(group.sum) }
    return sum
  }

  /// The false proofs of a block, given V.
  private func falseProofs(
    of block: ProofBlock<Sum>, _ total: Point?, _ share: inout FalseShare, _ value: Value
  ) -> Failures {
    guard let total, case .success(let groups) = block.groups else {
      return oneByOne(block.items, &share, value)
    }
    if total.isIdentity {
      share.add(seen: block.items.count, found: 0)
      return []
    }
    return search(groups[...], total, &share, value)
  }
}

// MARK: - Groups

extension BatchVerifier {
  /// The false proofs of groups that fail together, V not being the identity.
  private func search(
    _ groups: ArraySlice<ProofGroup<Sum>>, _ total: Point, _ share: inout FalseShare, _ value: Value
  ) -> Failures {
    if share.isHigh { return oneByOne(Array(groups.map(\.items).joined())[...], &share, value) }
    if let group = groups.first, groups.count == 1 { return search(in: group, total, &share, value) }
    if let culprit = singleCulprit(among: groups, total, value) {
      let others = groups.reduce(0) { $0 + $1.items.count } - culprit.items.count
      share.add(seen: others, found: 0)
      return search(in: culprit, total, &share, value)
    }
    // Several fail. From here on their own points are summed once.
    var summed = groups
    for index in summed.indices { summed[index].sum.own.sum() }
    let middle = summed.startIndex + summed.count / 2
    let (left, right) = (summed[..<middle], summed[middle...])
    guard let valueOfLeft = try? value(Self.sum(of: left)) else {
      return oneByOne(Array(groups.map(\.items).joined())[...], &share, value)
    }
    var found: Failures = []
    for (half, valueOfHalf) in [(left, valueOfLeft), (right, total - valueOfLeft)] {
      if valueOfHalf.isIdentity {
        share.add(seen: half.reduce(0) { $0 + $1.items.count }, found: 0)
      } else {
        found += search(half, valueOfHalf, &share, value)
      }
    }
    return found
  }

  /// The false proofs of a group that fails.
  private func search(
    in group: ProofGroup<Sum>, _ total: Point, _ share: inout FalseShare, _ value: Value
  ) -> Failures {
    if let only = group.items.first, group.items.count == 1 {
      share.add(seen: 1, found: 1)
      return [(only.index, Proof.falseEquation)]
    }
    guard let parts = try? Sum.groups(of: group.items[...]) else {
      return oneByOne(group.items[...], &share, value)
    }
    return search(parts[...], total, &share, value)
  }

  /// The one group that fails, if it is the only one: the j with F = j·V.
  private func singleCulprit(
    among groups: ArraySlice<ProofGroup<Sum>>, _ total: Point, _ value: Value
  ) -> ProofGroup<Sum>? {
    var weighed = Sum()
    for (i, group) in zip(0..., groups).dropFirst() {
      var sum = group.sum
      sum.multiply(by: Scalar(i))
      weighed.add(sum)
    }
    guard let moment = try? value(weighed) else { return nil }
    var multiple = Point.identity
    for group in groups {
      if multiple == moment { return group }
      multiple += total
    }
    return nil
  }

  /// Sums each proof by itself.
  private func oneByOne(
    _ items: ArraySlice<WeightedProof<Proof>>, _ share: inout FalseShare, _ value: Value
  ) -> Failures {
    var found: Failures = []
    for start in stride(from: items.startIndex, to: items.endIndex, by: ProofGroup<Sum>.limit) {
      for (index, sum) in Self.sums(of: items[start..<min(start + ProofGroup<Sum>.limit, items.endIndex)]) {
        do throws(Failure) {
          if try !value(sum.get()).isIdentity { found.append((index, Proof.falseEquation)) }
        } catch {
          found.append((index, error))
        }
      }
    }
    share.add(seen: items.count, found: found.count)
    return found
  }

  /// The equation of each of as many proofs as there are groups at most.
  private static func sums(
    of items: ArraySlice<WeightedProof<Proof>>
  ) -> [(index: Int, sum: Result<Sum, Failure>)] {
    if let groups = try? Sum.groups(of: items) {
      return groups.flatMap { group in group.items.map { ($0.index, .success(group.sum)) } }
    }
    // One of them has no equation: it is told from the others.
    return items.map { item in
      (item.index, Result { () throws(Failure) in try Sum(item) })
    }
  }
}
