import Merlin
import RangeProofs
import Ristretto
import TestSupport
import Testing

/// A batch replays its transcripts in lanes; single verification replays one alone.
@Suite("Range proofs replayed together")
struct RangeReplayTests {
  /// A proof with what it is verified under.
  private struct Item {
    var proof: RangeProof
    var commitments: [EncodedPoint]
    var width: RangeWidth
    var transcript: Transcript

    /// What single verification says.
    var verdict: RangeVerificationError? {
      var transcript = transcript
      do throws(RangeVerificationError) {
        try proof.verify(commitments, width: width, transcript: &transcript)
        return nil
      } catch {
        return error
      }
    }

    func changed(_ change: (inout [UInt8]) -> Void) -> Item {
      var (item, bytes) = (self, proof.bytes)
      change(&bytes)
      item.proof = RangeProof(bytes: bytes)
      return item
    }
  }

  /// A proof whose transcript did something before.
  private static func make(_ width: RangeWidth, _ m: Int, before: Int = 0) throws -> Item {
    var start = Transcript("replay")
    start.append([UInt8](repeating: 5, count: before), label: "before")
    if before % 2 == 1 { _ = start.challengeBytes(count: before, label: "drawn") }
    var transcript = start
    let (proof, commitments) = try RangeProof.prove(
      SecretBlock<UInt64>(count: m) { UInt64($0) },
      blindings: SecretBlock<Scalar>(count: m) { _ in .random() },
      width: width, transcript: &transcript)
    return Item(proof: proof, commitments: commitments, width: width, transcript: start)
  }

  private func verdicts(_ items: [Item], workers: Int? = nil) throws -> [RangeVerificationError?] {
    var batch = RangeProofBatch()
    for item in items {
      batch.add(
        item.proof, commitments: item.commitments, width: item.width, transcript: item.transcript)
    }
    let usual = try batch.verify(workers: workers)
    let portable = try Kernels.$isPortable.withValue(true) { try batch.verify(workers: workers) }
    #expect(usual == portable)
    return usual
  }

  @Test(arguments: [1, 7, 8, 9, 17])
  func `A41: one bad proof is named in every lane, with the error of single verification`(count: Int) throws {
    let good = try Self.make(.bits8, 1)
    let defects: [Item] = [
      // b, on which no challenge depends; A; t_x; a proof cut short; bytes that do not encode a point.
      good.changed { $0[$0.count - 32] ^= 1 },
      good.changed { $0.replaceSubrange(0..<32, with: repeatElement(0, count: 32)) },
      good.changed { $0[32 * 4] ^= 1 }, good.changed { $0.removeLast(32) }, good.changed { $0[32 * 3] ^= 1 },
    ]
    for position in 0..<count {
      for (kind, defect) in defects.enumerated() where kind == position % 2 || count == 9 {
        var items = [Item](repeating: good, count: count)
        items[position] = defect
        var expected = [RangeVerificationError?](repeating: nil, count: count)
        expected[position] = defect.verdict
        #expect(try verdicts(items, workers: 1) == expected)
      }
    }
  }

  @Test
  func
    `A41: proofs of any widths, counts and transcripts, whole, cut and false, are told apart in any order`()
    throws
  {
    var items: [Item] = []
    for (index, shape) in [(8, 1), (64, 1), (16, 4), (32, 2), (8, 8), (8, 2)].enumerated() {
      let width = try #require(RangeWidth(rawValue: shape.0))
      for before in [0, 1, 100 * index + 9] { items.append(try Self.make(width, shape.1, before: before)) }
    }
    var random = SplitMix64(seed: 41)
    for item in items {
      switch random.next() % 5 {
      case 0: items.append(item.changed { $0.removeLast() })
      case 1: items.append(item.changed { $0[33] ^= 4 })
      case 2: items.append(item.changed { $0 = [] })
      case 3:
        var other = item
        other.transcript.append(0, label: "more")
        items.append(other)
      default:
        var other = item
        other.commitments.append(other.commitments[0])
        items.append(other)
      }
    }
    let expected = items.map(\.verdict)
    #expect(expected.contains { $0 == nil } && expected.contains { $0 != nil })
    for count in [0, 1, 7, 8, 9, 17, items.count] {
      for _ in 0..<3 {
        let order = Array(items.indices.shuffled(using: &random).prefix(count))
        if order.isEmpty {
          #expect(throws: RangeBatchError.empty) { try verdicts([]) }
        } else {
          #expect(try verdicts(order.map { items[$0] }) == order.map { expected[$0] })
        }
      }
    }
  }
}
