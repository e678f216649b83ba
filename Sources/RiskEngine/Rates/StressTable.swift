public import CanonicalBytes
internal import MarginRules

/// One move that a market really made (`stress.json`).
public struct StressObservation: Hashable, Sendable {
  /// Which way it went.
  public enum Direction: String, CaseIterable, Hashable, Sendable {
    /// Against longs.
    case fall
    /// Against shorts.
    case rise
  }

  /// The underlying that moved.
  public var underlying: String
  /// Which way.
  public var direction: Direction
  /// Within how many seconds.
  public var seconds: Int64
  /// How far, in ppm of the price before.
  public var move: Int64
  /// From when on it was known, in seconds since 1970.
  public var time: Int64
  /// Where it was seen.
  public var source: String

  /// An observation.
  public init(
    underlying: String, direction: Direction, seconds: Int64, move: Int64, time: Int64, source: String
  ) {
    self.underlying = underlying
    self.direction = direction
    self.seconds = seconds
    self.move = move
    self.time = time
    self.source = source
  }
}

/// The dated stress table: the worst moves that were observed, each with the instant from which it was known,
/// its direction and its source. A rate of an instant knows those dated no later, so a replay does not look
/// ahead.
public struct StressTable: Hashable, Sendable {
  /// The one version of the document.
  public static let version: Int64 = 1
  /// The most observations.
  public static let mostObservations = 65_536
  /// The most bytes of a document.
  public static let documentBytes = 16 << 20

  /// The observations, in order of time.
  public private(set) var observations: [StressObservation]

  /// A table of these observations.
  public init(_ observations: [StressObservation] = []) {
    self.observations = observations.enumerated()
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
  }

  /// This table with the observations of another that it does not have yet.
  public func adding(_ other: StressTable) -> StressTable {
    let known = Set(observations)
    return StressTable(observations + other.observations.filter { !known.contains($0) })
  }

  /// The worst moves of an underlying in a direction that were known at an instant.
  public func floor(
    of underlying: String, _ direction: StressObservation.Direction, knownAt time: Int64
  ) -> StressFloor {
    var moves = [Double](repeating: 0, count: StressFloor.horizons.count)
    for one in observations {
      if one.time > time { break }
      guard one.underlying == underlying, one.direction == direction else { continue }
      // A move within a time is one within any longer time.
      for (place, horizon) in StressFloor.horizons.enumerated() where Double(one.seconds) <= horizon {
        moves[place] = max(moves[place], Rate.fraction(one.move))
      }
    }
    return StressFloor(worstMoves: moves)
  }

  // MARK: The document

  /// The table as a document; ``init(json:)`` gives it back.
  public var json: JSONValue {
    ["version": .integer(Self.version), "observations": list]
  }

  var list: JSONValue {
    .array(
      observations.map {
        [
          "underlying": .string($0.underlying), "direction": .string($0.direction.rawValue),
          "seconds": .integer($0.seconds), "movePpm": .integer($0.move), "time": .integer($0.time),
          "source": .string($0.source),
        ]
      })
  }

  /// Reads a document.
  ///
  /// - Throws: `DocumentError` with the place of what is malformed.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    let object = try JSONDocument.parse(bytes, maximumBytes: Self.documentBytes).object(
      required: ["version", "observations"])
    _ = try object["version"].integer(in: Self.version...Self.version)
    try self.init(object["observations"])
  }

  /// Reads the list of observations.
  init(_ node: JSONNode) throws(DocumentError) {
    var found: [StressObservation] = []
    for node in try node.array(maximumCount: Self.mostObservations) {
      let one = try node.object(
        required: ["underlying", "direction", "seconds", "movePpm", "time", "source"])
      found.append(
        StressObservation(
          underlying: try one["underlying"].string(maximumLength: SnapshotLimits.identifierLength),
          direction: try one["direction"].word(), seconds: try one["seconds"].integer(in: 1...31_536_000),
          move: try one["movePpm"].integer(in: 1...100_000_000),
          time: try one["time"].integer(in: SnapshotLimits.times),
          source: try one["source"].string(maximumLength: 1_024)))
    }
    self.init(found)
  }
}

/// The worst moves that a market's own bars showed so far, by horizon, and how far the bars were read: a
/// stress table that grows as the market does.
public struct ObservedStress: Hashable, Sendable {
  /// The worst move of one horizon.
  public struct Worst: Hashable, Sendable {
    /// In ppm of the price before, rounded up.
    public var move: Int64 = 0
    /// When the bar ended that completed it.
    public var time: Int64 = 0
  }

  /// Falls, one for each of ``StressFloor/horizons``.
  public internal(set) var falls: [Worst]
  /// Rises, likewise.
  public internal(set) var rises: [Worst]
  /// When the last bar ended that was read.
  public internal(set) var through: Int64

  /// Nothing seen.
  public init() {
    falls = StressFloor.horizons.map { _ in Worst() }
    rises = falls
    through = 0
  }

  /// The worst moves in a direction.
  public func floor(_ direction: StressObservation.Direction) -> StressFloor {
    var moves: [Double] = []
    for worst in direction == .fall ? falls : rises {
      moves.append(max(moves.last ?? 0, Rate.fraction(worst.move)))
    }
    return StressFloor(worstMoves: moves)
  }

  /// The worst moves as observations for a table.
  public func observations(of underlying: String, source: String) -> [StressObservation] {
    [(StressObservation.Direction.fall, falls), (.rise, rises)].flatMap { direction, list in
      zip(StressFloor.horizons, list).compactMap { horizon, worst in
        worst.move > 0
          ? StressObservation(
            underlying: underlying, direction: direction, seconds: Int64(horizon), move: worst.move,
            time: worst.time, source: source) : nil
      }
    }
  }
}
