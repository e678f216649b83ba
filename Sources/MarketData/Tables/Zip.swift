internal import CanonicalBytes

/// Why bytes are not a zip archive that is read here.
public enum ZipError: Error, Hashable, Sendable {
  /// The archive has no directory at its end.
  case truncated
  /// Directory and members contradict each other.
  case corrupt(String)
  /// A member is encrypted.
  case encrypted(String)
  /// A member is compressed by another method than deflate.
  case unknownMethod(String, Int)
  /// A member's data are not sound.
  case member(String, GzipError)
  /// The archive has more members than `limit`.
  case tooManyMembers(limit: Int)
  /// A member is an archive itself.
  case nested(String)
  /// The archive holds no file.
  case empty
}

extension ZipError: CustomStringConvertible {
  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .truncated: "the zip archive has no directory at its end; was the file copied completely?"
    case .corrupt(let problem): "the zip archive is corrupt: \(problem)"
    case .encrypted(let name): "the member \(quoted(name)) is encrypted; unpack it"
    case .unknownMethod(let name, let method):
      "the member \(quoted(name)) is compressed by method \(method), and only deflate is read; unpack it"
    case .member(let name, let error): "the member \(quoted(name)): \(error)"
    case .tooManyMembers(let limit): "the zip archive has more than \(limit) members; split it"
    case .nested(let name): "the member \(quoted(name)) is a zip archive inside another; unpack the outer one"
    case .empty: "the zip archive holds no file"
    }
  }
}

/// Reading of zip archives as exchanges offer them for download (APPNOTE.TXT 6.3.10): stored and deflated
/// members, with Zip64 sizes or without. The directory at the end says what there is; each member must agree
/// with it, none may overlap another, and all together stay below a limit.
public enum Zip {
  /// The most members of an archive.
  public static let memberLimit = 4_096

  /// One file of an archive.
  public struct Member: Hashable, Sendable {
    /// The path inside the archive.
    public let name: String
    /// The contents, whose checksum is right.
    public let bytes: [UInt8]
  }

  /// Whether bytes begin as a zip archive does.
  public static func isArchive(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6])
  }

  /// The files of an archive, in the order of its directory, without folders and what macOS and checksum
  /// tools add.
  ///
  /// - Parameter limit: the most bytes of all files together, decompressed.
  /// - Throws: ``ZipError``.
  public static func members(_ bytes: [UInt8], limit: Int) throws(ZipError) -> [Member] {
    var (members, room) = ([Member](), limit)
    for entry in try entries(bytes) {
      guard entry.size <= room else { throw .member(entry.name, .tooLarge(limit: room)) }
      var (reader, contents) = (try Reader(entry, in: bytes), [UInt8]())
      while let block = try reader.next() { contents += block }
      room -= contents.count
      members.append(Member(name: entry.name, bytes: contents))
    }
    return members
  }

  /// The entries of files of data, in the order of the directory.
  ///
  /// - Throws: ``ZipError``, and ``ZipError/empty`` if there are none.
  static func entries(_ bytes: [UInt8]) throws(ZipError) -> [Entry] {
    let all = try directory(bytes)
    try refuseOverlaps(all)
    let entries = all.filter(\.isData)
    guard !entries.isEmpty else { throw .empty }
    return entries
  }

  /// One entry of the directory.
  struct Entry {
    let name: String
    let flags: Int
    let method: Int
    let checksum: UInt32
    let compressed: Int
    let size: Int
    let header: Int
    /// Where its data stand.
    var data = 0..<0

    /// Whether it is a file of data rather than a folder or a companion.
    var isData: Bool {
      !name.hasSuffix("/") && !name.hasPrefix("__MACOSX/") && !name.hasSuffix(".CHECKSUM")
        && !name.hasSuffix(".DS_Store") && !isNotice
    }

    /// Whether it is words about the others, by its name.
    private var isNotice: Bool {
      let file = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
      return ["readme", "license", "licence", "notice", "copying"].contains { file.hasPrefix($0) }
        || [".md", ".pdf", ".html"].contains { file.hasSuffix($0) }
    }
  }

  private static func directory(_ bytes: [UInt8]) throws(ZipError) -> [Entry] {
    let end = try endOfDirectory(bytes)
    guard end.count <= memberLimit else { throw .tooManyMembers(limit: memberLimit) }
    var entries: [Entry] = []
    var offset = end.start
    for _ in 0..<end.count {
      guard let signature = bytes.little(4, at: offset), signature == 0x0201_4B50,
        let flags = bytes.little(2, at: offset + 8), let method = bytes.little(2, at: offset + 10),
        let checksum = bytes.little(4, at: offset + 16), let compressed = bytes.little(4, at: offset + 20),
        let size = bytes.little(4, at: offset + 24), let nameLength = bytes.little(2, at: offset + 28),
        let extraLength = bytes.little(2, at: offset + 30),
        let commentLength = bytes.little(2, at: offset + 32),
        let header = bytes.little(4, at: offset + 42), offset + 46 + nameLength + extraLength <= bytes.count
      else { throw .corrupt("its directory is cut off") }
      let nameEnd = offset + 46 + nameLength
      let wide = try Zip64(bytes[nameEnd..<nameEnd + extraLength], size, compressed, header)
      var entry = Entry(
        name: String(decoding: bytes[offset + 46..<nameEnd], as: UTF8.self), flags: flags, method: method,
        checksum: UInt32(truncatingIfNeeded: checksum), compressed: wide.compressed, size: wide.size,
        header: wide.header)
      entry.data = try data(of: entry, in: bytes)
      entries.append(entry)
      offset = nameEnd + extraLength + commentLength
    }
    return entries
  }

  /// Where the directory begins and how many entries it has.
  private static func endOfDirectory(_ bytes: [UInt8]) throws(ZipError) -> (start: Int, count: Int) {
    // The record has 22 bytes and a comment of at most 65,535 behind it.
    let earliest = max(0, bytes.count - 22 - 65_535)
    let end = stride(from: bytes.count - 22, through: earliest, by: -1).first { offset in
      bytes.little(4, at: offset) == 0x0605_4B50
        && offset + 22 + (bytes.little(2, at: offset + 20) ?? 0) == bytes.count
    }
    guard let end, let count = bytes.little(2, at: end + 10), let start = bytes.little(4, at: end + 16) else {
      throw .truncated
    }
    guard count == 0xFFFF || start == 0xFFFF_FFFF else { return (start, count) }
    guard let wide = bytes.little(8, at: end - 12), bytes.little(4, at: wide) == 0x0606_4B50,
      let wideCount = bytes.little(8, at: wide + 32), let wideStart = bytes.little(8, at: wide + 48)
    else { throw .corrupt("its Zip64 directory is missing") }
    return (wideStart, wideCount)
  }

  /// Where the data of an entry stand: behind a header of their own, which must name the same file.
  private static func data(of entry: Entry, in bytes: [UInt8]) throws(ZipError) -> Range<Int> {
    guard bytes.little(4, at: entry.header) == 0x0403_4B50,
      let nameLength = bytes.little(2, at: entry.header + 26),
      let extraLength = bytes.little(2, at: entry.header + 28)
    else { throw .corrupt("the member \(quoted(entry.name)) is not where the directory says") }
    let start = entry.header + 30 + nameLength + extraLength
    let (end, overflow) = start.addingReportingOverflow(entry.compressed)
    guard !overflow, end <= bytes.count else {
      throw .corrupt("the member \(quoted(entry.name)) reaches beyond the file")
    }
    guard bytes[entry.header + 30..<entry.header + 30 + nameLength].elementsEqual(entry.name.utf8) else {
      throw .corrupt("the member \(quoted(entry.name)) has another name in its header")
    }
    return start..<end
  }

  /// Members that share their data make a small archive a large one.
  private static func refuseOverlaps(_ entries: [Entry]) throws(ZipError) {
    let sorted = entries.sorted { $0.header < $1.header }
    for (entry, next) in zip(sorted, sorted.dropFirst()) where entry.data.upperBound > next.header {
      throw .corrupt("the members \(quoted(entry.name)) and \(quoted(next.name)) overlap")
    }
  }

  /// The contents of one entry, block by block. They are sound if the end is reached: size and checksum hold.
  struct Reader {
    private let entry: Entry
    /// The data that are left, of an entry that is stored; nil of one that is compressed.
    private var stored: ArraySlice<UInt8>?
    private let inflater: Inflater
    private var (count, checksum) = (0, UInt32(0))

    init(_ entry: Entry, in bytes: [UInt8]) throws(ZipError) {
      guard entry.flags & 1 == 0 else { throw .encrypted(entry.name) }
      guard entry.method == 0 || entry.method == 8 else {
        throw .unknownMethod(entry.name, entry.method)
      }
      self.entry = entry
      stored = entry.method == 0 ? bytes[entry.data] : nil
      var rest: ArraySlice<UInt8>? = bytes[entry.data]
      inflater = Inflater(.none) {
        guard let block = rest?.prefix(Inflater.blockSize), !block.isEmpty else { return nil }
        rest = rest?.dropFirst(block.count)
        return Array(block)
      }
    }

    /// The next bytes, nil at the end.
    mutating func next() throws(ZipError) -> [UInt8]? {
      guard let block = try data() else {
        guard count == entry.size, checksum == entry.checksum else { throw .member(entry.name, .corrupt) }
        return nil
      }
      count += block.count
      guard count <= entry.size else { throw .member(entry.name, .corrupt) }
      checksum = Inflater.checksum(block, after: checksum)
      return block
    }

    private mutating func data() throws(ZipError) -> [UInt8]? {
      if let stored {
        let block = stored.prefix(Inflater.blockSize)
        self.stored = stored.dropFirst(block.count)
        return block.isEmpty ? nil : Array(block)
      }
      do throws(Inflater.Failure) {
        return try inflater.next()
      } catch {
        switch error {
        case .data(let problem): throw .member(entry.name, problem)
        // Bytes in memory are always read.
        case .input: throw .member(entry.name, .truncated)
        }
      }
    }
  }
}

/// Sizes and offset of an entry, from its Zip64 field where 32 bits do not do.
private struct Zip64 {
  let size: Int
  let compressed: Int
  let header: Int

  init(_ extra: ArraySlice<UInt8>, _ size: Int, _ compressed: Int, _ header: Int) throws(ZipError) {
    var values = [size, compressed, header]
    if values.contains(0xFFFF_FFFF) {
      let extra = Array(extra)
      var offset = 0
      while let id = extra.little(2, at: offset), let length = extra.little(2, at: offset + 2), id != 1 {
        offset += 4 + length
      }
      offset += 4
      for i in values.indices where values[i] == 0xFFFF_FFFF {
        guard let value = extra.little(8, at: offset) else { throw .corrupt("a Zip64 size is missing") }
        values[i] = value
        offset += 8
      }
    }
    (self.size, self.compressed, self.header) = (values[0], values[1], values[2])
  }
}

extension [UInt8] {
  /// The unsigned integer of the given number of bytes, the least significant first; nil where there are
  /// fewer, or where it is beyond what can be counted.
  fileprivate func little(_ count: Int, at offset: Int) -> Int? {
    guard offset >= 0, offset <= self.count - count else { return nil }
    let value = (0..<count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(self[offset + $1]) }
    return value < 1 << 48 ? Int(value) : nil
  }
}
