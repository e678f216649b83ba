internal import CanonicalBytes
internal import ProofCore
internal import Ristretto
internal import Solvency
package import TransparencyLog
package import VenueSolvency
package import VenueSolvencyProver

/// Where entries, evidence and totals of a proved roll are: under their own names, or under those of a
/// journal.
package struct RollFiles: Hashable, Sendable {
  package var entries: String
  package var evidence: String
  package var totals: String

  /// Those of a finished roll.
  package init(of folder: RollFolder) {
    self.init(entries: folder.entries, evidence: folder.evidence, totals: folder.totals)
  }

  init(entries: String, evidence: String, totals: String) {
    (self.entries, self.evidence, self.totals) = (entries, evidence, totals)
  }

  /// Whether all three are there.
  package var areThere: Bool { [entries, evidence, totals].allSatisfy(InputFile.exists) }
}

/// What the files of a roll come to: what a checkpoint may be signed of.
package struct ProvedRoll {
  /// The tree over all entries.
  package var builder: RollBuilder
  /// Number of accounts by class.
  package private(set) var counts = [0, 0, 0]
  /// Σ of the shortfalls, in quanta of value.
  package private(set) var shortfall: UInt128 = 0

  /// Reads files to their ends: as many entries and lines as the header states accounts, in order, each line
  /// the evidence that its entry states, and totals that are proved over the sum of exactly these entries.
  /// What a full disk or a crash has left in part is none of that.
  ///
  /// Proofs of accounts are not verified: who made them checked them, and ``checked(_:under:)`` does for
  /// files of unknown descent.
  ///
  /// - Throws: ``ToolFailure`` with the file at fault.
  package init(_ files: RollFiles, under documents: RollDocuments) throws(ToolFailure) {
    builder = RollBuilder(documents.header)
    var entries = try EntryReader(files.entries)
    var lines = LineReader(try InputFile.open(files.evidence, limit: nil), limit: ProofEnvelope.byteLimit)
    var (sum, window): (Point, [EncodedPoint]) = (.identity, [])
    var group: Digest?
    for index in 0..<documents.header.accountCount {
      guard let entry = try entries.next() else {
        throw Self.failure(files.entries, "has \(index) accounts of \(documents.header.accountCount)")
      }
      guard let account = try? RollAccount(decoding: entry) else {
        throw Self.failure(files.entries, "account \(index + 1) is malformed")
      }
      guard case .bytes(let line)? = try lines.next() else {
        throw Self.failure(files.evidence, "has \(index) lines of \(documents.header.accountCount)")
      }
      let digest = line.isEmpty ? group : Digest.sha256(of: line)
      guard account.evidence == digest else {
        throw Self.failure(files.evidence, "line \(index + 1) is not the evidence that its entry states")
      }
      if account.accountClass == .solvent { group = digest }
      do throws(RollBuildError) { try builder.append(account) } catch {
        throw Self.failure(files.entries, "account \(index + 1): \(error)")
      }
      counts[Int(account.accountClass.rawValue) - 1] += 1
      shortfall += account.shortfall
      window.append(account.commitment)
      if window.count == 4096 { try Self.add(&window, to: &sum, files.entries) }
    }
    try Self.add(&window, to: &sum, files.entries)
    guard try entries.next() == nil else { throw Self.failure(files.entries, "has more than its accounts") }
    guard try lines.next() == nil else { throw Self.failure(files.evidence, "has more lines than accounts") }
    let totals = try Documents.envelope(files.totals)
    do throws(TotalsError) { try documents.checkTotals(totals, of: VectorCommitment(sum)) } catch {
      throw Self.failure(files.totals, "is not the proof of the totals of these entries")
    }
  }

  /// The same of files whose descent is not known, such as those of a run that ended before it signed: every
  /// proof is verified, which takes a small part of the time of making them.
  package static func checked(_ files: RollFiles, under documents: RollDocuments) throws(ToolFailure) -> Self
  {
    let roll = try Self(files, under: documents)
    let audit = try RollFolder.audit(
      entries: files.entries, evidence: files.evidence, documents, 0...documents.header.accountCount)
    guard audit.findingCount == 0 else {
      throw failure(
        files.evidence, "the evidence of entry \(audit.findings.first?.entry ?? 0) does not hold")
    }
    return roll
  }

  /// Whether a checkpoint is of exactly these entries.
  package mutating func isOf(_ checkpoint: SignedCheckpoint) -> Bool {
    builder.isFinished(as: checkpoint.unverified.head)
  }

  private static func add(
    _ window: inout [EncodedPoint], to sum: inout Point, _ place: String
  ) throws(ToolFailure) {
    let decoded = DecodedPoints(window)
    for (index, point) in decoded.points.enumerated() {
      guard decoded.error(at: index) == nil else {
        throw failure(place, "has a commitment that is not a point")
      }
      sum += point
    }
    window.removeAll(keepingCapacity: true)
  }

  private static func failure(_ place: String, _ text: String) -> ToolFailure {
    ToolFailure(.malformedInput, place, "\(text); nothing was signed")
  }
}

extension RollFolder {
  /// Audits a range of the entries in files.
  ///
  /// - Throws: ``ToolFailure`` for fewer or more entries than the header states, and for lines beyond the
  ///   last account.
  package static func audit(
    entries entryFile: String, evidence evidenceFile: String, _ documents: RollDocuments,
    _ range: ClosedRange<UInt64>
  ) throws(ToolFailure) -> PartialAudit {
    var auditor = RollAuditor(documents, from: range.lowerBound)
    if range.lowerBound == 0 { auditor.add(documents.header.entry, evidence: nil) }
    var entries = try EntryReader(entryFile)
    var evidence = LineReader(try InputFile.open(evidenceFile, limit: nil), limit: ProofEnvelope.byteLimit)
    var index: UInt64 = 0
    while index < range.upperBound {
      guard let entry = try entries.next() else {
        throw ToolFailure(
          .malformedInput, entryFile,
          "has \(index) accounts, and the header states \(documents.header.accountCount)")
      }
      index += 1
      var line: [UInt8]?
      if case .bytes(let bytes)? = try evidence.next(), !bytes.isEmpty { line = bytes }
      guard index >= range.lowerBound else {
        auditor.pass(entry, evidence: line)
        continue
      }
      auditor.add(entry, evidence: line)
      if index.isMultiple(of: 256) {
        Console.progress(
          "auditing", Int(index - range.lowerBound), of: Int(range.upperBound - range.lowerBound) + 1)
      }
    }
    if index == documents.header.accountCount {
      guard try entries.next() == nil else {
        throw ToolFailure(
          .malformedInput, entryFile, "has more than the \(index) accounts that the header states")
      }
      guard try evidence.next() == nil else {
        throw ToolFailure(
          .malformedInput, evidenceFile, "has more lines than the \(index) accounts that the header states")
      }
    }
    return auditor.finish()
  }
}
