internal import Glibc

/// Small files of fixtures.
public enum FixtureFiles {
  /// Writes a file.
  ///
  /// - Throws: ``FixtureError/file(_:)``.
  public static func write(_ bytes: [UInt8], to path: String) throws(FixtureError) {
    guard let file = fopen(path, "w") else { throw .file(errno) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw .file(errno) }
  }

  /// Makes a folder and those above it.
  ///
  /// - Throws: ``FixtureError/file(_:)``.
  public static func makeFolder(_ path: String) throws(FixtureError) {
    if access(path, F_OK) == 0 { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeFolder(String(path[..<slash]))
    }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .file(errno) }
  }
}
