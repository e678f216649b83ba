package import CanonicalBytes
internal import Foundation
internal import Synchronization

/// Reading of whole files, the same for every kind: missing, unreadable and oversized files are told
/// apart before a byte is parsed.
package enum InputFile {
  /// What stands for standard input on the command line.
  package static let standardInput = "-"

  /// The bytes of a file, or of standard input for `-`.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the most bytes a file of this kind has. A larger one is refused before it is read.
  ///   - kinds: what the file should be, so that a larger one of another kind is called what it is.
  package static func read(
    _ path: String, limit: Int, as kinds: FileKind...
  ) throws(ToolFailure) -> [UInt8] {
    try read(path, limit: limit, as: kinds)
  }

  package static func read(
    _ path: String, limit: Int, as kinds: [FileKind]
  ) throws(ToolFailure) -> [UInt8] {
    let handle = try open(path, limit: limit, as: kinds)
    var bytes: [UInt8] = []
    while true {
      let chunk = try handle.chunk()
      guard !chunk.isEmpty else { break }
      bytes += chunk
      guard bytes.count <= limit else { throw tooLarge(path, "more than \(limit)", limit) }
    }
    guard !bytes.isEmpty else {
      throw ToolFailure(.malformedInput, name(path), "is empty; was it written completely?")
    }
    return bytes
  }

  /// Whether something is there.
  package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether a name is taken, by a link to nothing as well: what it kept may be elsewhere, and is not to be
  /// forgotten.
  package static func isTaken(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// Whether something is a file that can be read again, and no pipe or device.
  package static func isRegular(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// A file, whatever paths lead to it.
  private struct Identity: Hashable {
    let device: dev_t
    let number: ino_t

    init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }
  }

  /// The regular files that this run has opened to read.
  private static let filesRead = Mutex<Set<Identity>>([])

  /// Whether the file that a path leads to is one that this run has read, by this path or another.
  package static func wasRead(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    let identity = Identity(status)
    return filesRead.withLock { $0.contains(identity) }
  }

  private static func remember(_ descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    let identity = Identity(status)
    filesRead.withLock { _ = $0.insert(identity) }
  }

  /// Refuses what is not there or not a file.
  package static func check(_ path: String) throws(ToolFailure) {
    guard path != standardInput else { return }
    var isDirectory: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw ToolFailure(.missingInput, path, "no such file; check the path")
    }
    guard !isDirectory.boolValue else {
      throw ToolFailure(.missingInput, path, "is a directory; name a file in it")
    }
  }

  /// Opens a file for reading, or standard input for `-`.
  ///
  /// - Parameters:
  ///   - limit: `nil` for files that are read as a stream.
  ///   - kinds: what the file should be, as for ``read(_:limit:as:)``.
  ///   - isHashed: whether the file tells the digest of what was read of it.
  package static func open(
    _ path: String, limit: Int?, as kinds: [FileKind] = [], isHashed: Bool = false
  ) throws(ToolFailure) -> OpenFile {
    guard path != standardInput else {
      remember(STDIN_FILENO)
      return OpenFile(STDIN_FILENO, name: name(path), isHashed: isHashed)
    }
    try check(path)
    let descriptor = unsafe Foundation.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ToolFailure(.inputOutput, path, "cannot be read; check its permissions")
    }
    remember(descriptor)
    let file = OpenFile(descriptor, name: path, isHashed: isHashed)
    if let limit, let size = byteCount(of: path), size > limit {
      // The beginning is enough to say what it is.
      if isRegular(path) { try FileKind.check(file.chunk(), at: path, is: kinds) }
      throw tooLarge(path, "\(size)", limit)
    }
    return file
  }

  /// The names of the files in a folder, nil if there is no folder at the path.
  package static func names(inFolder path: String) -> [String]? {
    var isDirectory: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      isDirectory.boolValue
    else {
      return nil
    }
    return try? FileManager.default.contentsOfDirectory(atPath: path)
  }

  /// How messages call a file.
  package static func name(_ path: String) -> String { path == standardInput ? "standard input" : path }

  private static func byteCount(of path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue
  }

  private static func tooLarge(_ path: String, _ size: String, _ limit: Int) -> ToolFailure {
    ToolFailure(
      .malformedInput, name(path),
      "has \(size) bytes; a file of this kind has at most \(limit). Is it the right file?")
  }
}

/// A file that is being read.
package final class OpenFile {
  private static let chunkSize = 1 << 16
  private let descriptor: Int32
  /// How messages call it.
  package let name: String
  private var hash: RunningSHA256?

  /// Takes an open file, which is closed with this unless it is standard input.
  fileprivate init(_ descriptor: Int32, name: String, isHashed: Bool) {
    self.descriptor = descriptor
    self.name = name
    hash = isHashed ? RunningSHA256() : nil
  }

  /// SHA-256 of what was read so far; nil unless asked for when the file was opened.
  package var digest: Digest? { hash?.digest }

  deinit {
    if descriptor != STDIN_FILENO { _ = close(descriptor) }
  }

  /// Whether the next bytes, or the end, are at hand.
  package var isReady: Bool { Descriptor.isReady(descriptor) }

  /// The next bytes, as many as are at hand, empty at the end.
  package func chunk() throws(ToolFailure) -> [UInt8] {
    guard let bytes = Descriptor.read(descriptor, limit: Self.chunkSize) else {
      throw ToolFailure(.inputOutput, name, "reading failed: \(unsafe String(cString: strerror(errno)))")
    }
    hash?.update(bytes)
    return bytes
  }
}
