import CanonicalBytes
import TestSupport
import Testing

@Suite("Times as text")
struct UTCTimeTests {
  @Test(
    "known instants are written and read",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
      (1_770_326_977, "2026-02-05T21:29:37Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
      (4_107_542_400, "2100-03-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ] as [(Int64, String)])
  func known(seconds: Int64, text: String) {
    #expect(UTCTime.text(seconds) == text)
    #expect(UTCTime.seconds(text) == seconds)
    #expect(Timestamp(seconds: UInt64(seconds)).text == text)
  }

  @Test("what is written is read back, whatever the instant")
  func roundTrip() {
    var random = SplitMix64(seed: 12)
    for _ in 0..<20_000 {
      let seconds = Int64.random(in: UTCTime.range, using: &random)
      #expect(UTCTime.seconds(UTCTime.text(seconds)) == seconds)
    }
  }

  @Test(
    "any other text is refused",
    arguments: [
      "", "2026-02-05", "2026-02-05T21:29:37", "2026-02-05T21:29:37z", "2026-02-05t21:29:37Z",
      "2026-02-05 21:29:37Z", "2026-02-05T21:29:37+00:00", "2026-02-05T21:29:37.0Z", "2026-2-05T21:29:370Z",
      "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-02-05T24:00:00Z", "2026-02-05T21:60:00Z",
      "2026-02-05T21:29:60Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "+026-02-05T21:29:37Z",
      "2026-02-05T21:29:3٧Z", "２026-02-05T21:29:3Z", " 2026-02-05T21:29:37Z",
    ])
  func refused(_ text: String) {
    #expect(UTCTime.seconds(text) == nil, "\(text)")
  }

  @Test("what is out of range is written as its nearer end, or as a number of seconds")
  func outOfRange() {
    #expect(UTCTime.text(-1) == "1970-01-01T00:00:00Z")
    #expect(UTCTime.text(.max) == "9999-12-31T23:59:59Z")
    #expect(Timestamp(seconds: 253_402_300_800).text == "253402300800")
  }
}
