package import Admission
internal import AdmissionStore
internal import Foundation
package import Solvency

extension LedgerFolder {
  private static let readLimit = 1024

  /// Writes the log, with the documents of its entries, to one file.
  ///
  /// - Returns: the signed head at its end, and the file's length in bytes.
  package func exportLog(
    to file: String, replacing: Bool
  ) throws(ToolFailure) -> (head: SignedLogHead, byteCount: Int) {
    let (store, path) = (try store(), path)
    try OutputFile.checkFree(file, replacing: replacing)
    let signed = try ToolFailure.wrapping(path) { try store.head() }
    guard let signed else { throw ToolFailure(.refused, path, "is empty: there is no log yet") }
    var bytes = LogFile.header(signed)
    var index: UInt64 = 0
    while index < signed.unverified.count {
      let first = index
      let items = try ToolFailure.wrapping(path) { try store.items(from: first, limit: Self.readLimit) }
      guard !items.isEmpty else { break }
      // Entries that were appended after the head was read belong to the next export.
      for item in items where item.entry.index < signed.unverified.count {
        bytes += LogFile.bytes(of: item)
      }
      index += UInt64(items.count)
    }
    try OutputFile.write(bytes, to: file, access: .everybody, replacing: replacing)
    return (signed, bytes.count)
  }
}

extension Audit {
  /// Checks every entry of an exported log. What is wrong with the log itself becomes a finding.
  ///
  /// - Throws: ``ToolFailure`` if the file cannot be read, is no log, or is one of another venue.
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
      throw ToolFailure(.malformedInput, path, "is no log; name the file that `ledger export` wrote")
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

  init(_ file: OpenFile) { self.file = file }

  /// At most so many bytes; none at the end.
  func read(_ count: Int) throws(ToolFailure) -> [UInt8] {
    if position == buffer.count {
      buffer = Array(try file.chunk() ?? Data())
      position = 0
    }
    let end = min(buffer.count, position + count)
    defer { position = end }
    return Array(buffer[position..<end])
  }
}
