public import ExactIntegers
public import Ristretto

/// The secret side of a statement: the integers `x₀ … x_{A−1}`.
///
/// Gate outputs and row values follow from them. The values lie in one guarded block that is wiped
/// when the witness goes.
public struct Witness: ~Copyable, Sendable {
  let values: SecretBlock<Int256>

  /// A witness that takes over a block of values.
  public init(_ values: consuming SecretBlock<Int256>) { self.values = values }

  /// Number of variables.
  public var count: Int { values.count }
}

/// Which part of a statement a witness violates. Names places, never values.
public enum StatementViolation: Error, Hashable, Sendable {
  /// The witness has another number of variables than the statement.
  case wrongVariableCount(expected: Int, actual: Int)
  /// This variable is outside `0 … X`.
  case variableOutOfBounds(Int)
  /// This row's form is negative, or not 0 in an equality.
  case rowFails(Int)
  /// This row's form is above its bound, which is not 0.
  case rowAboveBound(Int)
}

extension StatementViolation: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .wrongVariableCount(let expected, let actual): "there are \(actual) variables instead of \(expected)"
    case .variableOutOfBounds(let variable): "variable \(variable) is out of its bounds"
    case .rowFails(let row): "row \(row) is not met"
    case .rowAboveBound(let row): "row \(row) is above its bound"
    }
  }
}

/// The values of a witness that fulfils a statement: x, gate outputs z, row values y.
struct Assignment: ~Copyable {
  /// `x₀ …`, then `z₀ …`.
  let variables: SecretBlock<Int256>
  /// `y₀ …`.
  let rows: SecretBlock<Int256>
}

extension Statement {
  /// Checks a witness against every bound and row in plain integers, without any cryptography.
  ///
  /// - Throws: ``StatementViolation``: the first violation in the order variables, rows.
  public func check(_ witness: borrowing Witness) throws(StatementViolation) {
    _ = try assign(witness)
  }

  /// Computes the gates and rows of a witness and checks all bounds.
  func assign(_ witness: borrowing Witness) throws(StatementViolation) -> Assignment {
    let (forms, plain) = (storage.compiled, storage.compiled.plain)
    let variableCount = variableCount
    guard witness.count == variableCount else {
      throw .wrongVariableCount(expected: variableCount, actual: witness.count)
    }
    var variables = SecretBlock<Int256>(count: variableCount + gateCount) {
      $0 < variableCount ? witness.values[$0] : .zero
    }
    if let i = firstIndex(outOf: plain.bounds[..<variableCount], variables) {
      throw .variableOutOfBounds(i)
    }
    for g in 0..<gateCount {
      let z = variables.withSpan {
        plain.integers.value(forms.index.left(g), at: $0)
          &* plain.integers.value(forms.index.right(g), at: $0)
      }
      variables[variableCount + g] = z
    }
    let rows = variables.withSpan { all in
      SecretBlock<Int256>(count: rowCount) { plain.integers.value(forms.index.row($0), at: all) }
    }
    if let j = firstIndex(outOf: plain.bounds[variableCount...], rows) {
      let isEquality = plain.bounds[variableCount + j].isZero
      let isNegative = rows[j].isNegative
      throw isEquality || isNegative ? .rowFails(j) : .rowAboveBound(j)
    }
    return Assignment(variables: variables, rows: rows)
  }

  /// The first value outside `0 … bound`.
  private func firstIndex(
    outOf bounds: ArraySlice<Int256>, _ values: borrowing SecretBlock<Int256>
  ) -> Int? {
    values.withSpan { span in
      zip(0..., bounds).first { i, bound in span[i].isNegative || bound < span[i] }?.0
    }
  }
}
