import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import TestSupport
import Testing

/// Statements repeated over several commitments (protocol 3.7): block structure, both implementations, and
/// every forgery that a proof of many accounts invites.
@Suite("Repeated statements")
struct RepeatedTests {
  /// One range and one row about one commitment, small enough for many proofs.
  static let block = StatementDraft.ranges(
    [100, 255], rows: [StatementRow(form: AffineForm([0: 1, 1: 1], -20), upperBound: 255)])

  /// The block over several witnesses.
  static func example(
    _ block: StatementDraft, base: DigitBase? = nil, _ witnesses: [[Integer]], blindings: [Scalar]? = nil
  ) throws -> Example {
    var example = try Example(
      Statement(block).repeated(witnesses.count, base: base).draft, base: base,
      x: Array(witnesses.joined()),
      blindings: blindings)
    example.statement = try Statement(block).repeated(witnesses.count, base: base)
    return example
  }

  /// Four accounts with one proof.
  static let four = Result {
    try example(block, base: .b16, [[20, 0], [7, 255], [100, 3], [50, 50]]).proved()
  }

  private let proved: Proved

  init() throws { proved = try Self.four.get() }

  // MARK: structure

  @Test("blocks stand side by side as the document says, and the digest is that of section 3.3")
  func structure() throws {
    for shape in Shape.allCases {
      let example = try shape.example()
      for count in [1, 3] {
        let repeated = try example.statement.repeated(count)
        let draft = example.reference.repeated(count)
        #expect(repeated.draft == draft)
        let reference = ReferenceStatement(draft, base: repeated.base.rawValue)
        #expect(repeated.digest == reference.digest)
        #expect(repeated.base.rawValue == ReferenceLayout.automaticBase(draft))
        #expect(repeated.layout.numbers == reference.layoutNumbers)
        #expect(repeated.commitmentCount == count * example.statement.commitmentCount)
      }
    }
  }

  @Test("repeating a repetition is repeating once, and once is the statement itself")
  func composition() throws {
    for shape in Shape.allCases {
      let statement = try shape.example().statement
      let six = try statement.repeated(6)
      #expect(try statement.repeated(2).repeated(3) == six)
      #expect(try statement.repeated(3).repeated(2) == six)
      #expect(try statement.repeated(1, base: statement.base) == statement)
    }
  }

  @Test(
    "each side accepts the other's proofs of repeated random statements",
    arguments: 1...6 as ClosedRange<UInt64>)
  func interoperation(_ seed: UInt64) throws {
    var examples = RandomExamples(seed: 7000 + seed)
    let one = try examples.next(base: .b16)
    let count = Int(seed % 3) + 2
    // Other witnesses of the same statement are not known here, so that its blocks have the same one.
    let example = try Self.example(one.statement.draft, base: .b16, Array(repeating: one.x, count: count))
    let mine = try example.proved()
    let encoded = mine.commitments.map(\.bytes)
    #expect(
      try example.reference.accepts(mine.proof.bytes, commitments: encoded, context: example.context))
    let (V, run) = try example.reference.prove(
      example.x, blindings: example.blindings, context: example.context)
    #expect(V == encoded)
    #expect(example.verdict(run.proof.proof, mine.commitments) == nil)
    #expect(try example.batchVerdict(run.proof.proof, mine.commitments) == nil)
  }

  @Test("witnesses collected block by block are the witness of all")
  func collected() throws {
    let block = try Statement(Self.block)
    let witnesses: [[Integer]] = [[20, 0], [7, 255], [100, 3], [50, 50]]
    var all = RepeatedWitness(of: block, count: witnesses.count)
    #expect(throws: StatementViolation.wrongVariableCount(expected: 2, actual: 3)) {
      try all.append(Witness(integers: [1, 2, 3]), blindings: SecretBlock(scalars: [.one]))
    }
    for (x, s) in zip(witnesses, proved.example.blindings) {
      try all.append(Witness(integers: x), blindings: SecretBlock(scalars: [s]))
    }
    let secrets = all.finished()
    let proof = try CircuitProof.prove(
      proved.example.statement, witness: secrets.witness, blindings: secrets.blindings,
      commitments: proved.commitments,
      context: proved.example.context, generators: .standard)
    #expect(proved.example.verdict(proof, proved.commitments) == nil)
  }

  @Test("more blocks than the limits allow are refused before anything is made")
  func limits() throws {
    let statement = try Statement(Self.block)
    #expect(throws: StatementError.empty(.links)) { try statement.repeated(0) }
    #expect(throws: StatementError.empty(.links)) { try statement.repeated(-1) }
    #expect(throws: StatementError.tooMany(.links, limit: 64)) { try statement.repeated(65) }
    #expect(throws: StatementError.tooMany(.links, limit: 64)) { try statement.repeated(.max / 4) }
    let wide = try Statement(.ranges([Integer](repeating: 1, count: 2000)))
    #expect(throws: StatementError.tooMany(.variables, limit: StatementLimits.count)) {
      try wide.repeated(64)
    }
    let many = try Statement(
      StatementDraft(
        variableBounds: [1], links: (0..<9).map { _ in [0: .variable(0)] }, coordinateCount: 1))
    #expect(throws: StatementError.tooMany(.links, limit: 256)) { try many.repeated(29) }
    #expect(try many.repeated(28).commitmentCount == 252)
  }

  @Test("the no-wrap certificate of each block is that of the statement")
  func certificate() throws {
    let statement = try Statement(Self.block)
    let repeated = try statement.repeated(5)
    for (j, interval) in repeated.rowIntervals.enumerated() {
      #expect(interval == statement.rowIntervals[j % statement.rowCount])
    }
  }

  // MARK: forgeries

  private func expectRejected(
    _ commitments: [EncodedPoint], statement: Statement? = nil, _ proof: CircuitProof? = nil
  ) throws {
    let proof = proof ?? proved.proof
    #expect(proved.example.verdict(proof, commitments, statement: statement) != nil)
    var batch = ProofBatch(generators: .standard)
    proved.add(to: &batch)
    batch.add(
      proof, of: statement ?? proved.example.statement, commitments: commitments,
      context: proved.example.context)
    let errors = try batch.verify()
    #expect(errors[0] == nil)
    #expect(errors[1] != nil)
  }

  @Test
  func `A80: a proof of many fails for each commitment that is another, whatever is added to it`() throws {
    #expect(proved.verdict == nil)
    let all = Generators.standard
    let shifts = [all.value] + all.blinding + all.norm(3) + (try all.account(3)) + [.basepoint]
    for slot in proved.commitments.indices {
      for shift in shifts {
        var V = proved.commitments
        V[slot] = try (V[slot].decoded() + shift).encoded()
        try expectRejected(V)
      }
    }
    // What leaves the sum of all as it is, and the sum with the weights of any one block.
    var V = proved.commitments
    let H = try all.account(1)[0]
    V[0] = try (V[0].decoded() + H).encoded()
    V[1] = try (V[1].decoded() - H).encoded()
    try expectRejected(V)
  }

  @Test
  func `A81: a proof of many binds each commitment to its place`() throws {
    for a in proved.commitments.indices {
      for b in proved.commitments.indices where a < b {
        var V = proved.commitments
        V.swapAt(a, b)
        try expectRejected(V)
      }
    }
    try expectRejected(Array(proved.commitments.dropFirst() + proved.commitments.prefix(1)))
    // One in the place of another, so that an account is shown twice and another not at all.
    var V = proved.commitments
    V[3] = V[2]
    try expectRejected(V)
  }

  @Test
  func `A82: a proof of many does not hold for more, for fewer, or for another number`() throws {
    let block = try Statement(Self.block)
    for count in [1, 2, 3, 5, 8] {
      let other = try block.repeated(count, base: .b16)
      let V = (0..<count).map { proved.commitments[$0 % 4] }
      #expect(proved.example.verdict(proved.proof, V, statement: other) != nil)
      // The right commitments under the wrong statement.
      #expect(
        proved.example.verdict(proved.proof, proved.commitments, statement: other)
          == .wrongCommitmentCount(expected: count, actual: 4))
    }
    // A statement of as many commitments and the same layout that asks less: one row has a wider bound.
    var weaker = proved.example.statement.draft
    weaker.rows[3] = StatementRow(
      form: weaker.rows[3].form + .constant(1), upperBound: weaker.rows[3].upperBound)
    let other = try Statement(weaker, base: .b16)
    #expect(other.layout == proved.example.statement.layout)
    try expectRejected(proved.commitments, statement: other)
    // Another base is another statement.
    #expect(try block.repeated(4, base: .b32) != block.repeated(4, base: .b16))
    // A part of the proof, or one proof after another, is not a proof of another number.
    let two = try Self.example(
      Self.block, base: .b16, [[20, 0], [7, 255]], blindings: Array(proved.example.blindings.prefix(2))
    ).proved()
    #expect(two.verdict == nil)
    #expect(two.commitments == Array(proved.commitments.prefix(2)))
    try expectRejected(proved.commitments, CircuitProof(bytes: two.proof.bytes + two.proof.bytes))
    #expect(
      two.example.verdict(
        CircuitProof(bytes: Array(proved.proof.bytes.prefix(two.proof.bytes.count))), two.commitments) != nil)
  }

  @Test
  func `A83: accounts of two proofs do not mix, and fields of one do not serve in the other`() throws {
    let other = try Self.example(Self.block, base: .b16, [[21, 0], [8, 255], [99, 3], [50, 51]]).proved()
    #expect(other.verdict == nil)
    for slot in 0..<4 {
      var V = proved.commitments
      V[slot] = other.commitments[slot]
      try expectRejected(V)
    }
    try expectRejected(Array(proved.commitments.prefix(2) + other.commitments.suffix(2)))
    for field in 0..<(proved.proof.bytes.count / 32) {
      var bytes = proved.proof.bytes
      bytes.replaceSubrange(
        32 * field..<32 * field + 32, with: other.proof.bytes[32 * field..<32 * field + 32])
      try expectRejected(proved.commitments, CircuitProof(bytes: bytes))
    }
    // Another context is another epoch, another list of names, another audience.
    #expect(proved.example.verdict(proved.proof, proved.commitments, context: Array("other".utf8)) != nil)
  }

  @Test
  func `A84: one account of many that fails the statement is refused, in whatever place`() throws {
    let block = try Statement(Self.block)
    let base = ReferenceStatement(block.draft, base: 16)
    for slot in 0..<3 {
      var witnesses: [[Integer]] = [[20, 0], [7, 255], [100, 3]]
      // 5 + 5 - 20 < 0.
      witnesses[slot] = [5, 5]
      let example = try Self.example(Self.block, base: .b16, witnesses)
      #expect(!base.holds(witnesses[slot]))
      #expect(throws: ProvingError.violation(.rowFails(slot))) {
        try CircuitProof.commitments(
          to: Witness(integers: example.x), of: example.statement,
          blindings: SecretBlock(scalars: example.blindings), generators: .standard)
      }
      let V = try example.referenceCommitments()
      // A liar who says that the row is 0, and one who moves the deficit to another block's row.
      var claim = ReferenceClaim(
        x: example.x, z: [], y: [0, 242, 83].enumerated().map { $0 == slot ? 0 : $1 })
      let lie = try example.reference.prove(
        claim, openings: example.reference.openings(example.x, blindings: example.blindings),
        context: example.context, cheat: .ignoreLeftover)
      #expect(example.verdict(lie.proof.proof, V) == .equationFails)
      let neighbour = (slot + 1) % 3
      claim.y[neighbour] = claim.y[neighbour] + (claim.y[neighbour] >= 10 ? -10 : 10)
      let moved = try example.reference.prove(
        claim, openings: example.reference.openings(example.x, blindings: example.blindings),
        context: example.context, cheat: .ignoreLeftover)
      #expect(example.verdict(moved.proof.proof, V) == .equationFails)
    }
  }

  @Test
  func `A84: the values of one block do not serve the commitment of another`() throws {
    // Block 0 commits to [5, 5], and its variables are those of block 1.
    let example = try Self.example(Self.block, base: .b16, [[20, 0], [20, 0]])
    var openings = example.reference.openings(example.x, blindings: example.blindings)
    openings[0].values = [Scalar(5), Scalar(5)]
    let V = try openings.map { try EncodedPoint($0.commitment(example.reference.generators(.sound))) }
    let run = try example.reference.prove(
      example.reference.claim(example.x), openings: openings, context: example.context, cheat: .ignoreLeftover
    )
    #expect(example.verdict(run.proof.proof, V) == .equationFails)
    // The difference put into the other commitment, which leaves Σ V as it is.
    openings[1].values = [Scalar(35), Scalar(-5)]
    let balanced = try openings.map { try EncodedPoint($0.commitment(example.reference.generators(.sound))) }
    let again = try example.reference.prove(
      example.reference.claim(example.x), openings: openings, context: example.context, cheat: .ignoreLeftover
    )
    #expect(example.verdict(again.proof.proof, balanced) == .equationFails)
  }

  @Test("known broken variants fall to their forgeries with many commitments too, and ours does not")
  func brokenVariants() throws {
    // x - 10 in [0, 2¹⁶) three times, about commitments of which the second is to 5.
    let block = StatementDraft.ranges(
      [bits(16)], rows: [StatementRow(form: AffineForm([0: 1], -10), upperBound: bits(16))])
    let example = try Self.example(block, base: .b16, [[11], [5], [12]])
    let claim = ReferenceClaim(x: example.x, z: [], y: [1, 3, 2])
    let V = try example.referenceCommitments()
    for (broken, cheat) in [
      (ReferenceVariant.gaplessBlinding, ReferenceCheat.ignoreLeftover), (.drawing(.tau), .maskAfterTau),
      (.drawing(.gamma), .messageAfterGamma), (.drawing(.rows), .blinderAfterRows),
    ] {
      let forged = try ForgeryTests.forge(example, claim, variant: broken, cheat: cheat).proof.bytes
      #expect(
        try example.reference.accepts(
          forged, commitments: V.map(\.bytes), context: example.context, variant: broken))
      #expect(example.verdict(CircuitProof(bytes: forged), V) == .equationFails)
      let real = try ForgeryTests.forge(example, claim, variant: .sound, cheat: cheat)
      #expect(example.verdict(real.proof.proof, V) == .equationFails)
    }
  }

  @Test(
    "eight proofs of a repetition in lanes: each is accepted, and each that is of other commitments is found alone"
  )
  func lanes() throws {
    let foreign = try Shape.single.example().proved().commitments[0]
    for (shape, count) in zip(Shape.allCases, [4, 3, 2, 2, 3]) {
      let one = try shape.example()
      let example = try Self.example(
        one.statement.draft, base: one.statement.base, Array(repeating: one.x, count: count))
      let proofs = try (0..<9).map { _ in try example.proved() }
      #expect(Set(proofs.map(\.proof)).count == 9)
      for bad in [nil, 0, 4, 7, 8] {
        var batch = ProofBatch(generators: .standard)
        for (index, proved) in proofs.enumerated() {
          var commitments = proved.commitments
          // The last commitment of the group is another's: its power of λ is the last block's.
          if index == bad { commitments[commitments.count - 1] = foreign }
          batch.add(
            proved.proof, of: example.statement, commitments: commitments, context: example.context)
        }
        let errors = try batch.verify(workers: 1)
        #expect(errors.enumerated().filter { $0.element != nil }.map(\.offset) == (bad.map { [$0] } ?? []))
      }
    }
  }

  @Test("a component of the second commitment on another generator is not proved away")
  func junk() throws {
    let example = try Self.example(Self.block, base: .b16, [[20, 0], [7, 255]])
    for place in [0, 2, 3, 7] {
      var openings = example.reference.openings(example.x, blindings: example.blindings)
      openings[1].r[place] = .random()
      let V = try openings.map { try EncodedPoint($0.commitment(example.reference.generators(.sound))) }
      let run = try example.reference.prove(
        example.reference.claim(example.x), openings: openings, context: example.context,
        cheat: .ignoreLeftover)
      #expect(example.verdict(run.proof.proof, V) == .equationFails)
    }
    for slot in [0, 5] {
      var openings = example.reference.openings(example.x, blindings: example.blindings)
      openings[1].n[slot] = .random()
      let V = try openings.map { try EncodedPoint($0.commitment(example.reference.generators(.sound))) }
      let run = try example.reference.prove(
        example.reference.claim(example.x), openings: openings, context: example.context,
        cheat: .ignoreLeftover)
      #expect(example.verdict(run.proof.proof, V) == .equationFails)
    }
  }
}
