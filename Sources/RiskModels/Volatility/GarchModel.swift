/// A GARCH(1,1) model of returns: r = μ + e, e ~ (0, h), h ← ω + α·e² + β·h (mechanism M06).
///
/// - SeeAlso: Bollerslev 1986.
public struct GarchModel: Hashable, Sendable {
  /// The mean return μ.
  public let mean: Double
  /// The constant ω > 0 of the variance.
  public let constant: Double
  /// The weight α ≥ 0 of the last squared return.
  public let reaction: Double
  /// The weight β ≥ 0 of the last variance.
  public let memory: Double

  /// A model, or nil unless ω > 0, α ≥ 0, β ≥ 0, α + β < 1 and all are finite.
  public init?(mean: Double = 0, constant: Double, reaction: Double, memory: Double) {
    guard mean.isFinite, constant > 0, constant < .infinity, reaction >= 0, memory >= 0,
      reaction + memory < 1
    else { return nil }
    self.mean = mean
    self.constant = constant
    self.reaction = reaction
    self.memory = memory
  }

  /// α + β, the share of a shock to the variance that is left after one return.
  public var persistence: Double { reaction + memory }

  /// ω/(1 − α − β), what the variance returns to.
  public var longRunVariance: Double { constant / (1 - persistence) }

  /// The variance of the next return after one of known variance.
  public func next(after r: Double, variance h: Double) -> Double {
    let e = r - mean
    return constant + reaction * (e * e) + memory * h
  }

  /// The variance of the return `steps` ≥ 1 ahead, when the next one has the variance `next`:
  /// v + (α + β)^(steps − 1)·(next − v), v the long-run variance.
  public func variance(stepsAhead steps: Int, next: Double) -> Double {
    let v = longRunVariance
    return v + DeterministicMath.power(persistence, Double(max(steps, 1) - 1)) * (next - v)
  }

  /// The variance of the sum of the next `steps` returns:
  /// steps·v + (next − v)·(1 − p^steps)/(1 − p), p = α + β.
  public func totalVariance(steps: Int, next: Double) -> Double {
    let n = Double(max(steps, 0))
    let v = longRunVariance
    let p = persistence
    return n * v + (next - v) * (1 - DeterministicMath.power(p, n)) / (1 - p)
  }
}
