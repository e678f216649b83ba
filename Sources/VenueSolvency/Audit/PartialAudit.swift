public import CanonicalBytes
public import ProofCore
public import Ristretto
public import Solvency
internal import TransparencyLog

/// What an auditor found in a range of a roll's entries. Neighbouring ranges merge, and what they merge to is
/// the same, byte for byte, however the roll was split and in whatever order the parts were put together.
public struct PartialAudit: Signable {
  /// An auditor signs it.
  public static let signer = SignerRole.auditor
  /// What it is called in files.
  public static let kind = "partial-audit"
  /// How many findings are listed; the others are counted.
  public static let findingLimit = 1000

  /// The roll, by the digest of its header, which names all documents.
  public let roll: Digest
  /// The hashes over the entries.
  public internal(set) var entries: SubtreeRange
  /// Σ V over the accounts whose commitments can be read.
  public internal(set) var sum: VectorCommitment
  /// The number of accounts of each class, by ``AccountClass/rawValue`` from 1.
  public internal(set) var counts: [UInt64]
  /// The number of solvent accounts of each band, band 0 first; empty for a roll without bands. Accounts that
  /// are listed in a band that the roll does not have are in no count.
  public internal(set) var bands: [UInt64]
  /// Σ of what accounts add to the shortfall, in quanta of value. Below 2⁹⁶, so that it never overflows.
  public internal(set) var shortfall: UInt128
  /// The commitment of the first entry, as it stands there; nil if that is not an account.
  public internal(set) var first: EncodedPoint?
  /// The name of the first entry; nil if that is not an account.
  public internal(set) var firstName: BlindedName?
  /// The commitment of the last entry, as it stands there; nil if that is not an account.
  public internal(set) var last: EncodedPoint?
  /// The number of findings.
  public internal(set) var findingCount: UInt64
  /// The first findings in the order of entries, at most ``findingLimit``.
  public internal(set) var findings: [RollFinding]

  init(of roll: Digest, from start: UInt64, bandCount: Int) {
    bands = bandCount == 0 ? [] : [UInt64](repeating: 0, count: bandCount + 1)
    self.roll = roll
    entries = SubtreeRange(from: start)
    sum = VectorCommitment(.identity)
    counts = [UInt64](repeating: 0, count: AccountClass.allCases.count)
    shortfall = 0
    findingCount = 0
    findings = []
  }

  /// The number of accounts of a class.
  public func count(of accountClass: AccountClass) -> UInt64 { counts[Int(accountClass.rawValue) - 1] }

  /// The number of accounts that could be read.
  public var accountCount: UInt64 { counts.reduce(0, +) }

  mutating func add(_ finding: RollFinding) {
    findingCount += 1
    if findings.count < Self.findingLimit { findings.append(finding) }
  }

  /// Why the commitment of an entry may not follow that of the entry before.
  static func fault(of next: EncodedPoint?, after last: EncodedPoint?) -> RollFault? {
    guard let next, let last else { return nil }
    if next == last { return .repeatedCommitment }
    return last.bytes.lexicographicallyPrecedes(next.bytes) ? nil : .notInOrder
  }
}

extension PartialAudit {
  /// This part and the one that follows it.
  ///
  /// Associative: sums, counts and the lists of subtrees are, and a list that is cut to the first thousand
  /// stays the same whether it is cut before or after.
  ///
  /// - Throws: ``MergeError``.
  public func merged(with next: PartialAudit) throws(MergeError) -> PartialAudit {
    guard roll == next.roll, bands.count == next.bands.count else { throw .otherRoll }
    guard next.entries.start >= entries.end else {
      throw .overlap(first: next.entries.start, last: min(entries.end, next.entries.end) - 1)
    }
    var merged = self
    guard merged.entries.append(next.entries) else {
      throw .gap(first: entries.end, last: next.entries.start - 1)
    }
    merged.sum = sum + next.sum
    merged.counts = zip(counts, next.counts).map { $0 &+ $1 }
    merged.bands = zip(bands, next.bands).map { $0 &+ $1 }
    merged.shortfall = shortfall &+ next.shortfall
    if let fault = Self.fault(of: next.first, after: last) {
      // Before what else is wrong with that entry, as an auditor who goes through both ranges lists it.
      merged.add(RollFinding(entry: next.entries.start, name: next.firstName, fault: fault))
    }
    for finding in next.findings { merged.add(finding) }
    merged.findingCount = merged.findingCount &+ (next.findingCount - UInt64(next.findings.count))
    if entries.start == entries.end { (merged.first, merged.firstName) = (next.first, next.firstName) }
    if next.entries.start < next.entries.end { merged.last = next.last }
    return merged
  }

  /// All parts together, in the order of their ranges.
  ///
  /// - Throws: ``MergeError``, among them ``MergeError/nothing``.
  public static func merging(_ parts: some Sequence<PartialAudit>) throws(MergeError) -> PartialAudit {
    let sorted = parts.sorted { ($0.entries.start, $0.entries.end) < ($1.entries.start, $1.entries.end) }
    guard var merged = sorted.first else { throw .nothing }
    for part in sorted.dropFirst() { merged = try merged.merged(with: part) }
    return merged
  }
}

/// Why parts do not make a whole.
public enum MergeError: Error, Hashable, Sendable {
  /// There is no part.
  case nothing
  /// They are of different rolls, or were made with different documents.
  case otherRoll
  /// Both have these entries.
  case overlap(first: UInt64, last: UInt64)
  /// Neither has these entries.
  case gap(first: UInt64, last: UInt64)

  /// What is wrong, in a sentence.
  public var text: String {
    switch self {
    case .nothing: "there is no part"
    case .otherRoll: "parts of different rolls, or made with different documents, do not go together"
    case .overlap(let first, let last): "two parts have the entries \(first) to \(last)"
    case .gap(let first, let last): "no part has the entries \(first) to \(last)"
    }
  }
}
