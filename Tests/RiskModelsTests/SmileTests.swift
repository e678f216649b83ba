import MarketData
import RiskModels
import TestSupport
import Testing

/// A chain whose options all have volatilities of a given function of strike and years.
private func chain(
  days: [Int], strikes: [Double], forward: Double = 100, _ volatility: (Double, Double) -> Double
) -> OptionChain {
  var quotes: [OptionQuote] = []
  for day in days {
    for strike in strikes {
      for kind in OptionKind.allCases {
        var quote = OptionQuote(expiry: Int64(day) * 86_400, strike: strike, kind: kind, forward: forward)
        let years = Double(day) / 365
        quote.mark =
          Black76(
            forward: forward, strike: strike, years: years, volatility: volatility(strike, years), kind: kind)?
          .price
        quotes.append(quote)
      }
    }
  }
  return OptionChain(time: 0, quotes: quotes)
}

@Suite("Variance index")
struct VarianceIndexTests {
  private static let strikes = (20...400).map { Double($0) }

  @Test("of a flat smile it is the volatility", arguments: [0.3, 0.6, 0.9])
  func flat(_ σ: Double) {
    let flat = chain(days: [20, 45], strikes: Self.strikes, forward: 100.4) { _, _ in σ }
    #expect(agree(VarianceIndex.volatility(flat), σ, within: 2e-3))
  }

  @Test("between expiries it is interpolated in total variance")
  func term() {
    let sloped = chain(days: [15, 60], strikes: Self.strikes) { _, years in years < 0.1 ? 0.5 : 0.7 }
    // (15·0.25·(2/3) + 60·0.49·(1/3))/30
    let expected = ((15 * 0.25 * 2 / 3 + 60 * 0.49 / 3) / 30).squareRoot()
    #expect(agree(VarianceIndex.volatility(sloped), expected, within: 2e-3))
    let near = chain(days: [12], strikes: Self.strikes) { _, _ in 0.5 }
    #expect(agree(VarianceIndex.volatility(near), 0.5, within: 2e-3))
    let tooNear = chain(days: [9], strikes: Self.strikes) { _, _ in 0.5 }
    #expect(VarianceIndex.volatility(tooNear) == nil)
  }

  @Test("more volatility anywhere on the smile raises it")
  func monotone() throws {
    var last = 0.0
    for bump in [0.0, 0.05, 0.1, 0.2] {
      let index = try #require(
        VarianceIndex.volatility(
          chain(days: [30], strikes: Self.strikes) { K, _ in K < 80 ? 0.6 + bump : 0.6 }))
      #expect(index > last)
      last = index
    }
  }

  @Test("fewer than three strikes on a side, no quotes, and quotes outside the bounds give none")
  func tooFew() {
    #expect(VarianceIndex.volatility(OptionChain(time: 0, quotes: [])) == nil)
    let seven = [70.0, 80, 90, 100, 110, 120, 130]
    #expect(VarianceIndex.volatility(chain(days: [30], strikes: seven) { _, _ in 0.6 }) != nil)
    #expect(
      VarianceIndex.volatility(chain(days: [30], strikes: Array(seven.dropFirst())) { _, _ in 0.6 }) == nil)
    #expect(VarianceIndex.volatility(chain(days: [30], strikes: seven.dropLast()) { _, _ in 0.6 }) == nil)
    var broken = chain(days: [30], strikes: seven) { _, _ in 0.6 }
    for i in broken.quotes.indices where broken.quotes[i].strike == 70 { broken.quotes[i].mark = 1e6 }
    #expect(VarianceIndex.volatility(broken) == nil)
    #expect(VarianceIndex.variance([], at: 0) == nil)
    #expect(
      VarianceIndex.variance(chain(days: [30], strikes: seven) { _, _ in 0.6 }.quotes, at: 1 << 40) == nil)
  }

  @Test("a chain of volatilities without prices has the index of the prices that they give")
  func volatilitiesOnly() throws {
    let priced = chain(days: [20, 45], strikes: Self.strikes) { K, _ in 0.6 + 1e-3 * (100 - K).magnitude }
    var bare = priced
    for i in bare.quotes.indices {
      bare.quotes[i].mark = nil
      bare.quotes[i].markVolatility = 0.6 + 1e-3 * (100 - bare.quotes[i].strike).magnitude
    }
    let index = try #require(VarianceIndex.volatility(priced))
    #expect(VarianceIndex.volatility(bare) == index)
    #expect(index > 0.6)
  }

  @Test(
    "BTC on 21 October 2021: the index is above the volatility at the money, as a smile has it",
    .enabled(if: SharedData.isPresent))
  func bitcoin() throws {
    let path = "options/stochvolmodels_iv_chains.json.gz"
    let time = startOfDay("2021-10-21")
    let chains = try OptionChainReader.read(SharedData.bytes(path), named: path, at: time, ticker: "BTC")
      .series
    let chain = try #require(chains.first)
    // By a computation of its own in Python, of prices by Black's formula from the middle of bid and ask
    // volatilities.
    let index = try #require(VarianceIndex.volatility(chain))
    #expect(agree(index, 0.9138402159074558, within: 1e-12))
    let smile = try #require(VolatilitySmile(chain))
    #expect(smile.atTheMoney > 0.6 && smile.atTheMoney < index)
    #expect(smile.butterfly > 0)
    #expect(smile.skew.magnitude < 0.3)
  }
}

@Suite("Volatility smile")
struct VolatilitySmileTests {
  private static let strikes = stride(from: 50.0, through: 200, by: 1).map { $0 }

  @Test("a flat smile has no skew and no butterfly")
  func flat() throws {
    let smile = try #require(VolatilitySmile(chain(days: [30], strikes: Self.strikes) { _, _ in 0.6 }))
    #expect(agree(smile.atTheMoney, 0.6, within: 1e-9))
    #expect(smile.riskReversal.magnitude < 1e-9)
    #expect(smile.butterfly.magnitude < 1e-9)
  }

  @Test("dear puts give a positive reversal, dear calls a negative one, dear wings a positive butterfly")
  func signs() throws {
    let put = try #require(
      VolatilitySmile(chain(days: [30], strikes: Self.strikes) { K, _ in 0.6 + 0.002 * (100 - K) }))
    #expect(put.riskReversal > 0.02)
    let call = try #require(
      VolatilitySmile(chain(days: [30], strikes: Self.strikes) { K, _ in 0.6 - 0.001 * (100 - K) }))
    #expect(call.riskReversal < -0.01)
    let wings = try #require(
      VolatilitySmile(chain(days: [30], strikes: Self.strikes) { K, _ in 0.6 + 1e-4 * (100 - K) * (100 - K) })
    )
    #expect(wings.butterfly > 0.005)
  }

  @Test("the three volatilities are those at the deltas, interpolated in total variance")
  func term() throws {
    let sloped = chain(days: [15, 60], strikes: Self.strikes) { _, years in years < 0.1 ? 0.5 : 0.7 }
    let smile = try #require(VolatilitySmile(sloped))
    #expect(agree(smile.atTheMoney, ((15 * 0.25 * 2 / 3 + 60 * 0.49 / 3) / 30).squareRoot(), within: 1e-9))
  }

  @Test("too few quotes, or none that reach the deltas, give none")
  func tooFew() {
    #expect(VolatilitySmile(OptionChain(time: 0, quotes: [])) == nil)
    #expect(VolatilitySmile(chain(days: [30], strikes: [95, 100, 105]) { _, _ in 0.6 }) == nil)
    #expect(VolatilitySmile(chain(days: [30], strikes: [98, 99, 100, 101, 102]) { _, _ in 0.6 }) == nil)
    #expect(VolatilitySmile(chain(days: [200], strikes: Self.strikes) { _, _ in 0.6 }) == nil)
    #expect(VolatilitySmile(put25: 0.5, atTheMoney: 0, call25: 0.5) == nil)
    #expect(VolatilitySmile(put25: .nan, atTheMoney: 0.5, call25: 0.5) == nil)
  }
}
