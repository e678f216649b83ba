import CircuitProofs
import ProofCore
import Ristretto
import TestSupport
import Testing

/// A batch replays its transcripts in lanes; single verification replays one alone.
@Suite("Circuit proofs replayed together")
struct CircuitReplayTests {
  private func with(_ proved: Proved, _ change: (inout [UInt8]) -> Void) -> Proved {
    var bytes = proved.proof.bytes
    change(&bytes)
    return Proved(
      example: proved.example, commitments: proved.commitments, proof: CircuitProof(bytes: bytes))
  }

  private func verdicts(_ proofs: [Proved], workers: Int? = nil) throws -> [VerificationError?] {
    var batch = ProofBatch(generators: .standard)
    for proved in proofs { proved.add(to: &batch) }
    let usual = try batch.verify(workers: workers)
    let portable = try Kernels.$isPortable.withValue(true) { try batch.verify(workers: workers) }
    #expect(usual == portable)
    return usual
  }

  @Test(arguments: [1, 7, 8, 9, 17])
  func `A41: one bad proof is named in every lane, with the error of single verification`(count: Int) throws {
    let good = try ProvedShapes[.single]
    let defects = [
      // The last scalar, on which no challenge depends; C_L; a proof cut short; a scalar too large.
      with(good) { $0[$0.count - 32] ^= 1 }, with(good) { $0.removeLast(32) },
      with(good) { $0[1] ^= 2 }, with(good) { $0[$0.count - 1] = 0xff },
    ]
    for position in 0..<count {
      for (kind, defect) in defects.enumerated() where kind == position % 2 || count == 9 {
        var proofs = [Proved](repeating: good, count: count)
        proofs[position] = defect
        var expected = [VerificationError?](repeating: nil, count: count)
        expected[position] = defect.verdict
        #expect(try verdicts(proofs, workers: 1) == expected)
      }
    }
  }

  @Test
  func `A41: proofs of any statements and contexts, whole, cut and false, are told apart in any order`()
    throws
  {
    var proofs: [Proved] = []
    for shape in Shape.allCases {
      for length in [0, 3, 165, 700] {
        var example = try shape.example()
        example.context = [UInt8](repeating: 7, count: length)
        let proved = try example.proved()
        proofs.append(proved)
        proofs.append(with(proved) { $0.removeLast(length % 4 + 1) })
        proofs.append(with(proved) { $0[32 * (length % 5)] ^= 2 })
        example.context.append(1)
        proofs.append(
          Proved(example: example, commitments: proved.commitments, proof: proved.proof))
        proofs.append(Proved(example: example, commitments: [], proof: proved.proof))
      }
    }
    let expected = proofs.map(\.verdict)
    #expect(expected.contains { $0 == nil } && expected.contains { $0 != nil })
    var random = SplitMix64(seed: 41)
    for count in [1, 7, 8, 9, 17, proofs.count] {
      for _ in 0..<3 {
        let order = proofs.indices.shuffled(using: &random).prefix(count)
        #expect(try verdicts(order.map { proofs[$0] }) == order.map { expected[$0] })
      }
    }
  }
}
