import CanonicalBytes
import RiskModels
import StressLab
import TestSupport
import Testing

@Suite("Spirals, networks and control")
struct NetworkTests {
  @Test(
    "the linear spiral is amplified by 1/(1 - k): 1.25, 2, 5, 19.998, and not held at k = 1",
    arguments: [
      (0.2, 1.25), (0.5, 2), (0.8, 5), (0.95, 20),
    ])
  func linear(k: Double, expected: Double) throws {
    let (depth, notional) = (1e8, 1e8 * k)
    let cascade = Cascade(
      initial: -0.001, forced: { notional * $0.magnitude }, impact: { $0 / depth }, limit: -0.99)
    #expect(cascade.hasConverged && (cascade.amplification - expected).magnitude < 1e-6 * expected)
    #expect(try #require(Cascade.linearAmplification(k)) - expected < 1e-9)
    // A finite number of rounds has not quite arrived: the 19.998 of the golden number.
    if k == 0.95 {
      let short = Cascade(
        initial: -0.001, forced: { notional * $0.magnitude }, impact: { $0 / depth }, limit: -0.99,
        maximumRounds: 180)
      #expect((short.amplification - 19.998).magnitude < 0.001)
    }
    let free = Cascade(
      initial: -0.001, forced: { 2 * depth * $0.magnitude }, impact: { $0 / depth }, limit: -0.99)
    #expect(!free.hasConverged && free.total == -0.99)
    #expect(Cascade.linearAmplification(1) == nil)
    let still = Cascade(initial: -0.1, forced: { _ in 1e9 }, impact: { _ in 0 }, limit: -0.99)
    #expect(still.amplification == 1)
    #expect(Cascade.probability([1, 2, 3, 1], beyond: 1.5) == 0.5)
  }

  @Test("a map adds up to open interest, and the fragility of a uniform book is λ·ρ")
  func map() {
    var map = LiquidationMap(bins: 400, lowest: 0.5, highest: 2)
    // Longs are liquidated evenly between 0.8 and 1 of the price: ρ = 5·N.
    for step in 0..<20_000 {
      map.add(isLong: true, factor: 0.8 + 0.2 * (Double(step) + 0.5) / 20_000, notional: 50)
    }
    map.add(isLong: false, factor: nil, notional: 7)
    map.add(isLong: false, factor: 1.5, notional: 3)
    #expect((map.total - 1_000_010).magnitude < 1e-6)
    #expect(map.beyond == 7 && map.forced(at: 1.6) == 3 && map.forced(at: 1.4) == 0)
    let λ = 1e-7
    let k = map.fragility(move: -0.1) { λ * $0 }
    #expect((k - λ * 5e6).magnitude < 0.02 * λ * 5e6)
    #expect(
      FragilityAlarm(0.6) == .quiet && FragilityAlarm(0.61) == .warning && FragilityAlarm(0.91) == .alarm)
    #expect(FragilityAlarm(.nan) == .alarm)
    var health = HealthDistribution()
    for (value, weight) in [(0.95, 1.0), (1.02, 2), (1.3, 3), (9, 4)] { health.add(value, weight: weight) }
    health.add(nil, weight: 1)
    #expect(health.total == 5 && health.endless == 1 && health.counts.reduce(0, +) == 4)
    #expect(health.quantile(0.5) == 1.02 && health.expectedShortfall(0.25) == 0.95)
  }

  @Test("M56: counts add up to all accounts, quantiles and the worst mean are those of the sorted values")
  func healthBands() {
    var health = HealthDistribution()
    let values = [4.0, 0.5, 1.2, 1.0, 2.0]
    for value in values { health.add(value, weight: 10 * value) }
    health.add(nil, weight: 7)
    health.add(-3, weight: 1)
    health.add(band: 4, accounts: 6)
    #expect(health.total == values.count + 1 + 1 + 6 && health.endless == 1)
    #expect(health.counts.reduce(0, +) == health.total - 1)
    // numpy.quantile([0, 0.5, 1, 1.2, 2, 4], q, method="lower")
    for (share, expected) in [(0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (0.75, 1.2), (1.0, 4.0)] {
      #expect(health.quantile(share) == expected)
    }
    #expect(health.expectedShortfall(0.5) == 0.5)
    #expect(HealthDistribution().quantile(0.5) == nil)
  }

  @Test("M57: dlnQ/dlnp by differences is the slope of a power law, slowing and cascades by hand")
  func earlyWarning() throws {
    // Q = x²: dlnQ/dlnp = 2(1 + x)/x with p = 1 + x.
    for x in [-0.3, -0.1, 0.2] {
      let slope = try #require(CriticalSlowing.leverageDynamics(at: x) { $0 * $0 })
      #expect((slope / (2 * (1 + x) / x) - 1).magnitude < 2e-3)
    }
    #expect(CriticalSlowing.leverageDynamics(at: -0.1) { _ in 0 } == nil)
    #expect(CriticalSlowing.autocorrelation([1, -1, 1, -1]) == -0.75)
    #expect(CriticalSlowing.autocorrelation([1, 2, 3, 4]) == 0.25)
    #expect(CriticalSlowing.autocorrelation([2, 2, 2]) == nil)
    #expect(Cascade.probability([1, 1.5, 2, 4], beyond: 1.5) == 0.5)
    #expect(Cascade.probability([], beyond: 1) == nil)
    #expect(
      [0.6, 0.61, 0.9, 0.91, .nan].map(FragilityAlarm.init) == [.quiet, .warning, .warning, .alarm, .alarm])
  }

  @Test("two banks and one asset: the fire sale is the closed form; without overlap nothing passes on")
  func fireSales() throws {
    // Bank 1: assets 100, equity 10, leverage at most 10. A shock of 2 % leaves 98 and 8: it sells 18.
    // λ = 0.001 a USD: the price falls by 1.8 %. Bank 2 holds 100 with equity 50 and never sells.
    let sales = try #require(
      FireSales(
        holdings: [[100], [100]], equity: [10, 50], leverage: [10, 10], impact: [0.001], shock: [0.02],
        maximumRounds: 1))
    #expect((sales.prices[0] - 0.98 * (1 - 0.018)).magnitude < 1e-12)
    #expect((sales.losses[1] - (2 + 98 * 0.018)).magnitude < 1e-12)
    #expect((sales.losses[0] - (2 + 80 * 0.018)).magnitude < 1e-12)
    #expect(sales.direct == [2, 2] && sales.indirect > 0)
    let apart = try #require(
      FireSales(
        holdings: [[100, 0], [0, 100]], equity: [10, 10], leverage: [10, 10], impact: [0.001, 0.001],
        shock: [0.02, 0]))
    #expect(apart.losses[1] == 0 && apart.prices[1] == 1)
    let none = try #require(
      FireSales(holdings: [[100], [100]], equity: [10, 50], leverage: [10, 10], impact: [0], shock: [0.02]))
    #expect(none.indirect == 0)
    let overlap = try #require(FireSales.overlap(holdings: [[1, 2], [3, 0]], impact: [0.5, 1]))
    #expect(overlap == [[4.5, 1.5], [1.5, 4.5]])
    #expect(FireSales(holdings: [[1]], equity: [0], leverage: [1], impact: [0], shock: [0]) == nil)
  }

  @Test
  func `G16: clearing payments satisfy what the theorem promises, and other payments do not`() throws {
    let (L, e): ([[Double]], [Double]) = ([[0, 6, 4], [2, 0, 3], [1, 1, 0]], [3, 1, 0.5])
    let clearing = try #require(ClearingVector(liabilities: L, equity: e))
    let checks = try #require(ClearingChecks(clearing.payments, liabilities: L, equity: e))
    #expect(checks.isClearing && checks.isUnique && checks.residual < 1e-12)
    for wrong in [[6.0, 5, 1.9], [7, 5, 2], [6, 4, 2], [-1, 5, 2]] {
      #expect(try #require(ClearingChecks(wrong, liabilities: L, equity: e)).isClearing == false)
    }
    // A ring that owns nothing clears at any level: the theorem does not say that one is the only one.
    let ring: [[Double]] = [[0, 1], [1, 0]]
    #expect(try #require(ClearingChecks([1, 1], liabilities: ring, equity: [0, 0])).isUnique == false)
    #expect(try #require(ClearingChecks([0, 0], liabilities: ring, equity: [0, 0])).isClearing)
  }

  @Test("distress passes on once, in proportion, and never exceeds the whole")
  func debtRank() throws {
    // A chain: 1 is exposed to 0 by half of its equity, 2 to 1 by all of it.
    let chain = try #require(
      DebtRank(
        exposures: [[0, 0, 0], [5, 0, 0], [0, 10, 0]], equity: [10, 10, 10], value: [1, 1, 1],
        shock: [1, 0, 0]))
    #expect(chain.distress == [1, 0.5, 0.5])
    #expect((chain.rank - 1.0 / 3).magnitude < 1e-12)
    // In a ring each passes on once.
    let ring = try #require(
      DebtRank(exposures: [[0, 2], [2, 0]], equity: [4, 4], value: [1, 1], shock: [0.5, 0]))
    #expect(ring.distress == [0.625, 0.25])
    #expect(DebtRank(exposures: [[0]], equity: [0], shock: [0]) == nil)
  }

  @Test("a floor in common is the median of peers who are present, and no single liar moves it")
  func floors() {
    func peer(_ venue: String, _ rate: Double, _ validTo: Int64 = 100) -> PeerRate {
      PeerRate(venue: venue, rate: rate, validTo: validTo)
    }
    let peers = [peer("a", 0.02), peer("b", 0.03), peer("c", 9)]
    func floor(_ own: Double, _ peers: [PeerRate], quorum: Int = 2) -> SynchronisedFloor {
      SynchronisedFloor(own: own, peers: peers, weight: 0.9, at: 150, staleness: 60, quorum: quorum)
    }
    #expect(floor(0.01, peers).rate == 0.9 * 0.03)
    #expect(floor(0.05, peers).rate == 0.05)
    // The stale one and the second word of one venue do not count.
    #expect(floor(0.01, [peer("a", 0.02), peer("b", 0.5, 80)]).median == nil)
    #expect(floor(0.01, [peer("a", 0.02), peer("a", 9, 99)]).counted == ["a"])
    #expect(floor(0.01, [peer("a", .nan), peer("b", 0.02)], quorum: 1).median == 0.02)
  }

  @Test("global leverage comes to its target in one step for k = 1, and venues give by depth")
  func leverage() throws {
    let venues = [
      VenueLeverage(notional: 900, equity: 50, depth: 10),
      VenueLeverage(notional: 100, equity: 50, depth: 10),
    ]
    let G = try #require(LeverageBalance.leverage(venues))
    #expect(G == 10)
    let factor = LeverageBalance.factor(leverage: G, target: 8, exponent: 1)
    #expect((factor - 1.25).magnitude < 1e-12 && (G / factor - 8).magnitude < 1e-12)
    #expect(LeverageBalance.factor(leverage: 7, target: 8, exponent: 1) == 1)
    var level = 30.0
    for _ in 0..<100 { level /= LeverageBalance.factor(leverage: level, target: 8, exponent: 0.3) }
    #expect((level - 8).magnitude < 1e-6)
    let cuts = LeverageBalance.reductions(venues, target: 8)
    #expect((cuts[0] - 200).magnitude < 1e-6 && cuts[1] == 0)
    let deep = LeverageBalance.reductions(venues, target: 1)
    #expect((deep[0] - 850).magnitude < 1e-6 && (deep[1] - 50).magnitude < 1e-6)
  }

  @Test(
    "the controller settles where Jury's test says so, and runs away where it does not",
    arguments: [
      (0.3, 0.2, 1.0), (0.5, 0.4, 0.8), (1.2, 0.5, 1.0), (0.1, 3.9, 0.9), (0.9, 0.05, 0.9),
    ])
  func controller(kp: Double, ki: Double, gain: Double) {
    var controller = MarginController(proportional: kp, integral: ki, target: 0.999, bounds: -1e9...1e9)
    #expect(controller.factor(coverage: 0.5) == 1, "off at first")
    controller.isOn = true
    let base = 0.95
    var coverage = base
    var path: [Double] = []
    for _ in 0..<3_000 {
      coverage = base + gain * (controller.factor(coverage: coverage) - 1)
      path.append(coverage)
    }
    let isSettled = (coverage - 0.999).magnitude < 1e-6
    #expect(isSettled == controller.isStable(gain: gain), "\(coverage)")
  }

  @Test("at its bound the sum does not wind up, so that the controller lets go at once")
  func windup() {
    var controller = MarginController(proportional: 0.5, integral: 0.5, target: 1, bounds: 0...0.2)
    controller.isOn = true
    for _ in 0..<1_000 { _ = controller.factor(coverage: 0.5) }
    #expect(controller.factor(coverage: 0.5) == 1.2)
    var epochs = 0
    while controller.factor(coverage: 1.1) > 1, epochs < 50 { epochs += 1 }
    #expect(epochs < 10)
  }

  @Test("knowing the interval earns money; a random one leaves nothing")
  func frontRunning() {
    let fixed = FrontRunning(.fixed(20), move: 0.01, cost: 0.001, blocks: 20_000, seed: 1)
    let random = FrontRunning(.random(hazard: 0.05), move: 0.01, cost: 0.001, blocks: 20_000, seed: 1)
    #expect(fixed.profitPerBlock > 0.000_4 && fixed.hits == fixed.changes)
    #expect(random.profitPerBlock <= 0.000_001 && random.hits == 0)
    #expect((random.changes - 1_000).magnitude < 150)
  }

  @Test("foreign collateral: delay is in the haircut, a lock is pledged once, and only from a final block")
  func crossChain() throws {
    let home = ForeignCollateral(
      haircut: 0.1, volatility: 0.8, finalitySeconds: 0, bridgeSeconds: 0, bridgeRisk: 0)
    #expect(home.haircut(multiple: 3) == 0.1)
    let far = ForeignCollateral(
      haircut: 0.1, volatility: 0.8, finalitySeconds: 768, bridgeSeconds: 1_032, bridgeRisk: 0.01)
    #expect(
      (far.haircut(multiple: 3) - (0.11 + 3 * 0.8 * (1_800 / 31_536_000.0).squareRoot())).magnitude < 1e-12)
    func digest(_ text: String) -> Digest { .sha256(of: Array(text.utf8)) }
    let locks = (0..<4).map { index in
      CollateralLock(
        chain: "one", asset: "ETH", lots: UInt64(index), owner: digest("o\(index)"),
        serial: digest("s\(index)"))
    }
    let (root, proofs) = try #require(LockProof.tree(of: locks.map(\.leaf)))
    var register = PledgeRegister(finality: ["one": 2])
    #expect(throws: PledgeRegister.Refusal.unknownRoot) {
      try register.pledge(locks[0], proofs[0], root: root)
    }
    register.confirm(root, chain: "one", height: 10)
    #expect(throws: PledgeRegister.Refusal.notFinal) { try register.pledge(locks[0], proofs[0], root: root) }
    register.confirm(digest("later"), chain: "one", height: 12)
    #expect(throws: PledgeRegister.Refusal.proofFails) {
      try register.pledge(locks[0], proofs[1], root: root)
    }
    for index in locks.indices { try register.pledge(locks[index], proofs[index], root: root) }
    #expect(throws: PledgeRegister.Refusal.pledgedBefore) {
      try register.pledge(locks[2], proofs[2], root: root)
    }
    register.release(locks[2])
    try register.pledge(locks[2], proofs[2], root: root)
    // A larger lock under the same serial is another leaf.
    let forged = CollateralLock(
      chain: "one", asset: "ETH", lots: 99, owner: locks[3].owner, serial: digest("new"))
    #expect(throws: PledgeRegister.Refusal.proofFails) { try register.pledge(forged, proofs[3], root: root) }
    register.reorganise("one", to: 9)
    #expect(throws: PledgeRegister.Refusal.unknownRoot) {
      try register.pledge(locks[0], proofs[0], root: root)
    }
  }
}
