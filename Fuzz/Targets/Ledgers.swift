import Admission
import CanonicalBytes
import Foundation
import MarginRules
import Ristretto
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
    FuzzTarget("liquidation-event", .bytes, made: { liquidationEvents().map { $0.encoded() } }) { bytes in
      try roundTrip(bytes) {
        try LedgerEvent(decoding: $0)
      } _: {
        $0.encoded()
      }
    },
    FuzzTarget(
      "liquidation-rules", .json, made: { [try LiquidationRules(layers: [], liquidators: [:]).encoded()] }
    ) { bytes in
      try roundTrip(bytes) {
        try LiquidationRules(decoding: $0)
      } _: {
        $0.encoded()
      }
    },
  ]

  private static func liquidationEvents() -> [LedgerEvent] {
    guard let account = try? AccountID("a"), let point = try? EncodedPoint([UInt8](repeating: 0, count: 32))
    else { return [] }
    return [
      .liquidationStepped(
        CaseStepRecord(
          account: account, kind: .settled,
          moves: [
            CaseStepRecord.Move(
              account: account, sequence: 1, commitment: point,
              deltas: [CoordinateChange(coordinate: 0, amount: -5)])
          ], payments: [CaseStepRecord.Payment(.insurance(0), 5)],
          repayments: [CaseStepRecord.Repayment(holding: 1, debt: 2, lots: 3)])),
      .winnersCalled(
        DeleveragingCallRecord(
          account: account, coordinate: 1, isLong: true, gainPerLot: 1, gainPpm: 2, reference: .zero,
          deadline: 9)),
      .fundMoved(FundRecord(number: 0, purse: .backstop, amount: 7, evidence: .zero)),
    ]
  }

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
