import Merlin
import Ristretto
import TestSupport
import Testing

@Suite("Transcripts in lanes")
struct TranscriptLanesTests {
  /// A step of a transcript.
  enum Step {
    case message([UInt8])
    case number(UInt64)
    case point(EncodedPoint)
    case scalar(Scalar)
    case challenge
    case bytes(Int)

    static func random(using generator: inout SplitMix64) -> Step {
      switch generator.next() % 8 {
      case 0, 1: .message(generator.bytes(Int(generator.next() % 400)))
      case 2: .number(generator.next())
      case 3: .point(EncodedPoint.fromBytes(generator.bytes(32)))
      case 4: .scalar(Scalar(generator.next()))
      case 5, 6: .challenge
      default: .bytes(Int(generator.next() % 400))
      }
    }
  }

  /// What is drawn in these steps.
  static func run(_ steps: [Step], _ start: some ProofTranscript) -> [[UInt8]] {
    var transcript = start
    var drawn: [[UInt8]] = []
    for step in steps {
      switch step {
      case .message(let bytes): transcript.append(bytes, label: "message")
      case .number(let value): transcript.append(value, label: "n")
      case .point(let point): transcript.append(point, label: "P")
      case .scalar(let scalar): transcript.append(scalar, label: "scalar")
      case .challenge: drawn.append(transcript.challengeScalar(label: "c").encoded())
      case .bytes(let count): drawn.append(transcript.challengeBytes(count: count, label: "bytes"))
      }
    }
    return drawn
  }

  /// What a replay returns for each transcript.
  private static func replay<Outcome, Failure: Error>(
    count: Int, from start: (Int) -> Transcript,
    _ body: (Int, TranscriptReplay) throws(Failure) -> Outcome
  ) -> [Result<Outcome, Failure>] {
    var outcomes = [Result<Outcome, Failure>?](repeating: nil, count: count)
    TranscriptLanes.replay(count: count, from: start) { index, transcript in
      outcomes[index] = Result { () throws(Failure) in try body(index, transcript) }
    }
    return outcomes.compactMap { $0 }
  }

  /// Expects that scripts of steps draw the same in lanes, with kernels and without, as each by itself.
  private func expectEqual(_ scripts: [[Step]], from starts: [Transcript]? = nil) {
    let starts = starts ?? scripts.map { _ in Transcript("lanes") }
    let alone = zip(scripts, starts).map { Self.run($0, $1) }
    for isPortable in [false, true] {
      let together = Kernels.$isPortable.withValue(isPortable) {
        Self.replay(count: scripts.count, from: { starts[$0] }) { Self.run(scripts[$0], $1) }
      }
      #expect(together == alone.map { .success($0) })
    }
  }

  @Test("as many as there are draw what each draws by itself", arguments: 0...20)
  func counts(count: Int) {
    var generator = SplitMix64(seed: UInt64(count))
    let steps = (0..<30).map { _ in Step.random(using: &generator) }
    // The same steps with other bytes, and any steps.
    expectEqual(
      (0..<count).map { k in
        [.number(UInt64(k))] + steps
      })
    expectEqual(
      (0..<count).map { _ in
        (0..<Int(generator.next() % 40)).map { _ in Step.random(using: &generator) }
      })
  }

  @Test("messages and outputs of every length around a block of 166 bytes", arguments: 0...2)
  func lengths(blocks: Int) {
    for length in max(0, 166 * blocks - 60)...(166 * blocks + 20) {
      expectEqual(
        (0..<4).map { k in
          let message = [UInt8](repeating: UInt8(k), count: length)
          return [
            .message(message), .challenge, .bytes(length), .message(message), .bytes(length), .bytes(0),
            .challenge,
          ]
        })
    }
  }

  @Test("transcripts may start anywhere")
  func starts() {
    let starts = (0..<200).map { length in
      var transcript = Transcript("caller")
      transcript.append([UInt8](repeating: 7, count: length), label: "before")
      if length % 3 == 0 { _ = transcript.challengeBytes(count: length, label: "drawn") }
      return transcript
    }
    expectEqual(
      starts.indices.map { [.number(UInt64($0)), .challenge, .challenge] }, from: starts)
  }

  @Test(
    "draws the challenges of merlin 3.0.0 in every lane",
    arguments: try Vectors.load("merlin/transcripts.json", as: TranscriptVectors.self).vectors)
  func vectors(_ vector: TranscriptVectors.Vector) throws {
    let start = Transcript(
      label: try TranscriptVectors.label(vector.protocolLabel, vector.protocolLabelHex))
    let steps = try vector.ops.map { step in
      (step, try TranscriptVectors.label(step.label, step.labelHex), try Hex.decode(step.data ?? ""))
    }
    let expected = vector.ops.compactMap(\.out)
    let drawn = Self.replay(count: 8, from: { _ in start }) { _, transcript in
      var drawn: [String] = []
      for (step, label, data) in steps {
        switch step.op {
        case "append_message": transcript.append(data.span, label: label.span)
        case "append_u64":
          let value = step.value.flatMap { UInt64($0) } ?? 0
          let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
          transcript.append(bytes.span, label: label.span)
        default: drawn.append(Hex.encode(transcript.challengeBytes(count: step.len ?? 0, label: label.span)))
        }
      }
      return drawn
    }
    #expect(drawn == [Result<[String], Never>](repeating: .success(expected), count: 8))
  }

  private struct Refusal: Error, Hashable {
    let index: Int
    let challenge: Scalar?
  }

  @Test(
    "one that ends early, at any place, before or after a challenge, is told with what it drew",
    arguments: 0..<8)
  func failures(position: Int) {
    func replay(_ index: Int, _ start: some ProofTranscript) throws(Refusal) -> Scalar {
      var transcript = start
      if index % 9 == position { throw Refusal(index: index, challenge: nil) }
      transcript.append(UInt64(index), label: "n")
      let first = transcript.challengeScalar(label: "c")
      if index % 9 == position + 1 { throw Refusal(index: index, challenge: first) }
      transcript.append(UInt64(index), label: "m")
      let second = transcript.challengeScalar(label: "c")
      // One in four is refused for what it drew.
      guard second == .one || second.encoded()[0] % 4 > 0 else {
        throw Refusal(index: index, challenge: second)
      }
      return second + transcript.challengeScalar(label: "c")
    }
    for count in [1, 7, 8, 9, 17, 40] {
      let alone = (0..<count).map { index in
        Result { () throws(Refusal) in
          try replay(index, Transcript("lanes"))
        }
      }
      let together = Self.replay(count: count, from: { _ in Transcript("lanes") }) {
        index, transcript throws(Refusal) in try replay(index, transcript)
      }
      #expect(together == alone)
    }
  }

  @Test("stops the program if what is appended or drawn depends on a challenge")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      TranscriptLanes.replay(count: 1, from: { _ in Transcript("lanes") }) { _, transcript in
        if transcript.challengeScalar(label: "c") == .one { transcript.append(1, label: "n") }
        _ = transcript.challengeScalar(label: "d")
      }
    }
    await #expect(processExitsWith: .failure) {
      TranscriptLanes.replay(count: 1, from: { _ in Transcript("lanes") }) { _, transcript in
        if transcript.challengeScalar(label: "c") != .one { _ = transcript.challengeScalar(label: "d") }
      }
    }
  }
}

extension EncodedPoint {
  fileprivate static func fromBytes(_ bytes: [UInt8]) -> EncodedPoint {
    (try? EncodedPoint(bytes)) ?? Point.identity.encoded()
  }
}
