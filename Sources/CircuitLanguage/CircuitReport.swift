internal import CircuitProofs
public import ExactIntegers

/// What a compiled circuit costs, and why none of its rows can wrap.
public struct CircuitReport: Hashable, Sendable, CustomStringConvertible {
  /// The largest magnitude that a row can reach, over all admitted books.
  public struct Row: Hashable, Sendable {
    /// The name of the requirement.
    public let name: String
    /// Line of the circuit file.
    public let line: Int
    /// Least value of the row.
    public let lower: Integer
    /// Largest value of the row.
    public let upper: Integer
    /// Largest slack that is proved.
    public let bound: Integer
    /// Values that the row adds up.
    public let termCount: Int

    /// Bits of the larger end; the group order has 253.
    public var magnitudeBits: Int { max(lower.bitWidth, upper.bitWidth) }
  }

  /// Name and version of the circuit.
  public let circuit: String
  /// Committed coordinates, out of all.
  public let committedCount: Int
  /// `C`, the coordinates of the account.
  public let coordinateCount: Int
  /// `A`, range-proved variables.
  public let variableCount: Int
  /// `S`, requirements.
  public let rowCount: Int
  /// `Q`, products.
  public let gateCount: Int
  /// `b`, the base of the digits.
  public let digitBase: Int
  /// Digits of that base.
  public let digitCount: Int
  /// Single bits.
  public let bitCount: Int
  /// `N`, length of the norm vector.
  public let normLength: Int
  /// `L`, length of the linear vector.
  public let linearLength: Int
  /// `k`, folding rounds.
  public let roundCount: Int
  /// Bytes of a proof.
  public let proofByteCount: Int
  /// Fixed generators of the verification equation.
  public let generatorCount: Int
  /// Points of the verification equation that come with each proof.
  public let proofPointCount: Int
  /// The rows in order.
  public let rows: [Row]

  init(_ compiled: CompiledCircuit) {
    let statement = compiled.statement
    let layout = statement.layout
    circuit = "\(compiled.circuit.name) version \(compiled.circuit.version)"
    committedCount = statement.draft.links.first?.count ?? 0
    coordinateCount = statement.coordinateCount
    variableCount = statement.variableCount
    rowCount = statement.rowCount
    gateCount = statement.gateCount
    digitBase = statement.base.rawValue
    digitCount = layout.digitSlots
    bitCount = layout.bitSlots
    normLength = layout.normLength
    linearLength = layout.linearLength
    roundCount = layout.rounds
    proofByteCount = layout.proofByteCount
    generatorCount = layout.generatorCount
    proofPointCount = layout.proofPointCount(commitments: statement.commitmentCount)
    let drafts = zip(statement.draft.rows, statement.rowIntervals)
    rows = zip(compiled.elaboration.requirements, drafts).map { requirement, draft in
      let (row, interval) = draft
      return Row(
        name: requirement.name,
        line: compiled.circuit.source.line(at: requirement.source.range.lower),
        lower: interval.lower, upper: interval.upper, bound: row.upperBound,
        termCount: row.form.terms.count)
    }
  }

  /// The report as a table.
  public var description: String {
    var lines = [
      circuit,
      "  account        \(committedCount) of \(coordinateCount) coordinates committed, the others proved 0",
      "  statement      \(variableCount) variables, \(rowCount) rows, \(gateCount) products",
      "  digits         \(digitCount) in base \(digitBase), \(bitCount) bits",
      "  vectors        N = \(normLength), L = \(linearLength), \(roundCount) rounds",
      "  proof          \(proofByteCount) bytes",
      "  verification   \(generatorCount) generators + \(proofPointCount) points of the proof",
      "  largest value  2^\(rows.map(\.magnitudeBits).max() ?? 0), the group order is above 2^252",
    ]
    for row in rows {
      lines.append(
        "  line \(row.line), \"\(row.name)\": \(row.termCount) terms, below 2^\(row.magnitudeBits), "
          + "slack below 2^\(row.bound.bitWidth)")
    }
    return lines.joined(separator: "\n")
  }
}
