public import CanonicalBytes
internal import MarginRules
public import Solvency

/// What the venue itself holds against its accounts, published: signed lots by instrument, none for a
/// clearing venue.
public struct HousePositions: Hashable, Sendable {
  /// No positions.
  public static let none = HousePositions(checked: [:])
  /// The largest file that is read, in bytes.
  public static let fileByteLimit = 1 << 20

  /// Signed lots by instrument, none of them 0.
  public let positions: [String: Int64]
  /// SHA-256 of the instruments in order, each with its lots.
  public let digest: Digest

  /// These positions.
  ///
  /// - Throws: ``HousePositionsError`` with the instrument.
  public init(_ positions: [String: Int64]) throws(HousePositionsError) {
    let most = SnapshotLimits.totals.upperBound
    for (instrument, lots) in positions.sorted(by: { $0.key < $1.key }) {
      guard (try? Registry(names: [Registry.position(instrument)])) != nil, lots != 0,
        lots.magnitude <= most.magnitude
      else { throw HousePositionsError(instrument: instrument) }
    }
    self.init(checked: positions)
  }

  private init(checked positions: [String: Int64]) {
    self.positions = positions
    var writer = CanonicalWriter(domain: "solvency/house-positions/v1")
    writer.append(UInt32(positions.count))
    for (instrument, lots) in positions.sorted(by: { $0.key < $1.key }) {
      writer.append(text: Array(instrument.utf8))
      writer.append(UInt64(bitPattern: lots))
    }
    digest = .sha256(of: writer.bytes)
  }

  /// Reads a file:
  ///
  ///     {"version": 1, "positions": {"BTC-PERP": -5}}
  ///
  /// - Throws: ``FileError``.
  public init(decoding file: [UInt8]) throws(FileError) {
    let node = try VersionedFile(file, maximumBytes: Self.fileByteLimit, keys: ["positions"])
    let most = SnapshotLimits.totals.upperBound
    let entries = try node.read("positions") { node throws(DocumentError) in
      try node.entries(maximumCount: Registry.countLimit).map { entry throws(DocumentError) in
        (entry.key, try entry.node.integer(in: -most...most))
      }
    }
    do throws(HousePositionsError) {
      // Names that differ only by Unicode's rules are not visible ASCII, and refused.
      try self.init(Dictionary(entries) { first, _ in first })
    } catch {
      throw .invalidName(path: "positions.\(error.instrument)", .notPrintable)
    }
  }

  /// The file.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version),
      "positions": .object(
        positions.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) }),
    ]
  }
}

/// A position of the house that is 0, out of range, or of something that is not the name of an instrument.
public struct HousePositionsError: Error, Hashable, Sendable {
  /// The instrument.
  public let instrument: String
}
