import Foundation
import MarketData
import TestSupport

/// Market data kept beside the package rather than in it, where there are any.
enum SharedData {
  static let folder: URL? = {
    let folder = Vectors.packageRoot.deletingLastPathComponent()
      .appending(path: "shared/marketdata/licensed")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static var isPresent: Bool { folder != nil }

  static func bytes(_ path: String) throws -> [UInt8] {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return Array(try Data(contentsOf: folder.appending(path: path)))
  }
}

/// The error of `body`, nil if it throws none.
func failure(_ body: () throws -> Void) -> MarketDataError? {
  do {
    try body()
    return nil
  } catch {
    return error as? MarketDataError
  }
}

/// The parts that `body` says a file lacks, nil if it throws something else.
func missingParts(_ body: () throws -> Void) -> [String]? {
  guard case .unknownLayout(let mismatch) = failure(body)?.problem else { return nil }
  return mismatch.missing
}

/// Hourly bars in the plain layout, with these lines after the header.
func bars(_ lines: String...) -> [UInt8] {
  Array((["ts,open,high,low,close,volume_base"] + lines).joined(separator: "\n").utf8)
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}
