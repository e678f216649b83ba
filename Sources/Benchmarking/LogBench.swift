internal import Admission
internal import AdmissionStore
internal import CanonicalBytes
package import CommandSupport
internal import Foundation
internal import Ristretto
internal import Solvency
internal import TransparencyLog

/// What a log costs that anybody can check: tiles, proofs from tiles, and opening a long ledger.
package struct LogBench {
  /// How many entries the tree has that proofs are made in.
  private static let treeSize: UInt64 = 10_000_000
  /// How many entries are exported to tiles, each as long as an admission is.
  private static let exportCount: UInt64 = 400_000
  private static let entryByteCount = 500
  private static let ledgerSize: UInt64 = 1_000_000
  private static let accountCount = 10_000
  private static let sampleCount = 5

  package init() {}

  package func measurements() throws(ToolFailure) -> [Stopwatch.Measurement] {
    try ToolFailure.wrapping("log") {
      try [tiles(), proofs(), opening()]
    }
  }

  /// Entries hashed and bundled into tiles and entry bundles.
  private func tiles() throws -> Stopwatch.Measurement {
    var entry = [UInt8](repeating: 7, count: Self.entryByteCount)
    var samples: [Stopwatch.Sample] = []
    for _ in 0..<Self.sampleCount {
      let start = Stopwatch.threadTime
      var writer = TileWriter(MemoryTiles())
      for index in 0..<Self.exportCount {
        entry[Int(index) % entry.count] &+= 1
        try writer.append(entry)
      }
      guard try writer.finish().size == Self.exportCount else {
        throw ToolFailure(.internalFault, "bench", "entries were lost; this is a defect")
      }
      samples.append(Stopwatch.Sample(nanoseconds: (Stopwatch.threadTime - start).nanoseconds))
    }
    return Stopwatch.Measurement(
      name: "entry of \(Self.entryByteCount) bytes to tiles", samples, sharedBy: Int(Self.exportCount))
  }

  /// Proofs of inclusion in a log of ten million entries, each with tiles that were not read before.
  private func proofs() throws -> Stopwatch.Measurement {
    var writer = TileWriter(MemoryTiles(), withEntries: false)
    for index in 0..<Self.treeSize {
      try writer.append(Self.bytes(of: index))
    }
    let head = try writer.finish()
    let tiles = writer.sink
    var samples: [Stopwatch.Sample] = []
    for turn in 0..<(200 as UInt64) {
      let index = (turn &* 0x9E37_79B9_7F4A_7C15) % Self.treeSize
      let start = Stopwatch.threadTime
      var reader = TileReader(tiles, size: Self.treeSize)
      let proof = try InclusionProof(of: index, in: Self.treeSize, from: &reader)
      samples.append(Stopwatch.Sample(nanoseconds: (Stopwatch.threadTime - start).nanoseconds))
      try proof.verify(
        leaf: .leaf(Self.bytes(of: index)), root: head.root)
    }
    return Stopwatch.Measurement(name: "proof of inclusion among \(Self.treeSize) entries", samples)
  }

  private static func bytes(of index: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: index >> UInt64(8 * $0)) }
  }

  /// A ledger of a million entries on SQLite, opened from its checkpoint.
  private func opening() throws -> Stopwatch.Measurement {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "solvency-bench-log-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "ledger.sqlite").path
    let signer = try LogSigner(.random(role: .venue))
    let ledger = try Ledger(store: SQLiteStore(creating: path), signer: signer, checkpoints: .never)
    let (now, registry) = (Timestamp(seconds: 1_000_000), Digest.sha256(of: [1]))
    try ledger.record(.registryPublished(RegistryRecord(registry: registry, count: 900)), at: now)
    try ledger.record(
      .epochPublished(
        EpochRecord(
          epoch: 1, snapshot: registry, previous: .zero, validFrom: now, validTo: now.advanced(by: 3_600),
          graceEpochs: 1, callInterval: 3_600, fillInterval: 60, callGrace: 600)), at: now)
    while ledger.head.count < Self.ledgerSize {
      let start = Int(ledger.head.count)
      _ = try ledger.commit(at: now) { transaction in
        for index in start..<start + 8_192 {
          if index < Self.accountCount, let account = try? AccountID("account-\(index)"),
            let point = try? EncodedPoint(Digest.sha256(of: Array("\(index)".utf8)).bytes)
          {
            let record = OpeningRecord(
              account: account, registry: registry, commitment: point, sequence: 0, parts: [point],
              attestedUntil: now.advanced(by: 100_000), evidence: .zero)
            _ = try? transaction.append(.accountOpened(record))
          } else {
            _ = try? transaction.append(.ticked)
          }
        }
      }
    }
    try ledger.checkpoint(at: now)
    var samples: [Stopwatch.Sample] = []
    for _ in 0..<Self.sampleCount {
      let start = ContinuousClock.now
      let opened = try Ledger(store: SQLiteStore(opening: path), signer: signer)
      samples.append(Stopwatch.Sample(nanoseconds: (ContinuousClock.now - start).nanoseconds))
      guard opened.head == ledger.head else {
        throw ToolFailure(.internalFault, "bench", "entries were lost; this is a defect")
      }
    }
    return Stopwatch.Measurement(name: "open a ledger of \(Self.ledgerSize) entries, by the wall", samples)
  }
}
