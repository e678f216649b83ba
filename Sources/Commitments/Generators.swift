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

  /// The generators of a suite; nothing beyond U and R₁ … R₇ is derived yet.
  public init(suite: GeneratorSuite) {
    self.suite = suite
    value = suite.derive("U", 0)
    let derived = (1...7).map { suite.derive("R", $0) }
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

  private func prefix(of list: borrowing Mutex<[Point]>, kind: String, _ count: Int) -> [Point] {
    list.withLock { points in
      for index in points.count..<max(points.count, count) {
        points.append(suite.derive(kind, index + 1))
      }
      return points.count == count ? points : Array(points.prefix(count))
    }
  }
}
