internal import CanonicalBytes
internal import ProofCore
public import Solvency
internal import SolvencyVerifier
public import TransparencyLog

/// What is missing from a roll before it shows that a venue is solvent.
public enum RollProblem: Hashable, Sendable {
  /// The audit is of another roll.
  case otherRoll
  /// The audit covers only these entries, of this number in all.
  case incomplete(start: UInt64, end: UInt64, of: UInt64)
  /// The checkpoint is of another log than this.
  case otherOrigin(expected: ExactText, found: ExactText)
  /// The checkpoint is of this number of entries; the header says another.
  case otherSize(stated: UInt64, checkpoint: UInt64)
  /// The entries lead to another root than the checkpoint's.
  case otherRoot
  /// This number of entries is at fault.
  case findings(count: UInt64)
  /// The shortfalls of all accounts are more than the insurance fund.
  case shortfall(total: UInt128, fund: Int64)
  /// The totals are not shown to be covered.
  case totals(TotalsError)

  /// One sentence.
  public var text: String {
    switch self {
    case .otherRoll: "the audit is of another roll, or was made with other documents"
    case .incomplete(let start, let end, let count):
      "only the entries \(start) to \(end) of \(count) were audited"
    case .otherOrigin(let expected, let found): "the checkpoint is of \(found), and the roll is \(expected)"
    case .otherSize(let stated, let size):
      "the checkpoint is of \(size) entries, and the header makes \(stated)"
    case .otherRoot: "the entries are not those of the checkpoint: their root is another"
    case .findings(1): "1 fault was found in entries"
    case .findings(let count): "\(count) faults were found in entries"
    case .shortfall(let total, let fund):
      "shortfalls of \(total) quanta are more than the insurance fund of \(fund)"
    case .totals(.documents(let error)): "the totals cannot be counted: \(error)"
    case .totals(.rejected(let reason)): "the totals are not shown to be covered: \(reason.code)"
    }
  }
}

/// The end of an audit: what the whole roll shows.
public struct RollVerdict: Hashable, Sendable {
  /// What the auditors found.
  public let audit: PartialAudit
  /// What is missing; empty if the roll shows the venue to be solvent at its instant.
  public let problems: [RollProblem]

  /// Whether the entries that were audited may be those of the checkpoint: it is of this roll, and has their
  /// root.
  public var isOfCheckpoint: Bool {
    !problems.contains { problem in
      switch problem {
      case .otherOrigin, .otherSize, .otherRoot: true
      default: false
      }
    }
  }

  /// Whether nothing is missing.
  public var isSolvent: Bool { problems.isEmpty }

  /// Puts an audit of all entries, the checkpoint and the proof of the totals together.
  ///
  /// - Parameters:
  ///   - audit: the merged audit of all parts.
  ///   - documents: what it was made with.
  ///   - checkpoint: the roll's checkpoint, whose signatures a policy accepted.
  ///   - totals: the proof of the totals.
  public init(
    _ audit: PartialAudit, under documents: RollDocuments, checkpoint: Checkpoint, totals: ProofEnvelope
  ) {
    let header = documents.header
    var problems: [RollProblem] = []
    if audit.roll != header.digest { problems.append(.otherRoll) }
    let range = audit.entries
    if range.start != 0 || range.end != header.entryCount {
      problems.append(.incomplete(start: range.start, end: range.end, of: header.entryCount))
    }
    if checkpoint.origin != header.origin {
      problems.append(.otherOrigin(expected: header.origin, found: checkpoint.origin))
    }
    if checkpoint.head.size != header.entryCount {
      problems.append(.otherSize(stated: header.entryCount, checkpoint: checkpoint.head.size))
    }
    if let head = range.head, head.size == checkpoint.head.size, head.root != checkpoint.head.root {
      problems.append(.otherRoot)
    }
    if audit.findingCount > 0 { problems.append(.findings(count: audit.findingCount)) }
    if audit.shortfall > UInt128(header.fund) {
      problems.append(.shortfall(total: audit.shortfall, fund: header.fund))
    }
    do throws(TotalsError) {
      try documents.checkTotals(totals, of: audit.sum)
    } catch {
      problems.append(.totals(error))
    }
    self.audit = audit
    self.problems = problems
  }
}
