import CircuitProofs
import ExactIntegers
import Merlin
import Ristretto
import Testing

/// What goes into the transcript, by the record of the reference; that it is ours too follows from the
/// proofs, which depend on every challenge.
@Suite("The transcript of a proof")
struct TranscriptTests {
  private func verification(_ proved: Proved) throws -> ReferenceVerification {
    let verification = try proved.example.reference.verification(
      of: proved.proof.bytes, commitments: proved.commitments.map(\.bytes),
      context: proved.example.context)
    return try #require(verification)
  }

  private func labels(_ operations: [Transcript.Operation]) -> [String] {
    operations.map { String(decoding: $0.label, as: UTF8.self) }
  }

  /// The challenges of the same steps with one message replaced, in order.
  private func challenges(
    _ operations: [Transcript.Operation], replacing index: Int? = nil, with message: [UInt8] = []
  ) -> [[UInt8]] {
    var transcript = Transcript(label: operations[0].bytes)
    var drawn: [[UInt8]] = []
    for (i, operation) in operations.enumerated().dropFirst() {
      switch operation.kind {
      case .message:
        transcript.append((i == index ? message : operation.bytes).span, label: operation.label.span)
      case .challenge:
        var bytes = [UInt8](repeating: 0, count: operation.bytes.count)
        transcript.fillChallenge(&bytes, label: operation.label.span)
        drawn.append(bytes)
      }
    }
    return drawn
  }

  @Test("messages and challenges come in the order of the document", arguments: Shape.allCases)
  func order(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    let layout = proved.example.statement.layout
    let expected =
      ["dom-sep", "suite", "context", "statement"]
      + proved.commitments.map { _ in "V" }
      + ["C_L", "C_O", "alpha", "C_R", "rho", "lambda", "beta", "delta", "C_S", "tau"]
      + (0..<layout.rounds).flatMap { _ in ["X", "R", "gamma"] }
      + (0..<(layout.finalLinearLength + layout.finalNormLength)).map { _ in "final" } + ["batch"]
    let operations = try verification(proved).transcript.operations
    #expect(labels(operations) == expected)
    // Everything the proof consists of went in, in its order.
    let fields = Set(["C_L", "C_O", "C_R", "C_S", "X", "R", "final"])
    let absorbed = operations.filter { fields.contains(String(decoding: $0.label, as: UTF8.self)) }
    #expect(absorbed.flatMap(\.bytes) == proved.proof.bytes)
  }

  @Test(arguments: Shape.allCases)
  func `A1: a changed message changes every later challenge and no earlier one`(_ shape: Shape) throws {
    let operations = try verification(ProvedShapes[shape]).transcript.operations
    let original = challenges(operations)
    #expect(original == operations.filter { $0.kind == .challenge }.map(\.bytes))
    for (index, operation) in operations.enumerated() where operation.kind == .message && index > 0 {
      let changed = challenges(
        operations, replacing: index,
        with: operation.bytes.isEmpty ? [0] : flipping(operation.bytes, byte: 0))
      let before = operations[..<index].filter { $0.kind == .challenge }.count
      #expect(changed.prefix(before) == original.prefix(before))
      for later in before..<original.count { #expect(changed[later] != original[later]) }
    }
  }

  @Test(arguments: Shape.allCases)
  func `A5: prover and verifier leave the same transcript, and agree on what follows`(_ shape: Shape) throws {
    let example = try shape.example()
    let (V, run) = try example.reference.prove(
      example.x, blindings: example.blindings, context: example.context)
    let verified = try #require(
      try example.reference.verification(
        of: run.proof.bytes, commitments: V, context: example.context))
    var (prover, verifier) = (run.transcript, verified.transcript)
    _ = prover.batchSeed()
    #expect(prover.operations == verifier.operations)
    #expect(prover.batchSeed() == verifier.batchSeed())
    // Our verifier follows the same record: it accepts what was proved under these challenges.
    #expect(example.verdict(run.proof.proof, try V.map { try EncodedPoint($0) }) == nil)
  }

  @Test
  func `A6: a proof under another protocol label is rejected`() throws {
    let example = try Shape.single.example()
    let names = ["bppp-polytope-v0", "bppp-polytope-v2", "bppp-polytope-v1\0", "rangeproof", ""]
    for name in names {
      let other = ReferenceVariant(transcriptLabel: Array(name.utf8))
      let (V, run) = try example.reference.prove(
        example.x, blindings: example.blindings, context: example.context, variant: other)
      #expect(
        try example.reference.accepts(
          run.proof.bytes, commitments: V, context: example.context, variant: other))
      #expect(example.verdict(run.proof.proof, try V.map { try EncodedPoint($0) }) == .equationFails)
    }
  }

  @Test
  func `A6: a proof of one statement is not a proof of another of the same length`() throws {
    let drafts: [StatementDraft] = [
      .ranges([bits(16)]), .ranges([bits(16) - 1]),
      .ranges([bits(12)], rows: [StatementRow(form: .variable(0), upperBound: 15)]),
    ]
    let examples = try drafts.map { try Example($0, base: .b16, x: [7], blindings: [.one]) }
    for a in examples {
      let proved = try a.proved()
      for b in examples where b.statement != a.statement {
        #expect(try b.commitments() == proved.commitments)
        #expect(b.statement.layout.proofByteCount == proved.proof.bytes.count)
        #expect(b.verdict(proved.proof, proved.commitments) == .equationFails)
      }
    }
  }

  @Test
  func `A7: moving a byte between neighbouring messages changes every challenge`() throws {
    let operations = try verification(ProvedShapes[.twoCommitments]).transcript.operations
    let original = challenges(operations)
    for index in 1..<(operations.count - 1)
    where operations[index].kind == .message && operations[index + 1].kind == .message {
      var moved = operations
      let (a, b) = (operations[index], operations[index + 1])
      guard let last = a.bytes.last else { continue }
      moved[index] = .init(kind: .message, label: a.label, bytes: a.bytes.dropLast())
      moved[index + 1] = .init(kind: .message, label: b.label, bytes: [last] + b.bytes)
      let before = operations[..<index].filter { $0.kind == .challenge }.count
      let changed = challenges(moved)
      for later in before..<original.count { #expect(changed[later] != original[later]) }
    }
  }
}
