public import CanonicalBytes
internal import MarginRules
internal import Solvency

/// One entry of the decision log: an event, when it happened, and the entry before it.
///
///     digest = SHA-256("solvency/log-entry/v1" ‖ index ‖ previous ‖ time ‖ event)
///
/// Every entry names the digest of the one before, so the digest of the last names them all.
public struct LogEntry: Hashable, Sendable {
  /// The most bytes of one encoded event.
  public static let eventByteLimit = 1 << 28
  private static let domain: StaticString = "solvency/log-entry/v1"

  /// The place in the log, from 0.
  public let index: UInt64
  /// The digest of the entry before; all zero for the first.
  public let previous: Digest
  /// When it happened.
  public let time: Timestamp
  /// What happened.
  public let event: LedgerEvent
  /// The name of this entry and of all before it.
  public let digest: Digest
  /// The entry's one encoding.
  public let bytes: [UInt8]

  /// The entry that follows a head.
  public init(after head: LogHead, time: Timestamp, event: LedgerEvent) {
    index = head.count
    previous = head.digest
    self.time = time
    self.event = event
    var writer = CanonicalWriter(domain: Self.domain)
    writer.append(index)
    writer.append(previous)
    writer.append(time.seconds)
    writer.append(text: event.encoded())
    bytes = writer.bytes
    digest = .sha256(of: bytes)
  }

  /// The entry that `bytes` encode.
  ///
  /// - Throws: ``LogFormatError/malformedEntry`` or ``LogFormatError/malformedEvent``.
  public init(decoding bytes: [UInt8]) throws(LogFormatError) {
    let body: [UInt8]
    do throws(CanonicalBytesError) {
      var reader = try CanonicalReader(bytes, domain: Self.domain)
      index = try reader.uint64()
      previous = try reader.digest()
      time = Timestamp(seconds: try reader.uint64())
      body = try reader.text(limit: Self.eventByteLimit)
      try reader.finish()
    } catch {
      throw .malformedEntry
    }
    event = try LedgerEvent(decoding: body)
    self.bytes = bytes
    digest = .sha256(of: bytes)
  }
}

/// Where a log ends: how many entries it has, and the digest of the last.
public struct LogHead: Hashable, Sendable {
  /// Number of entries.
  public let count: UInt64
  /// The digest of the last entry; all zero for an empty log.
  public let digest: Digest

  /// The head of an empty log.
  public static let empty = LogHead(count: 0, digest: .zero)

  /// A head of these parts.
  public init(count: UInt64, digest: Digest) {
    self.count = count
    self.digest = digest
  }

  /// The head after an entry.
  public init(_ entry: LogEntry) {
    count = entry.index + 1
    digest = entry.digest
  }
}

/// Why bytes are not what a log has at this place.
public enum LogFormatError: Error, Hashable, Sendable {
  /// The bytes are not an entry.
  case malformedEntry
  /// The entry holds no event of this version.
  case malformedEvent
  /// The bytes are not the state of a ledger.
  case malformedState
}

extension LogHead {
  /// Checks that an entry stands right after this head, and moves on to it.
  ///
  /// - Throws: what is wrong with the log at this place.
  public mutating func advance(over entry: LogEntry) throws(LogFault) {
    guard entry.index == count else {
      throw entry.index > count
        ? .missing(expected: count, found: entry.index) : .reordered(expected: count, found: entry.index)
    }
    guard entry.previous == digest else {
      throw count == 0 ? .altered(index: 0) : .altered(index: count - 1)
    }
    self = LogHead(entry)
  }
}

/// What is wrong with a log, and where.
public enum LogFault: Error, Hashable, Sendable {
  /// The bytes at this place are not an entry.
  case malformed(index: UInt64, LogFormatError)
  /// Entries are missing before the one found.
  case missing(expected: UInt64, found: UInt64)
  /// An entry stands where it does not belong: out of order, or twice.
  case reordered(expected: UInt64, found: UInt64)
  /// The entry at this place is not the one that the next entry was written after.
  case altered(index: UInt64)
  /// The log ends before the place that its signed head names.
  case truncated(expected: UInt64, actual: UInt64)
  /// Entries follow the signed head.
  case unsigned(from: UInt64)
  /// The signature of the head is not the venue's.
  case badSignature
  /// The file is not a log of this version.
  case notALog
}
