import CircuitProofs
import ProofCore
import Ristretto
import TestSupport
import Testing

@Suite("Errors of proofs in words")
struct ErrorWordsTests {
  private static let decoding: [DecodingError] = [
    .notCanonical, .notAPoint, .wrongLength(expected: 32, actual: 31),
  ]
  private static let verification: [VerificationError] =
    [
      .wrongProofLength(expected: 64, actual: 32), .wrongCommitmentCount(expected: 1, actual: 2),
      .degenerateChallenge, .generators(.tooFewAccountGenerators(available: 2, needed: 3)), .equationFails,
    ] + decoding.flatMap { [.undecodable(field: 3, $0), .undecodableCommitment(index: 1, $0)] }
  private static let violations: [StatementViolation] = [
    .wrongVariableCount(expected: 2, actual: 1), .variableOutOfBounds(4), .rowFails(0), .rowAboveBound(2),
  ]

  @Test("say what is wrong, and nothing of how Swift writes them")
  func words() {
    let proving: [ProvingError] =
      [
        .wrongBlindingCount(expected: 1, actual: 2), .commitmentMismatch(index: 0),
        .generators(.tooFewAccountGenerators(available: 2, needed: 3)), .inconsistent,
      ] + Self.violations.map { .violation($0) } + Self.verification.map { .selfVerification($0) }
    for error in Self.decoding { #expect(isPlainWords("\(error)"), "\(error)") }
    for error in Self.verification { #expect(isPlainWords("\(error)"), "\(error)") }
    for error in Self.violations { #expect(isPlainWords("\(error)"), "\(error)") }
    for error in proving { #expect(isPlainWords("\(error)"), "\(error)") }
  }
}
