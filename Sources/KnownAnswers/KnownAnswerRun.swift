internal import CanonicalBytes
internal import CircuitProofs
internal import ExactIntegers
internal import ProofCore
internal import Ristretto

/// Runs one known answer: everything it lists is computed anew and compared.
struct KnownAnswerRun {
  private let answer: KnownAnswer
  private let generators: Generators

  init(_ answer: KnownAnswer) {
    self.answer = answer
    generators = Generators(suite: GeneratorSuite(named: answer.suite))
  }

  /// All comparisons, in the order of the protocol.
  func checks() -> [VectorCheck] {
    var checks: [VectorCheck] = []
    if let (block, count) = answer.repetition {
      let repeated = try? block.repeated(count, base: answer.statement.base)
      checks.append(VectorCheck("repetition", holds: repeated?.digest == answer.statement.digest))
    }
    let observed = reproduce(&checks)
    for entry in answer.expected { checks += compare(entry, observed) }
    checks += [
      VectorCheck(answer.isValid ? "verified" : "rejected", holds: verifies() == answer.isValid),
      VectorCheck("batch of 1", holds: verifiesInBatch(1) == answer.isValid),
      VectorCheck("batch of 2", holds: verifiesInBatch(2) == answer.isValid),
    ]
    return checks
  }

  /// Whether a proof of the same statement is accepted alone.
  func verifies(
    _ proof: CircuitProof? = nil, commitments: [EncodedPoint]? = nil, context: [UInt8]? = nil
  ) -> Bool {
    do throws(VerificationError) {
      try (proof ?? answer.proof).verify(
        answer.statement, commitments: commitments ?? answer.commitments,
        context: context ?? answer.context, generators: generators)
      return true
    } catch {
      return false
    }
  }

  /// Whether a proof of the same statement is accepted in a batch with the known answer, and the known
  /// answer in spite of it.
  func verifiesBesideAnswer(
    _ proof: CircuitProof? = nil, commitments: [EncodedPoint]? = nil, context: [UInt8]? = nil
  ) -> (other: Bool, answer: Bool) {
    var batch = ProofBatch(generators: generators)
    batch.add(
      answer.proof, of: answer.statement, commitments: answer.commitments, context: answer.context)
    batch.add(
      proof ?? answer.proof, of: answer.statement, commitments: commitments ?? answer.commitments,
      context: context ?? answer.context)
    guard let errors = try? batch.verify() else { return (other: false, answer: false) }
    return (other: errors[1] == nil, answer: errors[0] == nil)
  }

  private func verifiesInBatch(_ count: Int) -> Bool {
    var batch = ProofBatch(generators: generators)
    for _ in 0..<count {
      batch.add(
        answer.proof, of: answer.statement, commitments: answer.commitments, context: answer.context)
    }
    return (try? batch.verify())?.allSatisfy { $0 == nil } ?? false
  }

  /// Makes the commitments and the proof from witness, blindings and seed, and returns the prover's
  /// intermediate values.
  private func reproduce(_ checks: inout [VectorCheck]) -> [String: [Scalar]] {
    guard let secrets = answer.secrets else { return [:] }
    let values = secrets.values.compactMap { Int256(exactly: $0) }
    let scalars = secrets.blindings.compactMap { try? Scalar(canonicalBytes: $0) }
    guard values.count == secrets.values.count, scalars.count == secrets.blindings.count else {
      checks.append(VectorCheck("witness", holds: false))
      return [:]
    }
    let witness = Witness(SecretBlock(count: values.count) { values[$0] })
    let blindings = SecretBlock(count: scalars.count) { scalars[$0] }
    var source = KnownAnswerBlinding(seed: secrets.seed)
    do throws(ProvingError) {
      let commitments = try CircuitProof.commitments(
        to: witness, of: answer.statement, blindings: blindings, generators: generators)
      checks.append(VectorCheck("commitments", holds: commitments == answer.commitments))
      let proof = try CircuitProof.prove(
        answer.statement, witness: witness, blindings: blindings, commitments: commitments,
        context: answer.context, generators: generators, knownAnswer: &source)
      checks.append(
        VectorCheck("proof (\(proof.bytes.count) bytes)", holds: proof == answer.proof))
    } catch {
      // A prover that refuses is right exactly when the answer is not valid.
      checks.append(VectorCheck("prover refuses", holds: !answer.isValid))
    }
    return source.observed
  }

  /// Compares one expected value of the file.
  private func compare(_ entry: JSONEntry, _ observed: [String: [Scalar]]) -> [VectorCheck] {
    switch entry.key {
    case "commitments":
      return []
    case "statement_digest":
      return [
        VectorCheck("digest", holds: (try? entry.node.bytes(hexOfAtMost: 64)) == answer.statement.digest)
      ]
    case "layout":
      return [VectorCheck("layout", holds: holdsForAll(entry.node, layoutHolds))]
    case "generators":
      return [VectorCheck("generators", holds: holdsForAll(entry.node, generatorHolds))]
    case "challenges", "first4":
      let members = (try? entry.node.entries(maximumCount: 1 << 10)) ?? []
      return members.map { VectorCheck($0.key, holds: scalarsHold($0.node, observed[$0.key])) }
    case "n_tau_first4":
      return [VectorCheck(entry.key, holds: scalarsHold(entry.node, observed["n_tau"]))]
    default:
      return [VectorCheck(entry.key, holds: scalarsHold(entry.node, observed[entry.key]))]
    }
  }

  /// Whether the expected scalars, one or several, are the first of those observed.
  private func scalarsHold(_ node: JSONNode, _ observed: [Scalar]?) -> Bool? {
    guard let observed else { return nil }
    let elements = (try? node.array(maximumCount: 1 << 17)) ?? [node]
    guard elements.count <= observed.count else { return false }
    return zip(elements, observed).allSatisfy { element, scalar in
      (try? element.bytes(hexOfCount: Scalar.byteCount)) == scalar.encoded()
    }
  }

  private func holdsForAll(_ node: JSONNode, _ holds: (JSONEntry) -> Bool) -> Bool {
    (try? node.entries(maximumCount: 1 << 10))?.allSatisfy(holds) ?? false
  }

  private func layoutHolds(_ entry: JSONEntry) -> Bool {
    let layout = answer.statement.layout
    let fields = [
      "nh": layout.digitSlots, "nb": layout.bitSlots, "Q": layout.gateSlots,
      "N0": layout.usedSlots, "N": layout.normLength, "L": layout.linearLength,
      "rounds": layout.rounds, "t": layout.finalNormLength, "lf": layout.finalLinearLength,
      "D": layout.commitmentStride,
    ]
    guard let value = fields[entry.key] else { return false }
    return (try? entry.node.integer(in: 0...Int64.max)) == Int64(value)
  }

  /// Names are `U`, `R1` … `R7`, `H1` …, `G1` ….
  private func generatorHolds(_ entry: JSONEntry) -> Bool {
    guard let expected = try? entry.node.point() else { return false }
    if entry.key == "U" { return generators.value.encoded() == expected }
    guard let index = Int(entry.key.dropFirst()), (1...1 << 12).contains(index) else { return false }
    let point: Point? =
      switch entry.key.first {
      case "R": index <= 7 ? generators.blinding[index - 1] : nil
      case "H": try? generators.account(index)[index - 1]
      case "G": generators.norm(index)[index - 1]
      default: nil
      }
    return point?.encoded() == expected
  }
}
