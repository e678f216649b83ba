internal import CanonicalBytes
internal import MarginRules
public import Solvency

/// A log as one file that leaves the venue: what an auditor reads.
///
///     "solvency/log/v1" ‖ the venue's key ‖ number of entries ‖ digest of the last ‖ signature
///     ‖ for each entry: its bytes, its evidence
///
/// Texts, entries and evidence carry their length in four bytes.
public enum LogFile {
  /// The most bytes of the evidence of one entry.
  public static let evidenceByteLimit = 1 << 26
  private static let domain: StaticString = "solvency/log/v1"

  /// The first bytes of a file: what says where the log ends.
  public static func header(_ head: SignedLogHead) -> [UInt8] {
    var writer = CanonicalWriter(domain: domain)
    for byte in head.signer.bytes { writer.append(byte) }
    writer.append(head.unverified.count)
    writer.append(head.unverified.digest)
    for byte in head.signature.bytes { writer.append(byte) }
    return writer.bytes
  }

  /// What stands in the file for one entry.
  public static func bytes(of item: LogBatch.Item) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + item.entry.bytes.count + item.evidence.count)
    append(item.entry.bytes, to: &bytes)
    append(item.evidence, to: &bytes)
    return bytes
  }

  private static func append(_ field: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(littleEndian: UInt32(truncatingIfNeeded: field.count))
    bytes += field
  }
}

/// Reads a log file piece by piece, in bounded memory.
///
/// Every entry is checked against the one before, and the last against the signed head, so that a file that
/// is read to its end without an error is the venue's log: complete, unaltered and in order.
public struct LogFileReader<Failure: Error>: Sendable {
  /// Gives the next bytes of the file, at most the stated number; empty at its end.
  public typealias Source = @Sendable (Int) throws(Failure) -> [UInt8]

  /// The signed head. Its signature was checked against the key that it names: compare that with the one you
  /// trust.
  public let signedHead: SignedLogHead
  /// The same without the signature.
  public let head: LogHead

  private let source: Source
  private var position = LogHead.empty

  /// Reads the beginning of a file.
  ///
  /// - Throws: ``LogReadError`` if the file is not a log, or its head is not signed by its venue.
  public init(_ source: @escaping Source) throws(LogReadError<Failure>) {
    self.source = source
    let domain = Array("solvency/log/v1".utf8)
    let header = try Self.take(4 + domain.count + 32 + 8 + 32 + 64, from: source)
    do throws(CanonicalBytesError) {
      var reader = try CanonicalReader(header, domain: "solvency/log/v1")
      let venue = try? VerificationKey(try reader.take(VerificationKey.byteCount))
      let count = try reader.uint64()
      let head = LogHead(count: count, digest: try reader.digest())
      guard let venue, let signature = Signature(try reader.take(Signature.byteCount)) else {
        throw .invalidField
      }
      try reader.finish()
      signedHead = Signed(head, signer: venue, signature: signature)
    } catch {
      throw .fault(.notALog)
    }
    do throws(SigningError) {
      head = try signedHead.content(verifiedBy: signedHead.signer)
    } catch {
      throw .fault(.badSignature)
    }
  }

  /// The next entry with its evidence; nil after the last.
  ///
  /// - Throws: ``LogReadError/fault(_:)`` that names the first place at which the file is not the log that
  ///   the signed head speaks of.
  public mutating func next() throws(LogReadError<Failure>) -> LogBatch.Item? {
    guard position.count < head.count else {
      guard try read(1).isEmpty else { throw .fault(.unsigned(from: position.count)) }
      guard position == head else { throw .fault(.altered(index: max(1, position.count) - 1)) }
      return nil
    }
    let bytes = try field(limit: LogEntry.eventByteLimit + 256)
    let entry: LogEntry
    do throws(LogFormatError) {
      entry = try LogEntry(decoding: bytes)
    } catch {
      throw .fault(.malformed(index: position.count, error))
    }
    var next = position
    do throws(LogFault) {
      try next.advance(over: entry)
    } catch {
      throw .fault(error)
    }
    let evidence = try field(limit: LogFile.evidenceByteLimit)
    position = next
    return LogBatch.Item(entry: entry, evidence: evidence)
  }

  private func field(limit: Int) throws(LogReadError<Failure>) -> [UInt8] {
    let count = try read(exactly: 4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard count <= limit else { throw .fault(.malformed(index: position.count, .malformedEntry)) }
    return try read(exactly: count)
  }

  private func read(_ count: Int) throws(LogReadError<Failure>) -> [UInt8] {
    try Self.take(count, from: source)
  }

  private func read(exactly count: Int) throws(LogReadError<Failure>) -> [UInt8] {
    let bytes = try read(count)
    guard bytes.count == count else { throw truncated }
    return bytes
  }

  private var truncated: LogReadError<Failure> {
    .fault(.truncated(expected: head.count, actual: position.count))
  }

  /// The next `count` bytes, or what there is.
  private static func take(
    _ count: Int, from source: Source
  ) throws(LogReadError<Failure>) -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(Failure) {
      while bytes.count < count {
        let more = try source(min(count - bytes.count, 1 << 20))
        guard !more.isEmpty else { break }
        bytes += more
      }
    } catch {
      throw .source(error)
    }
    return bytes
  }
}

/// Why reading a log file stopped.
public enum LogReadError<Failure: Error>: Error {
  /// The file is not the log it says it is.
  case fault(LogFault)
  /// The file cannot be read.
  case source(Failure)
}
