internal import ExactIntegers
public import Ristretto

/// The secret side of a repeated statement, collected block by block: the witness of each block and the
/// blindings of its commitments, in one guarded block each.
public struct RepeatedWitness: ~Copyable {
  private let variableCount: Int
  private let commitmentCount: Int
  private var values: SecretBlock<Int256>
  private var blindings: SecretBlock<Scalar>
  /// How many blocks there are room for.
  public let count: Int
  /// How many blocks were added.
  public private(set) var filled = 0

  /// Room for `count` blocks, 1 or more (precondition), of a statement.
  public init(of block: Statement, count: Int) {
    precondition(count >= 1, "a statement is repeated at least once")
    self.count = count
    variableCount = block.variableCount
    commitmentCount = block.commitmentCount
    values = SecretBlock(repeating: .zero, count: count * variableCount)
    blindings = SecretBlock(repeating: .zero, count: count * commitmentCount)
  }

  /// Adds the next block. There must be room for it (precondition).
  ///
  /// - Throws: ``StatementViolation/wrongVariableCount(expected:actual:)`` if the witness is of another
  ///   statement.
  public mutating func append(
    _ witness: borrowing Witness, blindings added: borrowing SecretBlock<Scalar>
  ) throws(StatementViolation) {
    precondition(filled < count, "no room for another block")
    guard witness.count == variableCount, added.count == commitmentCount else {
      throw .wrongVariableCount(expected: variableCount, actual: witness.count)
    }
    for i in 0..<variableCount { values[filled * variableCount + i] = witness.values[i] }
    for i in 0..<commitmentCount { blindings[filled * commitmentCount + i] = added[i] }
    filled += 1
  }

  /// The witness and the blindings of all blocks, which must all have been added (precondition).
  public consuming func finished() -> Secrets {
    precondition(filled == count, "a witness for each block")
    return Secrets(witness: Witness(values), blindings: blindings)
  }

  /// What a repeated statement is proved from.
  public struct Secrets: ~Copyable {
    /// The variables of all blocks.
    public let witness: Witness
    /// `s_i`, one for each commitment of each block.
    public let blindings: SecretBlock<Scalar>
  }
}
