import RangeProofs
import TestSupport
import Testing

@Suite("Errors of range proofs in words")
struct ErrorWordsTests {
  @Test("say what is wrong, and nothing of how Swift writes them")
  func words() {
    let verification: [RangeVerificationError] = [
      .unsupportedCount(3), .wrongProofLength(expected: 672, actual: 1), .undecodable(field: 2, .notAPoint),
      .identity(field: 0), .undecodableCommitment(index: 0, .notCanonical), .degenerateChallenge,
      .equationFails,
    ]
    let proving: [RangeProvingError] =
      [
        .unsupportedCount(0), .wrongBlindingCount(expected: 1, actual: 2), .valueOutOfRange(index: 0),
        .boundsTooWide,
      ] + verification.map { .selfVerification($0) }
    for error in verification { #expect(isPlainWords("\(error)"), "\(error)") }
    for error in proving { #expect(isPlainWords("\(error)"), "\(error)") }
  }
}
