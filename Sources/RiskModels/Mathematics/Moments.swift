/// Mean, variance, skewness and kurtosis of a sample.
///
/// Two passes in the order of the sample: the sums of (x − mean)ᵏ are taken about the mean of the first.
public struct Moments: Hashable, Sendable {
  /// The number of observations n.
  public let count: Int
  /// The mean.
  public let mean: Double
  /// Σ(x − mean)²/n.
  public let populationVariance: Double
  /// m₃/m₂^1.5 with mₖ = Σ(x − mean)ᵏ/n; zero when the variance is.
  public let skewness: Double
  /// m₄/m₂² − 3; zero when the variance is.
  public let excessKurtosis: Double

  /// The moments of these numbers, or nil if empty or if they overflow.
  public init?(of sample: [Double]) {
    guard !sample.isEmpty else { return nil }
    let n = Double(sample.count)
    var sum = 0.0
    for x in sample { sum += x }
    let mean = sum / n
    var (s2, s3, s4) = (0.0, 0.0, 0.0)
    for x in sample {
      let d = x - mean
      let d2 = d * d
      s2 += d2
      s3 += d * d2
      s4 += d2 * d2
    }
    guard mean.isFinite, s4.isFinite else { return nil }
    self.count = sample.count
    self.mean = mean
    let m2 = s2 / n
    populationVariance = m2
    let m3 = m2 * m2.squareRoot()
    let m4 = m2 * m2
    skewness = m3 > 0 ? s3 / n / m3 : 0
    excessKurtosis = m4 > 0 ? s4 / n / m4 - 3 : 0
  }

  /// Σ(x − mean)²/(n − 1), or nil for fewer than two observations.
  public var sampleVariance: Double? {
    count > 1 ? populationVariance * (Double(count) / Double(count - 1)) : nil
  }

  /// √Σ(x − mean)²/(n − 1), or nil for fewer than two observations.
  public var sampleDeviation: Double? {
    sampleVariance.map { $0.squareRoot() }
  }
}

/// Mean and variance of numbers as they come, by Welford's recursion.
public struct RunningMoments: Hashable, Sendable {
  /// The number of observations so far.
  public private(set) var count: Int
  /// Their mean; zero if empty.
  public private(set) var mean: Double
  private var squares: Double

  /// Nothing observed.
  public init() {
    count = 0
    mean = 0
    squares = 0
  }

  /// Takes another observation in.
  public mutating func add(_ x: Double) {
    count += 1
    let d = x - mean
    mean += d / Double(count)
    squares += d * (x - mean)
  }

  /// Σ(x − mean)²/(n − 1), or nil for fewer than two observations.
  public var sampleVariance: Double? {
    count > 1 ? squares / Double(count - 1) : nil
  }
}
