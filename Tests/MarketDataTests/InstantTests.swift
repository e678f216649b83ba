import MarketData
import TestSupport
import Testing

@Suite("Instants in market data")
struct InstantTests {
  /// The time of the second of two bars an hour apart, the first written as the text.
  private func time(_ text: String) -> Int64? {
    let file = "ts,price,source\n\"\(text)\",1,a\n".bytes
    return try? PriceReader.read(file, named: "f").series.first?.timeMilliseconds
  }

  @Test(
    "every usual form of one instant is that instant",
    arguments: [
      "1770969600", "1770969600.0", "1770969600000", "1770969600000.0", "1770969600000000",
      "1770969600000000.0", "1770969600000000000", "1.7709696e+18", "1.7709696000000000E18",
      "2026-02-13T08:00:00Z", "2026-02-13T08:00:00.000Z", "2026-02-13T08:00:00.000000000Z",
      "2026-02-13t08:00:00z", "2026-02-13T08:00Z", "2026-02-13 08:00", "2026-02-13 08:00:00",
      "2026-02-13 08:00:00+00:00", "2026-02-13 08:00:00.000000+00:00", "2026-02-13T09:30:00+01:30",
      "2026-02-13T03:00:00-05:00", "2026-02-13T03:00:00-0500", "2026-02-13T03:00:00-05",
      "2026-02-13 08:00:00 UTC", "2026-02-13T08:00:00,000Z", "2026/02/13 08:00:00", "2026-02-13 08-AM",
      "20260213T080000Z", "20260213 08:00:00", "20260213080000", "202602130800",
      "2026-02-14T00:00:00+16:00", "2026-02-12T24:00:00-08:00",
    ])
  func forms(_ text: String) {
    #expect(time(text) == 1_770_969_600_000, "\(text)")
  }

  @Test("eight digits that are a day are that day, in every column of time")
  func days() throws {
    #expect(time("20260101") == 1_767_225_600_000)
    #expect(time("2026-01-01") == 1_767_225_600_000)
    // No day of the calendar: a count of seconds, which a market then refuses as implausible.
    #expect(time("20261301") == 20_261_301_000)
    let bars = try BarReader.read(
      "timestamp,open,high,low,close,volume\n20260101,1,1,1,1,1\n20260102,1,1,1,1,1\n".bytes, named: "f")
    #expect(bars.series.interval == 86_400 && bars.series.bars[0].openTime == 1_767_225_600)
    let funding = try FundingReader.read("ts,rate\n20260101,0.1\n20260102,0.1\n".bytes, named: "f")
    #expect(funding.series.map(\.time) == [1_767_225_600, 1_767_312_000])
  }

  @Test("fractions are kept to the millisecond, rounded down")
  func fractions() {
    #expect(time("1770969600.3939") == 1_770_969_600_393)
    #expect(time("2026-02-13T08:00:00.3939Z") == 1_770_969_600_393)
    #expect(time("1770969600393.9") == 1_770_969_600_393)
    #expect(time("1770969600393999") == 1_770_969_600_393)
    #expect(time("1770969600393999999") == 1_770_969_600_393)
    #expect(time("0.999") == 999)
  }

  @Test(
    "what is ambiguous or has lost its digits is not an instant",
    arguments: [
      "", "x", "-1", "+5", "nan", "1e3", "1.77097E+12", "1.77E+18", "1.5.5", "2026-13-01", "2026-02-30",
      "2026-02-13T25:00:00Z", "2026-02-13T08:60:00Z", "2026-02-13T08:00:61Z", "2026-02-13T08:00:00+25:00",
      "2026-02-13T08:00:00 EST", "13/14/2026", "2/2026", "2026-02-13 13-PM", "2026-02-13 13:00 PM",
      "2026-02-13T08:00:00.Z",
      "99999999999999999999", "2026-02-13T08:00:00ZZ", "0x10", "2026.02.30 08:00", "13.13.2026",
    ])
  func refused(_ text: String) {
    #expect(time(text) == nil, "\(text)")
  }

  @Test("every instant that is written in every form is read back")
  func roundTrip() {
    var random = SplitMix64(seed: 31)
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    for _ in 0..<2_000 {
      let seconds = Int64.random(in: 946_684_800...4_102_444_799, using: &random)
      let (day, time) = (seconds / 86_400, seconds % 86_400)
      // The day by counting years and months.
      var (year, rest) = (Int64(1970), day)
      func leap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
      while rest >= (leap(year) ? 366 : 365) {
        rest -= leap(year) ? 366 : 365
        year += 1
      }
      var month: Int64 = 1
      for length in [31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as [Int64] {
        guard rest >= length else { break }
        rest -= length
        month += 1
      }
      let date = "\(year)-\(two(month))-\(two(rest + 1))"
      let clock = "\(two(time / 3_600)):\(two(time / 60 % 60)):\(two(time % 60))"
      for text in [
        "\(date)T\(clock)Z", "\(date) \(clock)", "\(date)T\(clock).000+00:00", "\(seconds)", "\(seconds)000",
        "\(seconds)000000", "\(seconds)000000000",
      ] {
        #expect(self.time(text) == seconds * 1_000, "\(text)")
      }
    }
  }
}
