internal import CanonicalBytes
package import Ristretto
package import Solvency

/// The sum of many openings: what opens the sum of their commitments. Book and blinding lie in guarded
/// memory.
package struct OpeningSum: ~Copyable, Sendable {
  private let registry: Registry
  /// Σ of each coordinate: 2³² amounts of 64 bits are below 2⁹⁶.
  private var values: SecretBlock<Int128>
  /// Σ s.
  private var blinding: SecretBlock<Scalar>

  /// The sum of no openings under a registry.
  package init(under registry: Registry) {
    self.registry = registry
    values = SecretBlock(repeating: 0, count: registry.count)
    blinding = SecretBlock(repeating: .zero, count: 1)
  }

  /// Adds an opening.
  ///
  /// - Throws: ``OpeningError/mismatch(_:)`` if it is of another registry.
  package mutating func add(_ opening: borrowing AccountOpening) throws(OpeningError) {
    guard opening.registry == registry.digest, opening.values.count == values.count else {
      throw .mismatch(.registry)
    }
    opening.values.withSpan { amounts in
      for index in amounts.indices { values[index] = values[index] &+ Int128(amounts[index]) }
    }
    blinding[0] = blinding[0] + opening.blinding.withSpan { $0[0] }
  }

  /// What opens `Commit(amounts, blinding 0) - Σ V`.
  ///
  /// - Throws: ``OpeningError/fill(_:)`` with the coordinate whose difference leaves 64 bits.
  package borrowing func difference(
    from amounts: [Int64], account: AccountID, sequence: UInt64
  ) throws(OpeningError) -> AccountOpening {
    guard amounts.count == values.count else { throw .mismatch(.registry) }
    let registry = registry
    let differences = try values.withSpan { sums throws(OpeningError) in
      try SecretBlock<Int64>(count: sums.count) { index throws(OpeningError) in
        guard let word = Int64(exactly: Int128(amounts[index]) - sums[index]) else {
          throw .fill(.amountOutOfRange(registry.names[index]))
        }
        return word
      }
    }
    let s = blinding.withSpan { $0[0] }
    return AccountOpening(
      account: account, registry: registry.digest, sequence: sequence, values: differences,
      blinding: SecretBlock(repeating: .zero - s, count: 1))
  }
}

extension AccountOpening {
  /// The same book under another name, with public cash added, as a fill adds it; the sequence stays.
  ///
  /// - Throws: ``OpeningError/fill(_:)`` if cash leaves 64 bits.
  package borrowing func listed(
    as alias: AccountID, addingCash amount: Int64 = 0, at coordinate: Int = 0
  ) throws(OpeningError) -> AccountOpening {
    var values = copyOfValues()
    let (sum, overflow) = values[coordinate].addingReportingOverflow(amount)
    guard !overflow else { throw .fill(.amountOutOfRange(Registry.cash)) }
    values[coordinate] = sum
    return AccountOpening(
      account: alias, registry: registry, sequence: sequence, values: values, blinding: copyOfBlinding())
  }

  /// The book and the blinding, for an account that is opened to an auditor.
  package borrowing func revealed() -> (values: [Int64], blinding: Scalar) {
    (
      values.withSpan { span in span.indices.map { span[$0] } },
      blinding.withSpan { $0[0] }
    )
  }

  /// Why the book does not meet a rule, in plain integers; nil if it does.
  package borrowing func refusal(of rule: MarginRule) -> ProverError? {
    do throws(ProverError) {
      _ = try witness(for: rule)
      return nil
    } catch {
      return error
    }
  }
}
