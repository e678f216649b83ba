#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Known answers: JSON files in the package's folder `vectors`.
public enum Vectors {
  /// The folder that holds `Package.swift`.
  public static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Known answers kept beside the package rather than in it, where there are any. A test that needs
  /// them is enabled only when this is not nil.
  public static let sharedVectors: URL? = {
    let folder = packageRoot.deletingLastPathComponent().appending(path: "shared/vectors")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// The bytes of a file, named by its path in `vectors`: "merlin/transcripts.json".
  public static func data(_ path: String) throws -> Data {
    try Data(contentsOf: packageRoot.appending(path: "vectors").appending(path: path))
  }

  /// The contents of a file, named by its path in `vectors`: "merlin/transcripts.json".
  public static func load<T: Decodable>(_ path: String, as type: T.Type = T.self) throws -> T {
    try JSONDecoder().decode(type, from: data(path))
  }
}
