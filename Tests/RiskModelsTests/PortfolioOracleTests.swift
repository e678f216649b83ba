import RiskModels
import Testing

/// The portfolio corner against PyPortfolioOpt (mechanism M69): the covariance of the last 2,000 daily
/// returns of twenty stocks until the end of 2022, in percent squared, their means in percent, and the
/// weights that `Scripts/oracles/portfolio.py` prints.
@Suite("Portfolios by an oracle")
struct PortfolioOracleTests {
  private static let means: [Double] = [
    0.099777, 0.239056, 0.066718, 0.084736, 0.062339, -0.006467, 0.077665, 0.045408, 0.070234, 0.039263,
    0.104769, 0.053101, 0.103609, 0.050113, 0.049281, 0.044488, 0.047382, 0.100649, 0.04274, 0.043846,
  ]

  private static let triangle: [[Double]] = [
    [3.555165],
    [3.135617, 14.869681],
    [1.712196, 2.37376, 4.18444],
    [1.854864, 2.736631, 2.085755, 5.843936],
    [1.329136, 1.924437, 2.420563, 1.588192, 3.896994],
    [1.508962, 2.02766, 2.658092, 1.798947, 2.303444, 5.342166],
    [1.59602, 2.20615, 1.612653, 2.089439, 1.348402, 1.357701, 2.502888],
    [0.870572, 0.882047, 0.93608, 0.734586, 0.886558, 0.825712, 0.79449, 1.36584],
    [1.539615, 1.93717, 3.371015, 1.823256, 2.202928, 2.382499, 1.525773, 0.904781, 3.223344],
    [0.881083, 0.964123, 1.076868, 0.857935, 1.02881, 1.076394, 0.910852, 0.7382, 1.061618, 1.402932],
    [
      1.063514, 1.314469, 0.983823, 0.833816, 0.94364, 0.915665, 0.958129, 1.056995, 0.919997, 0.733902,
      2.999628,
    ],
    [
      0.862175, 0.971596, 1.062748, 0.708154, 1.027526, 0.905168, 0.813675, 0.910371, 1.012399, 0.712825,
      1.220924, 1.914306,
    ],
    [
      2.374608, 2.831984, 1.73194, 1.64212, 1.396588, 1.386862, 1.663526, 0.939401, 1.562973, 0.937404,
      1.196496, 0.977305, 3.151033,
    ],
    [
      1.086652, 1.137408, 0.98315, 0.931542, 0.896499, 0.847186, 1.097126, 0.846004, 0.958702, 1.083835,
      0.905188, 0.754063, 1.127622, 1.479076,
    ],
    [
      0.923752, 1.189339, 1.124413, 0.760903, 0.930976, 0.969116, 0.865279, 0.939195, 1.072371, 0.720486,
      1.276564, 1.05997, 0.999593, 0.792226, 2.148027,
    ],
    [
      0.939991, 0.975264, 0.884222, 0.864028, 0.705836, 0.775162, 0.90079, 0.815382, 0.835831, 0.915175,
      0.81662, 0.73014, 1.016468, 1.078469, 0.736703, 1.477588,
    ],
    [
      1.506047, 2.93571, 2.957778, 2.241966, 3.512565, 2.669293, 1.108025, 0.713053, 2.403564, 0.634186,
      0.887037, 0.694898, 1.362896, 0.628299, 0.941299, 0.727849, 16.090663,
    ],
    [
      1.445103, 1.780153, 1.633093, 1.287871, 1.464431, 1.345391, 1.346015, 0.993789, 1.486251, 0.884988,
      1.278007, 1.05406, 1.491799, 0.993726, 1.104864, 0.878434, 1.055791, 2.801953,
    ],
    [
      0.88864, 0.960023, 0.723109, 0.967234, 0.598739, 0.559056, 0.921219, 0.638371, 0.674587, 0.611923,
      0.691298, 0.594252, 0.907939, 0.834058, 0.606739, 0.795319, 0.764422, 0.766698, 1.934,
    ],
    [
      1.16108, 1.508431, 2.180927, 1.376865, 3.02959, 2.140751, 1.043468, 0.751871, 1.930595, 0.924471,
      0.859894, 0.848666, 1.09889, 0.796912, 0.837648, 0.631221, 3.302654, 1.167175, 0.555336, 3.345825,
    ],
  ]

  private struct Expected {
    let cap: Double
    let weights: [Double]
    let variance: Double
    let ratio: Double
  }

  private static let least = [
    Expected(
      cap: 1.0,
      weights: [
        0.0, 0.0, 0.0, 0.005891, 0.0, 0.0, 0.004438, 0.210025, 0.0, 0.228253, 0.0, 0.106767, 0.0, 0.0,
        0.073208, 0.126468, 0.002146, 0.0, 0.19295, 0.049854,
      ],
      variance: 0.8944720385539181, ratio: 0.0473482502184987),
    Expected(
      cap: 0.15,
      weights: [
        0.0, 0.0, 0.0, 0.009668, 0.0, 0.0, 0.020463, 0.15, 0.0, 0.15, 0.003633, 0.137192, 0.0, 0.065478,
        0.096478, 0.15, 0.001462, 0.0, 0.15, 0.065625,
      ],
      variance: 0.9068750521204605, ratio: 0.04918782120205354),
  ]

  private static let best = [
    Expected(
      cap: 1.0,
      weights: [
        0.023519, 0.19388, 0.0, 0.01623, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.368001, 0.0, 0.125936, 0.0, 0.0, 0.0,
        0.0, 0.272434, 0.0, 0.0,
      ],
      variance: 2.3363431820274374, ratio: 0.08445712245911613),
    Expected(
      cap: 0.15,
      weights: [
        0.074611, 0.15, 0.0, 0.023344, 0.0, 0.0, 0.064065, 0.035309, 0.0, 0.0, 0.15, 0.096835, 0.15, 0.010294,
        0.0, 0.033806, 0.0, 0.15, 0.061737, 0.0,
      ],
      variance: 1.7875800354649873, ratio: 0.08078832171805539),
  ]

  private static var covariance: Matrix {
    var C = Matrix(rows: triangle.count, columns: triangle.count)
    for (i, row) in triangle.enumerated() {
      for (j, value) in row.enumerated() { (C[i, j], C[j, i]) = (value, value) }
    }
    return C
  }

  private func check(_ weights: [Double], _ expected: Expected) {
    #expect((weights.reduce(0, +) - 1).magnitude < 1e-9)
    #expect(weights.allSatisfy { $0 >= -1e-12 && $0 <= expected.cap + 1e-9 })
    for (ours, theirs) in zip(weights, expected.weights) { #expect((ours - theirs).magnitude < 2e-3) }
  }

  @Test("M69: least variance of twenty stocks, with and without a cap, as PyPortfolioOpt has it")
  func leastVariance() throws {
    let C = Self.covariance
    for expected in Self.least {
      let weights = try #require(PortfolioTheory.minimumVariance(C, cap: expected.cap))
      check(weights, expected)
      #expect((PortfolioTheory.quadratic(weights, C) / expected.variance - 1).magnitude < 1e-5)
    }
  }

  @Test("M69: the greatest Sharpe ratio of twenty stocks, with and without a cap, as PyPortfolioOpt has it")
  func greatestRatio() throws {
    let C = Self.covariance
    for expected in Self.best {
      let weights = try #require(PortfolioTheory.maximumSharpe(C, expected: Self.means, cap: expected.cap))
      check(weights, expected)
      let mean = zip(weights, Self.means).reduce(0) { $0 + $1.0 * $1.1 }
      let ratio = mean / PortfolioTheory.quadratic(weights, C).squareRoot()
      #expect((ratio / expected.ratio - 1).magnitude < 1e-5)
    }
  }
}
