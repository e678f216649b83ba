public import MarketData

/// Three numbers that describe a smile at one tenor (mechanism M19).
public struct VolatilitySmile: Hashable, Sendable {
  /// The implied volatility at a call delta of ½.
  public let atTheMoney: Double
  /// The implied volatility at a put delta of −¼ less that at a call delta of ¼: positive when falls are
  /// feared.
  public let riskReversal: Double
  /// The mean of these two less the one at the money: positive when both tails are dear.
  public let butterfly: Double

  /// The risk reversal over the volatility at the money.
  public var skew: Double { riskReversal / atTheMoney }

  /// A smile from volatilities at the call deltas ¾, ½ and ¼; nil unless all are positive and finite.
  public init?(put25: Double, atTheMoney: Double, call25: Double) {
    guard [put25, atTheMoney, call25].allSatisfy({ $0 > 0 && $0 < .infinity }) else { return nil }
    self.atTheMoney = atTheMoney
    riskReversal = put25 - call25
    butterfly = 0.5 * (put25 + call25) - atTheMoney
  }

  /// The least number of quotes that an expiry counts with.
  public static let leastQuotes = 4

  /// The smile of a chain at a tenor.
  ///
  /// For each expiry the volatilities of the options out of the money are interpolated on lines in call
  /// delta, to ¾, ½ and ¼; each of the three is then interpolated between expiries on a line in total
  /// variance.
  ///
  /// - Returns: nil when no expiry near the tenor (see ``VarianceIndex/volatility(_:days:)``) has
  ///   ``leastQuotes`` volatilities that reach from a call delta of ¼ to ¾.
  public init?(_ chain: OptionChain, days: Double = 30) {
    var terms: [[(years: Double, value: Double)]] = [[], [], []]
    for (expiry, quotes) in VarianceIndex.byExpiry(chain) {
      let years = ImpliedVolatility.years(from: chain.time, to: expiry)
      guard years > 0, let three = Self.atDeltas([0.75, 0.5, 0.25], quotes, years: years, at: chain.time)
      else {
        continue
      }
      for (i, volatility) in three.enumerated() { terms[i].append((years, volatility * volatility)) }
    }
    let horizon = days / 365
    let three = terms.compactMap { TermInterpolation.variance($0, horizon: horizon) }.map { $0.squareRoot() }
    guard three.count == 3 else { return nil }
    self.init(put25: three[0], atTheMoney: three[1], call25: three[2])
  }

  /// The volatilities at these call deltas, or nil when the quotes are too few or do not reach them.
  private static func atDeltas(
    _ deltas: [Double], _ quotes: [OptionQuote], years: Double, at time: Int64
  ) -> [Double]? {
    var points: [(delta: Double, volatility: Double)] = []
    for quote in quotes {
      let isOut = quote.kind == .call ? quote.strike >= quote.forward : quote.strike < quote.forward
      guard isOut, let volatility = ImpliedVolatility.of(quote, at: time),
        let call = Black76(
          forward: quote.forward, strike: quote.strike, years: years, volatility: volatility, kind: .call)
      else { continue }
      points.append((call.greeks.delta, volatility))
    }
    guard points.count >= leastQuotes else { return nil }
    points.sort { ($0.delta, $0.volatility) < ($1.delta, $1.volatility) }
    var found: [Double] = []
    for delta in deltas {
      guard let above = points.firstIndex(where: { $0.delta >= delta }) else { return nil }
      let b = points[above]
      if b.delta == delta {
        found.append(b.volatility)
        continue
      }
      guard above > 0 else { return nil }
      let a = points[above - 1]
      let w = (delta - a.delta) / (b.delta - a.delta)
      found.append(a.volatility + w * (b.volatility - a.volatility))
    }
    return found
  }
}
