extension SyntheticMarket {
  /// The returns of the crash, hour by hour: half of everything is gone after eight.
  static let crash = [-0.04, -0.09, -0.14, 0.03, -0.15, -0.08, 0.04, -0.16]

  /// The hour at which the crash begins.
  var crashHour: Int { 24 * (days - 2) }

  /// The hourly bars of every underlying.
  ///
  ///     r = σ·(ρ·z₀ + √(1 - ρ²)·zᵢ) + jump,  σ² ← ω + α·r² + β·σ²
  ///
  /// with α = 0.08 and β = 0.9, so that volatility comes in clusters, and a jump of four deviations
  /// every three hundred hours.
  func bars() -> [BarSeries] {
    var random = generator(1)
    let long = Self.underlyings.map { $0.deviation * $0.deviation }
    var variance = long
    var price = Self.underlyings.map(\.price)
    var series = Self.underlyings.map { _ in BarSeries(interval: Self.hour, bars: []) }
    for hour in 0..<24 * days {
      let shared = random.nearlyNormal()
      let jump = random.uniform() < 1 / 300.0 ? (random.uniform() < 0.5 ? -4.0 : 4.0) : 0
      for (i, underlying) in Self.underlyings.enumerated() {
        let σ = variance[i].squareRoot()
        let ρ = underlying.common
        var r = σ * (ρ * shared + (1 - ρ * ρ).squareRoot() * random.nearlyNormal() + jump)
        if scenario == .trend { r += 0.0004 }
        if scenario == .crash, Self.crash.indices.contains(hour - crashHour) {
          r = Self.crash[hour - crashHour]
        }
        r = min(max(r, -0.3), 0.3)
        variance[i] = 0.02 * long[i] + 0.08 * min(r * r, 400 * long[i]) + 0.9 * variance[i]
        let bar = bar(underlying, hour: hour, open: price[i], return: r, deviation: σ, &random)
        series[i].bars.append(bar)
        price[i] = bar.close
      }
    }
    return series
  }

  /// The bar of one hour: it reaches a little beyond open and close, and the more it moves the more is
  /// traded.
  private func bar(
    _ underlying: Underlying, hour: Int, open: Double, return r: Double, deviation σ: Double,
    _ random: inout SeededGenerator
  ) -> Bar {
    let places = underlying.priceDecimals
    let open = rounded(open, places: places)
    let close = rounded(open * (1 + r), places: places)
    let reach = (abs(random.nearlyNormal()), abs(random.nearlyNormal()))
    let high = rounded(max(open, close) * (1 + σ * reach.0 / 3), places: places)
    let low = rounded(min(open, close) * (1 - σ * reach.1 / 3), places: places)
    let volume = rounded(
      underlying.volume * (0.5 + random.uniform()) * (1 + abs(r) / underlying.deviation), places: 3)
    return Bar(
      openTime: start + Int64(hour) * Self.hour, open: open, high: max(high, open, close),
      low: max(min(low, open, close), 0.01), close: close, baseVolume: volume,
      quoteVolume: volume * close)
  }

  /// Funding every eight hours: it follows the price, with noise, within ±0.3 %.
  func funding(_ series: BarSeries, part: UInt64) -> [FundingPrint] {
    var random = generator(part)
    return stride(from: 8, through: series.bars.count - 1, by: 8).map { hour in
      let move = series.bars[hour - 1].close / series.bars[hour - 8].open - 1
      let rate = 0.0001 + 0.01 * move + 0.00003 * random.nearlyNormal()
      return FundingPrint(
        time: series.bars[hour].openTime,
        ratePerEightHours: rounded(min(max(rate, -0.003), 0.003), places: 8))
    }
  }

  /// Open interest every eight hours: about a day's volume, more of it long after a rise.
  func openInterest(_ series: BarSeries, part: UInt64) -> [OpenInterestPrint] {
    var random = generator(part)
    return stride(from: 24, through: series.bars.count - 1, by: 8).map { hour in
      let day = series.bars[hour - 24..<hour]
      let volume = day.reduce(0) { $0 + $1.quoteVolume }
      let move = series.bars[hour - 1].close / series.bars[hour - 24].open - 1
      let tilt = min(max(0.5 * move + 0.02 * random.nearlyNormal(), -0.4), 0.4)
      return OpenInterestPrint(
        time: series.bars[hour].openTime, longUSD: (volume * (1 + tilt)).rounded(),
        shortUSD: (volume * (1 - tilt)).rounded())
    }
  }
}
