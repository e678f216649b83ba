public import CircuitProofs
internal import Synchronization

/// The repetitions of a rule's statement that were needed so far, each compiled once. Safe to share between
/// threads.
final class RepeatedStatements: Sendable {
  private let statement: Statement
  private let made = Mutex<[GroupSize: Statement]>([:])

  init(of statement: Statement) { self.statement = statement }

  func statement(_ size: GroupSize) throws(StatementError) -> Statement {
    if let known = made.withLock({ $0[size] }) { return known }
    // Compiling takes a while and holds no lock. Two threads may do it at once, with equal results.
    let new = try statement.repeated(size.rawValue)
    made.withLock { $0[size] = new }
    return new
  }
}

extension MarginRule {
  /// What proofs about a group of accounts prove: the rule's statement once for each account (protocol 3.7).
  ///
  /// - Throws: ``CircuitProofs/StatementError`` if the rule is too large for groups of this size.
  public func statement(repeated size: GroupSize) throws(StatementError) -> Statement {
    try repetitions.statement(size)
  }
}
