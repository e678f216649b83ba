import TestSupport

/// Answers of other people's programmes to small samples: `vectors/margin/estimators.json`.
struct EstimatorVectors: Decodable {
  struct ParetoTail: Decodable {
    let count: Int
    let threshold: Double
    let excess: [Double]
    let shape: Double
    let scale: Double
  }
  struct LedoitWolf: Decodable {
    let sample: [[Double]]
    let covariance: [[Double]]
    let shrinkage: Double
  }
  struct Logit: Decodable {
    let features: [[Double]]
    let events: [Int]
    let coefficients: [Double]
  }
  struct LeastSquares: Decodable {
    let features: [[Double]]
    let response: [Double]
    let coefficients: [Double]
    let standardErrors: [Double]
  }
  struct Moments: Decodable {
    let sample: [Double]
    let mean: Double
    let sampleDeviation: Double
    let skewness: Double
    let excessKurtosis: Double
    let quantile99: [String: Double]
  }
  struct Black76: Decodable {
    struct Row: Decodable {
      let forward: Double
      let strike: Double
      let years: Double
      let volatility: Double
      let call: Double
      let put: Double
      let delta: Double
      let gamma: Double
      let vega: Double
      let theta: Double
    }
    let rows: [Row]
  }

  let paretoTail: ParetoTail
  let ledoitWolf: LedoitWolf
  let logit: Logit
  let leastSquares: LeastSquares
  let moments: Moments
  let black76: Black76

  static let all = Result { try Vectors.load("margin/estimators.json", as: EstimatorVectors.self) }
}
