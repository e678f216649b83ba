import Foundation
import MarketData

/// Rows of plain tables among the shared data that no reader is for.
enum MarketFileText {
  /// The fields of every line, the header included.
  static func csv(_ path: String) throws -> [[String]] {
    let bytes = try Gzip.decompress(SharedData.bytes(path), limit: 1 << 26)
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }
}
