internal import CanonicalBytes
internal import Foundation
package import MarginRules

/// Snapshots and portfolios that several suites use.
package enum SnapshotFixture {
  /// The snapshot that the golden accounts were computed under.
  package static func goldenSnapshot() throws -> RiskSnapshot {
    try RiskSnapshot(json: Array(Vectors.data("margin/snapshot_example.json")))
  }

  /// A file of the folder `Examples`.
  package static func example(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: Vectors.packageRoot.appending(path: "Examples/\(name)")))
  }

  /// A small draft in which every optional field is present and every list has at least two elements.
  package static func draft() -> SnapshotDraft {
    let down = Scenario(weight: 1_000_000, price: -160_000, vol: -1_000_000)
    let up = Scenario(weight: 250_000, price: 3_000_000, vol: 500_000)
    var perp = Instrument(
      id: "PERP", lot: "0.001 BTC", group: "g", markFloor: 1_000, markCeil: 1_002,
      pnlLong: [-160, 150], pnlShort: [159, -151])
    perp.kind = .perpetual
    perp.long = [
      Bracket(capLots: 5, imPerLot: 20, mmPerLot: 10), Bracket(capLots: 3, imPerLot: 30, mmPerLot: 10),
      Bracket(capLots: nil, imPerLot: 60, mmPerLot: 40),
    ]
    perp.short = [
      Bracket(capLots: 4, imPerLot: 22, mmPerLot: 11), Bracket(capLots: nil, imPerLot: 66, mmPerLot: 44),
    ]
    perp.contLong = 1
    perp.contShort = 2
    perp.feeExit = 3
    perp.maxLongLots = 100
    perp.maxShortLots = 90
    perp.factors = [30, -40]
    var option = Instrument(
      id: "CALL", lot: "0.1 BTC", group: "h", markFloor: 200, markCeil: 201,
      pnlLong: [-100, 300], pnlShort: [99, -301])
    option.kind = .call
    option.contShort = 7
    option.maxLongLots = 50
    option.maxShortLots = 40
    option.factors = [0, 5]
    option.flags = InstrumentFlags(openLong: true, openShort: false, closeOnly: false, stale: true)
    var dollar = CollateralAsset(
      id: "USD", lot: "0.01 USD",
      tranches: [
        Tranche(capLots: 1_000, valIM: 99, valMM: 100), Tranche(capLots: nil, valIM: 80, valMM: 90),
      ], debtIM: 102, debtMM: 101)
    dollar.group = "g"
    dollar.isolationCeiling = 1_000_000
    dollar.maxBorrow = 500
    var coin = dollar
    coin.id = "BTC"
    coin.tranches = [
      Tranche(capLots: 10, valIM: 500, valMM: 600), Tranche(capLots: 20, valIM: 400, valMM: 600),
      Tranche(capLots: nil, valIM: 0, valMM: 100),
    ]
    coin.debtIM = 800
    coin.debtMM = 700
    var draft = SnapshotDraft(
      epoch: 7, validFrom: 1_770_326_977, validTo: 1_770_330_577,
      tiers: Tiers(maintenance: 1_000_000, initial: 1_050_000, closeOnly: 1_100_000),
      groups: [
        ScenarioGroup(id: "g", scenarios: [down, up]), ScenarioGroup(id: "h", scenarios: [down, up]),
      ],
      collateral: [dollar, coin], instruments: [perp, option])
    draft.asOf = 1_770_326_970
    draft.prevHash = .sha256(of: [1])
    draft.inputRoot = .sha256(of: [2])
    draft.beacon = .sha256(of: [3])
    draft.regime = .stress
    draft.haltLevel = 1
    draft.graceEpochs = 2
    draft.bufferPpm = 1_150_000
    draft.note = "for tests: é"
    draft.factors = [RiskFactor(id: "level"), RiskFactor(id: "vol")]
    return draft
  }

  package static func snapshot() throws -> RiskSnapshot {
    try RiskSnapshot(draft())
  }

  /// No amounts at all, for the small snapshot.
  package static let empty = Portfolio(positions: [0, 0], holdings: [0, 0], debts: [0, 0], cash: 0)

  /// An amount of any size that a portfolio may have, small ones as likely as large ones.
  package static func amount(below bits: Int, using random: inout SplitMix64) -> Int64 {
    let bits = Int.random(in: 0...bits, using: &random)
    return Int64.random(in: 0..<(1 << bits), using: &random)
  }

  private static func signed(below bits: Int, using random: inout SplitMix64) -> Int64 {
    let magnitude = amount(below: bits, using: &random)
    return Bool.random(using: &random) ? magnitude : -magnitude
  }

  /// A portfolio for the small snapshot.
  package static func portfolio(bits: Int, using random: inout SplitMix64) -> Portfolio {
    var portfolio = empty
    portfolio.positions = portfolio.positions.map { _ in signed(below: bits, using: &random) }
    portfolio.cash = signed(below: bits, using: &random) * 1_000
    portfolio.holdings = portfolio.holdings.map { _ in amount(below: bits, using: &random) }
    portfolio.debts = portfolio.debts.map { _ in amount(below: bits, using: &random) }
    return portfolio
  }
}
