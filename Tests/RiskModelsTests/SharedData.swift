import Foundation
import MarketData
import TestSupport

/// Real market data kept beside the package, where it is; nil folders disable the tests that need it.
enum SharedData {
  /// The folder of the files with a licence, or nil.
  static let folder: URL? = Vectors.sharedVectors.flatMap { vectors in
    let folder = vectors.deletingLastPathComponent().appending(path: "marketdata/licensed")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }

  /// Whether it is there.
  static var isPresent: Bool { folder != nil }

  /// The bytes of a file.
  static func bytes(_ path: String) throws -> [UInt8] {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return [UInt8](try Data(contentsOf: folder.appending(path: path)))
  }

  /// Hourly bars of BTC in USD on Bitstamp, May 2018 to March 2022.
  static let hourly = Result { try BarReader.read(bytes(hourlyPath), named: hourlyPath).series }
  private static let hourlyPath = "ohlcv/btc_usd_1h_bitstamp.csv.gz"

  /// Two-hour bars of BTC in USDT on Binance, August 2017 to August 2025.
  static let twoHourly = Result { try BarReader.read(bytes(twoHourlyPath), named: twoHourlyPath).series }
  private static let twoHourlyPath = "ohlcv/btc_usdt_2h_binance.csv.gz"

  /// The returns of the last closes of UTC days, with the number of the day since 1970 that each return ends.
  static func dailyReturns() throws -> [(day: Int64, value: Double)] {
    var closes: [(day: Int64, close: Double)] = []
    for bar in try hourly.get().bars {
      let day = bar.openTime / 86_400
      if closes.last?.day == day { closes.removeLast() }
      closes.append((day, bar.close))
    }
    return zip(closes.dropFirst(), closes).map {
      ($0.day, Foundation.log($0.close) - Foundation.log($1.close))
    }
  }
}

/// The seconds since 1970 at the start of a day such as "2020-03-12", UTC.
func startOfDay(_ date: String) -> Int64 {
  let parts = date.split(separator: "-").compactMap { Int64($0) }
  // days from 1 March of year 0: months from March on have 31, 30, 31, 30, 31 … days
  let (y, m) = parts[1] > 2 ? (parts[0], parts[1] - 3) : (parts[0] - 1, parts[1] + 9)
  let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + parts[2] - 1
  return (days - 719_468) * 86_400
}

/// The golden numbers of `vectors/margin`.
enum Golden {
  /// The numbers of one entry by name, those that are numbers.
  static func numbers(_ entry: String, file: String = "margin/golden.json") throws -> [String: Double] {
    let root = try JSONSerialization.jsonObject(with: Vectors.data(file)) as? [String: [String: Any]]
    guard let found = root?[entry] else { throw CocoaError(.coderValueNotFound) }
    return found.compactMapValues { ($0 as? NSNumber)?.doubleValue }
  }

  /// The numbers of an object inside an entry.
  static func numbers(_ entry: String, _ member: String) throws -> [String: Double] {
    let root =
      try JSONSerialization.jsonObject(with: Vectors.data("margin/golden.json")) as? [String: [String: Any]]
    guard let found = root?[entry]?[member] as? [String: Any] else { throw CocoaError(.coderValueNotFound) }
    return found.compactMapValues { ($0 as? NSNumber)?.doubleValue }
  }
}

/// Whether two numbers agree to within a share of the second.
func agree(_ a: Double?, _ b: Double?, within tolerance: Double = 1e-12) -> Bool {
  guard let a, let b else { return false }
  return (a - b).magnitude <= tolerance * b.magnitude
}
