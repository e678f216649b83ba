import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import Testing

/// Nearly identical protocols that are broken, each with a prover that breaks it (protocol 13). The
/// forgeries are real: the verifier that lacks the rule accepts them.
@Suite("Forgeries")
struct ForgeryTests {
  /// x − 10 in [0, 2¹⁶), about a commitment to 5: false.
  static func falseExample() throws -> Example {
    try Example(
      .ranges(
        [bits(16)], rows: [StatementRow(form: AffineForm([0: 1], -10), upperBound: bits(16))]),
      base: .b16, x: [5])
  }

  /// What a liar says about `falseExample`: the row's value is 3.
  static func lie(_ example: Example) -> ReferenceClaim {
    ReferenceClaim(x: example.x, z: [], y: [3])
  }

  static func forge(
    _ example: Example, _ claim: ReferenceClaim, variant: ReferenceVariant, cheat: ReferenceCheat
  ) throws -> ReferenceRun {
    // A free quadratic residue exists for every other attempt.
    while true {
      do {
        return try example.reference.prove(
          claim,
          openings: example.reference.openings(example.x, blindings: example.blindings),
          context: example.context, variant: variant, cheat: cheat)
      } catch ReferenceProverError.notASquare {
        continue
      }
    }
  }

  private func expectForgery(
    _ example: Example, _ claim: ReferenceClaim, broken: ReferenceVariant, cheat: ReferenceCheat
  ) throws {
    #expect(!example.reference.holds(example.x))
    let commitments = try example.referenceCommitments()
    let run = try Self.forge(example, claim, variant: broken, cheat: cheat)
    let bytes = run.proof.bytes
    #expect(bytes.count == example.statement.layout.proofByteCount)
    #expect(
      try example.reference.accepts(
        bytes, commitments: commitments.map(\.bytes), context: example.context, variant: broken))
    #expect(
      try !example.reference.accepts(
        bytes, commitments: commitments.map(\.bytes), context: example.context))
    #expect(example.verdict(run.proof.proof, commitments) == .equationFails)
    #expect(try example.batchVerdict(run.proof.proof, commitments) == .equationFails)
    // The same cheat under the real rules.
    let real = try Self.forge(example, claim, variant: .sound, cheat: cheat)
    #expect(example.verdict(real.proof.proof, commitments) == .equationFails)
  }

  @Test("a blinding slot on exponent 4 proves any statement; ours does not have it")
  func gaplessRow() throws {
    let example = try Self.falseExample()
    try expectForgery(
      example, Self.lie(example), broken: .gaplessBlinding, cheat: .ignoreLeftover)
  }

  @Test("a blinding slot on exponent 4 proves a wrong product and a wrong commitment")
  func gaplessGate() throws {
    // z = x·x, and z = 50 is claimed for x = 7; V commits to 8.
    let gate = ProductGate(left: .variable(0), right: .variable(0))
    var example = try Example(
      .ranges([100], gates: [gate], rows: [StatementRow(form: AffineForm([1: 1], -50), upperBound: 0)]),
      base: .b16, x: [8])
    example.blindings = [.random()]
    let claim = ReferenceClaim(x: [7], z: [50], y: [0])
    try expectForgery(example, claim, broken: .gaplessBlinding, cheat: .ignoreLeftover)
  }

  @Test("a padding slot without generator is a free quadratic residue; ours have generators")
  func absentPadding() throws {
    // 6 bits and 3 bits: 9 slots, padded to an even number.
    let example = try Example(
      .ranges([6, 6, 6], rows: [StatementRow(form: AffineForm([0: 1], -6), upperBound: 0)]),
      base: .b16, x: [5, 1, 2])
    let layout = example.statement.layout
    try #require(layout.usedSlots < layout.normLength)
    try expectForgery(
      example, ReferenceClaim(x: [5, 1, 2], z: [], y: [0]), broken: .absentPaddingGenerators,
      cheat: .squareInSlot(layout.normLength - 1))
  }

  @Test
  func `A1: with τ drawn before C_S, or γ before X and R, any statement is proved`() throws {
    let example = try Self.falseExample()
    try expectForgery(
      example, Self.lie(example), broken: .drawing(.tau), cheat: .maskAfterTau)
    try expectForgery(
      example, Self.lie(example), broken: .drawing(.gamma), cheat: .messageAfterGamma)
  }

  @Test
  func `A1: with β drawn before C_R, any statement is proved`() throws {
    let example = try Self.falseExample()
    try expectForgery(
      example, Self.lie(example), broken: .drawing(.rows), cheat: .blinderAfterRows)
  }

  @Test
  func `A1: with α drawn before C_O, digits of any size are proved`() throws {
    // 2¹⁶ = 16·16³: the first digit is 16.
    let example = try Example(.ranges([bits(16)]), base: .b16, x: [.powerOfTwo(16)])
    let claim = ReferenceClaim(x: [0], z: [], y: [], slots: [0: Scalar(16)])
    try expectForgery(
      example, claim, broken: .drawing(.alpha), cheat: .multiplicityAfterAlpha)
  }

  /// A component that a commitment must not have.
  enum Junk: Hashable, Sendable {
    case onValue
    case onBlinding(Int)
    case onNorm(Int)
    case onAccount(Int)
  }

  /// Three values, of which the digits 1, 2 and 3 occur: n_O is 0 behind them.
  static func honestExample() throws -> Example {
    try Example(.ranges([bits(8), bits(8), bits(8)]), base: .b16, x: [0x12, 0x21, 0x30])
  }

  /// A proof for commitments with a component on another generator, by a prover who knows it.
  static func proveJunk(
    _ junk: Junk, in example: Example, variant: ReferenceVariant, cheat: ReferenceCheat
  ) throws -> (commitments: [EncodedPoint], run: ReferenceRun) {
    let reference = example.reference
    var openings = reference.openings(example.x, blindings: example.blindings)
    let amount = Scalar.random()
    switch junk {
    case .onValue: openings[0].r[0] = amount
    case .onBlinding(let j): openings[0].r[j] = amount
    case .onNorm(let s): openings[0].n[s] = amount
    case .onAccount: break
    }
    let run = try reference.prove(
      reference.claim(example.x), openings: openings, context: example.context, variant: variant,
      cheat: cheat)
    return (
      try openings.map { try EncodedPoint($0.commitment(reference.generators(variant))) }, run
    )
  }

  @Test(
    "without shape rows a commitment may have components elsewhere; ours may not",
    arguments: [Junk.onBlinding(2), .onBlinding(3), .onBlinding(4), .onNorm(5), .onNorm(11)])
  func shape(_ junk: Junk) throws {
    let example = try Self.honestExample()
    let (V, run) = try Self.proveJunk(junk, in: example, variant: .noShapeRows, cheat: .none)
    let honest = try example.commitments()
    #expect(V != honest)
    #expect(
      try example.reference.accepts(
        run.proof.bytes, commitments: V.map(\.bytes), context: example.context,
        variant: .noShapeRows))
    #expect(example.verdict(run.proof.proof, V) == .equationFails)
    #expect(try example.batchVerdict(run.proof.proof, V) == .equationFails)
  }

  @Test(
    "a prover who knows a component of V on U, R₂ … R₇ or G cannot prove it away",
    arguments: [Junk.onValue] + (2...7).map { .onBlinding($0) } + [0, 3, 5, 14, 15].map { .onNorm($0) })
  func junkInCommitment(_ junk: Junk) throws {
    let example = try Self.honestExample()
    #expect(throws: ReferenceProverError.self) {
      try Self.proveJunk(junk, in: example, variant: .sound, cheat: .none)
    }
    let (V, run) = try Self.proveJunk(junk, in: example, variant: .sound, cheat: .ignoreLeftover)
    #expect(example.verdict(run.proof.proof, V) == .equationFails)
    #expect(try example.batchVerdict(run.proof.proof, V) == .equationFails)
  }

  @Test("a valid proof does not hold for V plus any generator that is not in its statement")
  func shiftedCommitment() throws {
    let example = try Self.honestExample()
    let proved = try example.proved()
    let all = Generators.standard
    let (N, C) = (example.statement.layout.normLength, example.statement.coordinateCount)
    let shifts =
      [all.value] + all.blinding + all.norm(N + 3) + (try all.account(C + 3)) + [.basepoint]
    for shift in shifts {
      let V = try (proved.commitments[0].decoded() + shift).encoded()
      #expect(example.verdict(proved.proof, [V]) == .equationFails)
    }
  }

  @Test("a component on an account generator that the statement does not count is refused by its own prover")
  func unusedCoordinate() throws {
    // The liar's statement has a third coordinate, the verifier's does not.
    let wide = try Example(
      StatementDraft(
        variableBounds: [100, 50], links: [[0: .variable(0), 2: .variable(1)]], coordinateCount: 3),
      base: .b16, x: [42, 9])
    let narrow = try Example(
      StatementDraft(variableBounds: [100, 50], links: [[0: .variable(0)]], coordinateCount: 1),
      base: .b16, x: [42, 9], blindings: wide.blindings)
    let V = try wide.commitments()
    #expect(narrow.verdict(try wide.prove(V), V) != nil)
    #expect(throws: ProvingError.commitmentMismatch(index: 0)) { try narrow.prove(V) }
    let run = try narrow.reference.prove(
      [42, 9], blindings: narrow.blindings, context: narrow.context)
    #expect(narrow.verdict(run.run.proof.proof, V) == .equationFails)
  }

  @Test
  func `A1: a prover that fixes all challenges first and solves for V is rejected`() throws {
    // Draw everything but V, then V = −residual / (2τ³): the equation holds for any statement.
    let example = try Self.falseExample()
    let reference = example.reference
    let run = try Self.forge(
      example, Self.lie(example), variant: .unboundCommitments, cheat: .ignoreLeftover)
    let zero = [Point.identity.encoded().bytes]
    let attempt = try #require(
      try reference.verification(
        of: run.proof.bytes, commitments: zero, context: example.context,
        variant: .unboundCommitments))
    let tau = attempt.challenges.tau
    let factor = try (Scalar(2) * tau * tau * tau).inverse()
    let V = (-(factor * attempt.residual)).encoded()
    #expect(
      try reference.accepts(
        run.proof.bytes, commitments: [V.bytes], context: example.context,
        variant: .unboundCommitments))
    #expect(example.verdict(run.proof.proof, [V]) == .equationFails)
    #expect(try example.batchVerdict(run.proof.proof, [V]) == .equationFails)

    // The same with the real transcript: V is in it, so that solving for V changes every challenge.
    let real = try Self.forge(example, Self.lie(example), variant: .sound, cheat: .ignoreLeftover)
    var guess = try example.referenceCommitments()
    for _ in 0..<3 {
      let attempt = try #require(
        try reference.verification(
          of: real.proof.bytes, commitments: guess.map(\.bytes), context: example.context))
      let tau = attempt.challenges.tau
      let factor = try (Scalar(2) * tau * tau * tau).inverse()
      guess = [try (guess[0].decoded() - factor * attempt.residual).encoded()]
      #expect(example.verdict(real.proof.proof, guess) == .equationFails)
    }
  }
}
