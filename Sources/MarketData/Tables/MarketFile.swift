internal import CanonicalBytes

/// What a reader made of a file: the series, and what was wrong with its rows.
public struct Reading<Series: Sendable>: Sendable {
  /// The rows that can be used, in order of time.
  public var series: Series
  /// What was repaired, dropped or noticed.
  public var quality: DataQuality

  /// A series and its report.
  public init(series: Series, quality: DataQuality) {
    self.series = series
    self.quality = quality
  }
}

/// Files of market data as bytes: plain, compressed by gzip, or in zip archives, which the first bytes tell.
public enum MarketFile {
  /// The most bytes that may be held in memory whole: a zip archive as it is stored; of a JSON text one row,
  /// one book, or columns that stand one after the other.
  public static let byteLimit = 256 << 20
  /// The most bytes that a JSON file may have, decompressed, where a tree is made of it: the tree is much
  /// larger.
  public static let documentLimit = 32 << 20

  /// Gives the next bytes with each call, nil at the end.
  typealias Blocks = () throws(MarketDataError) -> [UInt8]?

  /// One file, or one member of an archive: a name for messages, and its bytes block by block, decompressed.
  struct Part {
    let name: String
    /// The next bytes, nil at the end.
    let next: Blocks
    /// Begins at the first byte again.
    let again: () throws(MarketDataError) -> Blocks
    var blockSize = Table.blockSize
  }

  /// The bytes of a file, decompressed if they are compressed. An archive must hold one file.
  ///
  /// - Throws: ``MarketDataError`` with ``MarketDataProblem/tooLarge(limit:)`` or
  ///   ``MarketDataProblem/compression(_:)``.
  public static func contents(
    _ bytes: [UInt8], named file: String, limit: Int = byteLimit
  ) throws(MarketDataError) -> [UInt8] {
    var (contents, parts) = ([UInt8](), 0)
    try forEachPart(MarketSource(name: file, bytes: bytes)) { part throws(MarketDataError) in
      parts += 1
      guard parts == 1 else {
        throw MarketDataError(
          file: file, .container("the zip archive holds more than one file; name one with one file"))
      }
      contents = try whole(part, limit: limit)
    }
    return contents
  }

  /// Bytes that are at hand as a part.
  static func part(_ bytes: [UInt8], named file: String) -> Part {
    let nothing = { () throws(MarketDataError) -> [UInt8]? in nil }
    let open = { () throws(MarketDataError) -> Blocks in prepending(bytes, nothing) }
    return Part(name: file, next: prepending(bytes, nothing), again: open)
  }

  /// All bytes of a part.
  static func whole(_ part: Part, limit: Int = byteLimit) throws(MarketDataError) -> [UInt8] {
    var bytes = try part.next() ?? []
    while bytes.count <= limit, let block = try part.next() { bytes += block }
    guard bytes.count <= limit else { throw MarketDataError(file: part.name, .tooLarge(limit: limit)) }
    return bytes
  }

  /// The files in a file: itself, or those of an archive, by name.
  static func forEachPart(
    _ source: MarketSource, _ body: (Part) throws(MarketDataError) -> Void
  ) throws(MarketDataError) {
    let next = source.open()
    let first = beginning(next)
    guard Zip.isArchive(first) else {
      func again() throws(MarketDataError) -> Blocks {
        let next = source.open()
        return try plain(beginning(next), { next() }, named: source.name)
      }
      let next = try plain(first, { next() }, named: source.name)
      return try body(Part(name: source.name, next: next, again: again, blockSize: source.blockSize))
    }
    // The directory of an archive is at its end.
    var archive = first
    while archive.count <= byteLimit, let block = next() { archive += block }
    guard archive.count <= byteLimit else {
      throw MarketDataError(file: source.name, .tooLarge(limit: byteLimit))
    }
    let entries: [Zip.Entry]
    do {
      entries = try Zip.entries(archive)
    } catch {
      throw MarketDataError(file: source.name, .archive(error))
    }
    if entries.contains(where: { $0.name == "[Content_Types].xml" }) {
      throw MarketDataError(file: source.name, .container("is an office document; save the sheet as CSV"))
    }
    for entry in entries.sorted(by: { $0.name < $1.name }) {
      let name = entries.count == 1 ? source.name : "\(source.name):\(entry.name)"
      try body(try part(entry, in: archive, of: source, named: name))
    }
  }

  /// A member of an archive.
  private static func part(
    _ entry: Zip.Entry, in archive: [UInt8], of source: MarketSource, named name: String
  ) throws(MarketDataError) -> Part {
    func open() throws(MarketDataError) -> Blocks {
      var reader: Zip.Reader
      do throws(ZipError) {
        reader = try Zip.Reader(entry, in: archive)
      } catch {
        throw MarketDataError(file: source.name, .archive(error))
      }
      func next() throws(MarketDataError) -> [UInt8]? {
        do throws(ZipError) {
          return try reader.next()
        } catch {
          throw MarketDataError(file: source.name, .archive(error))
        }
      }
      let first = try next() ?? []
      guard !Zip.isArchive(first) else {
        throw MarketDataError(file: source.name, .archive(.nested(entry.name)))
      }
      return try plain(first, next, named: name)
    }
    return Part(name: name, next: try open(), again: open, blockSize: source.blockSize)
  }

  /// The first bytes of a file, enough to tell what it is.
  private static func beginning(_ next: () -> [UInt8]?) -> [UInt8] {
    var first = next() ?? []
    while first.count < 512, let block = next() { first += block }
    return first
  }

  /// A file that is not an archive, decompressed if it is compressed.
  private static func plain(
    _ first: [UInt8], _ next: @escaping Blocks, named file: String
  ) throws(MarketDataError) -> Blocks {
    guard Gzip.isCompressed(first) else {
      if let advice = foreignForm(first) { throw MarketDataError(file: file, .container(advice)) }
      return prepending(first, next)
    }
    let inflater = Inflater(.gzip, input: prepending(first, next))
    func inflated() throws(MarketDataError) -> [UInt8]? {
      do throws(Inflater.Failure) {
        return try inflater.next()
      } catch {
        switch error {
        case .data(let problem): throw MarketDataError(file: file, .compression(problem))
        case .input(let problem): throw problem
        }
      }
    }
    let contents = try inflated() ?? []
    if let advice = foreignForm(contents) { throw MarketDataError(file: file, .container(advice)) }
    return prepending(contents, inflated)
  }

  private static func prepending(_ first: [UInt8], _ next: @escaping Blocks) -> Blocks {
    var first: [UInt8]? = first
    func all() throws(MarketDataError) -> [UInt8]? {
      if let block = first {
        first = nil
        return block
      }
      return try next()
    }
    return all
  }

  /// What a file is that is not read here, by its first bytes, and what to do; nil for any other.
  private static func foreignForm(_ bytes: [UInt8]) -> String? {
    let converter = "convert it: Examples/convert-columns.py"
    let forms: [([UInt8], String)] = [
      (Array("PAR1".utf8), "is a Parquet file; \(converter)"),
      (Array("ARROW1".utf8), "is an Arrow or Feather file; \(converter)"),
      (Array("FEA1".utf8), "is a Feather file; \(converter)"),
      ([0xFF, 0xFF, 0xFF, 0xFF], "looks like a stream of Arrow; \(converter)"),
      ([0x89, 0x48, 0x44, 0x46], "is an HDF5 file; \(converter)"),
      ([0x28, 0xB5, 0x2F, 0xFD], "is compressed by Zstandard; unpack it, or compress it by gzip"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "is compressed by xz; unpack it, or compress it by gzip"),
      (Array("BZh".utf8), "is compressed by bzip2; unpack it, or compress it by gzip"),
      ([0x04, 0x22, 0x4D, 0x18], "is compressed by LZ4; unpack it, or compress it by gzip"),
      ([0x37, 0x7A, 0xBC, 0xAF], "is a 7-Zip archive; unpack it"),
      (Array("Rar!".utf8), "is a RAR archive; unpack it"),
      (Array("SQLite format 3".utf8), "is a SQLite database; export its table as CSV"),
      ([0xD0, 0xCF, 0x11, 0xE0], "is an Excel document; save the sheet as CSV"),
      (Array("%PDF".utf8), "is a PDF document; export a table as CSV"),
      (Array("<!DOCTYPE".utf8), "is a web page; was the download refused?"),
      (Array("<html".utf8), "is a web page; was the download refused?"),
      (
        Array("version https://git-lfs".utf8),
        "is a pointer of Git LFS and not the file; fetch it: git lfs pull"
      ),
      ([0xFF, 0xFE], "is UTF-16 text; save it as UTF-8"), ([0xFE, 0xFF], "is UTF-16 text; save it as UTF-8"),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "is a NumPy array; \(converter)"),
      ([0x80, 0x04, 0x95], "is a Python pickle; \(converter)"),
    ]
    if let form = forms.first(where: { bytes.starts(with: $0.0) }) { return form.1 }
    // Text begins with a sign that is one byte of two in UTF-16.
    if bytes.count > 3, bytes[1] == 0, bytes[3] == 0, bytes[0] != 0, bytes[2] != 0 {
      return "is UTF-16 text; save it as UTF-8"
    }
    let tar = Array("ustar".utf8)
    if bytes.count > 262, bytes[257..<262].elementsEqual(tar) { return "is a tar archive; unpack it" }
    return nil
  }

  /// What `read` makes of a JSON file.
  static func document<Value>(
    _ bytes: [UInt8], named file: String, _ read: (JSONNode) throws(DocumentError) -> Value
  ) throws(MarketDataError) -> Value {
    let text = try contents(bytes, named: file, limit: documentLimit)
    do {
      return try read(JSONDocument.parse(text, maximumBytes: documentLimit))
    } catch {
      throw MarketDataError(file: file, .document(error))
    }
  }
}
