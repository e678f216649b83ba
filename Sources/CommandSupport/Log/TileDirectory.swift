internal import CanonicalBytes
internal import Foundation
package import TransparencyLog

/// A log as files: what a web server would serve under the log's prefix.
///
///     checkpoint               the last checkpoint
///     tile/…                   hashes and entries, as c2sp.org/tlog-tiles has them
package struct TileDirectory: TileSource, TileSink {
  package static let checkpointName = "checkpoint"

  package let path: String
  private var folders: Set<String> = []

  package init(_ path: String) { self.path = path }

  package var checkpointPath: String { "\(path)/\(Self.checkpointName)" }

  /// The bytes of a file; nil if there is none.
  package func read(_ file: String, limit: Int) throws(ToolFailure) -> [UInt8]? {
    let file = "\(path)/\(file)"
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    return try InputFile.read(file, limit: limit)
  }

  /// Writes a file next to its place and moves it there. It is durable once ``synchronize()`` returns.
  package mutating func write(_ bytes: [UInt8], to file: String) throws(ToolFailure) {
    let file = "\(path)/\(file)"
    let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
    if folders.insert(String(folder)).inserted {
      do {
        try FileManager.default.createDirectory(atPath: String(folder), withIntermediateDirectories: true)
      } catch {
        throw ToolFailure(
          .inputOutput, String(folder), "the folder cannot be made; check its parent's permissions")
      }
    }
    let temporary = "\(file).tmp"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw ToolFailure(.inputOutput, file, "cannot be written; check the folder and its permissions")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data(bytes))
      try handle.close()
    } catch {
      _ = unsafe unlink(temporary)
      throw ToolFailure(.inputOutput, file, "writing failed; is the disk full?")
    }
    guard OutputFile.isReplaceable(file), unsafe rename(temporary, file) == 0 else {
      _ = unsafe unlink(temporary)
      throw ToolFailure(.inputOutput, file, "cannot be written; check the folder and its permissions")
    }
  }

  /// Waits until every file that was written is on the disk.
  package func synchronize() {
    sync()
  }

  // The log in it

  /// The last checkpoint, its signatures not checked; nil if there is none yet.
  package func checkpoint() throws(ToolFailure) -> SignedCheckpoint? {
    guard let bytes = try read(Self.checkpointName, limit: SignedNote.byteLimit) else { return nil }
    return try ToolFailure.wrapping(checkpointPath) { try SignedCheckpoint(decoding: bytes) }
  }

  /// The last checkpoint, which must be there.
  package func publishedCheckpoint() throws(ToolFailure) -> SignedCheckpoint {
    guard let checkpoint = try checkpoint() else {
      throw ToolFailure(
        .missingInput, checkpointPath, "no checkpoint was published yet; `solvency log checkpoint` makes one")
    }
    return checkpoint
  }

  /// The number of entries that the tiles of the lowest level have hashes of.
  package func size() throws(ToolFailure) -> UInt64 {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ToolFailure(.missingInput, path, "no such directory; `solvency log tiles` makes one")
    }
    var (folder, index) = ("\(path)/tile/0", UInt64(0))
    while true {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      if let group = names.filter({ $0.first == "x" }).max(), let number = UInt64(group.dropFirst()) {
        (folder, index) = ("\(folder)/\(group)", (index + number) * 1000)
        continue
      }
      let (full, partial) = (
        names.filter { UInt64($0) != nil }.max(), names.filter { $0.hasSuffix(".p") }.max()
      )
      if let partial, partial.dropLast(2) > full ?? "" {
        let widths = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(partial)")) ?? []
        return (index + (UInt64(partial.dropLast(2)) ?? 0)) * 256
          + (widths.compactMap { UInt64($0) }.max() ?? 0)
      }
      return full.flatMap { UInt64($0) }.map { (index + $0 + 1) * 256 } ?? index * 256
    }
  }
}

/// The last checkpoints that a witness has cosigned, a file for each log, named after the log by SHA-256.
package struct WitnessFolder: WitnessStore {
  package let path: String

  package init(_ path: String) throws(ToolFailure) {
    try OutputFile.makeFolder(path)
    self.path = path
  }

  /// The file of a log.
  package func file(of origin: ExactText) -> String {
    "\(path)/\(Digest.sha256(of: origin.utf8))\(Self.suffix)"
  }

  private static let suffix = ".checkpoint"

  /// Reads a log's record and replaces it, locked and durable.
  package func update(_ origin: ExactText, _ change: ([UInt8]?) -> [UInt8]?) throws(ToolFailure) {
    let file = file(of: origin)
    let lock = try FileLock(folderOf: file)
    defer { _ = lock }
    var record: [UInt8]?
    // An empty file is what a failing disk leaves; it is not the lack of a record.
    if FileManager.default.fileExists(atPath: file) {
      record = try InputFile.read(file, limit: SignedNote.byteLimit)
    }
    guard let new = change(record) else { return }
    try OutputFile.write(new, to: file, access: .everybody, replacing: true, isUpdate: true)
  }
}
