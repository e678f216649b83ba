import Foundation
import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Black's model")
struct Black76Tests {
  /// A random option, from far out of the money to far in it.
  private static func random(_ generator: inout SplitMix64, _ kind: OptionKind) -> Black76? {
    let forward = DeterministicMath.exp(8 * generator.uniform())
    return Black76(
      forward: forward, strike: forward * DeterministicMath.exp(generator.uniform() - 0.5),
      years: 0.01 + generator.uniform(), volatility: 0.1 + 1.5 * generator.uniform(), kind: kind)
  }

  @Test
  func `G5: prices and Greeks`() throws {
    let golden = try Golden.numbers("G5 Black-76 F=100 K=110 T=.5 sigma=.8 r=0")
    let call = try #require(Black76(forward: 100, strike: 110, years: 0.5, volatility: 0.8, kind: .call))
    let put = try #require(Black76(forward: 100, strike: 110, years: 0.5, volatility: 0.8, kind: .put))
    #expect(agree(call.price, golden["call"], within: 1e-14))
    #expect(agree(put.price, golden["put"], within: 1e-14))
    #expect(agree(call.greeks.delta, golden["delta"], within: 1e-14))
    #expect(agree(call.greeks.gamma, golden["gamma"], within: 1e-14))
    #expect(agree(call.greeks.vega / 100, golden["vega_per_1pct"], within: 1e-14))
  }

  @Test("prices and Greeks of forty digits")
  func precise() throws {
    for row in try EstimatorVectors.all.get().black76.rows {
      func option(_ kind: OptionKind) -> Black76? {
        Black76(
          forward: row.forward, strike: row.strike, years: row.years, volatility: row.volatility, kind: kind)
      }
      let (call, put) = (try #require(option(.call)), try #require(option(.put)))
      // of the greater of forward and strike: prices are differences of such numbers
      let unit = 1e-15 * max(row.forward, row.strike)
      #expect((call.price - row.call).magnitude <= unit)
      #expect((put.price - row.put).magnitude <= unit)
      #expect((call.greeks.delta - row.delta).magnitude <= 1e-14)
      #expect(agree(call.greeks.gamma, row.gamma, within: 1e-12))
      #expect(agree(call.greeks.vega, row.vega, within: 1e-12))
      #expect(agree(put.greeks.vega, row.vega, within: 1e-12))
      #expect(agree(call.greeks.theta, row.theta, within: 1e-12))
    }
  }

  @Test("call less put is the forward less the strike")
  func parity() throws {
    var generator = SplitMix64(seed: 110)
    for _ in 0..<5_000 {
      let call = try #require(Self.random(&generator, .call))
      let put = try #require(
        Black76(
          forward: call.forward, strike: call.strike, years: call.years, volatility: call.volatility,
          kind: .put))
      #expect(
        (call.price - put.price - (call.forward - call.strike)).magnitude <= 4e-15
          * (call.forward + call.strike))
      #expect((call.greeks.delta - put.greeks.delta - 1).magnitude < 1e-14)
    }
  }

  @Test("Greeks are the differences of prices", arguments: OptionKind.allCases)
  func differences(_ kind: OptionKind) throws {
    var generator = SplitMix64(seed: 111)
    for _ in 0..<500 {
      let option = try #require(Self.random(&generator, kind))
      let F = option.forward
      func price(_ forward: Double, _ years: Double, _ volatility: Double) -> Double {
        Black76(forward: forward, strike: option.strike, years: years, volatility: volatility, kind: kind)?
          .price
          ?? .nan
      }
      let (T, σ) = (option.years, option.volatility)
      let h = 1e-4 * F
      let (up, here, down) = (price(F + h, T, σ), option.price, price(F - h, T, σ))
      let greeks = option.greeks
      #expect((greeks.delta - (up - down) / (2 * h)).magnitude < 1e-4)
      #expect((greeks.gamma - (up - 2 * here + down) / (h * h)).magnitude < 1e-3 * greeks.gamma + 1e-6 / F)
      let byVolatility = (price(F, T, σ + 1e-5) - price(F, T, σ - 1e-5)) / 2e-5
      #expect((greeks.vega - byVolatility).magnitude < 1e-4 * greeks.vega + 1e-8 * F)
      let byTime = (price(F, T - 1e-6, σ) - price(F, T + 1e-6, σ)) / 2e-6
      #expect((greeks.theta - byTime).magnitude < 1e-3 * -greeks.theta + 1e-7 * F)
      let coins = { (forward: Double) in price(forward, T, σ) / forward }
      #expect((greeks.coinDelta - F * (coins(F + h) - coins(F - h)) / (2 * h)).magnitude < 1e-4)
    }
  }

  @Test("more volatility or time never makes an option cheaper, and prices keep their bounds")
  func monotone() throws {
    for kind in OptionKind.allCases {
      for strike in [1.0, 50, 99, 100, 101, 200, 1e6] {
        var last = 0.0
        for k in 0...60 {
          let volatility = k == 0 ? 0 : DeterministicMath.exp(0.3 * Double(k) - 9)
          let option = try #require(
            Black76(forward: 100, strike: strike, years: 0.25, volatility: volatility, kind: kind))
          #expect(option.price >= last)
          #expect(option.price >= option.intrinsic)
          #expect(option.price <= (kind == .call ? 100 : strike))
          last = option.price
        }
      }
    }
  }

  @Test("expired options, and those without volatility, are worth what exercising gives")
  func degenerate() throws {
    for (years, volatility) in [(0.0, 0.8), (-1, 0.8), (0.5, 0)] {
      let call = try #require(
        Black76(forward: 120, strike: 100, years: years, volatility: volatility, kind: .call, discount: 0.9))
      #expect(call.price == 18)
      #expect(call.greeks.delta == 0.9)
      #expect(call.greeks.gamma == 0 && call.greeks.vega == 0 && call.greeks.theta == 0)
      let put = try #require(
        Black76(forward: 120, strike: 100, years: years, volatility: volatility, kind: .put))
      #expect(put.price == 0 && put.greeks.delta == 0)
    }
    #expect(Black76(forward: 0, strike: 1, years: 1, volatility: 1, kind: .call) == nil)
    #expect(Black76(forward: 1, strike: -1, years: 1, volatility: 1, kind: .call) == nil)
    #expect(Black76(forward: 1, strike: 1, years: .nan, volatility: 1, kind: .call) == nil)
    #expect(Black76(forward: 1, strike: 1, years: 1, volatility: -1, kind: .call) == nil)
    let wild = try #require(Black76(forward: 1e-300, strike: 1e300, years: 1e9, volatility: 1e9, kind: .put))
    #expect(wild.price.isFinite && wild.greeks.gamma.isFinite && wild.greeks.delta.isFinite)
  }

  @Test("deltas of Deribit's tickers are theirs", .enabled(if: SharedData.isPresent))
  func deribit() throws {
    let bytes = try Gzip.decompress(
      SharedData.bytes("options/deribit_tickers_20210722.json.gz"), limit: 1 << 26)
    let root = try JSONSerialization.jsonObject(with: Data(bytes))
    let tickers = try #require(root as? [[String: Any]])
    var worst = 0.0
    var count = 0
    for ticker in tickers {
      func number(_ name: String) -> Double? { (ticker[name] as? NSNumber)?.doubleValue }
      let name = (ticker["instrument_name"] as? String ?? "").split(separator: "-")
      guard name.count == 4, let expiry = Self.expiries[String(name[1])], let strike = Double(name[2]),
        let forward = number("underlying_price"), let iv = number("mark_iv"), let time = number("timestamp"),
        let theirs = ((ticker["greeks"] as? [String: Any])?["delta"] as? NSNumber)?.doubleValue
      else { continue }
      let years = (Double(startOfDay(expiry)) + 8 * 3600 - time / 1000) / Double(Year.seconds)
      let option = try #require(
        Black76(
          forward: forward, strike: strike, years: years, volatility: iv / 100,
          kind: name[3] == "C" ? .call : .put))
      worst = max(worst, (option.greeks.delta - theirs).magnitude)
      count += 1
    }
    #expect(count > 50)
    #expect(worst < 1e-4)
  }

  private static let expiries = [
    "30JUL21": "2021-07-30", "27AUG21": "2021-08-27", "24SEP21": "2021-09-24", "31DEC21": "2021-12-31",
    "25MAR22": "2022-03-25", "24JUN22": "2022-06-24", "23JUL21": "2021-07-23", "6AUG21": "2021-08-06",
    "13AUG21": "2021-08-13", "24JUL21": "2021-07-24",
  ]
}

@Suite("Implied volatility")
struct ImpliedVolatilityTests {
  @Test("it gives the price back", arguments: OptionKind.allCases)
  func roundTrip(_ kind: OptionKind) throws {
    var generator = SplitMix64(seed: 112)
    for _ in 0..<3_000 {
      let σ = 0.05 + 3 * generator.uniform()
      let T = 0.005 + 2 * generator.uniform()
      let K = 100 * DeterministicMath.exp(1.5 * σ * T.squareRoot() * (2 * generator.uniform() - 1))
      let option = try #require(Black76(forward: 100, strike: K, years: T, volatility: σ, kind: kind))
      let implied = try #require(
        ImpliedVolatility.solve(price: option.price, forward: 100, strike: K, years: T, kind: kind))
      // a price is rounded to 2⁻⁵² of 100 or K, which vega turns into volatility
      #expect((implied - σ).magnitude <= 1e-13 * (100 + K) / option.greeks.vega + 1e-13)
    }
  }

  @Test("there is none outside the arbitrage bounds, after expiry, or beyond reason")
  func bounds() {
    func solve(_ price: Double, _ kind: OptionKind, strike: Double = 90, years: Double = 0.5) -> Double? {
      ImpliedVolatility.solve(price: price, forward: 100, strike: strike, years: years, kind: kind)
    }
    #expect(solve(10, .call) == nil)
    #expect(solve(9, .call) == nil)
    #expect(solve(100, .call) == nil)
    #expect(solve(10.5, .call) != nil)
    #expect(solve(0, .put) == nil)
    #expect(solve(90, .put) == nil)
    #expect(solve(1e-9, .put) != nil)
    #expect(solve(12, .call, years: 0) == nil)
    #expect(solve(.nan, .call) == nil)
    #expect(solve(99.99999999, .call, years: 1e-6) == nil)
  }

  @Test("a quote's volatility is the venue's, else that of its middle price")
  func quotes() throws {
    let option = try #require(Black76(forward: 100, strike: 110, years: 0.5, volatility: 0.8, kind: .call))
    var quote = OptionQuote(expiry: Year.seconds / 2, strike: 110, kind: .call, forward: 100)
    #expect(ImpliedVolatility.of(quote, at: 0) == nil)
    quote.mark = option.price
    #expect(agree(ImpliedVolatility.of(quote, at: 0), 0.8, within: 1e-12))
    (quote.bid, quote.ask) = (option.price - 1, option.price + 1)
    #expect(agree(ImpliedVolatility.of(quote, at: 0), 0.8, within: 1e-12))
    quote.markVolatility = 0.7
    #expect(ImpliedVolatility.of(quote, at: 0) == 0.7)
    (quote.bidVolatility, quote.askVolatility) = (0.5, 0.7)
    #expect(agree(ImpliedVolatility.of(quote, at: 0), 0.6))
  }
}
