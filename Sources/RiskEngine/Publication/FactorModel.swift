internal import MarginRules
internal import MarketData
internal import RiskModels

/// How the prices of all underlyings move together, as factors that add up by squares (M12).
///
///     C = stressed, shrunk correlation of returns,  L·Lᵀ = C
///     loading of underlying i on factor k = z·σᵢ/√365·L_ik
///     value at risk² = Σ_k (Σ_i loading_ik·valueᵢ)² = z²·Σ_ij σᵢσⱼC_ij·valueᵢ·valueⱼ
///
/// One factor for each underlying, named after it. Horizon one day, z the engine's loss multiple.
struct FactorModel {
  /// λ of the correlation.
  private static let decay = 0.97
  /// How far correlations are moved towards 1, since they rise when it matters.
  private static let stress = 0.25
  /// How many bars correlations look back over.
  private static let bars = 504

  /// The factors, in the order of the underlyings.
  let factors: [RiskFactor]
  private let loadings: [String: [Double]]

  /// A model of these underlyings; without factors when there are none, or more than a snapshot holds.
  init(
    _ views: [UnderlyingView], _ measured: [String: UnderlyingMeasures], lossMultiple z: Double
  ) {
    let known = views.filter { measured[$0.id] != nil }
    guard !known.isEmpty, SnapshotLimits.factors.contains(known.count),
      let factor = Self.correlation(of: known).choleskyFactor
    else {
      (factors, loadings) = ([], [:])
      return
    }
    factors = known.map { RiskFactor(id: $0.id) }
    var loadings: [String: [Double]] = [:]
    for (i, view) in known.enumerated() {
      let daily = (measured[view.id]?.volatility.published ?? 0) / Double(365).squareRoot()
      loadings[view.id] = known.indices.map { k in z * daily * (k <= i ? factor[i, k] : 0) }
    }
    self.loadings = loadings
  }

  /// What one lot loses when each factor moves by its quantile, in quanta, away from zero; nil when there is
  /// no model, a loss does not fit a snapshot, or no factor moves the lot, so that value at risk would admit
  /// it without charge.
  func charges(underlying: String, lotValue: Int64) -> [Int64]? {
    guard let row = loadings[underlying] else { return nil }
    var charges: [Int64] = []
    for loading in row {
      let loss = (Double(lotValue) * loading).rounded(.awayFromZero)
      guard let charge = Int64(exactly: loss), SnapshotLimits.coefficients.contains(charge) else {
        return nil
      }
      charges.append(charge)
    }
    return charges.contains { $0 != 0 } ? charges : nil
  }

  /// The correlation of returns over bars that all underlyings have; everything moving as one where too few
  /// are common.
  private static func correlation(of views: [UnderlyingView]) -> Matrix {
    let all = Correlation.stressed(.identity(views.count), weight: 1)
    guard views.count > 1 else { return all }
    let returns = commonPrices(of: views).compactMap { LogarithmicReturns.between($0) }
    let count = returns.map(\.count).min() ?? 0
    guard returns.count == views.count, count > 2 * views.count,
      let sample = Matrix((0..<count).map { row in returns.map { $0[row] } }),
      let covariance = Correlation.exponentialCovariance(sample, decay: decay),
      let correlation = Correlation.correlation(of: covariance)
    else { return nearlyOne(all) }
    let shrunk = Correlation.shrunkToMean(correlation, observations: count)
    let stressed = Correlation.stressed(shrunk, weight: stress)
    return Correlation.repaired(stressed, floor: 1e-6) ?? nearlyOne(all)
  }

  /// The closes of each series at the times that all have, among the last bars.
  private static func commonPrices(of views: [UnderlyingView]) -> [[Double]] {
    let recent = series(of: views)
    guard let times = recent.first?.map(\.openTime) else { return [] }
    // Series on one grid without gaps, as most are, need no search.
    if recent.allSatisfy({ series in series.lazy.map(\.openTime).elementsEqual(times) }) {
      return recent.map { series in series.map(\.close) }
    }
    let closes = recent.map { series in
      Dictionary(series.map { ($0.openTime, $0.close) }, uniquingKeysWith: { $1 })
    }
    let common = times.filter { time in closes.allSatisfy { $0[time] != nil } }
    return closes.map { series in common.compactMap { series[$0] } }
  }

  /// The last bars of each series, of the length of the longest: closes at one time are closes of one time.
  private static func series(of views: [UnderlyingView]) -> [ArraySlice<Bar>] {
    let longest = views.map(\.interval).max() ?? 1
    return views.map { view in
      guard view.interval < longest else { return view.bars.suffix(bars) }
      let count = bars * Int(clamping: longest / max(1, view.interval))
      let short = BarSeries(interval: view.interval, bars: Array(view.bars.suffix(count)))
      return (short.aggregated(to: longest)?.bars ?? [])[...]
    }
  }

  /// A matrix of ones has no Cholesky factor; this one is as near as matters.
  private static func nearlyOne(_ ones: Matrix) -> Matrix {
    Correlation.repaired(ones, floor: 1e-6) ?? .identity(ones.rows)
  }
}
