/// A generalised Pareto distribution fitted to losses beyond a threshold (mechanism M23).
///
/// P(loss > u + x) = (k/n)·(1 + ξ·x/β)^(−1/ξ), for k exceedances among n losses.
///
/// With θ = ξ/β, the best ξ for a given θ is the mean of ln(1 + θ·xᵢ), and the log-likelihood −k·(ln(ξ/θ) + ξ
/// + 1) of θ alone is searched on a grid and then by golden section; the number of steps is fixed.
///
/// - SeeAlso: Grimshaw 1993 for the reduction; McNeil, Frey 2000; golden number G14.
public struct ParetoTail: Hashable, Sendable {
  /// u, the threshold.
  public let threshold: Double
  /// ξ, the shape: positive for fat tails, 0 for exponential ones.
  public let shape: Double
  /// β, the scale; positive.
  public let scale: Double
  /// k, the number of losses beyond the threshold.
  public let exceedances: Int
  /// n, the number of losses.
  public let count: Int

  /// The least number of exceedances.
  public static let leastExceedances = 20
  /// The greatest shape that counts; beyond it the mean is hardly finite and the fit tells nothing.
  public static let greatestShape = 0.9

  /// Fits the tail beyond the threshold at a quantile of the losses.
  ///
  /// - Parameters:
  ///   - losses: losses as positive numbers, in any order.
  ///   - quantile: where the tail begins, such as 0.95; the rule is linear.
  /// - Returns: nil for fewer than ``leastExceedances`` losses beyond it or when a loss is not finite; a
  ///   shape above ``greatestShape`` also gives nil.
  public init?(losses: [Double], quantile: Double) {
    guard losses.allSatisfy(\.isFinite), let u = OrderStatistics.quantile(quantile, of: losses) else {
      return nil
    }
    self.init(losses: losses, threshold: u)
  }

  /// Fits the tail beyond a threshold.
  public init?(losses: [Double], threshold u: Double) {
    guard losses.allSatisfy(\.isFinite), u.isFinite else { return nil }
    let excess = losses.filter { $0 > u }.map { $0 - u }
    guard excess.count >= Self.leastExceedances, let greatest = excess.max(), greatest > 0 else { return nil }
    let profile = Profile(excess.map { $0 / greatest })
    let θ = profile.best()
    let ξ = profile.shape(θ)
    guard ξ <= Self.greatestShape, ξ > -1 else { return nil }
    threshold = u
    shape = ξ
    scale = profile.scale(θ) * greatest
    exceedances = excess.count
    count = losses.count
    guard scale > 0, scale.isFinite else { return nil }
  }

  /// The loss exceeded with probability 1 − level: u + β/ξ·((n·(1 − level)/k)^(−ξ) − 1). Nil when it lies
  /// below the threshold, where the tail does not speak, or unless 0 < level < 1.
  public func valueAtRisk(_ level: Double) -> Double? {
    guard level > 0, level < 1 else { return nil }
    let ratio = Double(count) * (1 - level) / Double(exceedances)
    guard ratio <= 1 else { return nil }
    let y = -DeterministicMath.log(ratio)
    // (e^(ξy) − 1)/ξ, y when ξ is zero
    let growth = shape.magnitude < 1e-12 ? y : DeterministicMath.expMinusOne(shape * y) / shape
    let value = threshold + scale * growth
    return value.isFinite ? value : nil
  }

  /// The mean loss beyond the value at risk: (VaR + β − ξ·u)/(1 − ξ).
  public func expectedShortfall(_ level: Double) -> Double? {
    valueAtRisk(level).map { ($0 + scale - shape * threshold) / (1 - shape) }
  }

  /// The probability that a loss exceeds x ≥ u; nil below the threshold.
  public func survival(_ x: Double) -> Double? {
    guard x >= threshold else { return nil }
    let tail = Double(exceedances) / Double(count)
    let argument = shape * (x - threshold) / scale
    guard shape.magnitude >= 1e-12 else { return tail * DeterministicMath.exp(-(x - threshold) / scale) }
    guard argument > -1 else { return 0 }
    return tail * DeterministicMath.exp(-DeterministicMath.logOnePlus(argument) / shape)
  }
}

/// The log-likelihood of exceedances scaled to (0, 1] as a function of θ = ξ/β.
private struct Profile {
  let x: [Double]
  let mean: Double

  init(_ x: [Double]) {
    self.x = x
    var sum = 0.0
    for value in x { sum += value }
    mean = sum / Double(x.count)
  }

  func shape(_ θ: Double) -> Double {
    var sum = 0.0
    for value in x { sum += DeterministicMath.logOnePlus(θ * value) }
    return sum / Double(x.count)
  }

  func scale(_ θ: Double) -> Double {
    θ.magnitude < 1e-9 ? mean : shape(θ) / θ
  }

  /// −(ln β + ξ + 1), the log-likelihood over k.
  func value(_ θ: Double) -> Double {
    let ξ = shape(θ)
    let β = θ.magnitude < 1e-9 ? mean : ξ / θ
    return β > 0 ? -(DeterministicMath.log(β) + ξ) : -.infinity
  }

  /// The θ of greatest likelihood with a shape above −½, where it is regular.
  func best() -> Double {
    // from just above −1, where the likelihood is unbounded, through 0, to where β is tiny
    var grid = (1...19).reversed().map { -0.05 * Double($0) }
    grid.append(0)
    var θ = 1e-3
    while θ < 1e7 {
      grid.append(θ)
      θ *= 1.5
    }
    let values = grid.map { shape($0) > -0.5 ? value($0) : -.infinity }
    var most = 0
    for i in values.indices where values[i] > values[most] { most = i }
    var (a, b) = (grid[max(most - 1, 0)], grid[min(most + 1, grid.count - 1)])
    // golden section: 0.6180339887498949 = (√5 − 1)/2
    let g = 0.6180339887498949
    var (c, d) = (b - g * (b - a), a + g * (b - a))
    var (fc, fd) = (value(c), value(d))
    for _ in 0..<64 {
      if fc >= fd {
        (b, d, fd) = (d, c, fc)
        c = b - g * (b - a)
        fc = value(c)
      } else {
        (a, c, fc) = (c, d, fd)
        d = a + g * (b - a)
        fd = value(d)
      }
    }
    return 0.5 * (a + b)
  }
}
