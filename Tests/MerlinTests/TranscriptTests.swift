import Merlin
import TestSupport
import Testing

@Suite("Transcript")
struct TranscriptTests {
  /// The challenge after these steps.
  func challenge(
    protocol label: StaticString = "test", count: Int = 32, drawn: StaticString = "c",
    _ steps: (inout Transcript) -> Void
  ) -> [UInt8] {
    var transcript = Transcript(label)
    steps(&transcript)
    return transcript.challengeBytes(count: count, label: drawn)
  }

  @Test("every change of a step changes the challenge")
  func sensitivity() {
    let a: [UInt8] = [1, 2, 3]
    let challenges = [
      challenge { $0.append(a, label: "a") },
      challenge(protocol: "tesu") { $0.append(a, label: "a") },
      challenge { $0.append(a, label: "b") },
      challenge { $0.append([1, 2, 4], label: "a") },
      challenge { $0.append([1, 2, 3, 0], label: "a") },
      challenge { $0.append([1, 2], label: "a") },
      challenge { $0.append([], label: "a") },
      challenge { _ in },
      challenge(drawn: "d") { $0.append(a, label: "a") },
      challenge {
        $0.append(a, label: "a")
        $0.append(a, label: "a")
      },
      challenge {
        $0.append(a, label: "a")
        _ = $0.challengeBytes(count: 0, label: "c")
      },
      // The first 32 bytes of a longer challenge: the count is framed too.
      Array(challenge(count: 33) { $0.append(a, label: "a") }.prefix(32)),
    ]
    #expect(Set(challenges).count == challenges.count)
  }

  /// A7: absorption is injective, although what is absorbed is one string of bytes.
  @Test("messages with equal concatenation give different challenges")
  func framing() {
    func messages(_ parts: [String]) -> [UInt8] {
      challenge { transcript in
        for part in parts { transcript.append(Array(part.utf8), label: "m") }
      }
    }
    let splits = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["a", "b", "c"]]
    #expect(Set(splits.map(messages)).count == splits.count)

    let labels = [
      challenge { $0.append(Array("bc".utf8), label: "a") },
      challenge { $0.append(Array("c".utf8), label: "ab") },
      challenge { $0.append([], label: "abc") },
    ]
    #expect(Set(labels).count == labels.count)
  }

  @Test("a number is the message of its eight bytes, little-endian")
  func numbers() {
    let bytes: [UInt8] = [0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45, 0x23, 0x01]
    #expect(
      challenge { $0.append(0x0123_4567_89AB_CDEF as UInt64, label: "n") }
        == challenge { $0.append(bytes, label: "n") })
    #expect(
      challenge { $0.append(bytes.span, label: "n") } == challenge { $0.append(bytes, label: "n") })
  }

  @Test("labels given at run time and at compile time are the same")
  func labels() {
    var known = Transcript("protocol")
    var dynamic = Transcript(label: Array("protocol".utf8))
    known.append([7], label: "x")
    dynamic.append([7].span, label: Array("x".utf8).span)
    var bytes = [UInt8](repeating: 0, count: 16)
    dynamic.fillChallenge(&bytes, label: Array("c".utf8).span)
    #expect(known.challengeBytes(count: 16, label: "c") == bytes)
  }

  @Test("a copy goes on independently of its original")
  func copies() {
    var original = Transcript("test")
    original.append([1], label: "a")
    var copy = original
    let untouched = original
    copy.append([2], label: "b")
    var (x, y, z) = (original, untouched, copy)
    let expected = x.challengeBytes(count: 32, label: "c")
    #expect(y.challengeBytes(count: 32, label: "c") == expected)
    #expect(z.challengeBytes(count: 32, label: "c") != expected)
    original.append([2], label: "b")
    copy = original
    #expect(
      original.challengeBytes(count: 32, label: "c") == copy.challengeBytes(count: 32, label: "c"))
  }

  @Test("a record lists every step and changes no challenge")
  func recording() {
    func run(_ transcript: inout Transcript) -> [UInt8] {
      transcript.append([1, 2], label: "a")
      transcript.append(3, label: "n")
      return transcript.challengeBytes(count: 4, label: "c")
    }
    var plain = Transcript("test")
    var recorded = Transcript.recording("test")
    let drawn = run(&plain)
    #expect(run(&recorded) == drawn)
    #expect(plain.operations == [])
    #expect(
      recorded.operations == [
        .init(kind: .message, label: Array("dom-sep".utf8), bytes: Array("test".utf8)),
        .init(kind: .message, label: Array("a".utf8), bytes: [1, 2]),
        .init(kind: .message, label: Array("n".utf8), bytes: [3, 0, 0, 0, 0, 0, 0, 0]),
        .init(kind: .challenge, label: Array("c".utf8), bytes: drawn),
      ])
  }
}
