import ProofCore
import Ristretto
import Synchronization
import TestSupport
import Testing

/// A proof whose equation comes to `error` times its one point.
private struct ModelProof: PreparedForSum {
  enum Refusal: Error, Equatable {
    case falseEquation, undecodable, withoutEquation
  }

  static let falseEquation = Refusal.falseEquation
  let error: Scalar
  var hasEquation = true
  let encodings: [EncodedPoint]
  let batchSeed: [UInt8]

  func objection(to decoded: DecodedPoints, from start: Int) -> Refusal? {
    decoded.error(at: start) == nil ? nil : .undecodable
  }
}

private struct ModelSum: ProofSum {
  var own = OwnPoints()

  mutating func add(_ other: ModelSum) { own.add(other.own) }
  mutating func multiply(by factor: Scalar) { own.multiply(by: factor) }

  static func groups(
    of items: ArraySlice<WeightedProof<ModelProof>>
  ) throws(ModelProof.Refusal) -> [ProofGroup<ModelSum>] {
    var groups = ProofGroup<ModelSum>.empty(for: items.count)
    for (position, item) in items.enumerated() {
      guard item.proof.hasEquation else { throw .withoutEquation }
      let place = position % groups.count
      groups[place].items.append(item)
      groups[place].sum.own.add([item.weight * item.proof.error], item.points)
    }
    return groups
  }
}

@Suite("The search for false proofs of a batch, on a model whose errors are known")
struct BatchSearchTests {
  private static let points = (1...16).map { (Scalar($0) * Point.basepoint).encoded() }

  private static func proofs(_ errors: [Scalar], of points: [EncodedPoint] = points) -> [ModelProof] {
    errors.enumerated().map { index, error in
      ModelProof(
        error: error, encodings: [points[index % points.count]],
        batchSeed: (0..<32).map { UInt8(truncatingIfNeeded: index >> (8 * ($0 % 8))) })
    }
  }

  /// The verdicts, and how many sums they took.
  private func verdicts(
    _ proofs: [ModelProof], workers: Int? = 1
  ) -> (failures: [ModelProof.Refusal?], sums: Int) {
    let sums = Atomic(0)
    let verifier = BatchVerifier<ModelSum>(domain: "tests/batch-search", workers: workers)
    let failures = verifier.failures(count: proofs.count) { part in
      part.map { .success(proofs[$0]) }
    } value: { sum throws(ModelProof.Refusal) in
      sums.wrappingAdd(1, ordering: .relaxed)
      return sum.own.value(with: [])
    }
    return (failures, sums.load(ordering: .relaxed))
  }

  private func expected(_ proofs: [ModelProof]) -> [ModelProof.Refusal?] {
    proofs.map { $0.error.isZero ? nil : .falseEquation }
  }

  @Test("random sets of false proofs are found, in batches of every length, by one thread and by two")
  func randomSets() {
    var random = SplitMix64(seed: 14)
    for count in Array(1...20) + [31, 32, 33, 64, 65, 100, 511, 512, 513] {
      for share in [0, 1, 3, 10, 30, 60, 100] {
        let proofs = Self.proofs(
          (0..<count).map { _ in
            Int.random(in: 0..<100, using: &random) < share
              ? Scalar(UInt64.random(in: 1...9, using: &random)) : .zero
          })
        #expect(verdicts(proofs).failures == expected(proofs))
        #expect(verdicts(proofs, workers: 2).failures == expected(proofs))
      }
    }
  }

  @Test("every set of one, two and three false proofs among ten is found")
  func smallSets() {
    for set in 0..<(1 << 10) where set.nonzeroBitCount <= 3 {
      let proofs = Self.proofs((0..<10).map { set >> $0 & 1 == 1 ? .one : .zero })
      #expect(verdicts(proofs).failures == expected(proofs))
    }
  }

  @Test("errors that cancel in a sum of equal weights are found: in V, in a half, and in F − j·V")
  func cancellingErrors() {
    // All of one point, so that errors add up.
    let point = [Self.points[0]]
    func check(_ errors: [(place: Int, error: Int)], among count: Int) {
      var all = [Scalar](repeating: .zero, count: count)
      for (place, error) in errors { all[place] = Scalar(error) }
      let proofs = Self.proofs(all, of: point)
      #expect(verdicts(proofs).failures == expected(proofs))
    }
    for count in [8, 32, 64, 600] {
      // V = 0; V of the left half = 0; V of the right half = 0.
      check([(1, 5), (6, -5)], among: count)
      check([(0, 5), (3, -5), (7, 1)], among: count)
      check([(0, 1), (5, 7), (7, -7)], among: count)
      // Σ (i − j)·d_i = 0 with d at j − 1 and j + 1, so that place j would be named, j itself false or not;
      // and at j − 2 and j + 1.
      check([(2, 3), (4, 3)], among: count)
      check([(2, 3), (3, 1), (4, 3)], among: count)
      check([(1, 1), (4, 2)], among: count)
      // Σ i·d_i = 0, V ≠ 0: the first would be named.
      check([(2, 2), (4, -1)], among: count)
    }
  }

  @Test("proofs without an equation, and points that do not decode, are named and do not disturb the others")
  func withoutEquation() throws {
    for count in [1, 9, 40, 130] {
      var proofs = Self.proofs((0..<count).map { $0 % 7 == 3 ? .one : .zero })
      var expected = expected(proofs)
      for index in stride(from: 0, to: count, by: 11) {
        proofs[index].hasEquation = false
        expected[index] = .withoutEquation
      }
      for index in stride(from: 5, to: count, by: 13) where proofs[index].hasEquation {
        proofs[index] = ModelProof(
          error: .one, encodings: [try #require(EncodedPoint.undecodable)],
          batchSeed: [UInt8](repeating: 1, count: 32))
        expected[index] = .undecodable
      }
      #expect(verdicts(proofs).failures == expected)
    }
  }

  @Test("takes one sum if all hold, and few to find one false proof of 1,024, wherever it is")
  func numberOfSums() {
    let good = [Scalar](repeating: .zero, count: 1_024)
    #expect(verdicts(Self.proofs(good)).sums == 1)
    for place in [0, 1, 63, 64, 500, 1_022, 1_023] {
      var errors = good
      errors[place] = .one
      let (failures, sums) = verdicts(Self.proofs(errors))
      #expect(failures.indices.filter { failures[$0] != nil } == [place])
      // The whole, fifteen of sixteen blocks, the groups of a block, the proofs of a group.
      #expect(sums == 18)
    }
  }

  @Test("takes less than twenty sums more than there are proofs if all are false")
  func numberOfSumsIfAllAreFalse() {
    for count in [32, 256, 1_024] {
      let (failures, sums) = verdicts(Self.proofs([Scalar](repeating: .one, count: count)))
      #expect(failures.allSatisfy { $0 == .falseEquation })
      #expect(sums < count + 20)
    }
  }
}

extension EncodedPoint {
  /// 2²⁵⁶ − 1, which is not canonical.
  fileprivate static let undecodable = try? EncodedPoint([UInt8](repeating: 0xff, count: 32))
}
