import Admission
import AdmissionStore
import Foundation
import Ristretto
import Solvency
import TransparencyLog

/// The log as its venue publishes it and a witness cosigns it, in files beside the ledger.
final class Publication {
  private let path: String
  private let seed: [UInt8]
  private var writer: TileWriter<Folder>?

  init(path: String, seed: [UInt8]) {
    self.path = path
    self.seed = seed
  }

  struct Failed: Error { let what: String }

  /// What signs a checkpoint after each commit and says so.
  func signer() throws -> CheckpointSigner {
    let (seed, file) = (seed, "\(path).checkpoint")
    let key = SigningKey(role: .log, seed: SecretBlock(count: 32) { seed[$0] ^ 1 })
    return try CheckpointSigner(key, named: "log.example") { checkpoint in
      let head = checkpoint.unverified.head
      FileHandle.standardOutput.write(Data("signed \(head.size) \(head.root)\n".utf8))
      try? Data(checkpoint.encoded()).write(to: URL(filePath: file), options: .atomic)
    }
  }

  /// Writes the tiles that are new, the checkpoint, and its cosignature.
  func publish(_ checkpoint: SignedCheckpoint, from store: SQLiteStore) throws {
    let (folder, size) = (Folder(path: "\(path).site"), checkpoint.unverified.head.size)
    var writer = try self.writer ?? resumed(in: folder)
    while writer.size < size {
      let items = try store.items(from: writer.size, limit: Int(min(512, size - writer.size)))
      guard !items.isEmpty else { throw Failed(what: "entries are missing") }
      for item in items { try writer.append(item.entry.leaf) }
    }
    guard try writer.finish() == checkpoint.unverified.head else { throw Failed(what: "other tiles") }
    self.writer = writer
    try folder.write(checkpoint.encoded(), to: "checkpoint")
    let seed = seed.map { $0 ^ 2 }
    let witness = Witness(
      try SigningKey(role: .witness, seed: SecretBlock(count: 32) { seed[$0] }).cosigner(
        named: "witness.example"),
      logs: [try key(of: checkpoint)])
    let record = WitnessFile(path: "\(path).witness")
    let last = try record.read().map { try SignedCheckpoint(decoding: $0).unverified.head.size } ?? 0
    var reader = TileReader(folder, size: size)
    let request = try WitnessRequest(from: last, to: checkpoint, of: &reader)
    let cosigned = try witness.cosign(request, at: 1_000, in: record)
    try folder.write(cosigned.checkpoint.encoded(), to: "cosigned")
  }

  private func key(of checkpoint: SignedCheckpoint) throws -> NoteKey {
    let seed = seed
    return try SigningKey(role: .log, seed: SecretBlock(count: 32) { seed[$0] ^ 1 })
      .noteSigner(origin: checkpoint.unverified.origin).key
  }

  /// Goes on from what the published checkpoint covers: its tiles were written before it.
  private func resumed(in folder: Folder) throws -> TileWriter<Folder> {
    guard let bytes = try folder.read("checkpoint", limit: 1 << 20) else { return TileWriter(folder) }
    let size = try SignedCheckpoint(decoding: bytes).unverified.head.size
    return try TileWriter(folder, resumingAt: size, of: folder)
  }
}

/// Files below a path, each replaced whole.
struct Folder: TileSink, TileSource {
  let path: String

  func write(_ bytes: [UInt8], to file: String) throws {
    let place = URL(filePath: "\(path)/\(file)")
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: place, options: .atomic)
  }

  func read(_ file: String, limit: Int) throws -> [UInt8]? {
    (try? Data(contentsOf: URL(filePath: "\(path)/\(file)"))).map { Array($0) }
  }
}

/// A witness's record of one log, replaced before a cosignature leaves.
struct WitnessFile: WitnessStore {
  let path: String

  func read() throws -> [UInt8]? {
    FileManager.default.fileExists(atPath: path) ? Array(try Data(contentsOf: URL(filePath: path))) : nil
  }

  func update(_ origin: ExactText, _ change: ([UInt8]?) -> [UInt8]?) throws {
    guard let new = change(try read()) else { return }
    try Data(new).write(to: URL(filePath: path), options: .atomic)
  }
}
