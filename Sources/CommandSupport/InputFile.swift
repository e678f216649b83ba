package import Foundation

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
  package static func read(_ path: String, limit: Int) throws(ToolFailure) -> [UInt8] {
    let handle = try open(path, limit: limit)
    var bytes: [UInt8] = []
    while let chunk = try handle.chunk(), !chunk.isEmpty {
      bytes += chunk
      guard bytes.count <= limit else { throw tooLarge(path, "more than \(limit)", limit) }
    }
    guard !bytes.isEmpty else {
      throw ToolFailure(.malformedInput, name(path), "is empty; was it written completely?")
    }
    return bytes
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
  /// - Parameter limit: `nil` for files that are read as a stream.
  package static func open(_ path: String, limit: Int?) throws(ToolFailure) -> OpenFile {
    guard path != standardInput else {
      return OpenFile(handle: .standardInput, name: name(path))
    }
    try check(path)
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw ToolFailure(.inputOutput, path, "cannot be read; check its permissions")
    }
    if let limit, let size = byteCount(of: path), size > limit {
      throw tooLarge(path, "\(size)", limit)
    }
    return OpenFile(handle: handle, name: path)
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
package struct OpenFile {
  private static let chunkSize = 1 << 16
  fileprivate let handle: FileHandle
  /// How messages call it.
  package let name: String

  /// The next bytes, `nil` or empty at the end.
  package func chunk() throws(ToolFailure) -> Data? {
    do {
      return try handle.read(upToCount: Self.chunkSize)
    } catch {
      throw ToolFailure(.inputOutput, name, "reading failed: \(error.localizedDescription)")
    }
  }
}
