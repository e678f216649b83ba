internal import CanonicalBytes
internal import CircuitProofs
package import CommandSupport
internal import ExactIntegers
internal import Foundation
package import MarginRules
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyProver
internal import SolvencyVerifier

/// Proving and verifying, singly and in a batch.
package struct ProofBench {
  /// Values of 48 bits and rows of 64 bits over them, in one account commitment.
  package struct Shape {
    package let values: Int
    package let rows: Int

    package static let all = [(1, 1), (8, 8), (64, 16), (128, 32), (256, 64)].map(Shape.init)
    package var name: String { "(\(values),\(rows))" }
  }

  private static let context = Array("bench".utf8)
  package let stopwatch: Stopwatch
  /// Proofs that are verified together.
  package let batchCount: Int

  package init(stopwatch: Stopwatch, batchCount: Int) {
    self.stopwatch = stopwatch
    self.batchCount = batchCount
  }

  package func measurements(of shape: Shape) throws(ToolFailure) -> [Stopwatch.Measurement] {
    let statement = try ToolFailure.wrapping(shape.name) { try Self.statement(shape) }
    let generators = Generators.standard
    let witness = Witness(
      SecretBlock(count: shape.values) { Int256(UInt64($0) &* 0x9E37_79B9_7F4A % (1 << 48)) })
    let blindings = SecretBlock(repeating: Scalar.random(), count: 1)
    let (commitments, proof) = try ToolFailure.wrapping(shape.name) {
      let commitments = try CircuitProof.commitments(
        to: witness, of: statement, blindings: blindings, generators: generators)
      let proof = try CircuitProof.prove(
        statement, witness: witness, blindings: blindings, commitments: commitments,
        context: Self.context, generators: generators)
      return (commitments, proof)
    }
    var proofs = ProofBatch(generators: generators)
    for _ in 0..<batchCount {
      proofs.add(proof, of: statement, commitments: commitments, context: Self.context)
    }
    let size = "\(shape.name), \(proof.bytes.count) bytes"
    return [
      stopwatch.measure("prove \(size)") {
        try? CircuitProof.prove(
          statement, witness: witness, blindings: blindings, commitments: commitments,
          context: Self.context, generators: generators)
      },
      stopwatch.measure("verify \(size)") {
        try? proof.verify(
          statement, commitments: commitments, context: Self.context, generators: generators)
      },
      stopwatch.measure("batch") { try? proofs.verify(workers: 1) }
        .shared(by: batchCount, as: "verify \(size), in a batch of \(batchCount), each"),
    ]
      + (falseProofs(proof).map { name, isFalse, changed in
        var mixed = ProofBatch(generators: generators)
        for index in 0..<batchCount {
          mixed.add(
            isFalse(index) ? changed : proof, of: statement, commitments: commitments, context: Self.context)
        }
        return stopwatch.measure("batch") { try? mixed.verify(workers: 1) }
          .shared(by: batchCount, as: "the same, \(name) false, each")
      })
  }

  /// Which proofs of a batch are false, and a proof whose last scalar is another: it fails in its equation
  /// alone.
  private func falseProofs(
    _ proof: CircuitProof
  ) -> [(name: String, isFalse: @Sendable (Int) -> Bool, proof: CircuitProof)] {
    var bytes = proof.bytes
    bytes[bytes.count - 32] ^= 1
    let changed = CircuitProof(bytes: bytes)
    return [
      ("1 in 100", { $0 % 100 == 37 }, changed), ("1 in 4", { $0 % 4 == 1 }, changed),
      ("all", { _ in true }, changed),
    ]
  }

  /// Rows `2⁶⁰ + Σ c·x` with small coefficients, which no value of the variables takes out of 64 bits.
  private static func statement(_ shape: Shape) throws -> Statement {
    var draft = StatementDraft()
    draft.coordinateCount = shape.values
    draft.variableBounds = Array(repeating: Integer.powerOfTwo(48) - 1, count: shape.values)
    draft.links = [
      Dictionary(uniqueKeysWithValues: (0..<shape.values).map { ($0, AffineForm.variable($0)) })
    ]
    draft.rows = (0..<shape.rows).map { j in
      let terms = (0..<shape.values).map { i in
        AffineForm.Term(variable: i, coefficient: Integer((7 * i + 11 * j) % 9 - 4))
      }
      return StatementRow(
        form: AffineForm(terms: terms, constant: Integer.powerOfTwo(60)),
        upperBound: Integer.powerOfTwo(64) - 1)
    }
    return try Statement(draft)
  }

  /// Portfolio margin for an account without positions; time does not depend on the book.
  package func portfolioMargin(
    _ snapshot: RiskSnapshot, named name: String
  ) throws(ToolFailure) -> [Stopwatch.Measurement] {
    let circuit = try Documents.circuit("portfolio-margin")
    let registry = try Documents.registry(of: snapshot, at: name)
    let now = Timestamp(seconds: UInt64(clamping: snapshot.validFrom))
    return try ToolFailure.wrapping(name) {
      let rule = try MarginRule(
        circuit: circuit, snapshot: snapshot, kind: .initial, registry: registry)
      let opening = AccountOpening(
        of: try Book(account: AccountID("bench"), registry: registry) { coordinate in
          coordinate == Registry.cash ? 1_000_000_000 : 0
        })
      let request = ProofRequest(
        audience: try Audience("bench"), nonce: .random(), issued: now,
        expires: now.advanced(by: 3_600))
      let envelope = try opening.prove(rule, for: request, at: now)
      let catalog = RuleCatalog()
      catalog.register(circuit)
      catalog.register(snapshot)
      let verifier = ProofVerifier(catalog: catalog)
      let expectations = Expectations(now: now)
      let envelopes = Array(repeating: envelope, count: batchCount)
      // On the calling thread, whose time the stopwatch counts.
      let batch = stopwatch.measure("batch") {
        verifier.verify(envelopes, expecting: expectations, workers: 1)
      }
      let size = "portfolio-margin, \(name), \(envelope.proof.bytes.count) bytes"
      return [
        stopwatch.measure("compile \(size)") {
          try? MarginRule(circuit: circuit, snapshot: snapshot, kind: .initial, registry: registry)
        },
        stopwatch.measure("prove \(size)") { try? opening.prove(rule, for: request, at: now) },
        stopwatch.measure("verify \(size)") { verifier.verify(envelope, expecting: expectations) },
        batch.shared(by: batchCount, as: "verify \(size), in a batch of \(batchCount), each"),
      ]
        + falseProofs(envelope.proof).map { name, isFalse, changed in
          let other = ProofEnvelope(
            suite: envelope.suite, circuitName: envelope.circuitName, context: envelope.context,
            commitments: envelope.commitments, proof: changed)
          let mixed = (0..<batchCount).map { isFalse($0) ? other : envelope }
          return stopwatch.measure("batch") { verifier.verify(mixed, expecting: expectations, workers: 1) }
            .shared(by: batchCount, as: "the same, \(name) false, each")
        }
    }
  }
}
