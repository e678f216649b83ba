import RiskModels
import TestSupport

/// Reproducible random numbers for samples with known parameters.
extension SplitMix64 {
  /// A number strictly between 0 and 1.
  mutating func uniform() -> Double {
    (Double(next() >> 11) + 0.5) * 0x1p-53
  }

  /// A number of the normal distribution, mean 0 and variance 1.
  mutating func normal() -> Double {
    NormalDistribution.quantile(uniform()) ?? 0
  }

  /// An array of this number of them.
  mutating func normals(_ count: Int) -> [Double] {
    (0..<count).map { _ in normal() }
  }
}
