internal import CanonicalBytes
internal import CircuitProofs
internal import Ristretto

/// Variations of a known answer that must be rejected: proofs, a context, commitments.
struct InvalidProofs {
  /// The member that tells such a file from others.
  static let key = "invalid_proofs"
  private static let keys = ["base_vector", key, "invalid_context", "invalid_commitments"]

  private let baseName: String
  private let proofs: [(name: String, proof: CircuitProof)]
  private let context: [UInt8]?
  private let commitments: [(name: String, commitment: EncodedPoint)]

  init(_ node: JSONNode) throws(DocumentError) {
    let members = try node.object(required: [Self.keys[0], Self.key], optional: Array(Self.keys[2...]))
    baseName = try members["base_vector"].string(maximumLength: 256)
    var proofs: [(String, CircuitProof)] = []
    for entry in try members[Self.key].entries(maximumCount: 1 << 10) {
      let bytes = try entry.node.bytes(hexOfAtMost: 1 << 20)
      proofs.append((entry.key, CircuitProof(bytes: bytes)))
    }
    self.proofs = proofs
    context = try members.optional("invalid_context").map { node throws(DocumentError) in
      Array(try node.string(maximumLength: 1 << 16).utf8)
    }
    var commitments: [(String, EncodedPoint)] = []
    for entry in try members.optional("invalid_commitments")?.entries(maximumCount: 1 << 10) ?? [] {
      commitments.append((entry.key, try entry.node.point()))
    }
    self.commitments = commitments
  }

  /// Tries every variation alone, and in a batch whose other proof is good.
  func run(beside path: String) throws -> [VectorCase] {
    let answer = try VectorFile.knownAnswer(named: baseName, beside: path)
    let run = KnownAnswerRun(answer)
    var cases = [
      VectorCase(name: baseName, checks: [VectorCheck("verified", holds: run.verifies() == answer.isValid)])
    ]
    func add(
      _ name: String, proof: CircuitProof? = nil, commitments: [EncodedPoint]? = nil,
      context: [UInt8]? = nil
    ) {
      let alone = run.verifies(proof, commitments: commitments, context: context)
      let batch = run.verifiesBesideAnswer(proof, commitments: commitments, context: context)
      cases.append(
        VectorCase(
          name: name,
          checks: [
            VectorCheck("rejected", holds: !alone), VectorCheck("rejected in a batch", holds: !batch.other),
            VectorCheck("the good proof beside it accepted", holds: batch.answer == answer.isValid),
          ]))
    }
    for (name, proof) in proofs { add(name, proof: proof) }
    if let context { add("invalid_context", context: context) }
    for (name, commitment) in commitments {
      add(name, commitments: [commitment] + answer.commitments.dropFirst())
    }
    return cases
  }
}
