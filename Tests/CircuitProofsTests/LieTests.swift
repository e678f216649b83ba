import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import Testing

/// Provers that follow the protocol but say something false about one thing: every relation of
/// protocol 4 is needed, and each is checked.
@Suite("Lies")
struct LieTests {
  /// What a prover lies about, what is committed, and what is claimed.
  struct Lie: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let draft: StatementDraft
    let x: [Integer]
    /// Commitment and coordinate that holds 8 whatever the witness says.
    let coordinate: (Int, Int)?
    let claim: @Sendable (ReferenceStatement) -> ReferenceClaim

    init(
      _ description: String, _ draft: StatementDraft, x: [Integer], coordinate: (Int, Int)? = nil,
      claim: @escaping @Sendable (ReferenceStatement) -> ReferenceClaim
    ) {
      (testDescription, self.draft, self.x) = (description, draft, x)
      (self.coordinate, self.claim) = (coordinate, claim)
    }
  }

  static let square = ProductGate(left: .variable(0), right: .variable(0))

  static let all: [Lie] = [
    Lie("a digit is b", .ranges([bits(16)]), x: [.powerOfTwo(16)]) { _ in
      ReferenceClaim(x: [0], z: [], y: [], slots: [0: Scalar(16)])
    },
    Lie("a digit is −1", .ranges([bits(16)]), x: [-1]) { _ in
      ReferenceClaim(x: [0], z: [], y: [], slots: [3: Scalar(-1)])
    },
    Lie("a digit is b, and counted as another", .ranges([bits(16)]), x: [.powerOfTwo(16)]) { _ in
      ReferenceClaim(x: [0], z: [], y: [], slots: [0: Scalar(16)], counts: [14: .one])
    },
    Lie("all is in the first digit", .ranges([bits(16)]), x: [bits(200)]) { s in
      let weight = s.layout.plans[0].digitWeights[0]
      let digit = Scalar(bits(200)) * ((try? Scalar(weight).inverse()) ?? .zero)
      return ReferenceClaim(x: [0], z: [], y: [], slots: [0: digit])
    },
    Lie("a bit is 2", .ranges([2]), x: [4]) { _ in
      ReferenceClaim(x: [0], z: [], y: [], slots: [0: Scalar(2), 1: Scalar(2)])
    },
    Lie("a bit is 2 in n_L and 1 in n_R", .ranges([2]), x: [3]) { _ in
      ReferenceClaim(x: [1], z: [], y: [], slots: [0: Scalar(2)], reciprocals: [0: .one])
    },
    Lie("a bit is −1", .ranges([2]), x: [-1]) { _ in
      ReferenceClaim(x: [0], z: [], y: [], slots: [0: Scalar(-1)])
    },
    Lie(
      "the product is off by one",
      .ranges([100], gates: [square], rows: [StatementRow(form: AffineForm([1: 1], -50), upperBound: 0)]),
      x: [7]
    ) { _ in ReferenceClaim(x: [7], z: [50], y: [0]) },
    Lie(
      "the product is right for other factors",
      .ranges([100], gates: [square], rows: [StatementRow(form: AffineForm([1: 1], -50), upperBound: 0)]),
      x: [7]
    ) { s in
      let slot = s.layout.nh + s.layout.nb
      return ReferenceClaim(
        x: [7], z: [50], y: [0], slots: [slot: Scalar(5)], reciprocals: [slot: Scalar(10)])
    },
    Lie(
      "an equality does not hold",
      .ranges([100, 100], rows: [StatementRow(form: AffineForm([0: 1, 1: -1]), upperBound: 0)]),
      x: [7, 8]
    ) { _ in ReferenceClaim(x: [7, 8], z: [], y: [0]) },
    Lie(
      "a row's value is another one in its range",
      .ranges([100], rows: [StatementRow(form: AffineForm([0: 1], -50), upperBound: 100)]), x: [7]
    ) { _ in ReferenceClaim(x: [7], z: [], y: [1]) },
    Lie(
      "the committed value is another", .ranges([100, 100]), x: [7, 9], coordinate: (0, 0)
    ) { s in
      s.claim([7, 9])
    },
    Lie(
      "a coordinate in no link is not zero",
      StatementDraft(variableBounds: [100, 100], links: [[0: .variable(0)]], coordinateCount: 2),
      x: [7, 8], coordinate: (0, 1)
    ) { s in s.claim([7, 8]) },
    Lie(
      "the second commitment is to another value",
      StatementDraft(
        variableBounds: [100], links: [[0: .variable(0)], [0: .variable(0)]], coordinateCount: 1),
      x: [7], coordinate: (1, 0)
    ) { s in s.claim([7]) },
    Lie("the multiplicities are shifted", .ranges([bits(16)]), x: [0x1234]) { _ in
      ReferenceClaim(x: [0x1234], z: [], y: [], counts: [4: .one, 3: .zero])
    },
  ]

  @Test("each lie is rejected, alone and in a batch, and cannot be finished honestly", arguments: all)
  func rejected(_ lie: Lie) throws {
    let example = try Example(lie.draft, base: .b16, x: lie.x)
    let reference = example.reference
    var openings = reference.openings(lie.x, blindings: example.blindings)
    if let (i, m) = lie.coordinate { openings[i].values[m] = Scalar(8) }
    let V = try openings.map { try EncodedPoint($0.commitment(reference.generators(.sound))) }
    let claim = lie.claim(reference)
    #expect(throws: ReferenceProverError.rowRemains(3)) {
      try reference.prove(claim, openings: openings, context: example.context)
    }
    let run = try reference.prove(
      claim, openings: openings, context: example.context, cheat: .ignoreLeftover)
    #expect(run.leftover.support == [3])
    #expect(example.verdict(run.proof.proof, V) == .equationFails)
    #expect(try example.batchVerdict(run.proof.proof, V) == .equationFails)
    #expect(
      try !reference.accepts(
        run.proof.bytes, commitments: V.map(\.bytes), context: example.context))
    // Ours does not even begin.
    if lie.coordinate != nil || !reference.holds(lie.x) {
      #expect(throws: ProvingError.self) { try example.prove(V) }
    }
  }
}
