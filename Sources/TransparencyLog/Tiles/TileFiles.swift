/// Where tiles are read from: a directory, a server, memory.
public protocol TileSource {
  /// Why a file cannot be read.
  associatedtype Failure: Error

  /// The bytes of a file below the log's prefix.
  ///
  /// - Parameters:
  ///   - path: as ``TilePath`` writes it.
  ///   - limit: the most bytes such a file has; a longer one is as good as unreadable.
  /// - Returns: the bytes; nil if there is no such file.
  func read(_ path: String, limit: Int) throws(Failure) -> [UInt8]?
}

/// Where tiles are written to.
public protocol TileSink {
  /// Why a file cannot be written.
  associatedtype Failure: Error

  /// Writes a file below the log's prefix. One of that path may be there already, and then has these bytes
  /// unless an earlier writer did not get to its checkpoint.
  mutating func write(_ bytes: [UInt8], to path: String) throws(Failure)
}

/// Tiles in memory.
public struct MemoryTiles: TileSource, TileSink, Sendable {
  /// The files by path.
  public var files: [String: [UInt8]] = [:]

  /// No tiles yet.
  public init() {}

  /// The bytes of a file.
  public func read(_ path: String, limit: Int) -> [UInt8]? { files[path] }

  /// Keeps a file.
  public mutating func write(_ bytes: [UInt8], to path: String) { files[path] = bytes }
}

/// Why the tiles of a log do not serve.
public enum TileError<Failure: Error>: Error {
  /// The log has this tile, and the source does not.
  case missing(String)
  /// The file has another number of hashes or entries than its path says.
  case malformed(String)
  /// The log has fewer entries than were asked for.
  case outsideLog(size: UInt64)
  /// An entry is longer than the 65,535 bytes that a bundle can hold.
  case entryTooLong(index: UInt64)
  /// The source failed.
  case source(Failure)
}

extension TileError: Equatable where Failure: Equatable {}

extension TileSource {
  /// A tile of a log: as wide as asked, or the beginning of the full one that has taken its place.
  func tile(_ path: TilePath) throws(TileError<Failure>) -> [UInt8]? {
    let limit = path.contents == .entries ? EntryBundle.byteLimit : TilePath.fullWidth * MerkleHash.byteCount
    do throws(Failure) {
      if let bytes = try read(path.description, limit: limit) { return bytes }
      guard path.width < TilePath.fullWidth else { return nil }
      return try read(TilePath(path.contents, index: path.index).description, limit: limit)
    } catch {
      throw .source(error)
    }
  }

  /// The hashes of a tile.
  func hashes(_ path: TilePath) throws(TileError<Failure>) -> [MerkleHash] {
    guard let bytes = try tile(path) else { throw .missing(path.description) }
    let count = path.width * MerkleHash.byteCount
    guard bytes.count == count || bytes.count == TilePath.fullWidth * MerkleHash.byteCount else {
      throw .malformed(path.description)
    }
    return stride(from: 0, to: count, by: MerkleHash.byteCount).compactMap {
      MerkleHash(bytes[$0..<$0 + MerkleHash.byteCount])
    }
  }

  /// The entries of a bundle.
  func entries(_ path: TilePath) throws(TileError<Failure>) -> [[UInt8]] {
    guard let bytes = try tile(path) else { throw .missing(path.description) }
    guard let entries = EntryBundle.entries(of: bytes),
      [path.width, TilePath.fullWidth].contains(entries.count)
    else { throw .malformed(path.description) }
    return Array(entries.prefix(path.width))
  }
}

/// Up to 256 entries in one file, each after its length in two big-endian bytes.
enum EntryBundle {
  static let entryByteLimit = Int(UInt16.max)
  static let byteLimit = TilePath.fullWidth * (2 + entryByteLimit)

  /// Adds an entry; returns nil if it is too long.
  static func append(_ entry: [UInt8], to bytes: inout [UInt8]) -> Void? {
    guard let count = UInt16(exactly: entry.count) else { return nil }
    bytes += Digits.bigEndian(count)
    bytes += entry
    return ()
  }

  /// The entries; nil if the bytes are not such a file.
  static func entries(of bytes: [UInt8]) -> [[UInt8]]? {
    var (entries, rest): ([[UInt8]], ArraySlice<UInt8>) = ([], bytes[...])
    while !rest.isEmpty {
      guard rest.count >= 2, entries.count < TilePath.fullWidth else { return nil }
      let count = Int(Digits.word(rest.prefix(2)) as UInt16)
      rest = rest.dropFirst(2)
      guard rest.count >= count else { return nil }
      entries.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return entries
  }
}
