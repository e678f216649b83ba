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
  /// The most bytes that a file may have, decompressed, or the files of an archive together.
  public static let byteLimit = 256 << 20
  /// The most bytes that a JSON file may have, decompressed, where a tree is made of it: the tree is much
  /// larger.
  public static let documentLimit = 32 << 20

  /// A name for messages and the plain bytes of one file.
  struct Part {
    let name: String
    let bytes: [UInt8]
  }

  /// The bytes of a file, decompressed if they are compressed. An archive must hold one file.
  ///
  /// - Throws: ``MarketDataError`` with ``MarketDataProblem/tooLarge(limit:)`` or
  ///   ``MarketDataProblem/compression(_:)``.
  public static func contents(
    _ bytes: [UInt8], named file: String, limit: Int = byteLimit
  ) throws(MarketDataError) -> [UInt8] {
    let parts = try parts(bytes, named: file, limit: limit)
    guard parts.count == 1 else {
      throw MarketDataError(
        file: file, .container("the zip archive holds \(parts.count) files; name one with one file"))
    }
    return parts[0].bytes
  }

  /// The files in a file: itself, or those of an archive, by name.
  static func parts(
    _ bytes: [UInt8], named file: String, limit: Int = byteLimit
  ) throws(MarketDataError) -> [Part] {
    guard Zip.isArchive(bytes) else {
      return [Part(name: file, bytes: try plain(bytes, named: file, limit: limit))]
    }
    let members: [Zip.Member]
    do {
      members = try Zip.members(bytes, limit: limit)
    } catch {
      throw MarketDataError(file: file, .archive(error))
    }
    if members.contains(where: { $0.name == "[Content_Types].xml" }) {
      throw MarketDataError(file: file, .container("is an office document; save the sheet as CSV"))
    }
    var parts: [Part] = []
    for member in members.sorted(by: { $0.name < $1.name }) {
      let name = members.count == 1 ? file : "\(file):\(member.name)"
      guard !Zip.isArchive(member.bytes) else {
        throw MarketDataError(file: name, .container("is a zip archive inside another; unpack the outer one"))
      }
      parts.append(Part(name: name, bytes: try plain(member.bytes, named: name, limit: limit)))
    }
    return parts
  }

  private static func plain(
    _ bytes: [UInt8], named file: String, limit: Int
  ) throws(MarketDataError) -> [UInt8] {
    guard Gzip.isCompressed(bytes) else {
      guard bytes.count <= limit else { throw MarketDataError(file: file, .tooLarge(limit: limit)) }
      if let advice = foreignForm(bytes) { throw MarketDataError(file: file, .container(advice)) }
      return bytes
    }
    let contents: [UInt8]
    do {
      contents = try Gzip.decompress(bytes, limit: limit)
    } catch {
      throw MarketDataError(file: file, .compression(error))
    }
    if let advice = foreignForm(contents) { throw MarketDataError(file: file, .container(advice)) }
    return contents
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
      ([0xFF, 0xFE], "is UTF-16 text; save it as UTF-8"), ([0xFE, 0xFF], "is UTF-16 text; save it as UTF-8"),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "is a NumPy array; \(converter)"),
      ([0x80, 0x04, 0x95], "is a Python pickle; \(converter)"),
    ]
    if let form = forms.first(where: { bytes.starts(with: $0.0) }) { return form.1 }
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
