import MarketData
import TestSupport
import Testing

@Suite("Funding intervals")
struct FundingIntervalTests {
  private let start: Int64 = 1_767_225_600

  private func read(_ payments: [(Int64, Double)]) throws -> Reading<[FundingPrint]> {
    let lines = payments.map { "\($0.0),\($0.1)" }
    return try FundingReader.read((["ts,funding_rate"] + lines).joined(separator: "\n").bytes, named: "f")
  }

  /// Payments at one rate for eight hours, at intervals in hours that follow each other.
  private func payments(_ stretches: [(hours: Int64, count: Int)], rate: Double = 0.0001) -> [(Int64, Double)]
  {
    var (time, found) = (start, [(Int64, Double)]())
    for stretch in stretches {
      for _ in 0..<stretch.count {
        time += stretch.hours * 3_600
        found.append((time, rate * Double(stretch.hours) / 8))
      }
    }
    return found
  }

  @Test("a constant rate stays constant whatever the intervals, and no payment is dropped")
  func constant() throws {
    for stretches: [(hours: Int64, count: Int)] in [
      [(8, 100), (4, 60)], [(8, 50), (4, 50), (1, 100)], [(1, 30), (8, 30)], [(2, 20), (6, 20), (1, 20)],
      [(8, 20), (1, 2)], [(4, 40), (8, 1)], [(24, 20)], [(8, 10), (24, 10), (8, 10)],
    ] {
      let file = payments(stretches)
      let reading = try read(file)
      #expect(reading.series.count == file.count)
      #expect(reading.series.allSatisfy { abs($0.ratePerEightHours - 0.0001) < 1e-12 }, "\(stretches)")
      #expect(reading.quality.gaps.isEmpty, "\(stretches)")
    }
  }

  @Test("rates in percent, in basis points or of a year are noted by their size; a week of panic is not")
  func large() throws {
    #expect(try read(payments([(8, 60)], rate: 0.0001)).quality[.largeRate].count == 0)
    #expect(try read(payments([(8, 40), (1, 24)], rate: 0.01)).quality[.largeRate].count == 64)
    #expect(try read(payments([(1, 200)], rate: 0.12)).quality[.largeRate].count == 200)
    let panic = payments([(8, 60)], rate: 0.0001).enumerated().map { i, payment in
      (payment.0, i > 40 ? -0.02 : payment.1)
    }
    #expect(try read(panic).quality[.largeRate].count == 0)
    // Of a few nothing can be said.
    #expect(try read(payments([(8, 5)], rate: 0.01)).quality[.largeRate].count == 0)
  }

  @Test("a payment that is missing is a gap and no other interval")
  func gap() throws {
    for hours: Int64 in [1, 2, 4, 8] {
      var file = payments([(hours, 40)])
      file.remove(at: 20)
      let reading = try read(file)
      #expect(reading.series.allSatisfy { abs($0.ratePerEightHours - 0.0001) < 1e-12 }, "\(hours)")
      #expect(reading.quality.missing == 1, "\(hours)")
    }
  }

  @Test("readings of a running rate are refused, or one payment is made of them at each settlement")
  func ticker() throws {
    let minutes = (0..<300).map { (start + Int64($0) * 60, 0.0001) }
    let found = failure { _ = try read(minutes) }
    guard case .implausible(let text)? = found?.problem else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(text.contains("60 s apart") && found?.line == 3)

    var rows = ["exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,open_interest"]
    for minute in 0..<(17 * 60) {
      let time = start + Int64(minute) * 60
      let due = (time / 28_800 + 1) * 28_800
      rows.append("bitmex,XBTUSD,\(time)145000,\(time)307160,\(due)000000,0.000\(minute + 1_000),5")
    }
    let reading = try FundingReader.read(rows.joined(separator: "\n").bytes, named: "f")
    // The readings end an hour into the third span, whose settlement is not known yet.
    #expect(reading.series.map(\.time) == [start + 28_800, start + 57_600])
    #expect(reading.series.map(\.ratePerEightHours) == [0.0001479, 0.0001959])
    #expect(reading.quality[.unfinished].count == 1)
  }

  @Test("a settlement stamped twice is one payment")
  func doubled() throws {
    var file = payments([(8, 20)])
    file.insert((file[5].0 + 7, file[5].1), at: 6)
    let reading = try read(file)
    #expect(reading.series.count == 20 && reading.quality.duplicates.firstLine == 8)
  }
}
