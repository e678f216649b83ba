import CircuitProofs
import ProofCore
import Ristretto
import TestSupport
import Testing

/// `vectors/circuit-proof`, made by an independent implementation of the protocol.
@Suite("Known answers of the argument")
struct KnownAnswerTests {
  @Test("a statement has the published layout and digest", arguments: KnownAnswer.names)
  func statement(_ name: String) throws {
    let answer = try KnownAnswer.load(name)
    let example = try answer.example()
    let (layout, expected) = (example.statement.layout, answer.layout)
    #expect(layout.digitSlots == expected.nh)
    #expect(layout.bitSlots == expected.nb)
    #expect(layout.gateSlots == expected.Q)
    #expect(layout.usedSlots == expected.N0)
    #expect(layout.normLength == expected.N)
    #expect(layout.linearLength == expected.L)
    #expect(layout.rounds == expected.rounds)
    #expect(layout.finalNormLength == expected.t)
    #expect(layout.finalLinearLength == expected.lf)
    #expect(layout.commitmentStride == expected.D)
    #expect(layout.proofByteCount == answer.proof.utf8.count / 2)
    #expect(Hex.encode(example.statement.digest) == answer.statement_digest)
  }

  @Test("the prover makes the published proof byte for byte", arguments: KnownAnswer.names)
  func proof(_ name: String) throws {
    let answer = try KnownAnswer.load(name)
    let example = try answer.example()
    #expect(try example.commitments().map { Hex.encode($0.bytes) } == answer.commitments)
    var source = KnownAnswerBlinding(seed: try Hex.decode(answer.rng_seed))
    let proof = try CircuitProof.prove(
      example.statement, witness: Witness(integers: example.x),
      blindings: SecretBlock(scalars: example.blindings),
      commitments: try answer.encodedCommitments(), context: example.context,
      generators: .standard, knownAnswer: &source)
    #expect(Hex.encode(proof.bytes) == answer.proof)
    #expect(source.observed["r_S"].map { hex($0) } == answer.r_S)
    #expect(source.observed["l_tau"].map { hex($0) } == answer.l_tau)
    #expect(source.observed["n_tau"].map { hex(Array($0.prefix(4))) } == answer.n_tau_first4)
  }

  @Test("the published proof is accepted, alone and in a batch", arguments: KnownAnswer.names)
  func accepted(_ name: String) throws {
    let answer = try KnownAnswer.load(name)
    let example = try answer.example()
    let proof = CircuitProof(bytes: try Hex.decode(answer.proof))
    #expect(example.verdict(proof, try answer.encodedCommitments()) == nil)
    #expect(try example.batchVerdict(proof, answer.encodedCommitments()) == nil)
  }

  @Test(
    "the reference, written from the document alone, finds every published value",
    arguments: KnownAnswer.names)
  func reference(_ name: String) throws {
    let answer = try KnownAnswer.load(name)
    let example = try answer.example()
    let reference = example.reference
    #expect(Hex.encode(reference.digest) == answer.statement_digest)
    let source = KnownAnswerDraw(seed: try Hex.decode(answer.rng_seed))
    let openings = reference.openings(example.x, blindings: example.blindings)
    #expect(
      openings.map { Hex.encode($0.commitment(reference.generators(.sound))) } == answer.commitments)
    let run = try reference.prove(
      reference.claim(example.x), openings: openings, context: example.context, draw: source.next)
    let e = run.challenges
    let challenges = [
      "alpha": e.alpha, "rho": e.rho, "lam": e.lambda, "beta": e.beta, "delta": e.delta,
      "tau": e.tau,
    ]
    #expect(challenges.mapValues { hex($0) } == answer.challenges)
    #expect(hex(run.vectors.K) == answer.K)
    #expect(hex(run.rS) == answer.r_S)
    #expect(hex(run.cTau) == answer.c_tau)
    #expect(hex(run.lTau) == answer.l_tau)
    #expect(hex(Array(run.nTau.prefix(4))) == answer.n_tau_first4)
    #expect(hex(Array(run.vectors.cL.prefix(4))) == answer.first4.cL)
    #expect(hex(Array(run.vectors.cR.prefix(4))) == answer.first4.cR)
    #expect(hex(Array(run.vectors.cO.prefix(4))) == answer.first4.cO)
    #expect(hex(Array(run.vectors.cV.prefix(4))) == answer.first4.cV)
    #expect(Hex.encode(run.proof.bytes) == answer.proof)
    #expect(
      try reference.accepts(
        Hex.decode(answer.proof), commitments: answer.commitments.map { try Hex.decode($0) },
        context: example.context))
  }

  @Test("the generators are those published", arguments: KnownAnswer.names)
  func generators(_ name: String) throws {
    let answer = try KnownAnswer.load(name)
    let generators = Generators(suite: GeneratorSuite(named: answer.suite))
    let points = [
      "U": generators.value, "R1": generators.blinding[0], "R7": generators.blinding[6],
      "H1": try generators.account(1)[0], "G1": generators.norm(1)[0],
    ]
    #expect(points.mapValues { Hex.encode($0.encoded().bytes) } == answer.generators)
  }

  @Test("one 64-bit value takes 416 bytes")
  func size() throws {
    #expect(try Statement(.ranges([bits(64)]), base: .b16).layout.proofByteCount == 416)
  }
}

/// `vectors/circuit-proof/invalid.json`: what must not be accepted for the second known answer.
@Suite("Published invalid proofs")
struct InvalidProofTests {
  struct File: Decodable {
    let base_vector: String
    let invalid_proofs: [String: String]
    let invalid_context: String
    let invalid_commitments: [String: String]
  }

  static let errors: [String: VerificationError] = [
    "scalar_equal_to_l": .undecodable(field: 14, .notCanonical),
    "scalar_plus_l": .undecodable(field: 14, .notCanonical),
    "scalar_plus_one": .equationFails,
    "point_negative": .undecodable(field: 0, .notCanonical),
    "point_high_bit": .undecodable(field: 0, .notCanonical),
    "swap_CL_CO": .equationFails,
    "CS_identity": .equationFails,
    "X0_R0_swapped": .equationFails,
    "truncated": .wrongProofLength(expected: 480, actual: 448),
    "extended": .wrongProofLength(expected: 480, actual: 512),
    "empty": .wrongProofLength(expected: 480, actual: 0),
  ]

  let file: File
  let example: Example
  let commitments: [EncodedPoint]
  let valid: CircuitProof

  init() throws {
    file = try Vectors.load("circuit-proof/invalid.json")
    let answer = try KnownAnswer.load(file.base_vector)
    example = try answer.example()
    commitments = try answer.encodedCommitments()
    valid = CircuitProof(bytes: try Hex.decode(answer.proof))
  }

  @Test
  func `A8: each invalid known answer is rejected for its reason, and the file holds no other`() throws {
    #expect(Set(file.invalid_proofs.keys) == Set(Self.errors.keys))
    for (name, encoded) in file.invalid_proofs {
      let proof = CircuitProof(bytes: try Hex.decode(encoded))
      #expect(example.verdict(proof, commitments) == Self.errors[name], "\(name)")
      #expect(try example.batchVerdict(proof, commitments) == Self.errors[name], "\(name)")
    }
  }

  @Test("a batch finds all invalid proofs between valid ones")
  func batch() throws {
    let invalid = try file.invalid_proofs.sorted { $0.key < $1.key }.map {
      ($0.key, CircuitProof(bytes: try Hex.decode($0.value)))
    }
    var batch = ProofBatch(generators: .standard)
    for (_, proof) in invalid {
      for proof in [valid, proof] {
        batch.add(
          proof, of: example.statement, commitments: commitments, context: example.context)
      }
    }
    let expected = invalid.flatMap { [nil, Self.errors[$0.0]] }
    #expect(try batch.verify() == expected)
  }

  @Test("the proof is rejected in another context")
  func context() throws {
    let context = Array(file.invalid_context.utf8)
    #expect(example.verdict(valid, commitments, context: context) == .equationFails)
    #expect(try example.batchVerdict(valid, commitments, context: context) == .equationFails)
  }

  @Test("the proof is rejected for commitments shifted by R₁ or G₁")
  func shiftedCommitments() throws {
    #expect(Set(file.invalid_commitments.keys) == ["plus_R1", "plus_G1"])
    let shifts = ["plus_R1": Generators.standard.blinding[0], "plus_G1": Generators.standard.norm(1)[0]]
    for (name, encoded) in file.invalid_commitments {
      let V = try EncodedPoint(Hex.decode(encoded))
      #expect(try shifts[name] == V.decoded() - commitments[0].decoded())
      #expect(example.verdict(valid, [V]) == .equationFails, "\(name)")
      #expect(try example.batchVerdict(valid, [V]) == .equationFails, "\(name)")
    }
  }
}
