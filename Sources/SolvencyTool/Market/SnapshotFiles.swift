internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import RiskEngine
internal import Solvency

/// The files that a publication is kept in, beside each other.
///
/// | file | holds | who needs it |
/// |---|---|---|
/// | snapshot.json | the snapshot | everybody |
/// | snapshot.json.record | what it was computed from | its verifiers |
/// | snapshot.json.state | what the engine remembers | the publisher of the next |
struct SnapshotFiles {
  let snapshot: String
  let record: String
  var state: String { snapshot + ".state" }

  private static let stateByteLimit = 32 << 20

  /// The files beside a snapshot.
  ///
  /// - Parameter record: the record, if it is elsewhere.
  init(snapshot: String, record: String? = nil) {
    self.snapshot = snapshot
    self.record = record ?? snapshot + ".record"
  }

  func check(replacing: Bool) throws(ToolFailure) {
    if OutputFile.isWrittenInto(snapshot) { return }
    for path in [snapshot, record, state] { try OutputFile.checkFree(path, replacing: replacing) }
  }

  func write(
    _ publication: Publication, _ record: PublicationRecord, replacing: Bool
  ) throws(ToolFailure) {
    // Beside a device or a pipe there is no place for anything.
    if !OutputFile.isWrittenInto(snapshot) {
      try OutputFile.write(
        record.json.encoded(.indented), to: self.record, access: .everybody, replacing: replacing)
      try OutputFile.write(
        publication.state.json.encoded(.indented), to: state, access: .everybody, replacing: replacing)
    }
    try OutputFile.write(
      publication.snapshot.json.encoded(.indented), to: snapshot, access: .everybody,
      replacing: replacing)
  }

  func readState() throws(ToolFailure) -> EngineState {
    return try Documents.read(state, Self.stateByteLimit, as: .engineState) { try EngineState(json: $0) }
  }

  func readRecord() throws(ToolFailure) -> PublicationRecord {
    return try Documents.read(record, PublicationRecord.documentBytes, as: .publicationRecord) {
      try PublicationRecord(json: $0)
    }
  }
}
