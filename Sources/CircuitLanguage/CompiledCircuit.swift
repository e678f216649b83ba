public import CircuitProofs
internal import ExactIntegers

/// A circuit under its parameters: the statement that is proved, the rules that make a witness, and
/// the rows as they are written, to be checked in plain integers.
public struct CompiledCircuit: Sendable {
  /// The circuit that was compiled.
  public let circuit: Circuit
  /// The coordinates of the account.
  public let coordinates: CoordinateMap
  /// What a proof of this circuit proves.
  public let statement: Statement

  let program: Program
  let elaboration: Elaboration
  /// What makes the values of a book; a verifier never asks.
  var tape: Tape { lazyTape.tape }
  /// The tape as it was recorded, and its constants.
  var recording: (steps: [Tape.Step], constants: [Int256]) { (lazyTape.recorded, lazyTape.constants) }
  private let lazyTape: LazyTape
  /// Of every cell, the least and the largest admitted value.
  let bounds: [CellBounds]
  /// Of every requirement, the largest slack that the statement has room for.
  let slackBounds: [Int256]
  /// Of every requirement, whether it is there to hold an advice value to its rule.
  let supportsAdvice: [Bool]

  /// The admitted values of a cell, in the width that secrets are computed in.
  struct CellBounds: Sendable {
    var lower: Int256
    var upper: Int256

    func contains(_ value: Int256) -> Bool { !(value < lower) && !(upper < value) }
  }

  init(
    circuit: Circuit, coordinates: CoordinateMap, statement: Statement, program: Program,
    elaboration: Elaboration, tape: LazyTape
  ) {
    self.circuit = circuit
    self.coordinates = coordinates
    self.statement = statement
    self.program = program
    self.elaboration = elaboration
    lazyTape = tape
    // Bounds are below 2^250 in magnitude, so nothing is truncated.
    bounds = elaboration.cells.map {
      CellBounds(
        lower: Int256(truncating: $0.interval.lower), upper: Int256(truncating: $0.interval.upper))
    }
    slackBounds = statement.draft.rows.map { Int256(truncating: $0.upperBound) }
    supportsAdvice = Self.supports(circuit.resolved, elaboration, statement)
  }

  /// Rows in which an advice value that is a maximum stands with a positive sign, or one that is a minimum
  /// with a negative one.
  private static func supports(
    _ circuit: ResolvedCircuit, _ elaboration: Elaboration, _ statement: Statement
  ) -> [Bool] {
    let variables = StatementBuilder.number(elaboration.cells)
    var signs = [Int?](repeating: nil, count: statement.variableCount + statement.gateCount)
    for case .advice(let cell, let rule, _) in elaboration.steps {
      guard let variable = variables[cell] else { continue }
      switch circuit.expression(of: rule).kind {
      case .builtin(.max, _), .aggregate(.max, _, _): signs[variable] = 1
      case .builtin(.min, _), .aggregate(.min, _, _): signs[variable] = -1
      default: continue
      }
    }
    // What a link is made of is held by it.
    for form in statement.draft.links.flatMap(\.values) {
      for term in form.terms { signs[term.variable] = nil }
    }
    return statement.draft.rows.map { row in
      row.form.terms.contains { term in
        signs[term.variable].map { $0 == term.coefficient.signum } ?? false
      }
    }
  }

  /// Names of the variables in the order of the statement: committed values with a range and advice.
  public var variableNames: [String] {
    elaboration.cells.filter(\.hasVariable).map(\.name)
  }

  /// Names of the requirements in the order of the rows.
  public var requirementNames: [String] { elaboration.requirements.map(\.name) }

  /// Cost and no-wrap certificate of the statement.
  public var report: CircuitReport { CircuitReport(self) }
}
