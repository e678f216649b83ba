/// The variance of returns with exponentially fading weights: v ← λ·v + (1 − λ)·r², v = r₀² at first (M06).
///
/// - SeeAlso: RiskMetrics Technical Document 1996, section 5.2; golden number G2. The same as pandas'
///   `ewm(alpha: 1 − λ, adjust: False)` on r².
public struct ExponentialVariance: Hashable, Sendable {
  /// λ, the weight that is left after one return, between 0 and 1.
  public let decay: Double
  /// The number of returns so far.
  public private(set) var count: Int
  /// The variance so far, or what it starts from; nil to start from the first square.
  private var variance: Double?

  /// Nothing observed yet. A decay outside 0...1 counts as its nearest end.
  public init(decay: Double) {
    self.decay = min(max(decay, 0), 1)
    count = 0
    variance = nil
  }

  /// The decay by which a weight halves in this many returns: λ = 2^(−1/h). Half-lives below 10⁻³ count as
  /// that.
  public init(halfLife: Double) {
    let h = max(halfLife, 1e-3)
    self.init(decay: DeterministicMath.exp(-(DeterministicMath.ln2High + DeterministicMath.ln2Low) / h))
  }

  /// The decay of a half-life, starting from a variance that is known from elsewhere: the mean square of a
  /// window. Over a window that slides, the first square would keep the share λⁿ and leave with every step;
  /// the mean square hardly moves.
  public init(halfLife: Double, from variance: Double) {
    self.init(halfLife: halfLife)
    if variance.isFinite, variance >= 0 { self.variance = variance }
  }

  /// Takes a return in. What is not finite is left out.
  public mutating func update(_ r: Double) {
    let square = r * r
    guard square.isFinite else { return }
    variance = variance.map { decay * $0 + (1 - decay) * square } ?? square
    count += 1
  }

  /// The variance per return, or nil before the first return.
  public var value: Double? { count > 0 ? variance : nil }

  /// The square root of the variance, or nil when there was no return.
  public var deviation: Double? { value.map { $0.squareRoot() } }

  /// The variance after these returns, in order of time; nil if empty.
  public static func of(_ returns: [Double], decay: Double) -> Double? {
    var state = ExponentialVariance(decay: decay)
    for r in returns { state.update(r) }
    return state.value
  }
}
