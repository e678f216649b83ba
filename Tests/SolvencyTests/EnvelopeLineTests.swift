import CanonicalBytes
import Foundation
import FuzzTargets
import Solvency
import SolvencyVerifier
import TestSupport
import Testing

/// The reader of lines without a tree of JSON, against the reader of all texts.
@Suite("Lines of envelopes")
struct EnvelopeLineTests {
  /// What the reader of all texts makes of a line, in an audit.
  private func slow(_ bytes: [UInt8]) -> (ProofEnvelope, UInt64?)? {
    guard let node = try? JSONDocument.parse(bytes, maximumBytes: ProofEnvelope.byteLimit),
      case .object(let members) = node.value
    else { return nil }
    let receipt = members.first { $0.key == "receivedAt" }
    guard let envelope = try? ProofEnvelope(JSONNode(.object(members.filter { $0.key != "receivedAt" })))
    else {
      return nil
    }
    guard let receipt else { return (envelope, nil) }
    return (try? JSONNode(receipt.value).unsigned()).map { (envelope, $0) }
  }

  private func lines() throws -> [[UInt8]] {
    let line = try Fixture.coveredAccount().envelope.encoded()
    let received = Array(line.dropLast()) + Array(",\"receivedAt\":1770326978}".utf8)
    return [line, received]
  }

  @Test("what is written is read without a tree, with and without a receipt")
  func written() throws {
    for line in try lines() {
      let read = try #require(EnvelopeLine.read(line))
      let expected = try #require(slow(line))
      #expect(read.envelope == expected.0 && read.receivedAt == expected.1)
      #expect(try ReceivedProof(decoding: line).envelope == expected.0)
    }
    #expect(try ReceivedProof(decoding: lines()[1]).receivedAt == Timestamp(seconds: 1_770_326_978))
    // A receipt is not a member of an envelope by itself.
    #expect(throws: FileError.self) { try ProofEnvelope(decoding: lines()[1]) }
  }

  @Test(
    "of 20,000 changed lines, each that is read without a tree is read to the same by the reader of all texts"
  )
  func mutated() throws {
    var mutator = Mutator(seed: 77)
    var (both, fast) = (0, 0)
    for line in try lines() {
      for _ in 0..<10_000 {
        let bytes = mutator.mutated(line, with: line, form: .json)
        guard let read = EnvelopeLine.read(bytes) else { continue }
        fast += 1
        let expected = slow(bytes)
        #expect(expected != nil, "\(String(decoding: bytes, as: UTF8.self))")
        guard let expected else { continue }
        #expect(read.envelope == expected.0 && read.receivedAt == expected.1)
        both += 1
      }
    }
    #expect(fast == both && fast > 100)
  }

  @Test("digits and padding of base 64, numbers and digests have one form")
  func forms() throws {
    let line = String(decoding: try lines()[1], as: UTF8.self)
    for (part, other) in [
      ("\"sequence\":0", "\"sequence\":00"), ("\"sequence\":0", "\"sequence\":-1"),
      ("\"sequence\":0", "\"sequence\":1234567890123456"), ("\"sequence\":0", "\"sequence\":\"0\""),
      ("\"receivedAt\":17", "\"receivedAt\":017"), ("\"version\":1", "\"version\":2"), ("\":[\"", "\":[ \""),
      ("=\"", "\""), ("receivedAt\":1770326978}", "receivedAt\":1770326978} "),
      ("\"nonce\":\"", "\"nonce\":\"F"),
    ] {
      let changed = line.replacing(part, with: other, maxReplacements: 1)
      guard changed != line else { continue }
      #expect(EnvelopeLine.read(Array(changed.utf8)) == nil, "\(other)")
    }
  }
}
