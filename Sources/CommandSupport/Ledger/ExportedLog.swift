package import Admission
package import AdmissionStore
internal import Foundation
package import Solvency

extension LedgerFolder {
  private static let readLimit = 1024

  /// Writes the log, with the documents of its entries, to one file, piece by piece.
  ///
  /// - Returns: the signed head at its end, and the file's length in bytes.
  /// - Throws: ``ToolFailure`` naming the entries whose documents are missing or damaged: an export without
  ///   them would be a log that nobody can check, and none is written.
  package func exportLog(
    to file: String, replacing: Bool
  ) throws(ToolFailure) -> (head: SignedLogHead, byteCount: Int) {
    let (store, path) = (try store(), path)
    guard let signed = try signedHead(of: store) else {
      throw ToolFailure(.refused, path, "is empty: there is no log yet")
    }
    var check = LedgerCheck(of: parties.venue)
    let byteCount = try OutputFile.stream(to: file, access: .everybody, replacing: replacing) {
      (write) throws(ToolFailure) in
      try write(LogFile.header(signed))
      try forEachItem(of: store, until: signed.unverified.count) { (item) throws(ToolFailure) in
        check.look(at: item)
        try write(LogFile.bytes(of: item))
      }
      try check.finish(at: signed, in: path)
    }
    return (signed, byteCount)
  }
}

extension LedgerFolder {
  /// The signed head of a store; nil for an empty log.
  ///
  /// - Throws: ``ToolFailure`` if the venue has signed a later one that the log does not withdraw, or there
  ///   are entries without a head.
  package func signedHead(of store: SQLiteStore) throws(ToolFailure) -> SignedLogHead? {
    // Read first: others may be appending.
    let known = try publishedLogHead()
    let signed = try ToolFailure.wrapping(path) { try store.head() }
    if signed == nil || known?.count ?? 0 > signed?.unverified.count ?? 0 {
      _ = try ledger(from: .checkpoint)
    }
    return signed
  }

  /// Reads every page, entry and document of a store, and opens it as a desk does: from its last checkpoint.
  ///
  /// - Throws: ``ToolFailure`` for what is wrong with it.
  package func check(_ store: SQLiteStore, at place: String) throws(ToolFailure) {
    try ToolFailure.wrapping(place) { try store.checkIntegrity() }
    guard let signed = try signedHead(of: store) else { return }
    var check = LedgerCheck(of: parties.venue)
    try forEachItem(of: store, until: signed.unverified.count) { item in check.look(at: item) }
    try check.finish(at: signed, in: place)
    _ = try ToolFailure.wrapping(place) { try Ledger(reading: store, of: parties.venue, from: .checkpoint) }
  }

  /// Hands out the entries of a store in pieces.
  package func forEachItem(
    of store: SQLiteStore, until count: UInt64, _ body: (LogBatch.Item) throws(ToolFailure) -> Void
  ) throws(ToolFailure) {
    var index: UInt64 = 0
    while index < count {
      let first = index
      let items = try ToolFailure.wrapping(path) { try store.items(from: first, limit: Self.readLimit) }
      guard !items.isEmpty else { break }
      // Entries that were appended after the head was read belong to the next reader.
      for item in items where item.entry.index < count { try body(item) }
      index += UInt64(items.count)
    }
  }
}

/// What every reader of a whole log looks for: that each entry follows the one before, up to the signed head,
/// and has the document that it names. One check behind `status`, `export` and `repair`.
package struct LedgerCheck {
  /// How many entries are named in a message.
  private static let shownCount = 8

  private let venue: VerificationKey
  private var head = LogHead.empty
  private var fault: LogFault?
  /// The entries whose documents are missing or damaged, ascending.
  package private(set) var damaged: [LogEntry] = []

  /// Takes the next entry.
  package mutating func look(at item: LogBatch.Item) {
    if fault == nil {
      do throws(LogFault) {
        try head.advance(over: item.entry)
      } catch {
        fault = error
      }
    }
    if !item.hasItsEvidence(signedBy: venue) { damaged.append(item.entry) }
  }

  /// Looks at every entry of a venue's store.
  package init(of venue: VerificationKey) { self.venue = venue }

  /// Says what is wrong with the log itself, documents apart.
  package func checkEntries(at signed: SignedLogHead, in path: String) throws(ToolFailure) {
    if let fault = fault ?? head.fault(against: signed, by: venue) {
      throw ToolFailure(.malformedInput, path, "the log \(fault.text)")
    }
  }

  /// Says what is wrong.
  package func finish(at signed: SignedLogHead, in path: String) throws(ToolFailure) {
    try checkEntries(at: signed, in: path)
    guard !damaged.isEmpty else { return }
    let shown = damaged.prefix(Self.shownCount).map { "\($0.index)" }.joined(separator: ", ")
    let more = damaged.count > Self.shownCount ? " and \(damaged.count - Self.shownCount) more" : ""
    throw ToolFailure(
      .malformedInput, path,
      "the documents of entries \(shown)\(more) are missing or damaged; `ledger repair` takes them from an export, a "
        + "backup, or as the files that they were")
  }
}

extension Audit {
  /// Checks every entry of an exported log. What is wrong with the log itself becomes a finding.
  ///
  /// - Throws: ``ToolFailure`` if the file cannot be read, is not a log, or is one of another venue.
  package mutating func replay(logFile path: String, of venue: VerificationKey) throws(ToolFailure) {
    let source = ChunkedFile(try InputFile.open(path, limit: nil))
    do {
      var reader = try LogFileReader<ToolFailure> { count throws(ToolFailure) in
        try source.read(count)
      }
      guard reader.signedHead.signer == venue else {
        throw ToolFailure(.refused, path, "is the log of another venue, \(reader.signedHead.signer)")
      }
      while let item = try reader.next() { check(item) }
    } catch LogReadError<ToolFailure>.fault(.notALog) {
      throw ToolFailure(.malformedInput, path, "is not a log; name the file that `ledger export` wrote")
    } catch LogReadError<ToolFailure>.fault(let fault) {
      stop(at: fault)
    } catch LogReadError<ToolFailure>.source(let failure) {
      throw failure
    } catch let failure as ToolFailure {
      throw failure
    } catch {
      throw ToolFailure(.internalFault, path, "unexpected: \(error)")
    }
  }
}

/// A file that is read in pieces of any size.
private final class ChunkedFile: @unchecked Sendable {
  // Read by one thread only: that of the command.
  private let file: OpenFile
  private var buffer: [UInt8] = []
  private var position = 0

  package init(_ file: OpenFile) { self.file = file }

  /// At most the given number of bytes; empty at the end.
  package func read(_ count: Int) throws(ToolFailure) -> [UInt8] {
    if position == buffer.count {
      buffer = try file.chunk()
      position = 0
    }
    let end = min(buffer.count, position + count)
    defer { position = end }
    return Array(buffer[position..<end])
  }
}

/// What is in an exported log, whether or not the log itself is sound. Each is compared with what names it.
package enum LogDocuments {
  /// Hands out the entries with their documents; false for a file that is not a log.
  package static func forEach(
    in path: String, _ body: (LogBatch.Item) -> Void
  ) throws(ToolFailure) -> Bool {
    guard var reader = try reader(path) else { return false }
    // What can be read before a fault is good enough.
    while let item = try? reader.next() { body(item) }
    return true
  }

  /// The signed head; nil for a file that is not a log.
  package static func signedHead(_ path: String) throws(ToolFailure) -> SignedLogHead? {
    try reader(path)?.signedHead
  }

  private static func reader(_ path: String) throws(ToolFailure) -> LogFileReader<ToolFailure>? {
    let source = ChunkedFile(try InputFile.open(path, limit: nil))
    return try? LogFileReader<ToolFailure>({ count throws(ToolFailure) in try source.read(count) })
  }
}
