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
  ///   - isUpdate: whether that may be a file which this run has read, since the command is there to bring it
  ///     up to date.
  package static func write(
    _ bytes: [UInt8], to path: String, access: Access, replacing: Bool, isUpdate: Bool = false
  ) throws(ToolFailure) {
    _ = try stream(to: path, access: access, replacing: replacing, isUpdate: isUpdate) {
      emit throws(ToolFailure) in
      try emit(bytes)
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
    to path: String, access: Access, replacing: Bool, isUpdate: Bool = false,
    _ body: ((_ bytes: [UInt8]) throws(ToolFailure) -> Void) throws(ToolFailure) -> Void
  ) throws(ToolFailure) -> Int {
    try checkFree(path, replacing: replacing, isUpdate: isUpdate)
    let place = try OpenPlace(path, access, isWrittenInto: kind(of: path) == .other)
    var (buffer, count) = ([UInt8](), 0)
    do throws(ToolFailure) {
      try body { (bytes: [UInt8]) throws(ToolFailure) in
        count += bytes.count
        if buffer.count + bytes.count < pieceByteCount { return buffer += bytes }
        try place.write(buffer)
        try place.write(bytes)
        buffer.removeAll(keepingCapacity: true)
      }
      try place.write(buffer)
    } catch {
      place.abandon()
      throw error
    }
    try place.finish()
    return count
  }

  /// Pieces smaller than this are put together.
  private static let pieceByteCount = 1 << 20

  /// A place that is being written to: a file next to it that is moved there, or what is there and is not a
  /// regular file, which is written into.
  private struct OpenPlace {
    private let path: String
    private let descriptor: Int32
    /// The file beside it; nil if the place itself is written into.
    private let temporary: String?

    init(_ path: String, _ access: Access, isWrittenInto: Bool) throws(ToolFailure) {
      self.path = path
      // Not the process's number alone: another process of the same number may have left its file behind.
      temporary = isWrittenInto ? nil : "\(path).\(UInt64.random(in: 0 ... .max)).tmp"
      descriptor =
        if let temporary {
          unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, access.rawValue)
        } else { unsafe open(path, O_WRONLY | O_CLOEXEC) }
      guard descriptor >= 0 else {
        throw ToolFailure(
          .inputOutput, path, "cannot be written: \(lastProblem). Check the folder and its permissions")
      }
    }

    func write(_ bytes: [UInt8]) throws(ToolFailure) {
      guard Descriptor.write(bytes[...], to: descriptor) else { throw failure(lastProblem) }
    }

    /// Makes what was written durable and gives it its name. Nothing is left of it if that fails.
    func finish() throws(ToolFailure) {
      guard temporary == nil || fsync(descriptor) == 0 else {
        let problem = lastProblem
        abandon()
        throw failure(problem)
      }
      let isClosed = close(descriptor) == 0
      let problem = lastProblem
      guard let temporary else {
        if isClosed { return }
        throw failure(problem)
      }
      guard isClosed else {
        _ = unsafe unlink(temporary)
        throw failure(problem)
      }
      guard isReplaceable(path), unsafe rename(temporary, path) == 0 else {
        let problem = isReplaceable(path) ? lastProblem : "it is not a regular file"
        _ = unsafe unlink(temporary)
        throw ToolFailure(.inputOutput, path, "cannot be written: \(problem)")
      }
      syncFolder(of: path)
    }

    func abandon() {
      _ = close(descriptor)
      if let temporary { _ = unsafe unlink(temporary) }
    }

    private func failure(_ problem: String) -> ToolFailure {
      ToolFailure(.inputOutput, path, "writing failed: \(problem). Is the disk full?")
    }
  }

  /// Whether another file may take this name: nothing is there, a regular file, or a link, which is what
  /// would go.
  package static func isReplaceable(_ path: String) -> Bool {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return true }
    return [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT)
  }

  /// Refuses a place that is taken, before any work is done for it; a file that this run has read even if
  /// files may be replaced, unless it is the one to be brought up to date.
  package static func checkFree(
    _ path: String, replacing: Bool, isUpdate: Bool = false
  ) throws(ToolFailure) {
    switch kind(of: path) {
    case .nothing, .other: return
    case .folder: throw ToolFailure(.inputOutput, path, "is a folder; name a file in it")
    case .file:
      guard replacing else {
        throw ToolFailure(
          .inputOutput, path, "is there already; choose another place, or replace it with --force")
      }
      guard isUpdate || !InputFile.wasRead(path) else {
        throw ToolFailure(
          .inputOutput, path,
          "was read by this command, and would be lost; choose another place for what it writes")
      }
    }
  }

  /// Whether a place is not a regular file and is written into: nothing is kept beside it.
  package static func isWrittenInto(_ path: String) -> Bool { kind(of: path) == .other }

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
