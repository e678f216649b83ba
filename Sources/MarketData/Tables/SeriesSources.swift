/// One file of a series: its path, and its bytes as they are stored, read block by block.
public struct MarketSource {
  /// The path, for messages.
  public let name: String
  /// Begins at the first byte: each call of what it returns gives the next bytes, nil at the end.
  let open: () -> () -> [UInt8]?
  /// How many bytes are in memory at a time, at least.
  package var blockSize = Table.blockSize
  /// What may be read of all files of a market together.
  var budget = ReadingBudget()

  /// A file in memory.
  public init(name: String, bytes: [UInt8]) {
    self.init(name: name) {
      var rest: [UInt8]? = bytes
      return {
        defer { rest = nil }
        return rest
      }
    }
  }

  /// A file that is read block by block.
  ///
  /// - Parameter open: opens it; each call of the result gives the next bytes, nil at the end.
  public init(name: String, open: @escaping () -> () -> [UInt8]?) {
    (self.name, self.open) = (name, open)
  }

  /// All bytes as they are stored.
  ///
  /// - Throws: ``MarketDataProblem/tooLarge(limit:)``.
  func stored(limit: Int = MarketFile.byteLimit) throws(MarketDataError) -> [UInt8] {
    let next = open()
    var bytes = next() ?? []
    while let block = next() {
      guard block.count <= limit - bytes.count else {
        throw MarketDataError(file: name, .tooLarge(limit: limit))
      }
      bytes += block
    }
    guard bytes.count <= limit else { throw MarketDataError(file: name, .tooLarge(limit: limit)) }
    return bytes
  }
}

/// What may be read of all files of a market together, however small they are compressed and however many
/// there are.
final class ReadingBudget {
  /// The most bytes, decompressed.
  static let byteLimit = 4 << 30
  /// The most rows: eight years of minutes, twice.
  static let rowLimit = 1 << 23

  private var bytes = 0
  private var rows = 0

  /// Counts bytes.
  func take(bytes count: Int, of file: String) throws(MarketDataError) {
    bytes += count
    guard bytes <= Self.byteLimit else {
      throw MarketDataError(file: file, .marketTooLarge("\(Self.byteLimit) bytes, decompressed"))
    }
  }

  /// Counts rows.
  func take(rows count: Int, of file: String) throws(MarketDataError) {
    rows += count
    guard rows <= Self.rowLimit else {
      throw MarketDataError(file: file, .marketTooLarge("\(Self.rowLimit) rows"))
    }
  }
}

extension [MarketSource] {
  /// What messages call all of them.
  var name: String {
    guard let first else { return "" }
    return count == 1 ? first.name : "\(first.name) and \(count - 1) more"
  }

  /// Reads the tables in the files, one after the other: that of each file, and of each member of an archive.
  /// A block is in memory at a time.
  ///
  /// Lines count through all of them, so that each row has one number.
  func forEachTable(
    _ body: (inout Table) throws(MarketDataError) -> Void
  ) throws(MarketDataError) {
    var line = 0
    for source in self {
      try MarketFile.forEachPart(source) { part throws(MarketDataError) in
        var table = try Table(part, after: line, source.budget)
        try body(&table)
        line = table.line
      }
    }
  }
}
