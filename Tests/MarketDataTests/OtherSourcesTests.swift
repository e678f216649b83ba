import MarketData
import TestSupport
import Testing

/// Files of sources whose names, orders or units are their own.
@Suite("Files of other sources")
struct OtherSourcesTests {
  private func bars(_ text: String) throws -> Reading<BarSeries> {
    try BarReader.read(text.bytes, named: "f")
  }

  /// Daily bars with these days.
  private func daily(_ days: [String]) -> String {
    "Date,Open,High,Low,Close,Volume\n" + days.map { "\($0),10,12,9,11,2" }.joined(separator: "\n")
  }

  @Test(
    "days with the month or the day first are read where a day after the twelfth says which",
    arguments: [
      ["1/12/1999", "1/13/1999", "1/14/1999"], ["12/1/1999", "13/1/1999", "14/1/1999"],
      ["12-01-1999", "13-01-1999", "14-01-1999"],
      ["01/12/1999 00:00", "01/13/1999 00:00", "01/14/1999 00:00"],
      ["1/12/1999 12:00:00 AM", "1/13/1999 12:00 AM", "1/14/1999 0:00"],
    ])
  func orders(_ days: [String]) throws {
    let series = try bars(daily(days)).series
    #expect(series.bars.map(\.openTime) == [916_099_200, 916_185_600, 916_272_000], "\(days)")
  }

  @Test("days that may be months are refused with the first line, and a day that is none with its own")
  func ambiguity() throws {
    let unclear = try #require(failure { _ = try bars(daily(["1/4/1999", "1/5/1999", "1/6/1999"])) })
    #expect("\(unclear)".contains("line 2") && "\(unclear)".contains("day or month"), "\(unclear)")
    let both = try #require(failure { _ = try bars(daily(["1/13/1999", "1/14/1999", "13/15/1999"])) })
    #expect("\(both)".contains("line 4"), "\(both)")
  }

  @Test("HTX's bars alone have their time in id; numbers of rows are no times")
  func htx() throws {
    func rows(_ id: (Int) -> Int) -> String {
      "["
        + (0..<3).map {
          #"{"id":\#(id($0)),"open":10,"close":11,"low":9,"high":12,"amount":2,"vol":21,"count":7}"#
        }.joined(separator: ",") + "]"
    }
    let series = try bars(rows { 1_770_969_600 + 3_600 * $0 }).series
    #expect(series.interval == 3_600 && series.bars[0].openTime == 1_770_969_600)
    #expect(series.bars[0].baseVolume == 2 && series.bars[0].quoteVolume == 21)
    #expect(failure { _ = try bars(rows { 1 + $0 }) } != nil)
  }

  @Test("of amount and vol the one that makes a price of the bar is in dollars")
  func volumes() throws {
    // MEXC: contracts of 0.001 in vol, dollars in amount; the bars of two days, so that sizes are recognised.
    let rows = (0..<48).map { hour in
      #"{"time":\#(1_770_969_600 + 3_600 * hour),"open":75,"close":76,"low":74.5,"high":76.5,"vol":\#(20_000 + hour),"amount":\#(Double(20_000 + hour) * 0.0755)}"#
    }
    let reading = try bars("[" + rows.joined(separator: ",") + "]")
    #expect(abs(reading.series.bars[0].quoteVolume - 1_510) < 1e-6)
    #expect(abs(reading.series.bars[0].baseVolume - 20) < 1e-9)
  }

  @Test("a stream's bars are in k, and one that is not over is left out")
  func stream() throws {
    func event(_ hour: Int, _ isOver: Bool) -> String {
      let t = 1_770_969_600_000 + 3_600_000 * hour
      return
        #"{"e":"kline","E":\#(t + 9),"s":"BTCUSDT","k":{"t":\#(t),"T":\#(t + 3_599_999),"s":"BTCUSDT","o":"10","c":"11","h":"12","l":"9","v":"2","q":"21","x":\#(isOver)}}"#
    }
    let reading = try bars([event(0, true), event(1, true), event(2, false)].joined(separator: "\n"))
    #expect(reading.series.bars.map(\.openTime) == [1_770_969_600, 1_770_973_200])
  }

  @Test("a present rate of funding, whose settlement is to come, is no payment")
  func foretold() {
    let rows = (0..<4).map {
      #"{"instId":"BTC-USDT-SWAP","fundingRate":"0.0001","fundingTime":"1770998400000","nextFundingTime":"1771027200000","ts":"\#(1_770_969_600_000 + 60_000 * $0)"}"#
    }
    let text = #"{"code":"0","data":["# + rows.joined(separator: ",") + "]}"
    #expect(failure { _ = try FundingReader.read(text.bytes, named: "f") } != nil)
  }

  @Test("options on another coin than the underlying are refused, and taken where their coin is named")
  func coins() throws {
    let text =
      #"{"result":[{"instrument_name":"ETH-27MAR26-3000-C","underlying_price":3000,"mark_price":0.05,"mark_iv":60,"creation_timestamp":1770969600000}]}"#
    func read(_ underlying: String?, _ ticker: String? = nil) throws -> Int {
      try OptionChainReader.read(text.bytes, named: "f", ticker: ticker, of: underlying).series.count
    }
    let refused = try #require(failure { _ = try read("BTC") })
    #expect("\(refused)".contains("optionsTicker") && "\(refused)".contains("ETH"), "\(refused)")
    #expect(try read("ETH") == 1 && read("ETH-USD") == 1 && read(nil) == 1 && read("BTC", "ETH") == 1)
  }

  @Test("a ratio of minus one stands for one that is missing")
  func ratios() throws {
    let text =
      "create_time,symbol,sum_open_interest,sum_open_interest_value,count_long_short_ratio\n"
      + (0..<3).map { "\(1_770_969_600 + 300 * $0),BTCUSDT,2,200,-1" }.joined(separator: "\n")
    let reading = try OpenInterestReader.read(text.bytes, named: "f")
    #expect(reading.series.count == 3 && reading.series.allSatisfy { !$0.hasSides })
  }
}
