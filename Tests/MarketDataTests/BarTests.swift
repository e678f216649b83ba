import MarketData
import Testing

@Suite("Bar")
struct BarTests {
  @Test("bars with the same prices at another time differ")
  func identity() {
    let bar = Bar(
      openTime: 0, open: 1, high: 2, low: 1, close: 2, baseVolume: 1, quoteVolume: 2)
    var later = bar
    later.openTime = 60
    #expect(bar != later)
  }
}
