import MarketData
import TestSupport
import Testing

@Suite("Bars: grids that move")
struct BarGridTests {
  private let start: Int64 = 1_767_225_600

  private func read(_ times: [Int64], volume: (Int) -> Int = { _ in 1 }) throws -> Reading<BarSeries> {
    let lines = times.enumerated().map { "\($1),100,101,99,100,\(volume($0))" }
    return try BarReader.read(bars(lines.joined(separator: "\n")), named: "f")
  }

  @Test("days that begin at midnight in New York keep both their grids, and no day is missing")
  func daylightSaving() throws {
    // 60 days at 04:00 UTC, then at 05:00, then at 04:00 again.
    var times: [Int64] = []
    for day: Int64 in 0..<180 {
      times.append(start + day * 86_400 + ((60..<120).contains(day) ? 5 : 4) * 3_600)
    }
    let reading = try read(times)
    #expect(reading.series.interval == 86_400)
    #expect(reading.series.bars.map(\.openTime) == times)
    #expect(reading.quality.isClean)
  }

  @Test("the newest stretch stays whatever grid it has, even a single row")
  func newest() throws {
    for newest in 1...5 {
      let old = (0..<50).map { start + Int64($0) * 3_600 }
      let new = (0..<newest).map { start + 50 * 3_600 + 600 + Int64($0) * 3_600 }
      let reading = try read(old + new)
      #expect(reading.series.bars.map(\.openTime) == old + new)
    }
  }

  @Test("a single row between those of a grid, and one within a bar, are off the grid")
  func strays() throws {
    var times = (0..<20).map { start + Int64($0) * 3_600 }
    times.insert(start + 7 * 3_600 + 60, at: 8)
    let quality = try read(times).quality
    #expect(quality.misaligned == RowFaults(count: 1, firstLine: 10))
    #expect(quality.kept == 20 && quality.gaps.isEmpty)
    // The last one stands within the bar before it.
    let late = try read(Array(times.dropLast()) + [start + 18 * 3_600 + 600])
    #expect(late.quality.misaligned.count == 2)
  }

  @Test("bars of several intervals become bars of the longest, and what has not ended is left out")
  func intervals() throws {
    let hours = (0..<30).map { start + Int64($0) * 3_600 }
    // Three hours and five minutes of five minutes.
    let minutes = (0..<37).map { start + 30 * 3_600 + Int64($0) * 300 }
    let reading = try read(hours + minutes)
    #expect(reading.series.interval == 3_600)
    #expect(reading.series.bars.map(\.openTime) == (0..<33).map { start + Int64($0) * 3_600 })
    #expect(reading.series.bars.suffix(3).map(\.baseVolume) == [12, 12, 12])
    #expect(reading.quality[.unfinished].count == 1)
    let dropped = RowFault.allCases.filter(\.isDropped).reduce(0) { $0 + reading.quality[$1].count }
    #expect(reading.quality.rows == reading.quality.kept + dropped)
  }

  @Test("an interval that no other is a multiple of is refused with the line where it begins")
  func contradiction() {
    let hours = (0..<30).map { start + Int64($0) * 3_600 }
    let odd = (1..<20).map { start + 29 * 3_600 + Int64($0) * 5_000 }
    let found = failure { _ = try read(hours + odd) }
    guard case .implausible(let text)? = found?.problem else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(found?.line != nil && text.contains("not a multiple"))
  }

  @Test("rows of random gaps on one grid are all kept")
  func gaps() throws {
    var random = SplitMix64(seed: 5)
    for _ in 0..<50 {
      var time = start
      var times = (0..<40).map { start - 40 * 3_600 + Int64($0) * 3_600 }
      for _ in 0..<200 {
        times.append(time)
        time += 3_600 * Int64(Int.random(in: 0..<4, using: &random) == 0 ? 3 : 1)
      }
      let reading = try read(times)
      #expect(reading.series.bars.map(\.openTime) == times)
    }
  }
}
