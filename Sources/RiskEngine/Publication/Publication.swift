public import MarginRules

/// A snapshot and what belongs to it.
public struct Publication: Hashable, Sendable {
  /// The snapshot.
  public let snapshot: RiskSnapshot
  /// What the engine remembers for the next.
  public let state: EngineState
  /// The digests of what was read.
  public let inputs: [InputDigest]
  /// What is published beside the snapshot.
  public let terms: PublishedTerms
  /// The last good snapshot, of which this is the fallback; nil when the engine did not fail.
  public let lastGood: RiskSnapshot?
  /// How the numbers came about; nil without tracing.
  public let trace: Trace?
}

/// Why there is no publication.
public enum PublicationError: Error, Hashable, Sendable {
  /// There is no fresh price of this underlying or asset, and there never was one.
  case noPrice(id: String)
  /// A value of this instrument or asset does not fit a snapshot; its lot is too large or its price too high.
  case valueOutOfRange(id: String)
  /// One lot of this instrument or asset is worth fewer than a thousand quanta; the lot that would do, nil if
  /// none would.
  case lotTooSmall(id: String, lot: String, quanta: Int64, enough: String?)
  /// The configuration has values for something that is not listed.
  case unknownTarget(OverrideTarget)
  /// The instant is before that of the last snapshot.
  case timeRunsBackwards(Int64, before: Int64)
  /// The snapshot would break a rule.
  case unsound(SnapshotError)
}

extension PublicationError: CustomStringConvertible {
  /// One line: what is wrong and what to do about it.
  public var description: String {
    switch self {
    case .noPrice(let id):
      "there is no fresh price of \(id) and never was one; give it prices or take it off the listing"
    case .valueOutOfRange(let id):
      "a lot of \(id) is worth more than a snapshot can say; list it in smaller lots"
    case .lotTooSmall(let id, let lot, let quanta, let enough):
      "\(id): a lot of \(lot) is worth \(quanta) quanta of 10⁻⁶ USD, so margins of it are rounded by more than 1000 ppm; "
        + (enough.map { "list it in lots of \($0)" } ?? "list a thousand or a million of it as one")
    case .unknownTarget(let target):
      "the configuration has values for the \(target.kind.rawValue) \(target.id), which is not listed; remove them"
    case .timeRunsBackwards(let time, let before):
      "the instant \(time) is before the last snapshot, \(before); publish forwards"
    case .unsound(let error):
      "the engine computed a snapshot that breaks a rule: \(error)"
    }
  }
}
