import CanonicalBytes

extension SyntheticMarket {
  /// Days to expiry of the options, counted from the last midnight.
  static let tenors: [Int64] = [7, 28, 91, 182]

  /// The rows of two option chains, a day before the end and at the end: strikes around the forward, and
  /// a smile that is steeper below.
  func optionRows(_ underlying: Underlying, _ series: BarSeries, step: Double, part: UInt64) -> String {
    var random = generator(part)
    var text = "ts,expiry,strike,kind,forward,bid,ask,mark,mark_iv,bid_iv,ask_iv,open_interest\n"
    let base = underlying.deviation * 8_760.0.squareRoot()
    for age in [24, 0] {
      let time = end - Int64(age) * Self.hour
      let spot = series.bars[series.bars.count - 1 - age].close
      let isWild = scenario == .crash && time > start + Int64(crashHour) * Self.hour
      for tenor in Self.tenors {
        // Options expire at eight o'clock.
        let expiry = end + tenor * UTCTime.day + 8 * Self.hour
        let years = Double(expiry - time) / 31_536_000
        let forward = rounded(spot * (1 + 0.05 * years), places: 2)
        let center = (forward / step).rounded()
        for offset in [-6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6] {
          let strike = max(1, center + Double(offset)) * step
          let x = (strike / forward - 1) / (0.3 + years).squareRoot()
          let smile = max(0.6, 1 - 0.25 * x + 0.35 * x * x)
          let volatility = rounded(base * smile * (isWild ? 2 : 1), places: 4)
          let half = rounded(0.01 + 0.02 * random.uniform(), places: 4)
          let openInterest = rounded(500 * random.uniform(), places: 1)
          for kind in OptionKind.allCases {
            let price = { (σ: Double) in
              UndiscountedOption.price(kind, forward: forward, strike: strike, years: years, volatility: σ)
            }
            let (bid, mark, ask) = (price(volatility - half), price(volatility), price(volatility + half))
            let fields = [
              "\(time)", "\(expiry)", decimalText(strike, places: 0), kind.rawValue,
              decimalText(forward, places: 2), decimalText(bid, places: 2), decimalText(ask, places: 2),
              decimalText(mark, places: 4), decimalText(volatility, places: 4),
              decimalText(volatility - half, places: 4), decimalText(volatility + half, places: 4),
              decimalText(openInterest, places: 1),
            ]
            text += fields.joined(separator: ",") + "\n"
          }
        }
      }
    }
    return text
  }
}

/// Black's formula of 1976 without discounting, to ten digits, for making up quotes. What is published is
/// computed elsewhere.
enum UndiscountedOption {
  /// call = F·Φ(d₁) - K·Φ(d₂), put = call - F + K, with d₁,₂ = ln(F/K)/(σ√T) ± σ√T/2.
  static func price(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double
  ) -> Double {
    let deviation = volatility * years.squareRoot()
    let d1 = log(forward / strike) / deviation + deviation / 2
    let call = forward * normal(d1) - strike * normal(d1 - deviation)
    return max(0, kind == .call ? call : call - forward + strike)
  }

  /// ln x = 2·artanh((x - 1)/(x + 1)), a series that is short for x near 1.
  private static func log(_ x: Double) -> Double {
    let y = (x - 1) / (x + 1)
    var (power, sum) = (y, 0.0)
    for k in stride(from: 1.0, to: 120, by: 2) {
      sum += power / k
      power *= y * y
    }
    return 2 * sum
  }

  /// Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …), 0 or 1 beyond seven deviations.
  private static func normal(_ x: Double) -> Double {
    guard abs(x) < 7 else { return x < 0 ? 0 : 1 }
    var (term, sum) = (x, 0.0)
    for k in stride(from: 3.0, to: 260, by: 2) {
      sum += term
      term *= x * x / k
    }
    return 0.5 + sum * exponential(-x * x / 2) / (2 * Double.pi).squareRoot()
  }

  /// eˣ = (e^(x/1024))^1024 for -32 < x ≤ 0.
  private static func exponential(_ x: Double) -> Double {
    let y = x / 1_024
    var (term, sum) = (1.0, 0.0)
    for k in 1...12 {
      sum += term
      term *= y / Double(k)
    }
    for _ in 0..<10 { sum *= sum }
    return sum
  }
}
