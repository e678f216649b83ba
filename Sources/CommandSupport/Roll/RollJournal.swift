internal import CanonicalBytes
internal import Foundation
internal import Solvency
internal import SolvencyProver
package import VenueSolvency
package import VenueSolvencyProver

/// What is proved of a roll so far, so that a run that ends in the middle goes on where it was: entries and
/// evidence window by window, and the proof of the totals. What was written is never proved again, nor does a
/// byte of it change.
///
///     prove-<id>.entries      141 bytes an account
///     prove-<id>.evidence     a line an account
///     prove-<id>.totals       the proof of the totals
///
/// The id is that of header and openings: files of other ones are not taken for it.
package struct RollJournal {
  /// How many accounts are proved and written together, if nothing else is asked for.
  package static let window = 512

  private let folder: RollFolder
  private let files: RollFiles
  private var entries: String { files.entries }
  private var evidence: String { files.evidence }
  /// Where the proof of the totals is written before the roll is finished.
  package var totals: String { files.totals }

  package init(_ folder: RollFolder, _ header: RollHeader) throws(ToolFailure) {
    let openings = try InputFile.open(folder.openings, limit: nil, isHashed: true)
    // What has no lines as openings are is not read to its end, which a device has none of.
    var lineByteCount = 0
    while true {
      let chunk = try openings.chunk()
      if chunk.isEmpty { break }
      if let end = chunk.lastIndex(of: UInt8(ascii: "\n")) {
        lineByteCount = chunk.count - 1 - end
      } else {
        lineByteCount += chunk.count
      }
      guard lineByteCount <= OpeningFile.plainByteLimit * 2 else {
        throw ToolFailure(.malformedInput, folder.openings, "has a line that is longer than any opening")
      }
    }
    guard let secret = openings.digest else {
      throw ToolFailure(.internalFault, folder.openings, "was not hashed")
    }
    var writer = CanonicalWriter(domain: "solvency/roll/journal/v1")
    writer.append(header.digest)
    writer.append(secret)
    let stem = "\(folder.path)/prove-\(Array(Digest.sha256(of: writer.bytes).bytes.prefix(8)).hex)"
    self.folder = folder
    files = RollFiles(entries: "\(stem).entries", evidence: "\(stem).evidence", totals: "\(stem).totals")
  }

  /// What a run that ended between its last window and the checkpoint has left: each file under its own name
  /// where the run came to give it that, and else here. Nil if no file has its name yet, or one is nowhere.
  package var leftover: RollFiles? {
    let named = RollFiles(of: folder)
    func place(_ here: String, _ named: String) -> String { InputFile.exists(here) ? here : named }
    let found = RollFiles(
      entries: place(files.entries, named.entries), evidence: place(files.evidence, named.evidence),
      totals: place(files.totals, named.totals))
    return found != files && found.areThere ? found : nil
  }

  /// Whether the proof of the totals is written whole. What is left of one that is not is removed.
  package func hasTotals() throws(ToolFailure) -> Bool {
    guard InputFile.exists(totals) else { return false }
    if (try? Documents.envelope(totals)) != nil { return true }
    try remove(totals)
    return false
  }

  /// The accounts that are proved, in order. What a run wrote in part is cut off.
  ///
  /// - Throws: if evidence and entries do not belong together.
  package func resume(of count: UInt64, by window: Int) throws(ToolFailure) -> [RollAccount] {
    guard InputFile.exists(entries), InputFile.exists(evidence) else {
      // One without the other is of no window, and the next would be written behind it.
      for file in [entries, evidence] where InputFile.exists(file) { try remove(file) }
      return []
    }
    var (accounts, offset): ([RollAccount], UInt64) = ([], 0)
    /// The end of the last complete window.
    var complete: (accounts: Int, bytes: UInt64) = (0, 0)
    let place = evidence
    var reader = try EntryReader(entries, ignoringRest: true)
    var group: Digest?
    let file = try InputFile.open(evidence, limit: nil)
    var (buffer, position): ([UInt8], Int) = ([], 0)
    reading: while let entry = try reader.next() {
      // A line with its end; what has none was written in part.
      var line: [UInt8] = []
      while true {
        if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
          line += buffer[position..<end]
          position = end + 1
          break
        }
        line += buffer[position...]
        (buffer, position) = (try file.chunk(), 0)
        if buffer.isEmpty { break reading }
      }
      guard let account = try? RollAccount(decoding: entry) else {
        throw ToolFailure(.malformedInput, entries, "account \(accounts.count) is malformed; \(Self.advice)")
      }
      if line.isEmpty {
        guard account.evidence == group else { throw Self.mismatch(place, accounts.count) }
      } else {
        let digest = Digest.sha256(of: line)
        guard account.evidence == digest else { throw Self.mismatch(place, accounts.count) }
        if account.accountClass == .solvent { group = digest }
      }
      accounts.append(account)
      offset += UInt64(line.count) + 1
      if accounts.count.isMultiple(of: window) || UInt64(accounts.count) == count {
        complete = (accounts.count, offset)
      }
    }
    try truncate(entries, to: UInt64(complete.accounts * RollAccount.entryByteCount))
    try truncate(evidence, to: complete.bytes)
    return Array(accounts.prefix(complete.accounts))
  }

  private static let advice = "remove the files prove-* to begin again"

  private static func mismatch(_ path: String, _ index: Int) -> ToolFailure {
    ToolFailure(
      .malformedInput, path, "line \(index + 1) is not the evidence that its entry states; \(advice)")
  }

  /// Adds a window. It counts once both files are written to the disk.
  package func append(_ window: [RollListing]) throws(ToolFailure) {
    var (entryBytes, lines, last): ([UInt8], [UInt8], Digest?) = ([], [], nil)
    for listing in window {
      entryBytes += listing.account.entry
      // The evidence of accounts that share it stands with the first of them.
      let isShared = listing.account.accountClass == .solvent && listing.account.evidence == last
      if !isShared { lines += listing.evidence }
      lines.append(UInt8(ascii: "\n"))
      if listing.account.accountClass == .solvent { last = listing.account.evidence }
    }
    try append(lines, to: evidence)
    try append(entryBytes, to: entries)
  }

  /// What this journal has proved, read from its files.
  package func proved(under documents: RollDocuments) throws(ToolFailure) -> ProvedRoll {
    try ProvedRoll(files, under: documents)
  }

  /// Gives the finished files their names; those that have them stay.
  package func finish(replacing: Bool) throws(ToolFailure) {
    let pairs = [(evidence, folder.evidence), (entries, folder.entries), (totals, folder.totals)]
    for (from, to) in pairs where InputFile.exists(from) {
      try OutputFile.checkFree(to, replacing: replacing, isUpdate: true)
      guard OutputFile.isReplaceable(to), unsafe rename(from, to) == 0 else {
        throw ToolFailure(
          .inputOutput, to,
          "cannot be written; check the folder, its permissions, and whether this is a regular file")
      }
    }
  }

  private func append(_ bytes: [UInt8], to path: String) throws(ToolFailure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw ToolFailure(.inputOutput, path, "cannot be written; check the folder and its permissions")
    }
    let isWritten = Descriptor.write(bytes[...], to: descriptor) && fsync(descriptor) == 0
    guard close(descriptor) == 0, isWritten else {
      throw ToolFailure(.inputOutput, path, "writing failed; is the disk full?")
    }
  }

  private func remove(_ path: String) throws(ToolFailure) {
    guard unsafe unlink(path) == 0 else {
      throw ToolFailure(.inputOutput, path, "cannot be removed; check the folder and its permissions")
    }
  }

  private func truncate(_ path: String, to count: UInt64) throws(ToolFailure) {
    guard unsafe Foundation.truncate(path, off_t(count)) == 0 else {
      throw ToolFailure(.inputOutput, path, "cannot be written; check the folder and its permissions")
    }
  }
}
