import RiskModels
import Testing

@Suite("Answers of other programmes")
struct EstimatorVectorTests {
  @Test("least squares are statsmodels'")
  func leastSquares() throws {
    let vector = try EstimatorVectors.all.get().leastSquares
    let design = try #require(Matrix(vector.features.map { [1] + $0 }))
    let fit = try #require(LeastSquares(design: design, response: vector.response))
    for (a, b) in zip(fit.coefficients, vector.coefficients) { #expect(agree(a, b)) }
    for (a, b) in zip(fit.standardErrors, vector.standardErrors) { #expect(agree(a, b)) }
  }

  @Test("logistic regression is statsmodels'")
  func logit() throws {
    let vector = try EstimatorVectors.all.get().logit
    let fit = try #require(LogisticModel(features: vector.features, events: vector.events.map { $0 == 1 }))
    for (a, b) in zip(fit.coefficients, vector.coefficients) { #expect(agree(a, b, within: 1e-9)) }
  }

  @Test("shrinkage is scikit-learn's")
  func ledoitWolf() throws {
    let vector = try EstimatorVectors.all.get().ledoitWolf
    let sample = try #require(Matrix(vector.sample))
    let shrunk = try #require(Correlation.ledoitWolf(sample))
    #expect(agree(shrunk.shrinkage, vector.shrinkage))
    for (a, b) in zip(shrunk.covariance.entries, vector.covariance.joined()) { #expect(agree(a, b)) }
  }

  @Test("moments and quantiles are NumPy's and SciPy's")
  func moments() throws {
    let vector = try EstimatorVectors.all.get().moments
    let moments = try #require(Moments(of: vector.sample))
    #expect(agree(moments.mean, vector.mean))
    #expect(agree(moments.sampleDeviation, vector.sampleDeviation))
    #expect(agree(moments.skewness, vector.skewness))
    #expect(agree(moments.excessKurtosis, vector.excessKurtosis))
    for rule in QuantileRule.allCases {
      #expect(OrderStatistics.quantile(0.99, of: vector.sample, rule: rule) == vector.quantile99["\(rule)"])
    }
  }
}
