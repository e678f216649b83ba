extension StressTable {
  /// The observations that the engine knows without a table of its own: each move of Bitcoin that went well
  /// beyond all before it, and what other markets did on 10 October 2025.
  ///
  /// Measured from hourly bars of Bitstamp (May 2018 to March 2022) and two-hour bars of Binance (August 2017
  /// to August 2025): from a close to the lowest low or the highest high within the horizon.
  public static let standard = StressTable(
    [
      row("BTC", .fall, 7_200, 119_717, 1_503_381_600, binance),  // 2017-08-22 06:00
      row("BTC", .fall, 28_800, 158_229, 1_503_381_600, binance),
      row("BTC", .fall, 86_400, 165_440, 1_503_396_000, binance),
      row("BTC", .fall, 7_200, 173_621, 1_511_985_600, binance),  // 2017-11-29 20:00
      row("BTC", .fall, 14_400, 208_980, 1_511_985_600, binance),
      row("BTC", .fall, 28_800, 242_666, 1_511_992_800, binance),
      row("BTC", .fall, 86_400, 292_503, 1_513_987_200, binance),  // 2017-12-23 00:00
      row("BTC", .fall, 3_600, 73_002, 1_528_653_600, bitstamp),  // 2018-06-10 18:00
      row("BTC", .fall, 3_600, 100_848, 1_542_747_600, bitstamp),  // 2018-11-20 21:00
      row("BTC", .fall, 3_600, 156_011, 1_558_065_600, bitstamp),  // 2019-05-17 04:00
      row("BTC", .fall, 7_200, 208_559, 1_558_065_600, bitstamp),
      row("BTC", .fall, 3_600, 187_573, 1_584_010_800, bitstamp),  // 2020-03-12 11:00
      row("BTC", .fall, 7_200, 245_000, 1_584_072_000, bitstamp),  // 2020-03-13 04:00
      row("BTC", .fall, 14_400, 336_000, 1_584_072_000, bitstamp),
      row("BTC", .fall, 28_800, 373_556, 1_584_072_000, binance),
      row("BTC", .fall, 86_400, 506_426, 1_584_072_000, binance),
      row("BTC", .rise, 7_200, 62_716, 1_503_388_800, binance),  // 2017-08-22 08:00
      row("BTC", .rise, 86_400, 138_132, 1_503_468_000, binance),
      row("BTC", .rise, 7_200, 124_815, 1_504_584_000, binance),  // 2017-09-05 04:00
      row("BTC", .rise, 86_400, 248_945, 1_504_663_200, binance),
      row("BTC", .rise, 7_200, 168_209, 1_505_484_000, binance),  // 2017-09-15 14:00
      row("BTC", .rise, 14_400, 321_001, 1_505_491_200, binance),
      row("BTC", .rise, 86_400, 353_204, 1_505_563_200, binance),
      row("BTC", .rise, 3_600, 80_378, 1_529_859_600, bitstamp),  // 2018-06-24 17:00
      row("BTC", .rise, 3_600, 146_776, 1_554_181_200, bitstamp),  // 2019-04-02 05:00
      row("BTC", .rise, 7_200, 216_205, 1_554_184_800, bitstamp),
      row("BTC", .rise, 3_600, 319_745, 1_584_068_400, bitstamp),  // 2020-03-13 03:00
      row("BTC", .rise, 7_200, 371_796, 1_584_072_000, bitstamp),
      row("BTC", .rise, 28_800, 422_256, 1_584_093_600, bitstamp),
      row("ETH", .fall, 86_400, 225_000, 1_760_140_800, october),  // 2025-10-11 00:00
      row("SOL", .fall, 86_400, 370_000, 1_760_140_800, october),
      row("DOGE", .fall, 86_400, 670_000, 1_760_140_800, october),
      row("SUI", .fall, 86_400, 837_000, 1_760_140_800, october),
    ])

  private static let bitstamp = "hourly bars of BTC/USD, Bitstamp"
  private static let binance = "two-hour bars of BTC/USDT, Binance"
  private static let october = "largest fall within 10 October 2025, Binance"

  private static func row(
    _ underlying: String, _ direction: StressObservation.Direction, _ seconds: Int64, _ move: Int64,
    _ time: Int64, _ source: String
  ) -> StressObservation {
    StressObservation(
      underlying: underlying, direction: direction, seconds: seconds, move: move, time: time, source: source)
  }
}
