internal import Ristretto

/// A vector of generators that is folded round by round, `P'_t = P_{2t} + γ·P_{2t+1}`, without folding every
/// time.
///
/// After j rounds without, the generator with index t is Σ_b w_b·P_{t·2ʲ + b}, so that a sum over the folded
/// generators is one over those of the last folding: the original ones at first, which have tables. Then
/// several rounds are folded at once. Absent generators at the end count as the identity.
struct FoldedGenerators {
  /// The generators of the last folding.
  private enum Base {
    /// `count` shared points from `start` on.
    case shared(FixedPoints, start: Int, count: Int)
    case folded([Point])

    var count: Int {
      switch self {
      case .shared(_, _, let count): count
      case .folded(let points): points.count
      }
    }
  }

  /// Whether generators may be multiplied by a common factor when they are folded.
  enum Scaling {
    /// They may not.
    case exact
    /// They may, and folding tells the factor.
    case rescaled
  }

  private var base: Base
  private let scaling: Scaling
  /// w_b for b = 0 … 2ʲ − 1, w₀ = 1.
  private var weights = [Scalar.one]

  /// The points of a shared list from `start` on.
  init(_ points: FixedPoints, from start: Int, count: Int, scaling: Scaling) {
    base = .shared(points, start: start, count: count)
    self.scaling = scaling
  }

  /// As many generators become one at a time.
  ///
  /// Portable code folds every round: that is cheaper than sums over more points. In lanes sums cost less
  /// than folding, and folding eight generators to one costs less than three rounds of folding; few
  /// generators are not folded at all.
  private var foldLimit: Int {
    guard Kernels.areInUse else { return 2 }
    return base.count <= 32 ? .max : 8
  }

  /// Folds by γ.
  ///
  /// - Returns: κ⁻¹, if the generators are now κ times what they should be: 1 if they must be exact.
  @discardableResult
  mutating func fold(by gamma: Scalar) -> Scalar {
    // Bit j of b is that of round j. Once one block holds all there are no further generators to be weighed.
    guard weights.count < base.count else { return .one }
    weights += Scalar.products(gamma, weights)
    let terms = weights.count
    guard terms >= foldLimit, base.count > terms else { return .one }
    let count = (base.count + terms - 1) / terms
    defer { weights = [.one] }
    var points: [Point]
    switch base {
    case .shared(let list, let start, let available):
      let folded = list.foldVariableTime(count: count, by: weights) { t, b in
        let index = t * terms + b
        return index < available ? start + index : nil
      }
      if let folded {
        base = .folded(folded)
        return .one
      }
      points = Array(list.points[start..<(start + available)])
    case .folded(let folded): points = folded
    }
    points += [Point](repeating: .identity, count: count * terms - points.count)
    if scaling == .rescaled, terms == 2 {
      // κ·(P₀ + γ·P₁) for some κ costs fewer doublings than P₀ + γ·P₁.
      let folded = Point.foldRescaledVariableTime(
        stride(from: 0, to: points.count, by: 2).map { points[$0] },
        stride(from: 1, to: points.count, by: 2).map { points[$0] }, by: gamma)
      if let inverse = try? folded.factor.inverse() {
        base = .folded(folded.points)
        return inverse
      }
    }
    base = .folded(
      Point.foldVariableTime(points, count: count, step: terms, gap: 1, by: weights))
    return .one
  }

  /// Adds `v·U + Σ sₜ·P_t` over the folded generators to a sum.
  ///
  /// - Parameters:
  ///   - v, U: a term apart; for shared generators U is the one before the first of them.
  func add(_ s: [Scalar], including v: Scalar, of U: Point, to sum: inout MixedSum) {
    switch base {
    case .shared(let list, let start, _) where start == 1:
      sum.shared.append((points: list, scalars: [v] + spread(s)))
    default:
      sum.scalars.append(v)
      sum.points.append(U)
      add(s, to: &sum)
    }
  }

  /// Adds `Σ sₜ·P_t` over the folded generators to a sum.
  func add(_ s: [Scalar], to sum: inout MixedSum) {
    let scalars = spread(s)
    switch base {
    case .shared(let list, let start, _):
      sum.shared.append(
        (points: list, scalars: [Scalar](repeating: .zero, count: start) + scalars))
    case .folded(let points):
      for (scalar, point) in zip(scalars, points) where !scalar.isZero {
        sum.scalars.append(scalar)
        sum.points.append(point)
      }
    }
  }

  /// `w_b·sₜ` at t·2ʲ + b, as far as there are generators.
  private func spread(_ s: [Scalar]) -> [Scalar] {
    guard weights.count > 1 else { return s }
    var all: [Scalar] = []
    all.reserveCapacity(s.count * weights.count)
    for scalar in s {
      if scalar.isZero {
        all += [Scalar](repeating: .zero, count: weights.count)
      } else {
        all += Scalar.products(scalar, weights)
      }
    }
    return Array(all.prefix(base.count))
  }
}

/// A sum of products over shared and other points, for public scalars.
struct MixedSum {
  var shared: [(points: FixedPoints, scalars: [Scalar])] = []
  var scalars: [Scalar] = []
  var points: [Point] = []

  var valueVariableTime: Point {
    Point.multiscalarMultiplicationVariableTime(shared, scalars, points)
  }
}
