import CanonicalBytes

/// What happens in a synthetic market.
public enum SyntheticScenario: String, CaseIterable, Hashable, Sendable {
  /// Nothing out of the ordinary.
  case calm
  /// Prices rise for weeks.
  case trend
  /// Prices halve within eight hours on the last day but one, depth vanishes and the market stays wild.
  case crash
}

/// A made-up market of three underlyings, the same for the same seed on every machine.
///
/// Returns have clustered volatility and jumps, and share a common part; there are volumes, funding, open
/// interest, order books of two venues, option chains with a smile, and prices of six sources, of which
/// one lies and one falls silent. Only operations that IEEE 754 defines exactly make it: sums, products,
/// quotients, square roots and roundings.
public struct SyntheticMarket: Hashable, Sendable {
  /// When a market begins unless it is told otherwise: 1 January 2026.
  public static let start: Int64 = 1_767_225_600
  /// Seconds in an hour, which is the length of a bar.
  static let hour: Int64 = 3_600

  /// What everything is drawn from.
  public let seed: UInt64
  /// What happens.
  public let scenario: SyntheticScenario
  /// How many days it lasts.
  public let days: Int
  /// The first instant, in seconds since 1970; a whole hour.
  public let start: Int64

  /// A market.
  ///
  /// - Parameters:
  ///   - seed: decides every number; the same seed gives the same market.
  ///   - scenario: what happens in it.
  ///   - days: 4 to 3,650.
  ///   - start: the first instant, between 2000 and 2200; the hour that it is in.
  public init(
    seed: UInt64, scenario: SyntheticScenario = .calm, days: Int = 60,
    start: Int64 = SyntheticMarket.start
  ) {
    precondition((4...3_650).contains(days), "a synthetic market lasts 4 to 3650 days")
    precondition((946_684_800...7_258_118_400).contains(start), "a synthetic market begins in our time")
    self.seed = seed
    self.scenario = scenario
    self.days = days
    self.start = start - start % Self.hour
  }

  /// The instant at which everything ends, in seconds since 1970.
  public var end: Int64 { start + Int64(days) * UTCTime.day }

  /// The market as it is read from its own ``directory()``.
  ///
  /// - Throws: ``MarketDataError`` if the files that were made up do not read: never for valid parameters.
  public func market() throws(MarketDataError) -> Market {
    let files = directory()
    return try Market.load { path in files.first { $0.path == path }?.bytes }
  }

  /// One underlying and how it behaves.
  struct Underlying {
    let id: String
    /// The first price in USD.
    let price: Double
    /// The usual deviation of an hour's return.
    let deviation: Double
    /// How much of a return all underlyings share.
    let common: Double
    /// Decimals of a price.
    let priceDecimals: Int
    /// The usual volume of an hour in units of the asset.
    let volume: Double
    /// The distance of two strikes in USD, or nil without options.
    let strikeStep: Double?
  }

  static let underlyings = [
    Underlying(
      id: "BTC", price: 95_000, deviation: 0.005, common: 0.9, priceDecimals: 1, volume: 900,
      strikeStep: 5_000),
    Underlying(
      id: "ETH", price: 3_300, deviation: 0.006, common: 0.8, priceDecimals: 2, volume: 14_000,
      strikeStep: 200),
    Underlying(
      id: "SOL", price: 190, deviation: 0.008, common: 0.7, priceDecimals: 2, volume: 90_000,
      strikeStep: nil),
  ]

  /// The generator for one part of the market, so that a change of one part leaves the others.
  func generator(_ part: UInt64) -> SeededGenerator {
    var generator = SeededGenerator(seed: seed)
    return SeededGenerator(seed: generator.next() ^ (part &* 0xD6E8_FEB8_6659_FD93))
  }
}

/// Decimals of a whole number of units 10^-places: 1234 with two places is "12.34".
func decimalText(_ units: Int64, places: Int) -> String {
  let digits = String(units.magnitude)
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  let sign = units < 0 ? "-" : ""
  return places == 0 ? sign + padded : sign + padded.dropLast(places) + "." + padded.suffix(places)
}

/// A value rounded to `places` decimals, as text.
func decimalText(_ value: Double, places: Int) -> String {
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  return decimalText(Int64((value * scale).rounded()), places: places)
}

/// A value rounded to `places` decimals, which its text then gives back exactly.
func rounded(_ value: Double, places: Int) -> Double {
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  return (value * scale).rounded() / scale
}
