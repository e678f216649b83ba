import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto

/// A statement on both sides, with a witness for it.
struct Example: Sendable {
  var statement: Statement
  var x: [Integer]
  var blindings: [Scalar]
  var context: [UInt8] = Array("tests".utf8)
  var suiteName = "default"

  init(
    _ draft: StatementDraft, base: DigitBase? = nil, x: [Integer], blindings: [Scalar]? = nil
  ) throws {
    statement = try Statement(draft, base: base)
    self.x = x
    self.blindings = blindings ?? draft.links.map { _ in Scalar.random() }
  }

  var reference: ReferenceStatement {
    ReferenceStatement(statement.draft, base: statement.base.rawValue, suite: suiteName)
  }

  var generators: Generators {
    suiteName == "default" ? .standard : Generators(suite: GeneratorSuite(named: suiteName))
  }

  func commitments() throws -> [EncodedPoint] {
    try CircuitProof.commitments(
      to: Witness(integers: x), of: statement, blindings: SecretBlock(scalars: blindings),
      generators: generators)
  }

  /// The commitments to x whether or not it fulfils the rows, from the reference.
  func referenceCommitments() throws -> [EncodedPoint] {
    try reference.openings(x, blindings: blindings).map {
      try EncodedPoint($0.commitment(reference.generators(.sound)))
    }
  }

  func prove(_ commitments: [EncodedPoint]) throws -> CircuitProof {
    try CircuitProof.prove(
      statement, witness: Witness(integers: x), blindings: SecretBlock(scalars: blindings),
      commitments: commitments, context: context, generators: generators)
  }

  func proved() throws -> Proved {
    let commitments = try commitments()
    return Proved(example: self, commitments: commitments, proof: try prove(commitments))
  }

  /// What the verifier says; `nil` is acceptance.
  func verdict(
    _ proof: CircuitProof, _ commitments: [EncodedPoint], context: [UInt8]? = nil,
    statement: Statement? = nil
  ) -> VerificationError? {
    do throws(VerificationError) {
      try proof.verify(
        statement ?? self.statement, commitments: commitments, context: context ?? self.context,
        generators: generators)
      return nil
    } catch {
      return error
    }
  }

  /// What a batch of this proof alone says.
  func batchVerdict(
    _ proof: CircuitProof, _ commitments: [EncodedPoint], context: [UInt8]? = nil
  ) throws -> VerificationError? {
    var batch = ProofBatch(generators: generators)
    batch.add(proof, of: statement, commitments: commitments, context: context ?? self.context)
    return try batch.verify()[0]
  }
}

/// An example with a proof of it.
struct Proved: Sendable {
  let example: Example
  let commitments: [EncodedPoint]
  let proof: CircuitProof

  var verdict: VerificationError? { example.verdict(proof, commitments) }

  func add(to batch: inout ProofBatch) {
    batch.add(
      proof, of: example.statement, commitments: commitments, context: example.context)
  }
}

extension Witness {
  init(integers: [Integer]) {
    self.init(SecretBlock(count: integers.count) { Int256(truncating: integers[$0]) })
  }
}

extension SecretBlock<Scalar> {
  init(scalars: [Scalar]) { self.init(count: scalars.count) { scalars[$0] } }
}

extension AffineForm {
  /// A form from pairs of variable and coefficient.
  init(_ terms: KeyValuePairs<Int, Integer>, _ constant: Integer = 0) {
    self.init(
      terms: terms.map { Term(variable: $0.key, coefficient: $0.value) }, constant: constant)
  }
}

extension StatementDraft {
  /// Variables with the given bounds, all committed in one commitment in order.
  static func ranges(
    _ bounds: [Integer], gates: [ProductGate] = [], rows: [StatementRow] = []
  ) -> StatementDraft {
    let link = Dictionary(uniqueKeysWithValues: bounds.indices.map { ($0, AffineForm.variable($0)) })
    return StatementDraft(
      variableBounds: bounds, gates: gates, rows: rows, links: [link],
      coordinateCount: bounds.count)
  }
}

func bits(_ n: Int) -> Integer { .powerOfTwo(n) - 1 }

/// h = (ℓ − 1)/2.
let h = (Scalar.order - 1).floorDivided(by: 2)

/// The bytes with one bit of one byte flipped.
func flipping(_ bytes: [UInt8], byte: Int, bit: UInt8 = 0) -> [UInt8] {
  var changed = bytes
  changed[byte] ^= 1 << bit
  return changed
}
