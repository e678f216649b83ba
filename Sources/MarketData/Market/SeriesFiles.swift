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

/// A directory whose files are read block by block.
public struct MarketFolder {
  /// The names of the files in a folder at a path inside the directory, or nil if there is none.
  let names: (_ path: String) -> [String]?
  /// Opens the file at a path; each call of the result gives the next bytes, nil at the end. Nil if there is
  /// no file.
  let open: (_ path: String) -> (() -> [UInt8]?)?

  /// A directory.
  ///
  /// - Parameters:
  ///   - names: the names of the files in a folder at a path inside the directory, or nil if there is none.
  ///   - open: opens the file at a path; each call of the result gives the next bytes, nil at the end. Nil if
  ///     there is no file.
  public init(
    names: @escaping (_ path: String) -> [String]? = { _ in nil },
    open: @escaping (_ path: String) -> (() -> [UInt8]?)?
  ) {
    (self.names, self.open) = (names, open)
  }
}

/// Reads files of a market, and keeps which were read and how much that was together.
struct MarketFiles {
  private let folder: MarketFolder
  private let budget = ReadingBudget()
  /// What was read, in this order.
  private(set) var paths: [String] = []

  init(_ folder: MarketFolder) { self.folder = folder }

  /// The file at a path, which two series may share.
  ///
  /// - Throws: ``MarketDataProblem/missing``.
  mutating func source(_ path: String) throws(MarketDataError) -> MarketSource {
    guard let first = folder.open(path) else { throw MarketDataError(file: path, .missing) }
    if !paths.contains(path) { paths.append(path) }
    let open = folder.open
    // It may be read more than once.
    var opened: (() -> [UInt8]?)? = first
    var source = MarketSource(name: path) {
      defer { opened = nil }
      return opened ?? open(path) ?? { nil }
    }
    source.budget = budget
    return source
  }

  /// The bytes of a file as they are stored.
  ///
  /// - Throws: ``MarketDataProblem/missing``, ``MarketDataProblem/tooLarge(limit:)``.
  mutating func bytes(_ path: String) throws(MarketDataError) -> [UInt8] { try source(path).stored() }

  /// The files of a series; those of a folder by name, without hidden ones.
  mutating func sources(_ files: SeriesFiles) throws(MarketDataError) -> [MarketSource] {
    var sources: [MarketSource] = []
    for path in files.paths {
      let names = folder.names(path)?.filter { !$0.hasPrefix(".") && !$0.hasSuffix(".CHECKSUM") }.sorted()
      if let names, names.isEmpty {
        throw MarketDataError(file: path, .container("is a folder without files"))
      }
      for file in names.map({ $0.map { "\(path)/\($0)" } }) ?? [path] {
        guard sources.count < SeriesFiles.limit else {
          throw MarketDataError(
            file: path,
            .container("makes more than \(SeriesFiles.limit) files of one series; put some together"))
        }
        sources.append(try source(file))
      }
    }
    return sources
  }
}
