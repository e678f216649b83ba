/// Exponentially fading means of a window of numbers: v ← λ·v + (1 - λ)·x, from the mean of the window.
public enum ExponentialAverage {
  /// The fading mean after the last number; nil without any.
  ///
  /// - Parameter halfLife: in numbers; below 1 counts as 1.
  public static func last(of numbers: ArraySlice<Double>, halfLife: Double) -> Double? {
    guard !numbers.isEmpty else { return nil }
    let decay = DeterministicMath.exp(
      -(DeterministicMath.ln2High + DeterministicMath.ln2Low) / max(1, halfLife))
    var value = numbers.reduce(0, +) / Double(numbers.count)
    for x in numbers { value = decay * value + (1 - decay) * x }
    return value
  }
}
