/// What somebody has seen of a log: a checkpoint, and who says so.
public struct LogView: Hashable, Sendable {
  /// The auditor, or the file.
  public let name: String
  /// The checkpoint, whose signature was checked.
  public let checkpoint: Checkpoint

  /// A view of these parts.
  public init(name: String, checkpoint: Checkpoint) {
    self.name = name
    self.checkpoint = checkpoint
  }
}

/// What the views that several auditors have of one log say together.
public enum ViewComparison: Hashable, Sendable {
  /// All are of one history; this is the longest.
  case consistent(longest: LogView)
  /// These two are not: the log has signed both, and each is evidence against it.
  case split(LogView, LogView)
  /// Nothing here shows whether these two are of one history.
  case undecided(LogView, LogView)
  /// These two are of different logs.
  case otherLog(LogView, LogView)

  /// Compares views by the tree that the longest of them is the head of.
  ///
  /// Two views of one size are compared by their roots. For different sizes the tree decides: if its root at
  /// the longest view's size is that view's, its root at a shorter view's size is the only one that is
  /// consistent with it.
  ///
  /// - Parameters:
  ///   - views: at least one, each verified.
  ///   - tree: the log's tree, from anyone who has it; it need not be trusted. Nil if there is none.
  /// - Throws: what the tree throws.
  public static func compare<Source: NodeSource>(
    _ views: [LogView], tree: inout Source?
  ) throws(Source.Failure) -> ViewComparison {
    precondition(!views.isEmpty, "there is nothing to compare")
    let sorted = views.sorted { $0.checkpoint.head.size < $1.checkpoint.head.size }
    for (shorter, longer) in zip(sorted, sorted.dropFirst()) {
      guard shorter.checkpoint.origin == longer.checkpoint.origin else { return .otherLog(shorter, longer) }
      let (old, new) = (shorter.checkpoint.head, longer.checkpoint.head)
      if old.size == new.size && old.root != new.root { return .split(shorter, longer) }
    }
    let longest = sorted[sorted.count - 1]
    var isTree: Bool?
    for view in sorted {
      let (head, last) = (view.checkpoint.head, longest.checkpoint.head)
      guard head != last else { continue }
      guard head.size > 0 else {
        guard head == .empty else { return .split(view, longest) }
        continue
      }
      if isTree == nil { isTree = try tree?.head(at: last.size) == last }
      guard isTree == true, let root = try tree?.head(at: head.size) else { return .undecided(view, longest) }
      if root != head { return .split(view, longest) }
    }
    return .consistent(longest: longest)
  }

  /// Compares two views by a consistency proof.
  ///
  /// A proof that does not hold decides nothing: its maker may be at fault, not the log.
  public static func compare(_ one: LogView, _ other: LogView, by proof: ConsistencyProof) -> ViewComparison {
    let isFirst = one.checkpoint.head.size <= other.checkpoint.head.size
    let (shorter, longer) = isFirst ? (one, other) : (other, one)
    guard shorter.checkpoint.origin == longer.checkpoint.origin else { return .otherLog(shorter, longer) }
    let (old, new) = (shorter.checkpoint.head, longer.checkpoint.head)
    if old.size == new.size && old.root != new.root { return .split(shorter, longer) }
    guard (try? proof.verify(old: old, new: new)) != nil else { return .undecided(shorter, longer) }
    return .consistent(longest: longer)
  }
}
