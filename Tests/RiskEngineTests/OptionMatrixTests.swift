import CanonicalBytes
import MarginRules
import MarketData
import RiskEngine
import RiskModels
import TestSupport
import Testing

/// The books of the findings and random ones, against the risk matrix that Deribit publishes: ±16 % in four
/// steps, volatility up by 50 and down by 25 % times (30/days)^0.3 or ^0.13, up to 50 % at least, far moves
/// by 16 %/|move|, and 1 % of the underlying for each short option.
@Suite("Options against the published matrix")
struct OptionMatrixTests {
  private struct Leg {
    var id: String
    var option: Black76?
    var size: Double
    var days: Double
  }

  private func setUp() throws -> (RiskSnapshot, [Leg], Double) {
    var shape = RegimeMarket.Shape()
    shape.options = true
    let random = RegimeMarket(shape, seed: 1)
    let snapshot = try SnapshotPublisher(market: random.market, configuration: .standard, tracing: .none)
      .publish(at: random.end, state: .initial, previous: .zero, beacon: .zero).snapshot
    let quotes = try #require(random.market.underlyings[0].chains.last).quotes
    let price = quotes[0].forward
    var legs = [Leg(id: "BTC-PERP", option: nil, size: 0.001, days: 0)]
    for (index, quote) in quotes.enumerated() {
      let days = Double(quote.expiry - random.end) / 86_400
      legs.append(
        Leg(
          id: "BTC-\(index)-\(quote.kind == .call ? "C" : "P")",
          option: Black76(
            forward: quote.forward, strike: quote.strike, years: days / 365,
            volatility: quote.markVolatility ?? 0.6, kind: quote.kind), size: 0.01, days: days))
    }
    return (snapshot, legs, price)
  }

  /// What the matrix asks of positions in lots, in USD.
  private func matrix(_ book: [(leg: Leg, lots: Int64)], price: Double) -> Double {
    var rows: [(move: Double, vol: Int, weight: Double)] = []
    for step in -4...4 { for vol in [-1, 0, 1] { rows.append((0.04 * Double(step), vol, 1)) } }
    for far in [-0.66, -0.33, 0.5, 1, 2, 3] { rows.append((far, 1, 0.16 / abs(far))) }
    var worst = 0.0
    for row in rows {
      var gain = 0.0
      for (leg, lots) in book {
        guard let option = leg.option else {
          gain += price * row.move * leg.size * Double(lots)
          continue
        }
        let term = DeterministicMath.power(30 / leg.days, leg.days < 30 ? 0.3 : 0.13)
        let vol =
          row.vol > 0
          ? max(option.volatility * (1 + 0.5 * term), 0.5)
          : row.vol < 0 ? option.volatility * max(0.1, 1 - 0.25 * term) : option.volatility
        let moved = Black76(
          forward: option.forward * (1 + row.move), strike: option.strike, years: option.years,
          volatility: vol,
          kind: option.kind)
        gain += ((moved?.price ?? 0) - option.price) * leg.size * Double(lots)
      }
      worst = max(worst, -gain * row.weight)
    }
    let short = book.filter { $0.leg.option != nil && $0.lots < 0 }.reduce(0.0) {
      $0 + 0.01 * price * $1.leg.size * -Double($1.lots)
    }
    return worst + short
  }

  private func ratio(
    _ book: [(leg: Leg, lots: Int64)], _ snapshot: RiskSnapshot, price: Double
  ) throws -> Double {
    var positions: [String: Int64] = [:]
    for (leg, lots) in book { positions[leg.id, default: 0] += lots }
    let portfolio = try Portfolio(positions: positions, holdings: [:], debts: [:], cash: 0, under: snapshot)
    let report = try PortfolioMargin(of: portfolio, under: snapshot, kind: .maintenance)
    let scenarios = report.groups.reduce(0) { $0 + $1.loss } + report.contingency
    return Double(max(scenarios, report.bracketRequirement)) / 1e6 / matrix(book, price: price)
  }

  /// The books of the findings, of legs at this price.
  private func listed(_ legs: [Leg], _ price: Double) throws -> [(String, [(leg: Leg, lots: Int64)])] {
    func option(_ days: Double, _ step: Int, _ kind: OptionKind) throws -> Leg {
      try #require(
        legs.first {
          abs($0.days - days) < 0.5 && $0.option?.kind == kind
            && abs(($0.option?.strike ?? 0) / price - 1 - 0.1 * Double(step)) < 1e-6
        })
    }
    let perp = legs[0]
    return [
      ("short perpetual", [(perp, -1_000)]), ("long perpetual", [(perp, 1_000)]),
      ("short straddle 30 d", [(try option(30, 0, .call), -100), (try option(30, 0, .put), -100)]),
      ("short far call 30 d", [(try option(30, 6, .call), -100)]),
      ("short put with short perpetual", [(try option(30, -1, .put), -100), (perp, -350)]),
      ("risk reversal 30 d", [(try option(30, 1, .call), 100), (try option(30, -1, .put), -100)]),
      ("long straddle 180 d", [(try option(180, 0, .call), 100), (try option(180, 0, .put), 100)]),
    ]
  }

  @Test("the matrix of these tests is that of Scripts/oracles/option-matrix.py")
  func oracle() throws {
    let price = 40_000.0
    var legs = [Leg(id: "BTC-PERP", option: nil, size: 0.001, days: 0)]
    for days in [7.0, 30, 180] {
      for step in -4...6 {
        for kind in [OptionKind.call, .put] {
          legs.append(
            Leg(
              id: "\(days) \(step) \(kind)",
              option: Black76(
                forward: price, strike: price * (1 + 0.1 * Double(step)), years: days / 365,
                volatility: 0.6 + 0.002 * Double(step * step), kind: kind), size: 0.01, days: days))
        }
      }
    }
    let expected = [
      6400, 6400, 6907.565211, 5519.069412, 3327.591198, 5886.695461, 2754.312471,
    ]
    for ((name, book), figure) in zip(try listed(legs, price), expected) {
      let found = matrix(book, price: price)
      #expect(abs(found / figure - 1) < 1e-8, "\(name): \(found)")
    }
  }

  @Test("C1 the listed books ask 0.8 to 1.5 times the matrix")
  func books() throws {
    let (snapshot, legs, price) = try setUp()
    for (name, book) in try listed(legs, price) {
      let found = try ratio(book, snapshot, price: price)
      #expect((0.8...1.5).contains(found), "\(name): \(found) times the matrix")
    }
  }

  @Test("of 1,000 random books nearly all ask 0.8 to 1.5 times the matrix, and none much less")
  func randomBooks() throws {
    let (snapshot, legs, price) = try setUp()
    var random = SplitMix64(seed: 1_000)
    var (outside, least, most) = (0, Double.infinity, 0.0)
    for _ in 0..<1_000 {
      let book = (0..<Int.random(in: 2...8, using: &random)).map { _ -> (leg: Leg, lots: Int64) in
        let leg = legs[Int.random(in: 0..<legs.count, using: &random)]
        let lots = Int64.random(in: -200...200, using: &random)
        return (leg, leg.option == nil ? lots * 10 : lots == 0 ? 1 : lots)
      }
      // One entry for each instrument.
      var merged: [String: (leg: Leg, lots: Int64)] = [:]
      for (leg, lots) in book { merged[leg.id] = (leg, (merged[leg.id]?.lots ?? 0) + lots) }
      let net = merged.values.filter { $0.lots != 0 }.sorted { $0.leg.id < $1.leg.id }
      guard !net.isEmpty else { continue }
      let found = try ratio(net, snapshot, price: price)
      (least, most) = (min(least, found), max(most, found))
      if !(0.8...1.5).contains(found) { outside += 1 }
    }
    #expect(least > 0.8 && outside < 20, "from \(least) to \(most), \(outside) outside")
  }

  @Test("what is reported of a lone linear position is what the rule asks, to a quantum")
  func linear() throws {
    let (snapshot, _, _) = try setUp()
    let instrument = try #require(snapshot.instruments.first { $0.id == "BTC-PERP" })
    for kind in MarginKind.allCases {
      for side in LinearRate.Side.allCases {
        let rate = try #require(LinearRate.ppm(of: instrument, side, kind, under: snapshot))
        let lots: Int64 = side == .long ? 100 : -100
        let value = side == .long ? instrument.markFloor : instrument.markCeil
        let requirement = (Int128(rate) * Int128(instrument.markCeil) * 100 + 999_999) / 1_000_000
        func verdict(_ cash: Int64) throws -> MarginVerdict {
          let book = try Portfolio(
            positions: ["BTC-PERP": lots], holdings: [:], debts: [:],
            cash: cash - lots * value, under: snapshot)
          return try PortfolioMargin(of: book, under: snapshot, kind: kind).verdict
        }
        #expect(try verdict(Int64(requirement)) == .covered)
        // One millionth of notional less does not do.
        let less = (Int128(rate - 2) * Int128(instrument.markCeil) * 100) / 1_000_000
        #expect(try verdict(Int64(less)) != .covered)
      }
    }
    #expect(
      LinearRate.liquidation(.long, equity: 0.2, maintenance: 0.1).map { abs($0 - 8.0 / 9) < 1e-12 } == true)
    #expect(
      LinearRate.liquidation(.short, equity: 0.2, maintenance: 0.1).map { abs($0 - 12.0 / 11) < 1e-12 }
        == true)
  }
}
