import CanonicalBytes
import MarginRules
import MarketData
import RiskEngine
import RiskModels
import TestSupport
import Testing

/// The books of the findings and random ones, against the risk matrix that Deribit publishes: ±16 % in four steps, volatility
/// up by 50 and down by 25 % times (30/days)^0.3 or ^0.13, up to 50 % at least, far moves by 16 %/|move|, and 1 % of the
/// underlying for each short option.
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

  @Test("C1 the listed books ask 0.8 to 1.5 times the matrix")
  func books() throws {
    let (snapshot, legs, price) = try setUp()
    func option(_ days: Double, _ step: Int, _ kind: OptionKind) throws -> Leg {
      try #require(
        legs.first {
          abs($0.days - days) < 0.5 && $0.option?.kind == kind
            && abs(($0.option?.strike ?? 0) / price - 1 - 0.1 * Double(step)) < 1e-6
        })
    }
    let perp = legs[0]
    let books: [(String, [(leg: Leg, lots: Int64)])] = [
      ("short perpetual", [(perp, -1_000)]), ("long perpetual", [(perp, 1_000)]),
      ("short straddle 30 d", [(try option(30, 0, .call), -100), (try option(30, 0, .put), -100)]),
      ("short far call 30 d", [(try option(30, 6, .call), -100)]),
      ("short put with short perpetual", [(try option(30, -1, .put), -100), (perp, -350)]),
      ("risk reversal 30 d", [(try option(30, 1, .call), 100), (try option(30, -1, .put), -100)]),
      ("long straddle 180 d", [(try option(180, 0, .call), 100), (try option(180, 0, .put), 100)]),
    ]
    for (name, book) in books {
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

  @Test("a market move explains numbers that move together, and nothing that one instrument does alone")
  func marketMove() throws {
    let (snapshot, _, _) = try setUp()
    #expect(MarketMove(from: snapshot, to: snapshot).explainedShare == 1)
    var draft = snapshot.draft
    func scaled(_ x: Int64, _ f: Double) -> Int64 { Int64((Double(x) * f).rounded()) }
    draft.epoch += 1
    for i in draft.instruments.indices where draft.instruments[i].kind == .perpetual {
      draft.instruments[i].markFloor = scaled(draft.instruments[i].markFloor, 0.7)
      draft.instruments[i].markCeil = scaled(draft.instruments[i].markCeil, 0.7)
      draft.instruments[i].pnlLong = draft.instruments[i].pnlLong.map { scaled($0, 0.7 * 1.5) }
      draft.instruments[i].pnlShort = draft.instruments[i].pnlShort.map { scaled($0, 0.7 * 1.5) - 1 }
      for k in draft.instruments[i].long.indices {
        draft.instruments[i].long[k].imPerLot = scaled(draft.instruments[i].long[k].imPerLot, 0.7 * 1.5)
        draft.instruments[i].long[k].mmPerLot = scaled(draft.instruments[i].long[k].mmPerLot, 0.7 * 1.5)
      }
      for k in draft.instruments[i].short.indices {
        draft.instruments[i].short[k].imPerLot = scaled(draft.instruments[i].short[k].imPerLot, 0.7 * 1.5)
        draft.instruments[i].short[k].mmPerLot = scaled(draft.instruments[i].short[k].mmPerLot, 0.7 * 1.5)
      }
    }
    let crash = try RiskSnapshot(draft)
    let move = MarketMove(from: snapshot, to: crash)
    #expect(
      abs((move.groups["BTC"]?.price ?? 0) - 0.7) < 1e-3
        && abs((move.groups["BTC"]?.margin ?? 0) - 1.5) < 1e-3)
    #expect((move.moved["BTC-PERP"] ?? 0) > 250_000 && (move.unexplained["BTC-PERP"] ?? .max) < 2_000)
    // One bracket of one side alone.
    let place = try #require(draft.instruments.firstIndex { $0.id == "BTC-PERP" })
    draft.instruments[place].long[0].mmPerLot -= draft.instruments[place].long[0].mmPerLot / 2
    let probe = MarketMove(from: crash, to: try RiskSnapshot(draft))
    #expect((probe.unexplained["BTC-PERP"] ?? 0) > 10_000)
  }
}
