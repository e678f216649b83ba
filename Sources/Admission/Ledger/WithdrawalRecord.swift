internal import CanonicalBytes
internal import Solvency

/// The venue states that entries which followed here once are no longer of its log.
///
/// A log does not go back in silence. Anyone who holds a signed head of what was given up finds here that the
/// venue knows of it, and why.
public struct WithdrawalRecord: Hashable, Sendable {
  /// Why.
  public enum Cause: UInt8, Hashable, Sendable, CaseIterable {
    /// They were recorded by mistake, decided on nothing and were witnessed by nobody. The entry's document
    /// lists them.
    case undone = 1
    /// They were lost, and nobody could be found who has them. The venue has to answer for them.
    case lost = 2
  }

  /// Where the log ended before.
  public var head: LogHead
  /// Why it does not any more.
  public var cause: Cause
  /// ``WithdrawnEntries/encoded()`` by its SHA-256; all zero for entries that were lost.
  public var evidence: Digest

  /// A record of these parts.
  public init(head: LogHead, cause: Cause, evidence: Digest) {
    self.head = head
    self.cause = cause
    self.evidence = evidence
  }
}

extension WithdrawalRecord: RecordCoding {
  func append(to writer: inout CanonicalWriter) {
    writer.append(head.count)
    writer.append(head.digest)
    writer.append(cause.rawValue)
    writer.append(evidence)
  }

  init(from reader: inout CanonicalReader) throws {
    head = LogHead(count: try reader.uint64(), digest: try reader.digest())
    guard let cause = Cause(rawValue: try reader.byte()) else { throw CanonicalBytesError.invalidField }
    self.cause = cause
    evidence = try reader.digest()
    guard cause == .undone || evidence == .zero else { throw CanonicalBytesError.invalidField }
  }
}

/// The entries that a venue has undone: the document of the entry that says so.
///
///     "solvency/withdrawn-entries/v1" ‖ number ‖ for each its bytes, with their length
public struct WithdrawnEntries: Sendable {
  /// The most entries that are undone at once.
  public static let countLimit = 1 << 16
  private static let domain: StaticString = "solvency/withdrawn-entries/v1"

  /// The entries, each after the one before.
  public let entries: [LogEntry]

  /// These entries.
  public init(_ entries: [LogEntry]) { self.entries = entries }

  /// The document.
  public func encoded() -> [UInt8] {
    var writer = CanonicalWriter(domain: Self.domain)
    writer.append(UInt32(entries.count))
    for entry in entries { writer.append(text: entry.bytes) }
    return writer.bytes
  }

  /// Reads what ``encoded()`` returned.
  ///
  /// - Throws: ``EvidenceError/malformed``.
  public init(decoding bytes: [UInt8]) throws(EvidenceError) {
    do {
      var reader = try CanonicalReader(bytes, domain: Self.domain)
      entries = try reader.list(limit: Self.countLimit) { reader in
        try LogEntry(decoding: try reader.text(limit: LogEntry.eventByteLimit))
      }
      try reader.finish()
    } catch {
      throw .malformed
    }
  }

  /// The heads of a log that ended with one of them, and those that one of them had withdrawn itself.
  var heads: [LogHead] {
    entries.flatMap { entry in
      if case .withdrawn(let record) = entry.event { return [LogHead(entry), record.head] }
      return [LogHead(entry)]
    }
  }

  /// Whether they led from one head to the other, and decided on nothing.
  func lead(from start: LogHead, to end: LogHead) -> Bool {
    var head = start
    for entry in entries {
      guard !entry.event.isDecision, (try? head.advance(over: entry)) != nil else { return false }
    }
    return head == end && !entries.isEmpty
  }
}

extension LedgerEvent {
  /// Whether somebody outside was told of it with a receipt: such an event is not undone.
  var isDecision: Bool {
    switch self {
    case .proofAccepted, .challengeIssued, .liquidationStepped, .winnersCalled, .bandProven: true
    default: false
    }
  }
}

extension LedgerState {
  /// The most withdrawals of a ledger.
  static let withdrawalLimit = 1 << 12

  mutating func withdraw(_ record: WithdrawalRecord) throws(LedgerError) {
    guard charter != nil else { throw .notChartered }
    guard record.head.count > eventCount else { throw .implausible }
    guard withdrawals.count < Self.withdrawalLimit else { throw .full }
    withdrawals.append(record.head)
  }
}
