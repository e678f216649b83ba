import CanonicalBytes
import Liquidation
import MarginRules
import TestSupport

/// Markets and books for tests of liquidation.
enum Desk {
  /// A snapshot of perpetuals that are worth one USD a lot, with one bracket of `ppm` maintenance margin, and
  /// no scenario that asks for more.
  static func linear(ppm: Int64, count: Int = 1) throws -> RiskSnapshot {
    let group = ScenarioGroup(
      id: "g",
      scenarios: [
        Scenario(weight: 1_000_000, price: -1_000, vol: 0), Scenario(weight: 1_000_000, price: 1_000, vol: 0),
      ])
    let instruments = (0..<count).map { index in
      var perp = Instrument(
        id: "P\(index)", lot: "1 USD", group: "g", markFloor: 1_000_000, markCeil: 1_000_000,
        pnlLong: [-1_000, 1_000],
        pnlShort: [1_000, -1_000])
      perp.kind = .perpetual
      perp.long = [Bracket(capLots: nil, imPerLot: 2 * ppm, mmPerLot: ppm)]
      perp.short = perp.long
      return perp
    }
    let dollar = CollateralAsset(
      id: "USD", lot: "0.01 USD", tranches: [Tranche(capLots: nil, valIM: 10_000, valMM: 10_000)],
      debtIM: 10_000,
      debtMM: 10_000)
    return try RiskSnapshot(
      SnapshotDraft(
        epoch: 1, validFrom: 0, validTo: 3_600,
        tiers: Tiers(maintenance: 1_000_000, initial: 1_000_000, closeOnly: 1_100_000), groups: [group],
        collateral: [dollar], instruments: instruments))
  }

  /// Random sound snapshots: perpetuals and options of two groups, brackets and scenarios of every sort.
  static func random(instruments count: Int, rows: Int, using random: inout SplitMix64) throws -> RiskSnapshot
  {
    let names = ["g", "h"]
    let groups = names.map { name in
      ScenarioGroup(
        id: name,
        scenarios: (0..<rows).map { row in
          Scenario(weight: 1_000_000, price: Int64(row) * 10_000 - 160_000, vol: 0)
        })
    }
    let instruments = (0..<count).map { index in
      let mark = Int64.random(in: 1_000...100_000_000, using: &random)
      let gains = (0..<rows).map { row -> Int64 in
        let move = Int64(row) * 300_000 / Int64(max(rows - 1, 1)) - 150_000
        let noise = Int64.random(in: -20_000...20_000, using: &random)
        return Int64(Int128(mark) * Int128(move + noise) / 1_000_000)
      }
      var one = Instrument(
        id: "I\(index)", lot: "1", group: names[index % 2], markFloor: mark, markCeil: mark + mark / 1_000,
        pnlLong: gains.map { $0 - 1 }, pnlShort: gains.map { -$0 - 1 })
      one.kind = .perpetual
      if index % 3 != 2 {
        let rate = max(1, mark / Int64.random(in: 10...100, using: &random))
        for side in [\Instrument.long, \Instrument.short] {
          one[keyPath: side] = [
            Bracket(
              capLots: Int64.random(in: 1...50_000, using: &random), imPerLot: 2 * rate, mmPerLot: rate),
            Bracket(capLots: nil, imPerLot: 4 * rate, mmPerLot: 2 * rate),
          ]
        }
      }
      one.contShort = mark / 500
      one.feeExit = mark / 2_000
      return one
    }
    let dollar = CollateralAsset(
      id: "USD", lot: "0.01 USD", tranches: [Tranche(capLots: nil, valIM: 9_900, valMM: 9_950)],
      debtIM: 10_200,
      debtMM: 10_100)
    var draft = SnapshotDraft(
      epoch: 1, validFrom: 0, validTo: 3_600,
      tiers: Tiers(maintenance: 1_000_000, initial: 1_000_000, closeOnly: 1_100_000), groups: groups,
      collateral: [dollar], instruments: instruments)
    draft.bufferPpm = 1_100_000
    return try RiskSnapshot(draft)
  }

  /// A book with positions in `legs` instruments and as much cash as makes its health what is asked.
  static func book(
    under snapshot: RiskSnapshot, legs: Int, healthPpm: Int64, rule: AccountRule = .portfolioMargin,
    using random: inout SplitMix64
  ) throws -> Portfolio {
    var book = Portfolio(
      positions: snapshot.instruments.map { _ in 0 }, holdings: snapshot.collateral.map { _ in 0 },
      debts: snapshot.collateral.map { _ in 0 }, cash: 0)
    for i in snapshot.instruments.indices.shuffled(using: &random).prefix(legs) {
      let value = Int64.random(in: 1_000_000_000...100_000_000_000, using: &random)
      let lots = max(1, value / snapshot.instruments[i].markCeil)
      book.positions[i] = Bool.random(using: &random) ? lots : -lots
    }
    let health = try AccountHealth(of: book, under: snapshot, rule: rule)
    book.cash = Int64(health.requirement * Int128(healthPpm) / 1_000_000 - health.equity)
    return book
  }

  static func terms(_ change: (inout LiquidationTerms) -> Void) -> LiquidationTerms {
    var terms = LiquidationTerms.standard
    change(&terms)
    return terms
  }
}
