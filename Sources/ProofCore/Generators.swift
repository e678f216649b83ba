public import Ristretto
internal import Synchronization

/// The generators of one suite, derived on first use and kept.
///
/// Safe to share between threads; every request returns a prefix of the same lists.
public final class Generators: Sendable {
  /// The generators of ``GeneratorSuite/standard``.
  public static let standard = Generators(suite: .standard)

  /// The suite they are derived from.
  public let suite: GeneratorSuite
  /// `U`, which carries the value of the argument and no account data.
  public let value: Point
  /// `R₁ … R₇`. Account commitments are blinded on `R₁ = blinding[0]`.
  public let blinding: [Point]

  private let accountList: Mutex<[Point]>
  private let normList = Mutex<[Point]>([])
  private let fixedLinear = Mutex(FixedLists())
  private let fixedWords = Mutex(FixedLists())
  /// 2⁶³·Σ_{m ≤ count} H_m by count.
  private let offsets = Mutex<[Int: Point]>([:])
  private let fixedNorm = Mutex(FixedLists())

  /// The generators of a suite; nothing beyond U and R₁ … R₇ is derived yet.
  public init(suite: GeneratorSuite) {
    self.suite = suite
    value = suite.derive("U", 0..<1)[0]
    let derived = suite.derive("R", 1..<8)
    blinding = suite.external.map { [$0.blinding] + derived.dropFirst() } ?? derived
    accountList = Mutex(suite.external?.account ?? [])
  }

  /// `H₁ … H_count`.
  ///
  /// - Throws: ``GeneratorError/tooFewAccountGenerators(available:needed:)`` if the suite's account
  ///   generators came from outside and are fewer.
  public func account(_ count: Int) throws(GeneratorError) -> [Point] {
    if let external = suite.external, external.account.count < count {
      throw .tooFewAccountGenerators(available: external.account.count, needed: count)
    }
    return prefix(of: accountList, kind: "H", count)
  }

  /// `G₁ … G_count`.
  public func norm(_ count: Int) -> [Point] { prefix(of: normList, kind: "G", count) }

  /// `U, R₁ … R₇, H₁ … H_c` for some c ≥ count, with tables that all proofs share.
  ///
  /// The tables are made on use and kept; see ``fixedNorm(_:)``.
  ///
  /// - Throws: as ``account(_:)`` does.
  package func fixedLinear(_ count: Int) throws(GeneratorError) -> FixedPoints {
    let own = [value] + blinding
    return try fixedLinear.withLock { lists throws(GeneratorError) in
      try lists.list(count: own.count + count) { length throws(GeneratorError) in
        // The suite may have fewer than the list is rounded to.
        let available = suite.external?.account.count ?? Int.max
        return own + (try account(max(count, min(length - own.count, available))))
      }
    }
  }

  /// `R₁, 2⁶⁴·R₁, 2¹²⁸·R₁, 2¹⁹²·R₁, H₁ … H_c` for some c ≥ count, which scalars of 64 bits are summed over,
  /// and `2⁶³·(H₁ + … + H_count)`, which makes signed numbers of them.
  ///
  /// - Throws: as ``account(_:)`` does.
  package func fixedWords(_ count: Int) throws(GeneratorError) -> (points: FixedPoints, offset: Point) {
    let points = try fixedWords.withLock { lists throws(GeneratorError) in
      try lists.list(count: 4 + count) { length throws(GeneratorError) in
        let available = suite.external?.account.count ?? Int.max
        let powers = [0, 1, 2, 3].map { blinding[0].doubled(times: 64 * $0) }
        return powers + (try account(max(count, min(length - 4, available))))
      }
    }
    if let offset = offsets.withLock({ $0[count] }) { return (points, offset) }
    let sum = try account(count).reduce(Point.identity) { $0 + $1 }
    let offset = sum.doubled(times: 63)
    offsets.withLock { $0[count] = offset }
    return (points, offset)
  }

  /// `G₁ … G_n` for some n ≥ count, with tables that all proofs share.
  ///
  /// There is a list for each size up to the next power of two, so that a small proof does not pay for the
  /// wide windows of a large table. The tables of a list of n points take, once made, 1.9 KB each for
  /// constant-time sums and about 3 KB each for variable-time sums: 5 MB for n = 1,024, 19 MB for n = 4,096.
  package func fixedNorm(_ count: Int) -> FixedPoints {
    fixedNorm.withLock { lists in lists.list(count: count) { norm($0) } }
  }

  private func prefix(of list: borrowing Mutex<[Point]>, kind: String, _ count: Int) -> [Point] {
    list.withLock { points in
      if points.count < count { points += suite.derive(kind, (points.count + 1)..<(count + 1)) }
      return points.count == count ? points : Array(points.prefix(count))
    }
  }
}

/// Lists of fixed points of one kind, at most one for each size up to the next power of two.
private struct FixedLists: Sendable {
  private var lists: [Int: FixedPoints] = [:]

  /// A list of at least `count` points; a new one has up to an eighth more, so that a few sizes share it.
  mutating func list<Failure: Error>(
    count: Int, points: (Int) throws(Failure) -> [Point]
  ) throws(Failure) -> FixedPoints {
    let size = Int.bitWidth - max(count - 1, 1).leadingZeroBitCount
    if let known = lists[size], known.count >= count { return known }
    let step = max((1 << size) / 8, 1)
    let list = FixedPoints(try points((count + step - 1) / step * step))
    lists[size] = list
    return list
  }
}
