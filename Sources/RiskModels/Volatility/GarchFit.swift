/// A GARCH(1,1) model fitted to returns by maximum likelihood.
///
/// The log-likelihood is −½·Σ(ln 2π + ln h + e²/h). It is climbed by Fisher's scoring with Levenberg's
/// damping in coordinates that keep the constraints, ω = e^a, α = p·q, β = p·(1 − q), p and q sigmoids, from
/// the best point of a grid whose ω makes the long-run variance that of the sample. The number of steps is
/// bounded, and every sum is in order of time, so the same returns give the same fit to the bit.
///
/// The variance before the first return is Σ0.94ⁱ·eᵢ²/Σ0.94ⁱ over the first 75, as in the Python package
/// `arch`, with which golden number G3 compares. Returns beyond 20 standard deviations are clipped for the
/// fit.
public struct GarchFit: Hashable, Sendable {
  /// Whether the mean is estimated.
  public enum Mean: Hashable, Sendable {
    /// μ = 0.
    case zero
    /// μ is a parameter.
    case constant
  }

  /// The parameters.
  public let model: GarchModel
  /// The logarithm of the likelihood of the (clipped) returns.
  public let logLikelihood: Double
  /// The variance of the return after the last.
  public let nextVariance: Double
  /// How many steps the climb took.
  public let iterations: Int

  /// The least number of returns that a fit is made from.
  public static let leastCount = 50
  /// The greatest α + β that counts as stationary.
  public static let greatestPersistence = 0.9999
  /// Number of standard deviations beyond which returns are clipped.
  public static let clip = 20.0

  /// Fits a model.
  ///
  /// - Complexity: about 30 passes over the returns; 0.6 ms for 2,000.
  /// - Returns: nil for fewer than ``leastCount`` returns, when one is not finite or all are equal, or when
  ///   the best α + β is above ``greatestPersistence``. The caller then falls back to
  ///   ``ExponentialVariance``.
  public init?(_ returns: [Double], mean: Mean = .zero) {
    guard returns.count >= Self.leastCount, let sample = GarchSample(returns, mean: mean) else { return nil }
    var point = sample.start()
    var best = sample.evaluate(point)
    var damping = 1e-3
    var iterations = 0
    while iterations < 100, damping < 1e10 {
      iterations += 1
      guard let step = best.step(damping: damping) else {
        damping *= 10
        continue
      }
      let trial = point.moved(by: step.move)
      let value = sample.evaluate(trial)
      // a step that gains nothing, rightly, ends the climb
      if value.logLikelihood > best.logLikelihood {
        point = trial
        best = value
        damping = max(damping * 0.1, 1e-9)
      } else {
        damping *= 10
      }
      if step.expectedGain < 1e-11 { break }
    }
    guard point.persistence <= Self.greatestPersistence, best.logLikelihood.isFinite,
      let model = GarchModel(
        mean: sample.scale * point.mean, constant: sample.scale * sample.scale * point.constant,
        reaction: point.reaction, memory: point.memory)
    else { return nil }
    self.model = model
    // the density of r is that of r/scale divided by the scale
    logLikelihood = best.logLikelihood - Double(returns.count) * DeterministicMath.log(sample.scale)
    nextVariance = best.nextVariance * sample.scale * sample.scale
    self.iterations = iterations
  }
}

/// Parameters in coordinates without constraints.
private struct GarchPoint {
  /// μ, a = ln ω, logit(α + β), logit(α/(α + β)).
  var mean: Double
  var logConstant: Double
  var logitPersistence: Double
  var logitShare: Double

  var constant: Double { DeterministicMath.exp(logConstant) }
  var persistence: Double { DeterministicMath.sigmoid(logitPersistence) }
  var share: Double { DeterministicMath.sigmoid(logitShare) }
  var reaction: Double { persistence * share }
  var memory: Double { persistence * DeterministicMath.sigmoid(-logitShare) }

  /// The point one step away, no coordinate by more than 3 at once.
  func moved(by δ: [Double]) -> GarchPoint {
    func bounded(_ x: Double, _ limit: Double) -> Double { min(max(x, -limit), limit) }
    return GarchPoint(
      mean: mean + bounded(δ[0], 1), logConstant: bounded(logConstant + bounded(δ[1], 3), 60),
      logitPersistence: bounded(logitPersistence + bounded(δ[2], 3), 30),
      logitShare: bounded(logitShare + bounded(δ[3], 3), 30))
  }
}

/// The log-likelihood at a point with its slope and Fisher's information there.
private struct GarchValue {
  var logLikelihood: Double
  var nextVariance: Double
  var gradient: [Double]
  var information: Matrix
  /// Whether the mean moves.
  var mean: GarchFit.Mean

  /// The damped step that the quadratic model of the likelihood proposes, and what it expects to gain.
  func step(damping: Double) -> (move: [Double], expectedGain: Double)? {
    var damped = information
    for i in 0..<4 { damped[i, i] += damping * information[i, i] + 1e-12 }
    guard let L = damped.choleskyFactor else { return nil }
    let move = L.solveCholesky(gradient)
    guard move.allSatisfy(\.isFinite) else { return nil }
    return (move, 0.5 * zip(move, gradient).reduce(0) { $0 + $1.0 * $1.1 })
  }
}

/// Returns prepared for a fit: divided by their standard deviation and clipped.
private struct GarchSample {
  let returns: [Double]
  let scale: Double
  let mean: GarchFit.Mean
  let sampleMean: Double
  /// The variance before the first return.
  let backcast: Double

  init?(_ sample: [Double], mean: GarchFit.Mean) {
    guard let moments = Moments(of: sample) else { return nil }
    let centre = mean == .constant ? moments.mean : 0
    let square = moments.populationVariance + (moments.mean - centre) * (moments.mean - centre)
    let scale = square.squareRoot()
    guard scale > 1e-150, scale < 1e150, moments.populationVariance > 1e-24 * moments.mean * moments.mean
    else { return nil }
    let limit = GarchFit.clip * scale
    returns = sample.map { (centre + min(max($0 - centre, -limit), limit)) / scale }
    self.scale = scale
    self.mean = mean
    sampleMean = centre / scale
    var (sum, weights, weight) = (0.0, 0.0, 1.0)
    for r in returns.prefix(75) {
      let e = r - sampleMean
      sum += weight * (e * e)
      weights += weight
      weight *= 0.94
    }
    backcast = max(sum / weights, 1e-6)
  }

  /// The best point of a grid of reaction and persistence; the sample has the variance 1.
  func start() -> GarchPoint {
    var best = point(reaction: 0.1, persistence: 0.9)
    var most = -Double.infinity
    for persistence in [0.5, 0.7, 0.9, 0.98] {
      for reaction in [0.01, 0.05, 0.1, 0.2] {
        let candidate = point(reaction: reaction, persistence: persistence)
        let value = logLikelihood(candidate)
        if value > most { (best, most) = (candidate, value) }
      }
    }
    return best
  }

  private func point(reaction: Double, persistence: Double) -> GarchPoint {
    let share = reaction / persistence
    return GarchPoint(
      mean: sampleMean, logConstant: DeterministicMath.log(1 - persistence),
      logitPersistence: DeterministicMath.log(persistence / (1 - persistence)),
      logitShare: DeterministicMath.log(share / (1 - share)))
  }

  /// −½·Σ(ln 2π + ln h + e²/h).
  func logLikelihood(_ point: GarchPoint) -> Double {
    let (μ, ω, α, β) = (point.mean, point.constant, point.reaction, point.memory)
    var h = ω + (α + β) * backcast
    var logarithms = LogarithmSum()
    var ratios = 0.0
    for r in returns {
      let e = r - μ
      let square = e * e
      logarithms.add(h)
      ratios += square / h
      h = ω + α * square + β * h
    }
    return Self.logLikelihood(count: returns.count, logarithms: logarithms.value, ratios: ratios)
  }

  private static func logLikelihood(count: Int, logarithms: Double, ratios: Double) -> Double {
    // 1.8378770664093453 = ln 2π
    -0.5 * (Double(count) * 1.8378770664093453 + logarithms + ratios)
  }

  /// The log-likelihood with its derivatives:
  /// ∂ℓ/∂x = ½·Σ(e²/h − 1)/h·∂h/∂x (and Σe/h for μ); information ½·Σ(∂h/∂x)(∂h/∂y)/h² (and Σ1/h for μ).
  func evaluate(_ point: GarchPoint) -> GarchValue {
    let (μ, ω, α, β) = (point.mean, point.constant, point.reaction, point.memory)
    let withMean = mean == .constant
    var h = ω + (α + β) * backcast
    // the derivatives of h by μ, ω, α, β
    var (dμ, dω, dα, dβ) = (0.0, 1.0, backcast, backcast)
    var logarithms = LogarithmSum()
    var ratios = 0.0
    var (gμ, gω, gα, gβ) = (0.0, 0.0, 0.0, 0.0)
    var (iμμ, iμω, iμα, iμβ) = (0.0, 0.0, 0.0, 0.0)
    var (iωω, iωα, iωβ, iαα, iαβ, iββ) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for r in returns {
      let e = r - μ
      let square = e * e
      let reciprocal = 1 / h
      logarithms.add(h)
      let ratio = square * reciprocal
      ratios += ratio
      let w = 0.5 * (ratio - 1) * reciprocal
      gω += w * dω
      gα += w * dα
      gβ += w * dβ
      let (uω, uα, uβ) = (dω * reciprocal, dα * reciprocal, dβ * reciprocal)
      iωω += uω * uω
      iωα += uω * uα
      iωβ += uω * uβ
      iαα += uα * uα
      iαβ += uα * uβ
      iββ += uβ * uβ
      if withMean {
        gμ += w * dμ + e * reciprocal
        let uμ = dμ * reciprocal
        iμμ += uμ * uμ + 2 * reciprocal
        iμω += uμ * uω
        iμα += uμ * uα
        iμβ += uμ * uβ
        dμ = β * dμ - 2 * α * e
      }
      dω = 1 + β * dω
      dα = square + β * dα
      dβ = h + β * dβ
      h = ω + α * square + β * h
    }
    // coordinates: ∂ω/∂a = ω; ∂α/∂u = α·(1 − p), ∂β/∂u = β·(1 − p); ∂α/∂v = −∂β/∂v = α·(1 − q)
    let rest = DeterministicMath.sigmoid(-point.logitPersistence)
    let slant = α * DeterministicMath.sigmoid(-point.logitShare)
    let (αu, βu) = (α * rest, β * rest)
    let gradient = [withMean ? gμ : 0, ω * gω, αu * gα + βu * gβ, slant * (gα - gβ)]
    var I = Matrix(rows: 4, columns: 4)
    I[0, 0] = withMean ? 0.5 * iμμ : 1
    I[1, 0] = 0.5 * ω * iμω
    I[2, 0] = 0.5 * (αu * iμα + βu * iμβ)
    I[3, 0] = 0.5 * slant * (iμα - iμβ)
    I[1, 1] = 0.5 * ω * ω * iωω
    I[2, 1] = 0.5 * ω * (αu * iωα + βu * iωβ)
    I[3, 1] = 0.5 * ω * slant * (iωα - iωβ)
    I[2, 2] = 0.5 * (αu * αu * iαα + 2 * αu * βu * iαβ + βu * βu * iββ)
    I[3, 2] = 0.5 * slant * (αu * (iαα - iαβ) + βu * (iαβ - iββ))
    I[3, 3] = 0.5 * slant * slant * (iαα - 2 * iαβ + iββ)
    return GarchValue(
      logLikelihood: Self.logLikelihood(count: returns.count, logarithms: logarithms.value, ratios: ratios),
      nextVariance: h, gradient: gradient, information: I, mean: mean)
  }
}
