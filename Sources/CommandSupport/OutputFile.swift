package import Foundation

/// Writing of whole files: either the complete file is there afterwards, or what was there before.
///
/// What is not a regular file, such as a device or a pipe, is written into and stays what it is.
package enum OutputFile {
  /// Who may read a file.
  package enum Access: mode_t {
    case everybody = 0o644
    case ownerOnly = 0o600
  }

  /// Writes a file next to its place and moves it there.
  ///
  /// - Parameters:
  ///   - access: the permissions from the first moment on.
  ///   - replacing: whether a file that is there may be replaced.
  package static func write(
    _ bytes: [UInt8], to path: String, access: Access, replacing: Bool
  ) throws(ToolFailure) {
    try checkFree(path, replacing: replacing)
    if kind(of: path) == .other { return try write(bytes, into: path) }
    // Not the process's number alone: another process of the same number may have left its file behind.
    let temporary = "\(path).\(UInt64.random(in: 0 ... .max)).tmp"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, access.rawValue)
    guard descriptor >= 0 else {
      throw ToolFailure(
        .inputOutput, path, "cannot be written: \(lastProblem). Check the folder and its permissions")
    }
    let isWritten = Descriptor.write(bytes[...], to: descriptor) && fsync(descriptor) == 0
    let problem = lastProblem
    guard close(descriptor) == 0, isWritten else {
      _ = unsafe unlink(temporary)
      throw ToolFailure(.inputOutput, path, "writing failed: \(problem). Is the disk full?")
    }
    guard unsafe rename(temporary, path) == 0 else {
      let problem = lastProblem
      _ = unsafe unlink(temporary)
      throw ToolFailure(.inputOutput, path, "cannot be written: \(problem)")
    }
    syncFolder(of: path)
  }

  /// Writes into what is there and is not a regular file.
  private static func write(_ bytes: [UInt8], into path: String) throws(ToolFailure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ToolFailure(.inputOutput, path, "cannot be written: \(lastProblem)")
    }
    let isWritten = Descriptor.write(bytes[...], to: descriptor)
    let problem = lastProblem
    guard close(descriptor) == 0, isWritten else {
      throw ToolFailure(.inputOutput, path, "writing failed: \(problem)")
    }
  }

  /// Makes the new name durable; a file system that cannot do so for folders does it by itself.
  private static func syncFolder(of path: String) {
    let descriptor = unsafe open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    _ = close(descriptor)
  }

  /// The folder that a path is in.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Writes a file piece by piece, next to its place, and moves it there; nothing is left of it if `body`
  /// throws.
  ///
  /// - Returns: number of bytes.
  package static func stream(
    to path: String, access: Access, replacing: Bool,
    _ body: ((_ bytes: [UInt8]) throws(ToolFailure) -> Void) throws(ToolFailure) -> Void
  ) throws(ToolFailure) -> Int {
    try checkFree(path, replacing: replacing)
    let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).tmp"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL, access.rawValue)
    guard descriptor >= 0 else {
      throw ToolFailure(
        .inputOutput, path, "cannot be written: \(lastProblem). Check the folder and its permissions")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var (buffer, count) = ([UInt8](), 0)
    func flush() throws(ToolFailure) {
      do {
        try handle.write(contentsOf: Data(buffer))
      } catch {
        throw ToolFailure(.inputOutput, path, "writing failed; is the disk full?")
      }
      buffer.removeAll(keepingCapacity: true)
    }
    do throws(ToolFailure) {
      try body { (bytes: [UInt8]) throws(ToolFailure) in
        buffer += bytes
        count += bytes.count
        if buffer.count >= 1 << 20 { try flush() }
      }
      try flush()
      do {
        try handle.synchronize()
        try handle.close()
      } catch {
        throw ToolFailure(.inputOutput, path, "writing failed; is the disk full?")
      }
      guard unsafe rename(temporary, path) == 0 else {
        throw ToolFailure(.inputOutput, path, "cannot be written: \(lastProblem)")
      }
    } catch {
      _ = unsafe unlink(temporary)
      throw error
    }
    return count
  }

  /// Refuses a place that is taken, before any work is done for it.
  package static func checkFree(_ path: String, replacing: Bool) throws(ToolFailure) {
    switch kind(of: path) {
    case .nothing, .other: return
    case .folder: throw ToolFailure(.inputOutput, path, "is a folder; name a file in it")
    case .file:
      guard replacing else {
        throw ToolFailure(
          .inputOutput, path, "is there already; choose another place, or replace it with --force")
      }
    }
  }

  private enum Kind {
    case nothing, file, folder, other
  }

  /// What is at a place, symbolic links followed.
  private static func kind(of path: String) -> Kind {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return .nothing }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }

  /// Makes sure that a folder is there, for its owner only if it is new.
  package static func makeFolder(_ path: String) throws(ToolFailure) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw ToolFailure(
        .inputOutput, path, "the folder cannot be made; check its parent's permissions")
    }
  }

  private static var lastProblem: String { unsafe String(cString: strerror(errno)) }
}
