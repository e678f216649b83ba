public import Admission
internal import CircuitLanguage
internal import Glibc

/// The part of a ledger directory that founds an empty ledger: `desk.json` and the circuits. Once the log has
/// a charter, that counts.
public struct FoundingDirectory {
  private let path: String
  /// What `desk.json` says.
  public let file: DeskFile

  /// Reads `desk.json`.
  ///
  /// - Throws: ``FolderLedger/Failure/file(_:_:)``.
  public init(_ path: String) throws(FolderLedger.Failure) {
    self.path = path
    file = try Self.deskFile(in: path)
  }

  /// What an empty ledger is founded with.
  ///
  /// - Throws: ``FolderLedger/Failure/file(_:_:)`` where a circuit is missing or malformed.
  public func charter() throws(FolderLedger.Failure) -> Charter {
    let folder = path + "/circuits"
    var circuits: [Circuit] = []
    for name in Self.names(in: folder).filter({ $0.hasSuffix(".circuit") }).sorted() {
      guard let source = try FolderLedger.contents(folder + "/" + name, limit: 1 << 20) else { continue }
      do {
        circuits.append(try Circuit(parsing: source, named: name))
      } catch {
        throw .file(folder + "/" + name, "\(error)")
      }
    }
    guard !circuits.isEmpty else { throw .file(folder, "holds no circuit") }
    return Charter(
      venue: file.venue, parties: file.parties, policy: file.policy, circuits: circuits,
      convexity: file.convexity)
  }

  private static func deskFile(in path: String) throws(FolderLedger.Failure) -> DeskFile {
    let name = path + "/desk.json"
    guard let bytes = try FolderLedger.contents(name, limit: DeskFile.byteLimit) else {
      throw .file(name, "is missing; make a ledger directory with `solvency ledger init`")
    }
    do {
      return try DeskFile(decoding: bytes)
    } catch {
      throw .file(name, "\(error)")
    }
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { names.append(String(cString: $0)) }
      }
    }
    return names
  }
}
