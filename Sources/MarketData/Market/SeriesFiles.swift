/// Where the rows of one series stand: one file, several, or all files of folders.
public struct SeriesFiles: Hashable, Sendable {
  /// The most files of one series.
  public static let limit = 4_096

  /// Paths of files and folders inside the directory of the market; at least one.
  public var paths: [String]

  /// Files and folders.
  public init(_ paths: [String]) { self.paths = paths }
}

extension SeriesFiles: ExpressibleByStringInterpolation {
  /// One file.
  public init(stringLiteral path: String) { paths = [path] }
}

/// Reads files of a market, each once, and keeps what they were.
struct MarketFiles {
  /// The bytes of a file, or nil if there is none.
  let read: (_ path: String) -> [UInt8]?
  /// The names of the files in a folder, or nil if there is none.
  let folder: (_ path: String) -> [String]?
  /// What was read, in this order.
  private(set) var inputs: [MarketInput]

  init(
    listing: MarketInput, folder: @escaping (String) -> [String]?, read: @escaping (String) -> [UInt8]?
  ) {
    inputs = [listing]
    (self.folder, self.read) = (folder, read)
  }

  /// The bytes of a file, which two series may share.
  ///
  /// - Throws: ``MarketDataProblem/missing``.
  mutating func bytes(_ path: String) throws(MarketDataError) -> [UInt8] {
    if let known = inputs.first(where: { $0.path == path }) { return known.bytes }
    guard let bytes = read(path) else { throw MarketDataError(file: path, .missing) }
    inputs.append(MarketInput(path: path, bytes: bytes))
    return bytes
  }

  /// The files of a series; those of a folder by name, without hidden ones.
  mutating func sources(_ files: SeriesFiles) throws(MarketDataError) -> [MarketSource] {
    var sources: [MarketSource] = []
    for path in files.paths {
      let names = folder(path)?.filter { !$0.hasPrefix(".") && !$0.hasSuffix(".CHECKSUM") }.sorted()
      if let names, names.isEmpty {
        throw MarketDataError(file: path, .container("is a folder without files"))
      }
      for file in names.map({ $0.map { "\(path)/\($0)" } }) ?? [path] {
        guard sources.count < SeriesFiles.limit else {
          throw MarketDataError(
            file: path,
            .container("makes more than \(SeriesFiles.limit) files of one series; put some together"))
        }
        sources.append(MarketSource(name: file, bytes: try bytes(file)))
      }
    }
    return sources
  }
}
