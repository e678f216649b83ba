import Merlin
import TestSupport
import Testing

/// `vectors/merlin/transcripts.json`: what the Rust crate merlin 3.0.0 computes.
struct TranscriptVectors: Decodable {
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let protocolLabel: String?
    let protocolLabelHex: String?
    let ops: [Step]

    enum CodingKeys: String, CodingKey {
      case name, ops
      case protocolLabel = "protocol_label"
      case protocolLabelHex = "protocol_label_hex"
    }

    var testDescription: String { name }
  }

  struct Step: Decodable, Sendable {
    let op: String
    let label: String?
    let labelHex: String?
    let data: String?
    let value: String?
    let len: Int?
    let out: String?

    enum CodingKeys: String, CodingKey {
      case op, label, data, value, len, out
      case labelHex = "label_hex"
    }
  }

  let vectors: [Vector]

  /// A label given either as ASCII or in hexadecimal.
  static func label(_ text: String?, _ hex: String?) throws -> [UInt8] {
    try text.map { Array($0.utf8) } ?? Hex.decode(try #require(hex))
  }
}

@Suite("Transcript vectors")
struct TranscriptVectorTests {
  @Test(
    "draws the challenges of merlin 3.0.0",
    arguments: try Vectors.load("merlin/transcripts.json", as: TranscriptVectors.self).vectors)
  func challenges(_ vector: TranscriptVectors.Vector) throws {
    var transcript = Transcript(
      label: try TranscriptVectors.label(vector.protocolLabel, vector.protocolLabelHex))
    var drawn = 0
    for step in vector.ops {
      let label = try TranscriptVectors.label(step.label, step.labelHex)
      switch step.op {
      case "append_message":
        let message = try Hex.decode(try #require(step.data))
        transcript.append(message.span, label: label.span)
      case "append_u64":
        transcript.append(try #require(step.value.flatMap { UInt64($0) }), label: label.span)
      case "challenge_bytes":
        var bytes = [UInt8](repeating: 0, count: try #require(step.len))
        transcript.fillChallenge(&bytes, label: label.span)
        #expect(Hex.encode(bytes) == step.out)
        drawn += 1
      default:
        Issue.record("unknown step \(step.op)")
      }
    }
    #expect(drawn > 0)
  }

  @Test("draws the first challenge of the circuit proof after suite and context")
  func prefix() throws {
    let expected = try Vectors.load("merlin/prefix.json", as: [String: String].self)
    var transcript = Transcript("bppp-polytope-v1")
    transcript.append(Array("default".utf8), label: "suite")
    transcript.append(Array("kat".utf8), label: "context")
    let challenge = transcript.challengeBytes(count: 64, label: "alpha")
    #expect(Hex.encode(challenge) == expected["merlin_after_suite_context_challenge64"])
  }
}
