import Merlin
import Ristretto
import TestSupport
import Testing

/// `vectors/merlin/randomness.json`: what an independent implementation draws.
struct RandomnessVectors: Decodable {
  struct Case: Decodable, Sendable {
    let messages, witnesses: [String]
    let system: String
    let outputs: [String]
  }

  let cases: [Case]
}

@Suite("Transcript randomness")
struct TranscriptRandomnessTests {
  let system = [UInt8](repeating: 7, count: 32)

  func transcript(_ message: [UInt8] = [1, 2, 3]) -> Transcript {
    var transcript = Transcript("randomness test")
    transcript.append(message, label: "message")
    return transcript
  }

  /// 32 bytes drawn after these inputs.
  func draw(
    _ transcript: Transcript, witness: [UInt8], label: StaticString = "witness", system: [UInt8]
  ) -> [UInt8] {
    var randomness = transcript.randomness(
      rekeyedWith: witness.span, label: label, systemBytes: system)
    return randomness.bytes(count: 32)
  }

  @Test(
    "draws what an independent implementation draws",
    arguments: try Vectors.load("merlin/randomness.json", as: RandomnessVectors.self).cases)
  func vectors(_ vector: RandomnessVectors.Case) throws {
    let messages = try vector.messages.map { try Hex.decode($0) }
    let witnesses = try vector.witnesses.map { try Hex.decode($0) }
    let system = try Hex.decode(vector.system)
    #expect(
      draw(messages, witnesses, system, counts: vector.outputs.map { $0.utf8.count / 2 }) == vector.outputs)
  }

  private func draw(
    _ messages: [[UInt8]], _ witnesses: [[UInt8]], _ system: [UInt8], counts: [Int]
  ) -> [String] {
    var transcript = Transcript("randomness vectors")
    for message in messages { transcript.append(message, label: "message") }
    var source = transcript.randomnessSource()
    for witness in witnesses { source.rekey(with: witness.span, label: "witness") }
    var randomness = source.finalized(systemBytes: system)
    var outputs: [String] = []
    for count in counts { outputs.append(Hex.encode(randomness.bytes(count: count))) }
    return outputs
  }

  /// A46: a broken system generator must not make two proofs share a blinding.
  @Test("with fixed system bytes, another transcript or another witness gives other output")
  func hedged() {
    let witness: [UInt8] = [9, 9, 9]
    let outputs = [
      draw(transcript(), witness: witness, system: system),
      draw(transcript([1, 2, 4]), witness: witness, system: system),
      draw(transcript(), witness: [9, 9, 8], system: system),
      draw(transcript(), witness: [9, 9], system: system),
      draw(transcript(), witness: witness, label: "other", system: system),
      draw(transcript(), witness: witness, system: [UInt8](repeating: 8, count: 32)),
    ]
    #expect(Set(outputs).count == outputs.count)
  }

  @Test("with fresh system bytes, the same transcript and witness give other output")
  func fresh() {
    func draw() -> [UInt8] {
      var randomness = transcript().randomness(rekeyedWith: [9].span)
      return randomness.bytes(count: 32)
    }
    #expect(draw() != draw())
  }

  @Test("the same inputs give the same output, and no draw repeats another")
  func reproducible() {
    var first = transcript().randomness(rekeyedWith: [9].span, systemBytes: system)
    var second = transcript().randomness(rekeyedWith: [9].span, systemBytes: system)
    var drawn: Set<[UInt8]> = []
    for _ in 0..<100 {
      let bytes = first.bytes(count: 32)
      #expect(second.bytes(count: 32) == bytes)
      drawn.insert(bytes)
    }
    #expect(drawn.count == 100)
  }

  @Test("drawing changes nothing in the transcript")
  func transcriptUnchanged() {
    var used = transcript()
    var randomness = used.randomness(rekeyedWith: [9].span, systemBytes: system)
    _ = randomness.bytes(count: 500)
    var untouched = transcript()
    #expect(used.challengeBytes(count: 32, label: "c") == untouched.challengeBytes(count: 32, label: "c"))
  }

  @Test("a scalar is 64 drawn bytes reduced")
  func scalars() {
    var scalars = transcript().randomness(rekeyedWith: [9].span, systemBytes: system)
    var bytes = transcript().randomness(rekeyedWith: [9].span, systemBytes: system)
    for _ in 0..<200 {
      #expect(scalars.scalar() == Scalar(reducing: bytes.bytes(count: 64)))
    }
  }

  @Test("many scalars are 64 drawn bytes each, five to a draw", arguments: [0, 1, 4, 5, 12])
  func manyScalars(count: Int) {
    var scalars = transcript().randomness(rekeyedWith: [9].span, systemBytes: system)
    var bytes = transcript().randomness(rekeyedWith: [9].span, systemBytes: system)
    var filled = [Scalar](repeating: .zero, count: count)
    var span = filled.mutableSpan
    scalars.fill(&span)
    var expected: [Scalar] = []
    while expected.count < count {
      let together = count - expected.count >= 5 ? 5 : 1
      let drawn = bytes.bytes(count: 64 * together)
      for k in 0..<together { expected.append(Scalar(reducing: Array(drawn[(64 * k)..<(64 * (k + 1))]))) }
    }
    #expect(filled == expected)
    #expect(Set(filled).count == count)
  }

  @Test("a witness of scalars is taken in as its bytes in memory")
  func typedWitness() {
    let words: [UInt64] = [0x0807_0605_0403_0201, 5]
    var typed = transcript().randomness(rekeyedWith: words.span, systemBytes: system)
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 5, 0, 0, 0, 0, 0, 0, 0]
    #expect(typed.bytes(count: 32) == draw(transcript(), witness: bytes, system: system))
  }

  @Test("stops the program on system randomness of the wrong length")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      _ = Transcript("test").randomness(rekeyedWith: [1].span, systemBytes: [1, 2, 3])
    }
  }
}
