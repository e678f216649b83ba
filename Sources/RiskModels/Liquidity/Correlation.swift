/// How returns of several assets move together (mechanism M12). Each row of a sample is one instant, each
/// column an asset; means are taken as zero in ``exponentialCovariance(_:decay:)`` and removed elsewhere.
public enum Correlation {
  /// C ← λ·C + (1 − λ)·r·rᵀ, from C = r₀·r₀ᵀ. Nil for an empty sample or what is not finite.
  ///
  /// - SeeAlso: RiskMetrics Technical Document 1996.
  public static func exponentialCovariance(_ sample: Matrix, decay: Double) -> Matrix? {
    guard sample.rows > 0, sample.entries.allSatisfy(\.isFinite) else { return nil }
    let n = sample.columns
    let λ = min(max(decay, 0), 1)
    var C = Matrix(rows: n, columns: n)
    for t in 0..<sample.rows {
      let (keep, take) = t == 0 ? (0, 1) : (λ, 1 - λ)
      C.accumulate(keep: keep, take: take, row: Array(sample.entries[(t * n)..<((t + 1) * n)]))
    }
    C.mirror()
    return C
  }

  /// The covariance Σ(x − mean)(y − mean) over the divisor. Nil for fewer than two rows or what is not
  /// finite.
  public static func sampleCovariance(_ sample: Matrix, over divisor: CovarianceDivisor) -> Matrix? {
    guard sample.rows > 1, sample.entries.allSatisfy(\.isFinite) else { return nil }
    let X = centred(sample)
    let n = sample.columns
    var C = Matrix(rows: n, columns: n)
    for t in 0..<X.rows { C.accumulate(keep: 1, take: 1, row: Array(X.entries[(t * n)..<((t + 1) * n)])) }
    C.mirror()
    let divisor = Double(divisor == .count ? sample.rows : sample.rows - 1)
    for i in C.entries.indices { C.entries[i] /= divisor }
    return C
  }

  /// Ledoit and Wolf's covariance: (1 − δ)·S + δ·μ·I, S the sample covariance over n, μ the mean of its
  /// diagonal, and δ the weight that minimises the expected squared error.
  ///
  /// With d² = ‖S − μI‖²/p and b² = (Σₜ‖xₜxₜᵀ − S‖²/n²)/p, δ = min(b², d²)/d². As scikit-learn's
  /// `ledoit_wolf`.
  ///
  /// - Returns: nil for fewer than two rows, no column, or what is not finite.
  /// - SeeAlso: Ledoit, Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", 2004.
  public static func ledoitWolf(_ sample: Matrix) -> ShrunkCovariance? {
    guard sample.columns > 0, let S = sampleCovariance(sample, over: .count) else { return nil }
    let p = sample.columns
    let n = Double(sample.rows)
    let X = centred(sample)
    var μ = 0.0
    for i in 0..<p { μ += S[i, i] }
    μ /= Double(p)
    // ‖S − μI‖²
    var distance = 0.0
    for i in 0..<p {
      for j in 0..<p {
        let d = S[i, j] - (i == j ? μ : 0)
        distance += d * d
      }
    }
    // Σₜ ‖xₜxₜᵀ − S‖²/n² = (Σₜ (xₜ·xₜ)²/n − ‖S‖²)/n
    var fourth = 0.0
    for t in 0..<X.rows {
      var square = 0.0
      for i in 0..<p { square += X[t, i] * X[t, i] }
      fourth += square * square
    }
    var norm = 0.0
    for entry in S.entries { norm += entry * entry }
    let error = max((fourth / n - norm) / n, 0)
    let δ = distance > 0 ? min(error / distance, 1) : 0
    var shrunk = S
    for i in 0..<p {
      for j in 0..<p { shrunk[i, j] = (1 - δ) * S[i, j] + (i == j ? δ * μ : 0) }
    }
    return ShrunkCovariance(covariance: shrunk, shrinkage: δ)
  }

  /// The correlations C[i, j]/√(C[i, i]·C[j, j]); an asset without variance has correlation 0 with others and
  /// 1 with itself. Nil unless the matrix is square with no negative diagonal.
  public static func correlation(of covariance: Matrix) -> Matrix? {
    let n = covariance.rows
    guard n == covariance.columns, (0..<n).allSatisfy({ covariance[$0, $0] >= 0 }) else { return nil }
    let deviations = (0..<n).map { covariance[$0, $0].squareRoot() }
    var R = Matrix.identity(n)
    for i in 0..<n {
      for j in 0..<n where i != j {
        let product = deviations[i] * deviations[j]
        R[i, j] = product > 0 ? min(max(covariance[i, j] / product, -1), 1) : 0
      }
    }
    return R
  }

  /// The correlations with every pair's replaced by their mean ρ̄, to which few observations are shrunk:
  /// (1 − w)·R + w·R̄. The weight is 0 from 2·p observations on and rises to 1 as they fall to none.
  public static func shrunkToMean(_ correlation: Matrix, observations: Int) -> Matrix {
    let p = correlation.rows
    let w = p > 0 ? min(max(1 - Double(observations) / Double(2 * p), 0), 1) : 0
    let mean = CorrelationDiagnostics.averagePair(correlation) ?? 0
    return blended(correlation, weight: w) { _, _ in mean }
  }

  /// The correlations of a stressed market: (1 − q)·R + q·1·1ᵀ, everything moving as one when q = 1.
  public static func stressed(_ correlation: Matrix, weight q: Double) -> Matrix {
    blended(correlation, weight: min(max(q, 0), 1)) { _, _ in 1 }
  }

  /// The nearest matrix with no eigenvalue below `floor`, brought back to the diagonal of the original:
  /// eigenvalues are clipped, and rows and columns scaled. Nil unless the matrix is symmetric and finite.
  public static func repaired(_ matrix: Matrix, floor: Double = 1e-10) -> Matrix? {
    guard let eigen = SymmetricEigen(of: matrix) else { return nil }
    guard (eigen.values.last ?? 0) < floor else { return matrix }
    var result = eigen.reassembled { max($0, floor) }
    let n = matrix.rows
    let scales = (0..<n).map { i in
      result[i, i] > 0 && matrix[i, i] > 0 ? (matrix[i, i] / result[i, i]).squareRoot() : 1
    }
    for i in 0..<n {
      for j in 0..<n { result[i, j] *= scales[i] * scales[j] }
    }
    return result
  }

  private static func blended(_ R: Matrix, weight w: Double, with target: (Int, Int) -> Double) -> Matrix {
    var result = R
    for i in 0..<R.rows {
      for j in 0..<R.columns where i != j { result[i, j] = (1 - w) * R[i, j] + w * target(i, j) }
    }
    return result
  }

  private static func centred(_ sample: Matrix) -> Matrix {
    var result = sample
    for j in 0..<sample.columns {
      var sum = 0.0
      for i in 0..<sample.rows { sum += sample[i, j] }
      let mean = sum / Double(sample.rows)
      for i in 0..<sample.rows { result[i, j] -= mean }
    }
    return result
  }
}

/// A covariance and how far it was shrunk.
public struct ShrunkCovariance: Hashable, Sendable {
  /// The covariance.
  public let covariance: Matrix
  /// δ, from 0 to 1.
  public let shrinkage: Double
}

/// How much a market moves as one.
public struct CorrelationDiagnostics: Hashable, Sendable {
  /// The mean correlation of two different assets.
  public let averagePair: Double
  /// The greatest eigenvalue over the sum of all: 1/n for independent assets, 1 when they move as one.
  public let topEigenvalueShare: Double

  /// The diagnostics of a correlation matrix, or nil for fewer than two assets.
  public init?(_ correlation: Matrix) {
    guard let average = Self.averagePair(correlation), let eigen = SymmetricEigen(of: correlation) else {
      return nil
    }
    var sum = 0.0
    for value in eigen.values { sum += value }
    guard let top = eigen.values.first, sum > 0 else { return nil }
    averagePair = average
    topEigenvalueShare = top / sum
  }

  static func averagePair(_ correlation: Matrix) -> Double? {
    let n = correlation.rows
    guard n > 1, correlation.columns == n else { return nil }
    var sum = 0.0
    for i in 1..<n {
      for j in 0..<i { sum += correlation[i, j] }
    }
    return sum / Double(n * (n - 1) / 2)
  }
}

extension Matrix {
  /// Lower triangle ← keep · lower triangle + take · x·xᵀ.
  fileprivate mutating func accumulate(keep: Double, take: Double, row x: [Double]) {
    for i in x.indices {
      let factor = take * x[i]
      let start = i * columns
      for j in 0...i { entries[start + j] = keep * entries[start + j] + factor * x[j] }
    }
  }

  /// Copies the lower triangle to the upper.
  fileprivate mutating func mirror() {
    for i in 0..<rows {
      for j in 0..<i { self[j, i] = self[i, j] }
    }
  }
}

/// What a sum over n rows is divided by.
public enum CovarianceDivisor: Hashable, Sendable {
  /// n, as Ledoit and Wolf do.
  case count
  /// n − 1, which has no bias.
  case countLessOne
}
