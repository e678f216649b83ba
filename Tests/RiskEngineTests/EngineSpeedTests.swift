import CanonicalBytes
import Foundation
import MarginRules
import MarketData
import RiskEngine
import TestSupport
import Testing

/// Figures for the documentation, printed and not judged: `MEASURE=1 swift test -c release --filter
/// EngineSpeed`.
@Suite("Speed of the engine", .enabled(if: ProcessInfo.processInfo.environment["MEASURE"] != nil))
struct EngineSpeedTests {
  @Test("one epoch of 50 perpetuals and 500 options")
  func epoch() throws {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.depth, shape.funding, shape.openInterest) = (2_000, 2e7, 300, 60)
    let one = RandomMarket(shape, seed: 1)
    shape.options = 62
    let many = RandomMarket(shape, seed: 2)
    var (listing, series, instruments) = (
      one.market.listing, [UnderlyingSeries](), [InstrumentListing]()
    )
    (listing.underlyings, listing.assets) = ([], Array(listing.assets.prefix(1)))
    for index in 0..<50 {
      let source = index == 0 ? many : one
      let id = "U\(index)"
      listing.underlyings.append(UnderlyingListing(id: id, bars: ""))
      var own = source.market.underlyings[0]
      own.id = id
      series.append(own)
      for listed in source.market.instruments where listed.kind != .future {
        var listed = listed
        (listed.id, listed.underlying) = ("\(id)/\(listed.id)".replacing("/", with: "."), id)
        instruments.append(listed)
      }
    }
    listing.instruments = []
    let market = Market(listing: listing, instruments: instruments, underlyings: series)
    let engine = try SnapshotPublisher(market: market, configuration: .standard, tracing: .none)
    var (state, ledger) = (EngineState.initial, InputLedger())
    let clock = ContinuousClock()
    for round in 0..<8 {
      let start = clock.now
      let publication = try engine.publish(
        at: one.end + Int64(round), state: state, previous: .zero, beacon: .zero, ledger: &ledger)
      let listed = publication.snapshot.instruments
      let options = listed.count { $0.kind == .call || $0.kind == .put }
      #expect(options >= 500 && listed.count - options == 50)
      #expect(publication.snapshot.groups[0].scenarios.count == 33)
      print("epoch \(round): \(clock.now - start), \(listed.count - options) futures, \(options) options")
      state = publication.state
    }
  }

  @Test("35,000 hours of one perpetual")
  func replay() throws {
    var shape = RandomMarket.Shape()
    shape.bars = 35_800
    let random = RandomMarket(shape, seed: 3)
    var market = random.market
    market.listing.assets.removeLast()
    var replay = Replay(
      engine: try SnapshotPublisher(market: market, configuration: .standard, tracing: .none))
    let clock = ContinuousClock()
    let start = clock.now
    for step in 0..<35_000 as Range<Int64> {
      try replay.step(to: RandomMarket.start + (800 + step) * RandomMarket.hour)
    }
    print("replay: \(clock.now - start)")
  }

  @Test("the most memory of a replay, by years: set YEARS")
  func memory() throws {
    let years = Int(ProcessInfo.processInfo.environment["YEARS"] ?? "") ?? 1
    var shape = RandomMarket.Shape()
    shape.bars = 8_760 * years + 800
    let before = Self.peakKilobytes
    var market = RandomMarket(shape, seed: 3).market
    market.listing.assets.removeLast()
    let loaded = Self.peakKilobytes
    var replay = Replay(
      engine: try SnapshotPublisher(market: market, configuration: .standard, tracing: .none))
    for step in 0..<Int64(8_760 * years) {
      try replay.step(to: RandomMarket.start + (800 + step) * RandomMarket.hour)
    }
    print(
      "memory, \(years) years: \(before) kB at the start, \(loaded) kB with the market,",
      "\(Self.peakKilobytes) kB at the end, state of \(replay.state.canonicalBytes.count) bytes")
  }

  /// The most resident memory that this process ever had.
  private static var peakKilobytes: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
    return Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
  }
}
