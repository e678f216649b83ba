import Admission
import CanonicalBytes
import Foundation
import MarginRules
import Solvency
import TestSupport

extension FuzzTarget {
  /// What a desk and its auditors read.
  static let ledgers = [
    FuzzTarget("request", .json, seeds: ["Fuzz/Seeds/request.json"]) { bytes in
      _ = try? AdmissionRequest(json: bytes)
    },
    FuzzTarget("request-bytes", .bytes, made: { [try request().encoded()] }) { bytes in
      try roundTrip(bytes) {
        try AdmissionRequest(decoding: $0)
      } _: {
        $0.encoded()
      }
    },
    FuzzTarget("log", .bytes, seeds: ["Fuzz/Seeds/day.log"]) { bytes in
      let file = FileInMemory(bytes)
      guard var reader = try? LogFileReader<Never>({ file.read($0) }) else { return }
      while let item = try? reader.next() { _ = item }
    },
    FuzzTarget("log-entry", .bytes, seeds: ["Fuzz/Seeds/log-entry.bytes"]) { bytes in
      guard let entry = try? LogEntry(decoding: bytes) else { return }
      guard entry.bytes == bytes else { throw FuzzFailure("two encodings of one entry") }
    },
    FuzzTarget("ledger-event", .bytes, seeds: ["Fuzz/Seeds/event.bytes"]) { bytes in
      try roundTrip(bytes) {
        try LedgerEvent(decoding: $0)
      } _: {
        $0.encoded()
      }
    },
    FuzzTarget("ledger-state", .bytes, made: { [LedgerState().encoded()] }) { bytes in
      try roundTrip(bytes) {
        try LedgerState(decoding: $0)
      } _: {
        $0.encoded()
      }
    },
  ]

  private static func request() throws -> AdmissionRequest {
    let file = Vectors.packageRoot.appending(path: "Fuzz/Seeds/request.json")
    return try AdmissionRequest(json: Array(try Data(contentsOf: file)))
  }
}

/// Bytes that are read in pieces.
private final class FileInMemory: @unchecked Sendable {
  // Read by one thread only.
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  func read(_ count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }
}
