import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import Testing

/// What a proof and a commitment do not tell.
@Suite("Hiding")
struct HidingTests {
  private func fields(_ proof: CircuitProof) -> [[UInt8]] {
    stride(from: 0, to: proof.bytes.count, by: 32).map { Array(proof.bytes[$0..<($0 + 32)]) }
  }

  @Test(arguments: Shape.allCases)
  func `A46: two proofs of the same statement share no field`(_ shape: Shape) throws {
    let example = try shape.example()
    let V = try example.commitments()
    let proofs = try (0..<3).map { _ in try example.prove(V) }
    let all = proofs.flatMap(fields)
    #expect(Set(all).count == all.count)
  }

  @Test
  func `A46: the generator of the known answers repeats blinders: the prover has another source`() throws {
    let example = try Shape.single.example()
    let V = try example.commitments()
    func proof(_ context: [UInt8]) throws -> [[UInt8]] {
      var source = KnownAnswerBlinding(seed: [1, 2, 3])
      return fields(
        try CircuitProof.prove(
          example.statement, witness: Witness(integers: example.x),
          blindings: SecretBlock(scalars: example.blindings), commitments: V, context: context,
          generators: .standard, knownAnswer: &source))
    }
    let (a, b) = (try proof([1]), try proof([2]))
    #expect(a == (try proof([1])))
    #expect(a[0] == b[0] && a[1] == b[1])
    #expect(a[2...].elementsEqual(b[2...]) == false)
  }

  @Test
  func `A48: the length of a proof does not depend on the values`() throws {
    let draft = StatementDraft.ranges([Integer](repeating: bits(48), count: 5))
    let books: [[Integer]] = [
      [0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [bits(48), bits(48), bits(48), bits(48), bits(48)],
      [123, 456, 789, 1, 2],
    ]
    let lengths = try books.map { try Example(draft, x: $0).proved().proof.bytes.count }
    #expect(Set(lengths) == [try Statement(draft).layout.proofByteCount])
  }

  @Test
  func `A27: equal values commit differently, zero included`() throws {
    let draft = StatementDraft.ranges([bits(20), bits(20)])
    for x in [[0, 0], [5, 5]] as [[Integer]] {
      let V = try (0..<8).map { _ in try Example(draft, x: x).commitments()[0] }
      #expect(Set(V).count == V.count)
    }
  }

  @Test
  func `A20: trying every value of 0 … 2²⁰ finds a value only if its commitment is not blinded`() throws {
    let value = 777_777
    let draft = StatementDraft.ranges([bits(20)])
    let blinded = try Example(draft, x: [Integer(value)]).commitments()[0].decoded()
    let bare = try Example(draft, x: [Integer(value)], blindings: [.zero]).commitments()[0].decoded()
    let H = try Generators.standard.account(1)[0]
    var (candidate, found) = (Point.identity, [Int]())
    for v in 0..<(1 << 20) {
      #expect(candidate != blinded)
      if candidate == bare { found.append(v) }
      candidate += H
    }
    #expect(found == [value])
  }

  @Test("the opened scalars of an honest proof are not the witness, and differ each time")
  func openedScalars() throws {
    // C_L, C_O, C_R and the opened l, n carry independent blinders: a zero witness shows no zero.
    let example = try Example(.ranges([0, 0, 0, 1]), base: .b4, x: [0, 0, 0, 0], blindings: [.zero])
    let V = try example.commitments()
    let zero = [UInt8](repeating: 0, count: 32)
    for _ in 0..<5 { #expect(!fields(try example.prove(V)).contains(zero)) }
  }
}
