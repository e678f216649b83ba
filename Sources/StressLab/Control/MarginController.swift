/// A controller that raises margins while the coverage of losses is below its target, and lowers them again
/// (mechanism M61):
///
///     e = target - coverage,   u = clamp(Kp·e + Ki·Σe),   rate = base·(1 + u)
///
/// The sum stops growing while u is at a bound (no windup). It is off unless a venue turns it on, and what it
/// asks for is still held to the bounds of governance.
public struct MarginController: Hashable, Sendable {
  /// Kp.
  public let proportional: Double
  /// Ki.
  public let integral: Double
  /// The coverage to keep, such as 0.999.
  public let target: Double
  /// The bounds of u.
  public let bounds: ClosedRange<Double>
  /// Whether it acts at all.
  public var isOn: Bool
  /// Σe.
  public private(set) var sum = 0.0

  /// A controller, off at first.
  public init(proportional: Double, integral: Double, target: Double, bounds: ClosedRange<Double> = 0...1) {
    self.proportional = proportional
    self.integral = integral
    self.target = target
    self.bounds = bounds
    isOn = false
  }

  /// The factor on the base rate for the coverage of the last epoch; 1 while off.
  public mutating func factor(coverage: Double) -> Double {
    guard isOn, coverage.isFinite else { return 1 }
    let error = target - coverage
    let wanted = proportional * error + integral * (sum + error)
    let clamped = min(max(wanted, bounds.lowerBound), bounds.upperBound)
    // Anti-windup: at a bound the sum only moves back inside.
    if clamped == wanted || (wanted > bounds.upperBound) == (error < 0) { sum += error }
    return 1 + clamped
  }

  /// Whether the loop comes to rest when coverage answers in the next epoch, level to level: coverage = c₀ +
  /// g·u.
  ///
  ///     e(t+1) = e(t) - g·((Kp + Ki)·e(t) - Kp·e(t-1))
  ///     z² - (1 - g·(Kp + Ki))·z - g·Kp = 0
  ///
  /// By Jury's test: P(1) > 0, P(-1) > 0 and ∣g·Kp∣ < 1.
  public func isStable(gain g: Double) -> Bool {
    let (b, c) = (-(1 - g * (proportional + integral)), -g * proportional)
    // P(z) = z² + b·z + c.
    return 1 + b + c > 0 && 1 - b + c > 0 && c.magnitude < 1
  }
}
