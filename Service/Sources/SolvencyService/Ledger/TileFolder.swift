internal import Foundation
internal import Glibc
internal import TransparencyLog

/// Tiles in files below a directory, as `solvency ledger tiles` writes them and any server of files can hand
/// them out.
struct TileFolder: TileSource, TileSink, Sendable {
  /// Why a file cannot be read or written: the system's number.
  struct Failure: Error, Hashable { let number: Int32 }

  let path: String

  init(_ path: String) { self.path = path }

  func read(_ file: String, limit: Int) throws(Failure) -> [UInt8]? {
    let descriptor = open(path + "/" + file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Failure(number: errno)
    }
    defer { _ = close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      guard count >= 0 else { throw Failure(number: errno) }
      guard count > 0 else { return bytes }
      guard bytes.count + count <= limit else { throw Failure(number: EFBIG) }
      bytes += piece[..<count]
    }
  }

  func write(_ bytes: [UInt8], to file: String) throws(Failure) {
    let target = path + "/" + file
    if let slash = target.lastIndex(of: "/") { try Self.makeFolder(String(target[..<slash])) }
    try Self.replace(target, with: bytes)
  }

  /// Puts bytes in the place of a file, so that a reader sees the one or the other.
  static func replace(_ target: String, with bytes: [UInt8]) throws(Failure) {
    let temporary = "\(target).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Failure(number: errno) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        let failure = Failure(number: errno)
        _ = close(descriptor)
        _ = unlink(temporary)
        throw failure
      }
      written += count
    }
    _ = close(descriptor)
    guard isReplaceable(target), rename(temporary, target) == 0 else {
      let failure = Failure(number: errno)
      _ = unlink(temporary)
      throw failure
    }
  }

  /// Whether another file may take this name: nothing is there, a regular file, or a link. A device stays
  /// what it is.
  private static func isReplaceable(_ path: String) -> Bool {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return true }
    let type = attributes[.type] as? FileAttributeType
    errno = EEXIST
    return type == .typeRegular || type == .typeSymbolicLink
  }

  static func makeFolder(_ path: String) throws(Failure) {
    if access(path, F_OK) == 0 { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeFolder(String(path[..<slash]))
    }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw Failure(number: errno) }
  }

  /// The whole of a small file; nil if there is none.
  static func contents(of file: String, limit: Int) throws(Failure) -> [UInt8]? {
    guard let slash = file.lastIndex(of: "/") else { return try TileFolder(".").read(file, limit: limit) }
    let folder = slash == file.startIndex ? "/" : String(file[..<slash])
    return try TileFolder(folder).read(String(file[file.index(after: slash)...]), limit: limit)
  }
}
