package import CircuitProofs
internal import ExactIntegers
internal import ProofCore
internal import Ristretto
internal import Solvency

extension AccountOpening {
  /// Proves that every coordinate lies in a public range: variable i of the statement is coordinate i less
  /// the lower bound of range i.
  ///
  /// - Throws: ``ProverError/insolvent(row:)`` with the number of the first coordinate that is out of its
  ///   range.
  package borrowing func prove(
    _ statement: Statement, ranges: [ClosedRange<Int64>], context: [UInt8]
  ) throws(ProverError) -> CircuitProof {
    guard ranges.count == values.count else { throw .wrongRegistry }
    let witness = Witness(
      values.withSpan { span in
        SecretBlock<Int256>(count: span.count) { Int256(span[$0]) &- Int256(ranges[$0].lowerBound) }
      })
    let commitments: [EncodedPoint]
    do throws(OpeningError) {
      commitments = [try commitment().commitment.encoded]
    } catch {
      throw .opening(error)
    }
    do throws(ProvingError) {
      return try CircuitProof.prove(
        statement, witness: witness, blindings: blinding, commitments: commitments, context: context,
        generators: .standard)
    } catch {
      if case .violation(.variableOutOfBounds(let index)) = error { throw .insolvent(row: "\(index)") }
      throw .proving(error)
    }
  }
}
