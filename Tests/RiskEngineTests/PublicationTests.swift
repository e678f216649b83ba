import CanonicalBytes
import MarginRules
import MarketData
import RiskEngine
import TestSupport
import Testing

@Suite("Publishing snapshots")
struct PublicationTests {
  @Test("1,000 random markets: every snapshot is sound, within governance, and follows the one before")
  func randomMarkets() throws {
    var (instruments, options, brackets) = (0, 0, 0)
    for seed in 0..<1_000 as Range<UInt64> {
      let random = RandomMarket(seed: seed)
      let engine = try random.publisher()
      var (state, previous) = (EngineState.initial, RiskSnapshot?.none)
      // one before the last bar, one at the end, one when everything is stale
      for time in [random.end - RandomMarket.hour, random.end, random.end + 50_000] {
        let publication = try engine.publish(
          at: time, state: state, previous: previous?.digest ?? .zero,
          beacon: RandomMarket.beacon(time))
        let snapshot = publication.snapshot
        #expect(SnapshotGovernance.breaches(of: snapshot, under: .standard) == [], "seed \(seed)")
        #expect(SnapshotGovernance.breaches(of: snapshot) == [], "seed \(seed)")
        if let previous {
          #expect(SnapshotGovernance.breaches(of: snapshot, after: previous) == [], "seed \(seed)")
        }
        #expect(try RiskSnapshot(canonicalBytes: snapshot.canonicalBytes) == snapshot)
        instruments += snapshot.instruments.count
        options += snapshot.instruments.count { $0.kind == .call || $0.kind == .put }
        brackets += snapshot.instruments.count { $0.long.count > 1 }
        (state, previous) = (publication.state, snapshot)
      }
    }
    // The random markets are not all of one sort.
    #expect(instruments > 6_000 && options > 1_000 && brackets > 500)
  }

  @Test(
    "publishing twice, and from a state and a configuration that were written and read, gives the same bytes")
  func determinism() throws {
    for seed in 0..<40 as Range<UInt64> {
      let random = RandomMarket(seed: seed)
      let engine = try random.publisher(tracing: .full)
      let first = try engine.publish(
        at: random.end - RandomMarket.hour, state: .initial, previous: .zero,
        beacon: RandomMarket.beacon(0))
      let read = try EngineState(json: first.state.json.encoded(.indented))
      #expect(read == first.state)
      #expect(read.canonicalBytes == first.state.canonicalBytes)
      let configuration = try EngineConfiguration(json: engine.configuration.json.encoded(.indented))
      let other = try random.publisher(configuration)
      let a = try engine.publish(
        at: random.end, state: first.state, previous: first.snapshot.digest,
        beacon: RandomMarket.beacon(1))
      let b = try other.publish(
        at: random.end, state: read, previous: first.snapshot.digest, beacon: RandomMarket.beacon(1))
      #expect(a.snapshot.canonicalBytes == b.snapshot.canonicalBytes)
      #expect(a.state == b.state)
    }
  }

  private var shape: RandomMarket.Shape {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.depth, shape.funding, shape.openInterest) = (800, 2e7, 300, 60)
    return shape
  }

  private func rates(_ publication: Publication, _ id: String = "BTC-PERP") throws -> [Int64] {
    let perpetual = try #require(publication.snapshot.instruments.first { $0.id == id })
    // per mark, so that another price does not count
    return [
      perpetual.long[0].imPerLot, perpetual.long[0].mmPerLot, perpetual.short[0].imPerLot,
      perpetual.short[0].mmPerLot,
    ].map {
      $0 * 1_000_000 / perpetual.markCeil
    }
  }

  @Test("more volatility never lowers a margin")
  func volatility() throws {
    for seed in 0..<15 as Range<UInt64> {
      var before: [Int64]?
      for deviation in [0.0005, 0.002, 0.005, 0.01, 0.02] {
        var shape = shape
        shape.deviation = deviation
        let rates = try rates(RandomMarket(shape, seed: seed).first())
        if let before {
          // ppm of rounded charges: one more or less is rounding
          #expect(zip(rates, before).allSatisfy { $0 >= $1 - 1 }, "seed \(seed), \(deviation)")
        }
        before = rates
      }
    }
  }

  @Test("less depth never raises leverage, nor the largest position")
  func depth() throws {
    for seed in 0..<15 as Range<UInt64> {
      var before: Publication?
      for depth in [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1] {
        var shape = shape
        shape.depth = depth
        let now = try RandomMarket(shape, seed: seed).first()
        if let before {
          for (new, old) in zip(try rates(now), try rates(before)) { #expect(new >= old) }
          let (a, b) = (now.snapshot.instruments[0], before.snapshot.instruments[0])
          #expect(a.maxLongLots ?? .max <= b.maxLongLots ?? 0)
          #expect(a.long[0].capLots ?? 0 <= b.long[0].capLots ?? .max)
        }
        before = now
      }
    }
    var empty = shape
    empty.depth = 0
    let closed = try RandomMarket(empty, seed: 1).first().snapshot.instruments[0]
    // Empty books are silence, so that nothing may be opened; volume says what closing costs.
    #expect(!closed.flags.openLong && !closed.flags.openShort)
  }

  @Test("crowding tightens only the crowded side")
  func crowding() throws {
    let calm = try rates(RandomMarket(shape, seed: 5).first())
    var longs = shape
    longs.lastFunding = 0.003
    let crowded = try rates(RandomMarket(longs, seed: 5).first())
    #expect(crowded[0] > calm[0])
    #expect(crowded[1...] == calm[1...])
    var shorts = shape
    shorts.lastFunding = -0.003
    shorts.longShare = 0.2
    let other = try rates(RandomMarket(shorts, seed: 5).first())
    #expect(other[2] > calm[2])
    #expect(other[0] <= calm[0] && other[1] == calm[1] && other[3] == calm[3])
  }

  @Test("what the market asks for is published at once when it is tighter, and comes slowly when it is not")
  func asymmetry() throws {
    var wild = shape
    wild.deviation = 0.03
    let (quietMarket, wildMarket) = (RandomMarket(shape, seed: 8), RandomMarket(wild, seed: 8))
    let calm = try quietMarket.first()
    let (low, high) = (try rates(calm), try rates(wildMarket.first()))
    let tightened = try rates(
      wildMarket.publisher().publish(
        at: wildMarket.end + 3_600, state: calm.state, previous: .zero, beacon: .zero))
    // Initial margin moves at once; maintenance margin of what is open rises by a tenth in an hour.
    #expect(tightened[0] >= high[0] * 9 / 10 && high[0] > low[0] * 12 / 10)
    #expect(tightened[1] <= low[1] * 11 / 10 + 2 && tightened[1] > low[1] * 109 / 100)
    var (state, last) = (try wildMarket.first().state, high)
    // coefficients of the quiet market, not those that the wild one left
    state.underlyings["BTC"]?.fit = calm.state.underlyings["BTC"]?.fit
    for step in 1...5 as ClosedRange<Int64> {
      let relaxed = try quietMarket.publisher().publish(
        at: quietMarket.end + step * 1_200, state: state, previous: .zero, beacon: .zero)
      let next = try rates(relaxed)
      for (new, old) in zip(next, last) {
        #expect(new * 1_000_000 >= (old - 2) * 996_000 && new <= old)
      }
      #expect(next[1] < last[1])
      (state, last) = (relaxed.state, next)
    }
  }

  @Test(
    "a stale price closes its instruments and moves no rate; without any price there is nothing to publish")
  func stale() throws {
    let random = RandomMarket(shape, seed: 3)
    let engine = try random.publisher()
    let fresh = try random.first()
    #expect(!fresh.snapshot.instruments[0].flags.stale && !fresh.snapshot.instruments[0].flags.closeOnly)
    let later = try engine.publish(
      at: random.end + 7_201, state: fresh.state, previous: fresh.snapshot.digest, beacon: .zero)
    for instrument in later.snapshot.instruments {
      #expect(
        instrument.flags == InstrumentFlags(openLong: false, openShort: false, closeOnly: true, stale: true))
    }
    #expect(try rates(later) == rates(fresh))
    #expect(later.snapshot.haltLevel == 3)
    let coin = try #require(later.snapshot.collateral.first { $0.id == "BTC" })
    #expect(coin.tranches.allSatisfy { $0.valIM == 0 } && coin.tranches[0].valMM > 0)
    #expect(throws: PublicationError.noPrice(id: "BTC")) {
      _ = try engine.publish(
        at: RandomMarket.start, state: .initial, previous: .zero, beacon: .zero)
    }
    #expect(throws: PublicationError.timeRunsBackwards(random.end - 1, before: random.end)) {
      _ = try engine.publish(
        at: random.end - 1, state: fresh.state, previous: .zero, beacon: .zero)
    }
  }

  @Test("a failing engine widens the last good snapshot once, closes, and then halts")
  func fallback() throws {
    let random = RandomMarket(shape, seed: 3)
    let engine = try random.publisher()
    let good = try random.first()
    var (state, previous) = (good.state, good.snapshot)
    for failure in 1...5 {
      let fallback = try engine.fallback(
        for: good.snapshot, at: random.end + Int64(failure) * 3_600, state: state,
        previous: previous.digest, beacon: .zero)
      let (was, now) = (good.snapshot.instruments[0], fallback.snapshot.instruments[0])
      #expect(now.long[0].mmPerLot == (was.long[0].mmPerLot * 1_250_000 + 999_999) / 1_000_000)
      #expect(now.flags.closeOnly && !now.flags.openLong && now.flags.stale)
      let (had, has) = (good.snapshot.collateral[0], fallback.snapshot.collateral[0])
      #expect(has.tranches[0].valMM == had.tranches[0].valMM * 1_000_000 / 1_250_000)
      #expect(zip(now.pnlLong, was.pnlLong).allSatisfy { $0 <= $1 })
      #expect(fallback.snapshot.haltLevel == (failure > 3 ? 1 : 0))
      #expect(SnapshotGovernance.breaches(of: fallback.snapshot, after: previous) == [])
      (state, previous) = (fallback.state, fallback.snapshot)
    }
    let back = try engine.publish(
      at: random.end + 5 * 3_600 + 400, state: state, previous: previous.digest, beacon: .zero)
    #expect(back.state.failures == 0 && back.snapshot.epoch == 7)
  }

  @Test("options are revalued in 33 scenarios, and both sides of a lot never gain together")
  func options() throws {
    var shape = shape
    shape.options = 3
    let publication = try RandomMarket(shape, seed: 9).first()
    let snapshot = publication.snapshot
    #expect(snapshot.groups[0].scenarios.count == 33)
    let options = snapshot.instruments.filter { $0.kind == .call || $0.kind == .put }
    #expect(options.count == 28)
    for option in options {
      // the row of no move
      let still = try #require(snapshot.groups[0].scenarios.firstIndex { $0.price == 0 && $0.vol == 0 })
      #expect(option.pnlLong[still] == 0 && option.pnlShort[still] == 0)
      #expect(zip(option.pnlLong, option.pnlShort).allSatisfy { $0 + $1 <= 0 && $0 + $1 >= -1 })
      let down = try #require(snapshot.groups[0].scenarios.firstIndex { $0.price == -160_000 && $0.vol == 0 })
      #expect(option.kind == .call ? option.pnlLong[down] < 0 : option.pnlLong[down] > 0)
      #expect(option.contShort >= option.contLong && option.contLong > 0 && option.long.isEmpty)
    }
    // puts and calls of one strike differ by the forward in every scenario
    for call in options where call.kind == .call {
      let put = try #require(options.first { $0.id == call.id.dropLast() + "P" })
      let mark = Double(snapshot.instruments[0].markFloor + snapshot.instruments[0].markCeil) / 2 * 100
      for (row, scenario) in snapshot.groups[0].scenarios.enumerated() {
        let parity = mark * Double(scenario.price) / 1e6 * Double(scenario.weight) / 1e6
        let difference = Double(call.pnlLong[row] - put.pnlLong[row])
        #expect(abs(difference - parity) <= 3 + abs(parity) * 1e-4)
      }
    }
  }

  @Test("a configuration for something that is not listed is refused")
  func unknownTargets() throws {
    var configuration = EngineConfiguration.standard
    try configuration.set(.leverageCap, to: 10, for: .instrument("DOGE-PERP"))
    let random = RandomMarket(shape, seed: 3)
    #expect(throws: PublicationError.unknownTarget(.instrument("DOGE-PERP"))) {
      _ = try random.publisher(configuration)
    }
  }

  @Test("own tokens are worth nothing, and lost pegs cost")
  func collateral() throws {
    var configuration = EngineConfiguration.standard
    try configuration.set(.weightCeiling, to: 0, for: .asset("BTC"))
    let random = RandomMarket(shape, seed: 3)
    let snapshot = try random.first(configuration).snapshot
    let coin = try #require(snapshot.collateral.first { $0.id == "BTC" })
    #expect(coin.tranches.allSatisfy { $0.valIM == 0 && $0.valMM == 0 })
    #expect(coin.debtMM > 0)
    let plain = try random.first().snapshot
    let values = try #require(plain.collateral.first { $0.id == "BTC" }).tranches
    #expect(values.count == 3 && values[0].valMM > values[2].valMM && values[0].valIM < values[0].valMM)
    #expect(plain.collateral[0].tranches[0].valMM == 9_990)
    // its prices were drawn from 0.90 to 1.01, so it is far from one dollar
    let ust = try #require(plain.collateral.first { $0.id == "UST" })
    #expect(ust.tranches[0].valMM < 9_000)
  }
}
