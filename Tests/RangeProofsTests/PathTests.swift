import Merlin
import RangeProofs
import Ristretto
import TestSupport
import Testing

/// Kernels where the processor has what they need, portable code everywhere: the same proofs and verdicts.
@Suite("Range proofs on every path")
struct RangePathTests {
  private static func onEveryPath<R: Equatable>(_ body: () throws -> R) rethrows -> (R, R) {
    (try body(), try Kernels.$isPortable.withValue(true) { try body() })
  }

  private static func make(
    _ width: RangeWidth, _ m: Int, seed: UInt64
  ) throws -> (bytes: [UInt8], commitments: [EncodedPoint]) {
    var generator = SplitMix64(seed: seed)
    let numbers = (0..<m).map { _ in generator.next() >> UInt64(64 - width.rawValue) }
    let secrets = (0..<m).map { _ in Scalar(generator.next()) }
    let system = generator.bytes(32)
    let values = SecretBlock<UInt64>(count: m) { numbers[$0] }
    let blindings = SecretBlock<Scalar>(count: m) { secrets[$0] }
    var transcript = Transcript("test")
    let (proof, commitments) = try RangeProof.prove(
      values, blindings: blindings, width: width, transcript: &transcript
    ) { system }
    return (proof.bytes, commitments)
  }

  @Test(
    "the same randomness makes the same proof byte for byte, with kernels if the processor has them and without",
    arguments: RangeWidth.allCases, [1, 2, 8])
  func bytes(width: RangeWidth, m: Int) throws {
    let (usual, portable) = try Self.onEveryPath {
      let made = try Self.make(width, m, seed: UInt64(100 * width.rawValue + m))
      return made.bytes + made.commitments.flatMap(\.bytes)
    }
    #expect(usual == portable)
  }

  @Test("dalek's proofs are accepted and its mutations refused for the same reason on every path")
  func vectors() throws {
    let file = try DalekFile.load("v5")
    for vector in file.all {
      let width = try vector.width
      let proofs =
        try [vector.rangeProof.bytes]
        + ((vector.bitFlipped ?? []) + (vector.others ?? [])).map { try Hex.decode($0.proof) }
      let points = try vector.points
      let (usual, portable) = try Self.onEveryPath {
        var batch = RangeProofBatch()
        for bytes in proofs {
          batch.add(
            RangeProof(bytes: bytes), commitments: points, width: width, transcript: file.transcript())
        }
        return try batch.verify()
      }
      #expect(usual == portable)
      #expect(usual[0] == nil)
    }
  }

  @Test("verdicts do not depend on the number of threads", arguments: [1, 2, 3, 8])
  func threads(workers: Int) throws {
    let made = try (0..<4).map { try Self.make(.bits8, 1, seed: UInt64($0)) }
    var batch = RangeProofBatch()
    var expected: [RangeVerificationError?] = []
    for index in 0..<150 {
      var bytes = made[index % 4].bytes
      expected.append(nil)
      switch index {
      case 3, 77, 149:
        // The last scalar, on which no challenge depends.
        bytes[bytes.count - 32] ^= 1
        expected[index] = .equationFails
      case 40:
        for k in 0..<32 { bytes[k] = 0 }
        expected[index] = .identity(field: 0)
      case 90:
        for k in 32..<64 { bytes[k] = 0xff }
        expected[index] = .undecodable(field: 1, .notCanonical)
      default: break
      }
      batch.add(
        RangeProof(bytes: bytes), commitments: made[index % 4].commitments, width: .bits8,
        transcript: Transcript("test"))
    }
    #expect(try batch.verify(workers: workers) == expected)
    #expect(try batch.verify() == expected)
  }
}
