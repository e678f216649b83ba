import CircuitProofs
import ExactIntegers
import Merlin
import ProofCore
import RangeProofs
import Ristretto
import Solvency

extension FuzzTarget {
  /// Proofs as bytes, and what carries them. Each is verified singly and in a batch, with the same verdict.
  static let proofs = [
    FuzzTarget("envelope", .json, seeds: ["Fuzz/Seeds/proof.json"]) { bytes in
      try roundTrip(bytes) {
        try ProofEnvelope(decoding: $0)
      } _: {
        $0.encoded()
      }
    },
    FuzzTarget("proof-context", .bytes, seeds: ["Fuzz/Seeds/context.bytes"]) { bytes in
      try roundTrip(bytes) {
        try ProofContext(decoding: $0)
      } _: {
        $0.encoded()
      }
    },
    FuzzTarget("circuit-proof", .bytes, seeds: ["Fuzz/Seeds/circuit-proof.bytes"]) { bytes in
      let (statement, commitments) = try rangeStatement.get()
      let proof = CircuitProof(bytes: bytes)
      var single: VerificationError?
      do throws(VerificationError) {
        try proof.verify(statement, commitments: commitments, context: [], generators: .standard)
      } catch {
        single = error
      }
      var batch = ProofBatch(generators: .standard)
      for _ in 0..<2 { batch.add(proof, of: statement, commitments: commitments, context: []) }
      guard try batch.verify() == [single, single] else {
        throw FuzzFailure(
          "a batch says something else than single verification: \(String(describing: single))")
      }
    },
    FuzzTarget("range-proof", .bytes, seeds: ["Fuzz/Seeds/range-proof.bytes"]) { bytes in
      let proof = RangeProof(bytes: bytes)
      let commitments = [Point.basepoint.encoded()]
      var single: RangeVerificationError?
      do throws(RangeVerificationError) {
        var transcript = Transcript("fuzz")
        try proof.verify(commitments, width: .bits8, transcript: &transcript)
      } catch {
        single = error
      }
      var batch = RangeProofBatch()
      for _ in 0..<2 {
        batch.add(proof, commitments: commitments, width: .bits8, transcript: Transcript("fuzz"))
      }
      guard try batch.verify() == [single, single] else {
        throw FuzzFailure(
          "a batch says something else than single verification: \(String(describing: single))")
      }
    },
  ]

  /// One value of 8 bits, and a commitment to 1 without blinding.
  private static let rangeStatement = Result {
    var draft = StatementDraft()
    draft.coordinateCount = 1
    draft.variableBounds = [255]
    draft.links = [[0: .variable(0)]]
    let statement = try Statement(draft)
    return (statement, [Point.basepoint.encoded()])
  }
}
