import CanonicalBytes
import MarginRules
import MarketData
import RiskEngine
import TestSupport
import Testing

@Suite("Computing snapshots again")
struct ReexecutionTests {
  private let market: RandomMarket
  private let record: PublicationRecord
  private let snapshot: RiskSnapshot

  init() throws {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.depth, shape.funding, shape.openInterest) = (600, 2e7, 300, 60)
    (shape.options, shape.underlyings) = (2, 2)
    market = RandomMarket(shape, seed: 38)
    let engine = try market.publisher()
    let first = try engine.publish(
      at: market.end - RandomMarket.hour, state: .initial, previous: .zero,
      beacon: RandomMarket.beacon(0))
    let second = try engine.publish(
      at: market.end, state: first.state, previous: first.snapshot.digest,
      beacon: RandomMarket.beacon(1))
    snapshot = second.snapshot
    record = PublicationRecord(of: second, configuration: .standard, state: first.state)
  }

  @Test("the same inputs give the same bytes, also from a record that was written and read")
  func identical() throws {
    #expect(record.reexecute(market.market, published: snapshot) == .identical)
    let read = try PublicationRecord(json: record.json.encoded(.indented))
    #expect(read == record)
    #expect(read.reexecute(market.market, published: snapshot) == .identical)
  }

  @Test("rows that came later change nothing")
  func grown() throws {
    var grown = market.market
    var bar = try #require(grown.underlyings[0].bars.bars.last)
    bar.openTime += RandomMarket.hour
    grown.underlyings[0].bars.bars.append(bar)
    grown.underlyings[1].funding.append(FundingPrint(time: market.end + 1, ratePerEightHours: 1))
    #expect(record.reexecute(grown, published: snapshot) == .identical)
  }

  @Test("one changed input is found and named, whatever it is")
  func changedInputs() {
    let changes: [(String, (inout Market) -> Void)] = [
      ("BTC/bars", { $0.underlyings[0].bars.bars[3].close = ($0.underlyings[0].bars.bars[3].close).nextUp }),
      ("BTC/bars", { $0.underlyings[0].bars.bars.removeFirst() }),
      ("BTC/bars", { $0.underlyings[0].bars.bars[599].baseVolume += 1 }),
      ("ETH/bars", { $0.underlyings[1].bars.bars[300].low *= 0.99 }),
      ("BTC/funding", { $0.underlyings[0].funding[0].ratePerEightHours += 1e-9 }),
      ("ETH/open-interest", { $0.underlyings[1].openInterest[7].shortUSD += 1 }),
      ("BTC/books/b", { $0.underlyings[0].books[1].books[2].asks[4].sizeUSD += 1 }),
      ("BTC/books/a", { $0.underlyings[0].books[0].weightPpm -= 1 }),
      ("BTC/chain", { $0.underlyings[0].chains[0].quotes[5].openInterest += 1 }),
      ("UST/prices", { $0.assetPrices[2][0].price += 1e-9 }),
      ("listing", { $0.instruments[1].id = "OTHER" }),
      ("listing", { $0.listing.assets[0].isStable = false }),
    ]
    for (name, change) in changes {
      var market = market.market
      change(&market)
      #expect(record.reexecute(market, published: snapshot) == .inputDiffers(name))
    }
  }

  @Test("another configuration, state, instant, beacon or previous digest is found")
  func changedRecords() throws {
    var configuration = record
    try configuration.configuration.set(.updateHazard, to: 50_001)
    #expect(configuration.reexecute(market.market, published: snapshot) != .identical)
    var tighter = record
    try tighter.configuration.set(.liquidationFee, to: 10_000)
    #expect(tighter.reexecute(market.market, published: snapshot) != .identical)
    var state = record
    state.state.underlyings["BTC"]?.skewLong = 1.1
    #expect(state.reexecute(market.market, published: snapshot) != .identical)
    var beacon = record
    beacon.beacon = .zero
    guard case .fieldDiffers(let path, _, _) = beacon.reexecute(market.market, published: snapshot)
    else { return #expect(Bool(false), "not found") }
    #expect(path == "inputRoot")
    var previous = record
    previous.previous = .zero
    guard case .fieldDiffers("prevHash", _, _) = previous.reexecute(market.market, published: snapshot)
    else { return #expect(Bool(false), "not found") }
    var other = record
    other.snapshot = .zero
    #expect(other.reexecute(market.market, published: snapshot) == .otherSnapshot)
    var time = record
    time.time += 1
    #expect(time.reexecute(market.market, published: snapshot) != .identical)
  }

  @Test("a snapshot whose numbers were changed after computing is found by its first field")
  func changedSnapshot() throws {
    var draft = snapshot.draft
    draft.instruments[0].long[0].mmPerLot -= 1
    let forged = try RiskSnapshot(draft)
    var forgedRecord = record
    forgedRecord.snapshot = forged.digest
    let mmPerLot = snapshot.instruments[0].long[0].mmPerLot
    #expect(
      forgedRecord.reexecute(market.market, published: forged)
        == .fieldDiffers(
          path: "instruments[0].long[0].mmPerLot", published: "\(mmPerLot - 1)",
          computed: "\(mmPerLot)"))
  }

  @Test(
    "a fallback is computed again as well: the engine fails on its inputs, and it is the last good one, wider"
  )
  func fallback() throws {
    let state = record.state
    let good = try market.publisher().publish(
      at: market.end - RandomMarket.hour, state: .initial, previous: .zero,
      beacon: RandomMarket.beacon(0)
    ).snapshot
    func fallback(_ market: Market) throws -> (Publication, PublicationRecord) {
      let engine = try SnapshotPublisher(market: market, configuration: .standard)
      var reason: PublicationError?
      do throws(PublicationError) {
        _ = try engine.publish(at: self.market.end, state: state, previous: good.digest, beacon: .zero)
      } catch {
        reason = error
      }
      let publication = try engine.fallback(
        for: good, at: self.market.end, state: state, previous: good.digest, beacon: .zero,
        because: reason)
      return (publication, PublicationRecord(of: publication, configuration: .standard, state: state))
    }
    // A price of which a lot is worth more than a snapshot can say.
    var broken = market.market
    broken.underlyings[0].bars.bars[599].close = 1e13
    let (publication, record) = try fallback(broken)
    #expect(
      record.lastGood == good && record.inputs.last == InputDigest(name: "fallback", digest: good.digest))
    #expect(try PublicationRecord(json: record.json.encoded(.indented)) == record)
    #expect(record.reexecute(broken, published: publication.snapshot) == .identical)
    let perpetual = good.instruments[0].id
    let steps = try #require(try record.explained(broken).trace?.steps(.instrument(perpetual)))
    #expect(
      steps.first?.value == .word(PublicationError.valueOutOfRange(id: "BTC-PERP").description))
    #expect(steps.contains { $0.value == .integer(publication.snapshot.instruments[0].long[0].mmPerLot) })
    #expect(steps.contains { $0.value == .integer(good.instruments[0].long[0].mmPerLot) })

    // Other inputs, another good snapshot, other numbers, and a fallback that nothing called for.
    #expect(record.reexecute(market.market, published: publication.snapshot) == .inputDiffers("BTC/bars"))
    var other = record
    other.lastGood = snapshot
    #expect(other.reexecute(broken, published: publication.snapshot) == .inputDiffers("fallback"))
    var draft = publication.snapshot.draft
    draft.instruments[0].short[0].mmPerLot -= 1
    var forged = record
    forged.snapshot = try RiskSnapshot(draft).digest
    guard
      case .fieldDiffers("instruments[0].short[0].mmPerLot", _, _) = forged.reexecute(
        broken, published: try RiskSnapshot(draft))
    else { return #expect(Bool(false), "not found") }
    let (needless, needlessRecord) = try fallback(market.market)
    #expect(needlessRecord.reexecute(market.market, published: needless.snapshot) == .doesNotFail)
    var claimed = self.record
    claimed.lastGood = good
    #expect(claimed.reexecute(market.market, published: snapshot) == .inputDiffers("fallback"))
  }

  @Test(
    "a state that is not whole is refused",
    arguments: [
      "{}",
      #"{"version": 1, "epoch": 0, "time": 0, "failures": 0, "underlyings": {}, "instruments": {}, "assets": {}}"#,
      #"{"version": 2, "epoch": -1, "time": 0, "failures": 0, "underlyings": {}, "instruments": {}, "assets": {}}"#,
      #"{"version": 2, "epoch": 0, "time": 0, "failures": 0, "underlyings": {"X": {}}, "instruments": {}, "assets": {}}"#,
    ])
  func malformedState(_ text: String) {
    #expect(throws: DocumentError.self) { try EngineState(json: Array(text.utf8)) }
  }

  @Test
  func `G17: waiting times are geometric, and the next block is as likely however long one waited`() {
    let interval = RandomInterval(hazard: 50_000, least: 0, greatest: .max)
    let id = Array("venue".utf8)
    let blocks = 100_000
    var (waits, wait, drawn) = ([Int](repeating: 0, count: 60), 0, 0)
    for block in 0..<blocks {
      wait += 1
      guard interval.due(beacon: RandomMarket.beacon(Int64(block)), id: id, age: 1) != nil else { continue }
      waits[min(wait, 60) - 1] += 1
      (wait, drawn) = (0, drawn + 1)
    }
    // n·p ± 5 standard deviations
    #expect(abs(Double(drawn) - 5_000) < 5 * (100_000 * 0.05 * 0.95).squareRoot())
    var (chiSquare, share) = (0.0, 0.05)
    for (index, count) in waits.enumerated() {
      // the last cell holds all longer waits: 0.95⁵⁹
      let expected = Double(drawn) * (index < 59 ? share : share / 0.05)
      chiSquare += (Double(count) - expected) * (Double(count) - expected) / expected
      share *= 0.95
    }
    // 59 degrees of freedom: 98.3 is the 99.9 % point
    #expect(chiSquare < 98.3)
  }

  @Test("the ends of the interval, emergencies, and hazards of almost nothing and everything")
  func intervalEnds() {
    let id = Array("venue".utf8)
    func due(_ hazard: Int64, age: Int64, emergency: Bool = false) -> RandomInterval.Reason? {
      RandomInterval(hazard: hazard, least: 60, greatest: 3_600).due(
        beacon: .zero, id: id, age: age, isEmergency: emergency)
    }
    #expect(due(1_000_000, age: 59) == nil)
    #expect(due(1_000_000, age: 60) == .drawn)
    #expect(due(0, age: 3_599) == nil)
    #expect(due(0, age: 3_600) == .age)
    #expect(due(0, age: 0, emergency: true) == .emergency)
  }

  @Test("the beacon's hash is compared with p·2²⁵⁶ to the bit")
  func hazard() {
    for number in 0..<200 as Range<Int64> {
      let beacon = RandomMarket.beacon(number)
      // ⌊10⁶·hash/2²⁵⁶⌋ from the first 8 bytes, exact unless they end in a tie
      let hash = Digest.sha256(of: beacon.bytes + [7]).bytes
      let high = hash[..<8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      let threshold = Int64(high.multipliedFullWidth(by: 1_000_000).high)
      let drawn = RandomInterval(hazard: threshold + 1, least: 0, greatest: 1)
      let missed = RandomInterval(hazard: threshold, least: 0, greatest: 1)
      #expect(drawn.isDrawn(beacon: beacon, id: [7]) && !missed.isDrawn(beacon: beacon, id: [7]))
    }
  }
}

@Suite("Explaining snapshots")
struct ExplanationTests {
  @Test("a trace leads from inputs to the published integers of every instrument and asset")
  func trace() throws {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.depth, shape.options) = (400, 2e7, 2)
    let publication = try RandomMarket(shape, seed: 1).first(tracing: .full)
    let trace = try #require(publication.trace)
    for instrument in publication.snapshot.instruments {
      let steps = try #require(trace.steps(.instrument(instrument.id)))
      #expect(steps.contains { $0.isInput } && steps.allSatisfy { !$0.name.isEmpty && !$0.formula.isEmpty })
      let integers = Set(
        steps.compactMap { step -> Int64? in
          if case .integer(let value) = step.value { value } else { nil }
        })
      #expect(integers.contains(instrument.markFloor) && integers.contains(instrument.markCeil))
      if let first = instrument.long.first { #expect(integers.contains(first.mmPerLot)) }
    }
    for asset in publication.snapshot.collateral { #expect(trace.steps(.asset(asset.id)) != nil) }
    #expect(try RandomMarket(shape, seed: 1).first().trace == nil)
  }

  @Test("a difference says what tightened and which input drove it")
  func difference() throws {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.depth) = (400, 2e7)
    let deep = try RandomMarket(shape, seed: 2).first(tracing: .full)
    shape.depth = 2e5
    let shallow = try RandomMarket(shape, seed: 2).first(tracing: .full)
    let difference = SnapshotDifference(from: deep.snapshot, to: shallow.snapshot)
    let terms = difference.changes.filter { $0.subject == .instrument("BTC-PERP") }
    #expect(
      terms.allSatisfy { $0.direction == .tightened }
        && terms.contains { $0.term == "maintenance rate (long)" })
    let back = SnapshotDifference(from: shallow.snapshot, to: deep.snapshot)
    #expect(
      back.changes.filter { $0.subject == .instrument("BTC-PERP") }.allSatisfy { $0.direction == .relaxed })
    #expect(SnapshotDifference(from: deep.snapshot, to: deep.snapshot).changes.isEmpty)
    let (a, b) = (try #require(deep.trace), try #require(shallow.trace))
    #expect(
      SnapshotDifference.drivers(of: .instrument("BTC-PERP"), from: a, to: b).map(\.name) == [
        "measured depth"
      ])
  }
}

@Suite("Governance of snapshots")
struct SnapshotGovernanceTests {
  private func breaches(_ change: (inout SnapshotDraft) -> Void) throws -> [String] {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.depth, shape.options, shape.underlyings) = (400, 2e7, 2, 1)
    var draft = try RandomMarket(shape, seed: 1).first().snapshot.draft
    change(&draft)
    return SnapshotGovernance.breaches(of: try RiskSnapshot(draft), under: .standard).map(\.path)
  }

  @Test("a verifier rejects each number that governance does not admit")
  func fields() throws {
    #expect(try breaches { _ in } == [])
    #expect(try breaches { $0.bufferPpm = 1_149_999 } == ["bufferPpm"])
    #expect(try breaches { $0.tiers.closeOnly = 1_099_999 } == ["tiers.closeOnly"])
    #expect(try breaches { $0.tiers.healthy = 1_499_999 } == ["tiers.healthy"])
    #expect(try breaches { $0.graceEpochs = 3 } == ["graceEpochs"])
    #expect(try breaches { $0.validTo = $0.validFrom + 7_201 } == ["validTo"])
    #expect(try breaches { $0.groups[0].scenarios[0].weight = 0 } == [])
    #expect(
      try breaches { for s in 0..<27 { $0.groups[0].scenarios[s].price /= 2 } }
        == ["groups[0].scenarios", "groups[0].scenarios"])
    #expect(try breaches { $0.groups[0].scenarios[27].price = -659_999 } == ["groups[0].scenarios"])
    #expect(try breaches { $0.groups[0].scenarios[32].weight = 1 } == ["groups[0].scenarios"])
    #expect(
      try breaches { $0.collateral[0].tranches[0].valMM = $0.collateral[0].debtMM }
        == ["collateral[0].tranches[0].valMM"])
    #expect(
      try breaches { $0.instruments[0].long[0].mmPerLot = $0.instruments[0].markFloor / 250 }
        == ["instruments[0].long[0].mmPerLot"])
    #expect(
      try breaches {
        for k in $0.instruments[0].short.indices {
          $0.instruments[0].short[k].imPerLot = $0.instruments[0].markFloor / 55
          $0.instruments[0].short[k].mmPerLot = $0.instruments[0].markFloor / 55
        }
      } == ["instruments[0].short[0].imPerLot"])
    #expect(try breaches { $0.instruments[0].long = [] } == ["instruments[0].long"])
    #expect(try breaches { $0.instruments[2].maxShortLots = nil } == ["instruments[2].maxLots.short"])
    #expect(
      try breaches { $0.instruments[1].flags.stale = true } == ["instruments[1].flags.closeOnly"])
    #expect(try breaches { $0.haltLevel = 2 }.count > 4)
  }

  @Test("margin that relaxes too fast, and a broken chain, are rejected")
  func chain() throws {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.depth) = (400, 2e7)
    let random = RandomMarket(shape, seed: 1)
    let first = try random.first()
    let second = try random.publisher().publish(
      at: random.end + 3_600, state: first.state, previous: first.snapshot.digest, beacon: .zero)
    func breaches(_ change: (inout SnapshotDraft) -> Void) throws -> [String] {
      var draft = second.snapshot.draft
      change(&draft)
      return SnapshotGovernance.breaches(
        of: try RiskSnapshot(draft), after: first.snapshot, under: .standard
      ).map(\.path)
    }
    #expect(try breaches { _ in } == [])
    let earlier = first.snapshot.instruments[0].long[0].mmPerLot
    #expect(try breaches { $0.epoch = 3 } == ["epoch"])
    #expect(try breaches { $0.prevHash = .zero } == ["prevHash"])
    #expect(
      try breaches {
        $0.instruments[0].long[0].mmPerLot = earlier * 989 / 1_000
      } == ["instruments[0].long[0].mmPerLot"])
    #expect(
      try breaches {
        $0.instruments[0].long[0].mmPerLot = earlier * 991 / 1_000
      } == [])
  }
}
