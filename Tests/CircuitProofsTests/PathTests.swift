import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import TestSupport
import Testing

/// Kernels where the processor has what they need, portable code everywhere: the same proofs and verdicts.
@Suite("Circuit proofs on every path")
struct CircuitPathTests {
  /// A statement whose generators are folded several times, with rows over neighbouring and scattered
  /// variables.
  private static func large() throws -> Example {
    let count = 24
    let rows = (0..<4).map { j in
      let terms = stride(from: 0, to: count, by: j + 1).map { i in
        AffineForm.Term(variable: i, coefficient: Integer((3 * i + 5 * j) % 7 - 3))
      }
      return StatementRow(
        form: AffineForm(terms: terms, constant: Integer.powerOfTwo(60)), upperBound: bits(64))
    }
    return try Example(
      .ranges(
        Array(repeating: bits(40), count: count),
        gates: [ProductGate(left: .variable(0), right: .variable(5))], rows: rows),
      x: (0..<count).map { Integer($0 * 1_234_567) }, blindings: [Scalar(77)])
  }

  private func prove(_ example: Example) throws -> (proof: CircuitProof, commitments: [EncodedPoint]) {
    let commitments = try example.commitments()
    var source = KnownAnswerBlinding(seed: [1, 2, 3])
    let proof = try CircuitProof.prove(
      example.statement, witness: Witness(integers: example.x),
      blindings: SecretBlock(scalars: example.blindings), commitments: commitments,
      context: example.context, generators: example.generators, knownAnswer: &source)
    return (proof, commitments)
  }

  @Test(
    "the same randomness makes the same proof byte for byte, with kernels if the processor has them and without"
  )
  func bytes() throws {
    var examples = try Shape.allCases.map { try $0.example() }
    examples.append(try Self.large())
    for example in examples {
      // Several times, as tables are made after some use.
      for _ in 0..<3 {
        let usual = try prove(example)
        let portable = try Kernels.$isPortable.withValue(true) { try prove(example) }
        #expect(usual.proof.bytes == portable.proof.bytes)
        #expect(usual.commitments == portable.commitments)
        #expect(example.verdict(usual.proof, usual.commitments) == nil)
        Kernels.$isPortable.withValue(true) {
          #expect(example.verdict(usual.proof, usual.commitments) == nil)
        }
      }
    }
  }

  @Test("the published proof is made and accepted by portable code", arguments: KnownAnswer.names)
  func portableAnswer(_ name: String) throws {
    let answer = try KnownAnswer.load(name)
    let example = try answer.example()
    try Kernels.$isPortable.withValue(true) {
      var source = KnownAnswerBlinding(seed: try Hex.decode(answer.rng_seed))
      let proof = try CircuitProof.prove(
        example.statement, witness: Witness(integers: example.x),
        blindings: SecretBlock(scalars: example.blindings),
        commitments: try answer.encodedCommitments(), context: example.context,
        generators: .standard, knownAnswer: &source)
      #expect(Hex.encode(proof.bytes) == answer.proof)
      #expect(example.verdict(proof, try answer.encodedCommitments()) == nil)
    }
  }

  @Test("every defect is refused for the same reason on every path", arguments: Shape.allCases)
  func defects(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    let bytes = proved.proof.bytes
    for field in proved.fieldNames.indices {
      for changed in [
        flipping(bytes, byte: 32 * field), flipping(bytes, byte: 32 * field + 31, bit: 7),
        flipping(bytes, byte: 32 * field + 9, bit: 2),
      ] {
        let proof = CircuitProof(bytes: changed)
        let usual = proved.example.verdict(proof, proved.commitments)
        let portable = Kernels.$isPortable.withValue(true) {
          proved.example.verdict(proof, proved.commitments)
        }
        #expect(usual != nil)
        #expect(usual == portable)
      }
    }
  }

  @Test("verdicts do not depend on the number of threads", arguments: [1, 2, 3, 8])
  func threads(workers: Int) throws {
    let proofs = try Shape.allCases.map { try ProvedShapes[$0] }
    var batch = ProofBatch(generators: .standard)
    var expected: [VerificationError?] = []
    for index in 0..<120 {
      let proved = proofs[index % proofs.count]
      var bytes = proved.proof.bytes
      expected.append(nil)
      if [0, 61, 119].contains(index) {
        // The last scalar, on which no challenge depends.
        bytes[bytes.count - 32] ^= 1
        expected[index] = .equationFails
      } else if index == 30 {
        for k in 0..<32 { bytes[k] = 0xff }
        expected[index] = .undecodable(field: 0, .notCanonical)
      }
      batch.add(
        CircuitProof(bytes: bytes), of: proved.example.statement, commitments: proved.commitments,
        context: proved.example.context)
    }
    #expect(try batch.verify(workers: workers) == expected)
    #expect(try batch.verify() == expected)
  }
}
