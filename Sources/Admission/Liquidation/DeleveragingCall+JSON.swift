public import CanonicalBytes
internal import MarginRules
public import Solvency

/// A call as winners get it: a file.
///
///     {"version": 1, "venue": …, "liquidated": "desk-7", "instrument": "BTC-PERP", "winningSide": "short",
///      "snapshot": <64 hex digits>, "place": 0, "gainPpm": 58000, "edges": [50000, …], "nonce": <64 hex digits>,
///      "deadline": seconds}
public struct DeleveragingCallFile: Hashable, Sendable {
  /// The largest file that is read, in bytes.
  public static let byteLimit = 1 << 16
  private static let version: Int64 = 1

  /// Whom the proof is for.
  public let venue: Audience
  /// The account that is closed.
  public let liquidated: AccountID
  /// The instrument.
  public let instrument: String
  /// Whether those win who are long.
  public let isLong: Bool
  /// The snapshot of the case.
  public let snapshot: Digest
  /// The instrument's place in it.
  public let place: Int
  /// What a lot has gained, in ppm.
  public let gainPpm: Int64
  /// The upper edges of the ranks.
  public let edges: [Int64]
  /// The nonce of the proof.
  public let nonce: Nonce
  /// From when on an answer is too late.
  public let deadline: Timestamp

  private enum Side: String, CaseIterable { case long, short }

  /// Reads a file.
  ///
  /// - Throws: `DocumentError` or `FileError`.
  public init(decoding bytes: [UInt8]) throws {
    let node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let members = try node.object(
      version: Self.version,
      required: [
        "venue", "liquidated", "instrument", "winningSide", "snapshot", "place", "gainPpm", "edges", "nonce",
        "deadline",
      ])
    venue = try Audience(members["venue"])
    liquidated = try members["liquidated"].accountID()
    instrument = try members["instrument"].string(maximumLength: Registry.nameByteLimit)
    isLong = try members["winningSide"].word(Side.self) == .long
    snapshot = try members["snapshot"].digest()
    place = Int(try members["place"].integer(in: 0...4_095))
    gainPpm = try members["gainPpm"].integer(in: 0...DeleveragingBand.edgeLimit)
    edges = try members["edges"].array(maximumCount: LiquidationRules.rankLimit).map {
      try $0.integer(in: 0...DeleveragingBand.edgeLimit)
    }
    nonce = Nonce(try members["nonce"].bytes32())
    deadline = Timestamp(seconds: try members["deadline"].unsigned())
  }

  /// The file of a call.
  public init(_ call: DeleveragingCall) {
    (venue, liquidated, isLong) = (call.venue, call.record.account, call.record.isLong)
    instrument = call.snapshot.instruments[call.place].id
    (snapshot, place, gainPpm) = (call.snapshot.digest, call.place, call.record.gainPpm)
    (edges, nonce, deadline) = (call.edges, call.nonce, Timestamp(seconds: call.record.deadline))
  }

  /// The file.
  public var json: JSONValue {
    [
      "version": .integer(Self.version), "venue": venue.json, "liquidated": .string(liquidated.description),
      "instrument": .string(instrument), "winningSide": .string((isLong ? Side.long : .short).rawValue),
      "snapshot": .hex(snapshot.bytes), "place": .integer(place), "gainPpm": .integer(gainPpm),
      "edges": .array(edges.map { .integer($0) }), "nonce": .hex(nonce.bytes),
      "deadline": .integer(deadline.seconds),
    ]
  }
}

extension DeleveragingCall {
  /// The call as a file.
  public var json: JSONValue { DeleveragingCallFile(self).json }
}
