import CanonicalBytes
import CircuitProofs
import ExactIntegers
import Merlin
import ProofCore
import RangeProofs
import Ristretto
import Solvency
import SolvencyVerifier

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
    FuzzTarget("received-proof", .json, seeds: ["Fuzz/Seeds/proof.json"]) { bytes in
      guard let received = try? ReceivedProof(decoding: bytes) else { return }
      // What an audit reads is the envelope and, if it is there, one member more.
      let again = try ReceivedProof(decoding: received.envelope.encoded())
      guard again.envelope == received.envelope, again.receivedAt == nil else {
        throw FuzzFailure("another proof after encoding")
      }
    },
    FuzzTarget(
      "verification-summary", .json,
      made: {
        var summary = VerificationSummary(
          under: VerificationSummary.Terms(Expectations(now: Timestamp(seconds: 5)), circuits: [.zero]))
        summary.record(.rejected(.expired))
        summary.record(VerificationSummary.Input(name: "day.jsonl", digest: .zero, count: 1))
        return [summary.json.encoded()]
      },
      run: { bytes in
        try roundTrip(bytes) {
          try VerificationSummary(json: $0)
        } _: {
          $0.json.encoded()
        }
      }),
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
