import CSodium
import CanonicalBytes
import Ristretto
import Testing

struct RFC9496Vectors: Decodable {
  struct Invalid: Decodable, CustomTestStringConvertible {
    let reason: String
    let encoding: HexBytes
    var testDescription: String { "\(encoding.bytes.hex): \(reason)" }
  }

  struct Derivation: Decodable, CustomTestStringConvertible {
    let label: String
    let input, output: HexBytes
    var testDescription: String { label }
  }

  struct SameOutput: Decodable {
    let inputs: [HexBytes]
    let output: HexBytes
  }

  let multiples: [HexBytes]
  let invalid: [Invalid]
  let derivations: [Derivation]
  let sameOutput: SameOutput

  enum CodingKeys: String, CodingKey {
    case multiples = "multiples_of_generator"
    case invalid = "invalid_encodings"
    case derivations = "hash_to_group"
    case sameOutput = "hash_to_group_same_output"
  }
}

@Suite("RFC 9496, appendix A")
struct RFC9496Tests {
  let vectors: RFC9496Vectors

  init() throws {
    vectors = try loadVectors("rfc9496", as: RFC9496Vectors.self)
    #expect(sodium_init() >= 0)
  }

  @Test("A.1: the multiples of the generator, by addition, multiplication and decoding")
  func multiples() throws {
    #expect(vectors.multiples.count == 16)
    var sum = Point.identity
    for (k, expected) in vectors.multiples.enumerated() {
      #expect(sum.encoded().bytes == expected.bytes)
      #expect((Scalar(k) * .basepoint).encoded().bytes == expected.bytes)
      #expect(try EncodedPoint(expected.bytes).decoded() == sum)
      if k > 0 {
        #expect(Sodium.product(Scalar(k).encoded(), withBase: ()) == expected.bytes)
      }
      sum += .basepoint
    }
  }

  @Test("A.2: each invalid encoding is refused")
  func invalidEncodings() throws {
    #expect(vectors.invalid.count == 29)
    for vector in vectors.invalid {
      let bytes = vector.encoding.bytes
      let isCanonical = !vector.reason.hasSuffix("field element")
      #expect(throws: isCanonical ? DecodingError.notAPoint : .notCanonical, "\(vector.reason)") {
        try EncodedPoint(bytes).decoded()
      }
      if bytes[31] < 0x80 {
        #expect(!Sodium.isValid(bytes))
      }
    }
  }

  @Test("A.3: points derived from uniform bytes")
  func derivations() {
    #expect(vectors.derivations.count == 7)
    for vector in vectors.derivations {
      #expect(SHA512.hash(Array(vector.label.utf8)) == vector.input.bytes)
      #expect(Point(uniformBytes: vector.input.bytes).encoded().bytes == vector.output.bytes)
      #expect(Sodium.point(fromUniform: vector.input.bytes) == vector.output.bytes)
    }
    #expect(vectors.sameOutput.inputs.count == 4)
    for input in vectors.sameOutput.inputs {
      #expect(Point(uniformBytes: input.bytes).encoded().bytes == vectors.sameOutput.output.bytes)
      #expect(Sodium.point(fromUniform: input.bytes) == vectors.sameOutput.output.bytes)
    }
  }
}
