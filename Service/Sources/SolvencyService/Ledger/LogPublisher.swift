internal import Admission
internal import HTTPTypes
internal import Solvency
internal import Synchronization
internal import TransparencyLog

/// Publishes a ledger's log as it grows: tiles in a directory, and the newest checkpoint whose tiles are all
/// there.
///
/// What must hold: **a checkpoint is handed out only when every tile under it is written, and the tiles' own
/// root is the checkpoint's.** So anyone who reads the checkpoint first and tiles after it finds all of them.
final class LogPublisher: Sendable {
  enum Failure: Error, Hashable {
    /// The directory cannot be read or written: the system's number.
    case system(Int32)
    /// The directory's tiles are not those of its checkpoint, or of another log.
    case foreign(String)
  }

  fileprivate struct State {
    var writer: TileWriter<TileFolder>
    var served: SignedCheckpoint?
    var witnessed: SignedCheckpoint?
    /// The checkpoints that were handed out lately, by size: what a witness may still cosign.
    var recent: [UInt64: SignedCheckpoint] = [:]
    var recentSizes: [UInt64] = []
  }

  let folder: TileFolder
  /// The witnesses whose cosignatures are taken.
  let witnesses: [NoteKey]
  private let state: Mutex<State>

  /// Opens a directory, or begins one.
  init(_ path: String, witnesses: [NoteKey]) throws(Failure) {
    folder = TileFolder(path)
    self.witnesses = witnesses
    let (folder, served, witnessed): (TileFolder, SignedCheckpoint?, SignedCheckpoint?)
    do throws(TileFolder.Failure) {
      folder = self.folder
      try TileFolder.makeFolder(path)
      served = try Self.checkpoint("checkpoint", in: folder)
      witnessed = try Self.checkpoint("checkpoint.witnessed", in: folder)
    } catch {
      throw .system(error.number)
    }
    let writer: TileWriter<TileFolder>
    do throws(TileError<TileFolder.Failure>) {
      writer = try TileWriter(folder, resumingAt: served?.unverified.head.size ?? 0, of: folder)
    } catch {
      throw .foreign("tiles are missing below \(path); restore them, or begin an empty directory")
    }
    guard writer.head == served?.unverified.head ?? .empty else {
      throw .foreign("the tiles below \(path) are not those of its checkpoint; restore them from a copy")
    }
    var initial = State(writer: writer, served: served, witnessed: witnessed)
    if let served { initial.remember(served) }
    state = Mutex(initial)
  }

  private static func checkpoint(
    _ name: String, in folder: TileFolder
  ) throws(TileFolder.Failure) -> SignedCheckpoint? {
    guard let bytes = try folder.read(name, limit: SignedNote.byteLimit) else { return nil }
    return try? SignedCheckpoint(decoding: bytes)
  }

  /// Number of entries that are in tiles, or on their way there.
  var size: UInt64 { state.withLock { $0.writer.size } }

  /// The checkpoint that is handed out; nil before the first.
  var served: SignedCheckpoint? { state.withLock { $0.served } }

  /// The newest checkpoint that a witness has cosigned; nil before the first.
  var witnessed: SignedCheckpoint? { state.withLock { $0.witnessed } }

  /// Takes the next entry of the log, and hands out a checkpoint that covers exactly the entries so far.
  func append(_ entry: LogEntry, signed checkpoint: SignedCheckpoint?) throws(Failure) {
    try state.withLock { state throws(Failure) in
      if entry.index == state.writer.size {
        try Self.writing { () throws(TileError<TileFolder.Failure>) in try state.writer.append(entry.leaf) }
      }
      try publish(checkpoint, &state)
    }
  }

  /// Hands out a checkpoint if it covers exactly the entries so far.
  func publish(_ checkpoint: SignedCheckpoint?) throws(Failure) {
    try state.withLock { state throws(Failure) in try publish(checkpoint, &state) }
  }

  private func publish(_ checkpoint: SignedCheckpoint?, _ state: inout State) throws(Failure) {
    guard let checkpoint, checkpoint.unverified.head.size == state.writer.size,
      checkpoint.unverified.head.size > state.served?.unverified.head.size ?? 0
    else { return }
    var head = TreeHead.empty
    try Self.writing { () throws(TileError<TileFolder.Failure>) in head = try state.writer.finish() }
    guard head == checkpoint.unverified.head else {
      throw .foreign("the tiles make another root than the ledger's checkpoint; restore them from a copy")
    }
    do throws(TileFolder.Failure) {
      try folder.write(checkpoint.encoded(), to: "checkpoint")
    } catch {
      throw .system(error.number)
    }
    state.served = checkpoint
    state.remember(checkpoint)
  }

  private static func writing(_ step: () throws(TileError<TileFolder.Failure>) -> Void) throws(Failure) {
    do throws(TileError<TileFolder.Failure>) {
      try step()
    } catch {
      if case .source(let failure) = error { throw .system(failure.number) }
      throw .foreign("\(error)")
    }
  }

  /// Takes a witness's cosignature of a checkpoint that was handed out lately.
  ///
  /// - Returns: the checkpoint's size, and who has cosigned it.
  /// - Throws: ``Problem``.
  func cosign(_ note: SignedCheckpoint) throws(Problem) -> (size: UInt64, witnesses: [String]) {
    let size = note.unverified.head.size
    guard !witnesses.isEmpty else {
      throw Problem(
        .conflict, "no-witnesses", "No witness is known here",
        "name their keys in the configuration: log.witnesses")
    }
    let known = state.withLock { $0.recent[size] }
    guard var checkpoint = known, checkpoint.note.text == note.note.text else {
      throw Problem(
        .conflict, "unknown-checkpoint", "The checkpoint is not one of this log's latest",
        "fetch /v1/log/checkpoint, cosign that, and send it within minutes")
    }
    let verified: [VerifiedSignature]
    do throws(CheckpointTrustError) {
      verified = try note.cosignatures(by: witnesses)
    } catch {
      throw Problem(
        .unprocessableContent, "invalid-signature", "The document is not accepted",
        "a cosignature does not hold")
    }
    guard !verified.isEmpty else {
      throw Problem(
        .unprocessableContent, "foreign-signature", "The document is not accepted",
        "no line is a cosignature of a witness that is known here")
    }
    let names = Set(verified.map(\.key.name))
    let lines = note.note.signatures.filter { names.contains($0.name) }
    return try state.withLock { state throws(Problem) in
      checkpoint = state.recent[size] ?? checkpoint
      guard (try? checkpoint.add(lines)) != nil else {
        throw Problem(
          .conflict, "too-many-signatures", "The note is full", "it has as many signatures as it may")
      }
      state.recent[size] = checkpoint
      if size >= state.witnessed?.unverified.head.size ?? 0 {
        state.witnessed = checkpoint
        try? folder.write(checkpoint.encoded(), to: "checkpoint.witnessed")
      }
      if state.served?.unverified.head.size == size { state.served = checkpoint }
      let all = (try? checkpoint.cosignatures(by: witnesses)) ?? verified
      return (size, Set(all.map(\.key.name.description)).sorted())
    }
  }

  /// Each witness, with the size and time of what it has cosigned last.
  func witnessStates() -> [(name: String, size: UInt64?, time: UInt64?)] {
    let witnessed = witnessed
    let verified = witnessed.flatMap { try? $0.cosignatures(by: witnesses) } ?? []
    return witnesses.map { key in
      let signature = verified.first { $0.key == key }
      return (
        key.name.description, signature.map { _ in witnessed?.unverified.head.size ?? 0 }, signature?.time
      )
    }
  }

  /// The receipt of an entry: that it stands in the log, with the entry itself.
  ///
  /// - Throws: ``Problem``.
  func receipt(of entry: LogEntry) throws(Problem) -> LogProof {
    guard let served, entry.index < served.unverified.head.size else {
      throw Problem(
        .notFound, "not-published", "The entry is under no checkpoint yet",
        "ask again when the log has grown over it"
      ).retry(after: 1)
    }
    var reader = TileReader(folder, size: served.unverified.head.size)
    do {
      return try LogProof(of: entry.index, under: served, from: &reader, extra: entry.bytes)
    } catch {
      throw .internalFault
    }
  }
}

extension LogPublisher.State {
  fileprivate mutating func remember(_ checkpoint: SignedCheckpoint) {
    let size = checkpoint.unverified.head.size
    recent[size] = checkpoint
    recentSizes.append(size)
    if recentSizes.count > 8_192 {
      for old in recentSizes.prefix(recentSizes.count - 4_096) { recent[old] = nil }
      recentSizes.removeFirst(recentSizes.count - 4_096)
    }
  }
}
