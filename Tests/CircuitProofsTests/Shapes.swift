import CircuitProofs
import ExactIntegers
import Testing

/// A handful of statements of different shapes, for tests that do the same to each.
enum Shape: CaseIterable, Sendable {
  case single
  case bitsOnly
  case gatesAndRows
  case twoCommitments
  case oddFolding

  func example() throws -> Example {
    switch self {
    case .single: try Example(.ranges([bits(64)]), base: .b16, x: [123_456_789])
    case .bitsOnly: try Example(.ranges([2, 1, 6]), base: .b64, x: [2, 0, 5])
    case .gatesAndRows:
      try Example(
        .ranges(
          [8191, 100, 7],
          gates: [
            ProductGate(left: .variable(0), right: .variable(0)),
            ProductGate(left: AffineForm([1: 2, 3: 1], -3), right: AffineForm([1: -1, 2: 1])),
          ],
          rows: [
            StatementRow(form: AffineForm([3: -1], 90_000_000), upperBound: bits(30)),
            StatementRow(form: AffineForm([0: 1, 1: 1, 2: 1], -1295), upperBound: 0),
            StatementRow(form: AffineForm([4: -1, 0: 3], 7), upperBound: bits(50)),
          ]), base: .b8, x: [1234, 56, 5])
    case .twoCommitments:
      try Example(
        StatementDraft(
          variableBounds: [bits(32), bits(32), 1000],
          rows: [StatementRow(form: AffineForm([0: 1, 1: -1]), upperBound: bits(32))],
          links: [
            [0: .variable(0), 1: .variable(1)], [0: AffineForm([0: 1, 1: -1]), 2: .variable(0)],
          ], coordinateCount: 3), base: .b4, x: [4_000_000_000, 7, 999])
    case .oddFolding:
      // L = 12 folds to an odd length on the way, N₀ = 21 is padded.
      try Example(
        .ranges([15, 15, 255, 65_535, 70]), base: .b16, x: [15, 0, 255, 4096, 69])
    }
  }
}

/// One proof for each shape, made once.
enum ProvedShapes {
  private static let all: [Shape: Result<Proved, any Error>] = Dictionary(
    uniqueKeysWithValues: Shape.allCases.map { shape in
      (shape, Result { try shape.example().proved() })
    })

  static subscript(_ shape: Shape) -> Proved {
    get throws { try #require(all[shape]).get() }
  }
}

extension Proved {
  /// The 32-byte fields of the proof by name, as the layout has them.
  var fieldNames: [String] {
    let layout = example.statement.layout
    return ["C_L", "C_O", "C_R", "C_S"]
      + (0..<layout.rounds).flatMap { ["X_\($0)", "R_\($0)"] }
      + (0..<layout.finalLinearLength).map { "l_\($0)" }
      + (0..<layout.finalNormLength).map { "n_\($0)" }
  }
}
