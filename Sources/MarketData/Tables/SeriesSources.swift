/// One file of a series: its path and its bytes as they are stored.
public struct MarketSource: Hashable, Sendable {
  /// The path, for messages.
  public let name: String
  /// The bytes, compressed if the file is.
  public let bytes: [UInt8]

  /// A file.
  public init(name: String, bytes: [UInt8]) {
    (self.name, self.bytes) = (name, bytes)
  }
}

extension [MarketSource] {
  /// What messages call all of them.
  var name: String {
    guard let first else { return "" }
    return count == 1 ? first.name : "\(first.name) and \(count - 1) more"
  }

  /// Reads the tables in the files, one after the other: that of each file, and of each member of an archive.
  /// Only one is in memory at a time.
  ///
  /// Lines count through all of them, so that each row has one number.
  func forEachTable(
    _ body: (inout Table) throws(MarketDataError) -> Void
  ) throws(MarketDataError) {
    var line = 0
    for source in self {
      for part in try MarketFile.parts(source.bytes, named: source.name) {
        var table = try Table(part.bytes, named: part.name, after: line)
        try body(&table)
        line = table.line
      }
    }
  }
}
