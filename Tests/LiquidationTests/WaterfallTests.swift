import CanonicalBytes
import Foundation
import Liquidation
import TestSupport
import Testing

@Suite("Waterfall")
struct WaterfallTests {
  private static func digest(_ text: String) -> Digest { .sha256(of: Array(text.utf8)) }

  @Test("parts add up to the whole, are within one of their share and at most their weight")
  func apportionment() throws {
    var random = SplitMix64(seed: 31)
    for _ in 0..<500 {
      let weights = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        Bool.random(using: &random) ? 0 : Int64.random(in: 0...1_000, using: &random)
      }
      let sum = weights.reduce(0, +)
      guard sum > 0 else { continue }
      let total = Int64.random(in: 0...2 * sum, using: &random)
      let parts = try Apportionment.parts(of: total, by: weights)
      #expect(parts.reduce(0, +) == total)
      for (part, weight) in zip(parts, weights) {
        #expect(abs(part * sum - total * weight) < sum)
        if total <= sum { #expect(part <= weight) }
      }
    }
    #expect(throws: LiquidationError.malformed) { try Apportionment.parts(of: 1, by: [0, 0]) }
    #expect(throws: LiquidationError.malformed) { try Apportionment.parts(of: 1, by: [-1, 2]) }
  }

  @Test("every loss is borne to the quantum, in order, and each claim once")
  func waterfall() throws {
    var random = SplitMix64(seed: 32)
    for round in 0..<300 {
      var layers = try InsuranceLayers([
        InsuranceLayer(attachment: 0, exhaustion: 500), InsuranceLayer(attachment: 500, exhaustion: 2_000),
      ])
      let loss = Int64.random(in: 1...6_000, using: &random)
      let winners = (0..<4).map { index in
        Winner(
          account: "w\(index)", lots: Int64.random(in: 0...10, using: &random),
          gain: Int64.random(in: -100...800, using: &random), rank: Int64.random(in: 0...3, using: &random))
      }
      var contents: [Purse: Int64] = [
        .account("debtor"): -loss, .penaltyPot: Int64.random(in: 0...300, using: &random), .insurance(0): 500,
        .insurance(1): Int64.random(in: 0...1_500, using: &random), .backstop: 400, .venue: 70,
      ]
      for winner in winners { contents[.account(winner.account)] = 10_000 }
      var purses = try Purses(contents)
      let before = purses
      let gains = Dictionary(uniqueKeysWithValues: winners.map { ($0.account, $0.gain) })
      let policy = DeleveragingPolicy.allCases[round % 3]
      let certificate = Self.digest("case \(round)")
      let fall = try Waterfall(
        of: "debtor", loss: loss, certificate: certificate,
        position: round % 2 == 0 ? .init(lots: 12, winners: winners, policy: policy) : nil, gains: gains,
        layers: &layers, purses: &purses)
      #expect(fall.lines.reduce(0) { $0 + $1.amount } == loss)
      #expect(purses.total == before.total)
      #expect(purses.balances.values.reduce(0, +) == before.balances.values.reduce(0, +))
      #expect(purses[.account("debtor")] == -fall.unpaid)
      #expect(purses[.venue] == 70)
      let order = fall.lines.map { WaterfallLine.Step.allCases.firstIndex(of: $0.step) ?? 0 }
      #expect(order == order.sorted())
      // Nobody gives more than it has gained, and nothing is unpaid while a gain is left.
      var given: [String: Int64] = fall.socialised
      for share in fall.deleveraging?.shares ?? [] { given[share.account, default: 0] += share.taken }
      for winner in winners { #expect((given[winner.account] ?? 0) <= max(0, winner.gain)) }
      if fall.unpaid > 0 { #expect(winners.allSatisfy { (given[$0.account] ?? 0) == max(0, $0.gain) }) }
      let (unchanged, money) = (layers, purses)
      #expect(throws: LiquidationError.claimedBefore) {
        try Waterfall(
          of: "debtor", loss: 1, certificate: certificate, position: nil, gains: [:], layers: &layers,
          purses: &purses)
      }
      #expect(layers == unchanged && purses == money)
    }
  }

  @Test("the queue goes by rank, who proved nothing is first, and the order of winners changes nothing")
  func queue() throws {
    let winners = [
      Winner(account: "a", lots: 5, gain: 100, rank: 2), Winner(account: "b", lots: 5, gain: 100, rank: 7),
      Winner(account: "c", lots: 5, gain: 100, rank: Winner.unproven),
      Winner(account: "d", lots: 5, gain: 90, rank: 7),
    ]
    let plan = try Deleveraging(lots: 12, deficit: 60, winners: winners, policy: .queue)
    #expect(plan.shares.map(\.lots) == [0, 5, 5, 2])
    #expect(plan.shares.map(\.taken) == [0, 25, 25, 10] && plan.lotsLeft == 0 && plan.uncovered == 0)
    var random = SplitMix64(seed: 33)
    for policy in DeleveragingPolicy.allCases {
      let first = try Deleveraging(lots: 11, deficit: 250, winners: winners, policy: policy)
      for _ in 0..<5 {
        let other = try Deleveraging(
          lots: 11, deficit: 250, winners: winners.shuffled(using: &random), policy: policy)
        #expect(other.taken == first.taken && other.lotsLeft == first.lotsLeft)
        if policy == .queue { #expect(Set(other.shares) == Set(first.shares)) }
      }
    }
    let rata = try Deleveraging(lots: 10, deficit: 40, winners: winners, policy: .proRata)
    #expect(rata.shares.map(\.lots).reduce(0, +) == 10 && rata.taken == 40)
    let haircut = try Deleveraging(lots: 10, deficit: 39, winners: winners, policy: .deficitOnly)
    #expect(haircut.shares.allSatisfy { $0.lots == 0 } && haircut.taken == 39 && haircut.lotsLeft == 10)
    #expect(throws: LiquidationError.malformed) {
      try Deleveraging(lots: 1, deficit: 0, winners: [winners[0], winners[0]], policy: .queue)
    }
    #expect(Winner.rank(gain: 50, entryValue: 100, value: 150, equity: 75) == 1_000_000)
    #expect(Winner.rank(gain: 0, entryValue: 100, value: 150, equity: 75) == 0)
  }

  @Test("layers pay between their ends; the premium of a compound Poisson loss is its closed form")
  func layers() throws {
    var layers = try InsuranceLayers([
      InsuranceLayer(attachment: 0, exhaustion: 100), InsuranceLayer(attachment: 100, exhaustion: 250),
    ])
    for (loss, paid) in [(60, [60, 0]), (60, [40, 20]), (500, [0, 130]), (5, [0, 0])] as [(Int64, [Int64])] {
      let found = try layers.claim(loss, certificate: Self.digest("\(loss) \(paid)"))
      #expect(found == paid)
    }
    #expect(layers.remaining == 0)
    #expect(throws: LiquidationError.malformed) {
      try InsuranceLayers([InsuranceLayer(attachment: 1, exhaustion: 2)])
    }
    // N ~ Poisson(λ), every loss x: E[min(x·N, l)] = Σ P(N = n)·min(x·n, l).
    let (λ, x, limit) = (1.5, 1_000 as Int64, 2_500 as Int64)
    var (exact, p) = (0.0, exp(-1.5))
    for n in 0..<60 {
      exact += p * Double(min(Int64(n) * x, limit))
      p *= λ / Double(n + 1)
    }
    var random = SplitMix64(seed: 34)
    let losses = (0..<40_000).map { _ -> Int64 in
      var (product, n) = (Double.random(in: 0..<1, using: &random), 0 as Int64)
      while product > exp(-λ) {
        product *= Double.random(in: 0..<1, using: &random)
        n += 1
      }
      return n * x
    }
    let one = try InsuranceLayers([InsuranceLayer(attachment: 0, exhaustion: limit)])
    let premium = try #require(try one.premiums(losses: losses, loadPpm: 250_000)?.first)
    // Within five deviations of the mean of 40,000 periods.
    #expect((Double(premium) / 1.25 - exact).magnitude < 5 * 1_000 / 200)
    #expect(InsuranceLayers.covers2(fund: 30, losses: [5, 20, 10, 1]))
    #expect(!InsuranceLayers.covers2(fund: 29, losses: [5, 20, 10, 1]))
  }

  @Test("purses refuse what would leave less than nothing, and change nothing then")
  func purses() throws {
    var purses = try Purses([.venue: 10, .account("a"): -5])
    let before = purses
    #expect(throws: LiquidationError.overdrawn(.venue, missing: 1)) {
      try purses.post([
        Transfer(4, from: .account("a"), to: .penaltyPot), Transfer(11, from: .venue, to: .account("a")),
      ])
    }
    #expect(throws: LiquidationError.malformed) {
      try purses.post([Transfer(-1, from: .venue, to: .backstop)])
    }
    #expect(purses == before)
    try purses.post([Transfer(10, from: .venue, to: .account("a"))])
    #expect(purses[.account("a")] == 5 && purses[.venue] == 0 && purses.total == 5)
    #expect(throws: LiquidationError.overdrawn(.backstop, missing: 1)) { try Purses([.backstop: -1]) }
  }

  /// 10 October 2025: 16 waves on Hyperliquid, what they lacked, and what each policy takes from winners.
  @Test(.enabled(if: Vectors.sharedVectors != nil))
  func `G18: the waves of 10 October 2025 under the three policies`() throws {
    let folder = try #require(Vectors.sharedVectors).deletingLastPathComponent()
      .appending(path: "marketdata/licensed/adl_20251010_hyperliquid")
    let text = try String(
      contentsOf: folder.appending(path: "two_pass_equity_delta_by_wave.csv"), encoding: .utf8)
    let rows = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
    let header = try #require(rows.first)
    func column(_ name: String) throws -> [Double] {
      let index = try #require(header.firstIndex(of: name))
      return rows.dropFirst().compactMap { Double($0[index]) }
    }
    func quanta(_ usd: Double) -> Int64 { Int64((usd * 1e6).rounded()) }
    let deficit = try column("deficit_usd").map(quanta)
    let needed = try column("budget_needed_usd").map(quanta)
    let production = try column("budget_prod_usd").map(quanta)
    let gains = try column("winners_pnl_start_usd").map(quanta)
    #expect(deficit.count == 16)
    // The recorded sums, to the cent.
    func cents(_ values: [Int64]) -> Int64 { (values.reduce(0, +) + 5_000) / 10_000 }
    #expect(cents(deficit) == 10_006_338_669)
    #expect(cents(needed) == 1_507_966_961)
    #expect(cents(production) == 6_010_833_533)
    var taken: [DeleveragingPolicy: Int128] = [:]
    for wave in deficit.indices {
      // The winners of a wave as ten of equal gain: the queue closes each whole before the next.
      let tenths = try Apportionment.parts(of: gains[wave], by: [Int64](repeating: 1, count: 10))
      let winners = tenths.enumerated().map { Winner(account: "\($0)", lots: 1, gain: $1, rank: Int64($0)) }
      for policy in DeleveragingPolicy.allCases {
        let plan = try Deleveraging(lots: 10, deficit: needed[wave], winners: winners, policy: policy)
        #expect(plan.uncovered == 0)
        // No policy takes more than what was lacking.
        #expect(plan.taken == Int128(needed[wave]))
        taken[policy, default: 0] += plan.taken
      }
    }
    let sum = needed.reduce(0 as Int128) { $0 + Int128($1) }
    for policy in DeleveragingPolicy.allCases { #expect(taken[policy] == sum) }
    // Production took 45,028,665.72 USD more than that.
    let overshoot = production.reduce(0, +) - needed.reduce(0, +)
    #expect((overshoot + 5_000) / 10_000 == 4_502_866_572)
  }
}
