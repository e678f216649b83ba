internal import ExactIntegers
internal import Merlin
public import ProofCore
public import Ristretto

extension CircuitProof {
  /// Proves that `commitments` open to values that fulfil the statement.
  ///
  /// Blinders are drawn from transcript, witness and system randomness together. The finished proof is
  /// verified before it is returned.
  ///
  /// - Parameters:
  ///   - statement: what is proved.
  ///   - witness: the variables x.
  ///   - blindings: `s_i`, one for each commitment.
  ///   - commitments: `V_i = Σ_m link_i[m](x, z)·H_{m+1} + s_i·R₁`; checked against the witness.
  ///   - context: bytes the proof is bound to: everything that must not be re-bound.
  ///   - generators: those of the suite the commitments were made under.
  /// - Throws: ``ProvingError``.
  public static func prove(
    _ statement: Statement, witness: borrowing Witness, blindings: borrowing SecretBlock<Scalar>,
    commitments: [EncodedPoint], context: [UInt8], generators: Generators
  ) throws(ProvingError) -> CircuitProof {
    let proof = try unverified(
      statement, witness: witness, blindings: blindings, commitments: commitments, context: context,
      generators: generators)
    return try proof.verified(
      statement, commitments: commitments, context: context, generators: generators)
  }

  /// The same for a caller who verifies the whole message that the proof goes into before it leaves.
  package static func unverified(
    _ statement: Statement, witness: borrowing Witness, blindings: borrowing SecretBlock<Scalar>,
    commitments: [EncodedPoint], context: [UInt8], generators: Generators
  ) throws(ProvingError) -> CircuitProof {
    var transcript = ArgumentTranscript(
      Transcript.argumentStart, statement: statement, commitments: commitments, context: context,
      suite: generators.suite)
    return try attempts(
      statement, witness: witness, blindings: blindings, commitments: commitments, context: context,
      generators: generators
    ) { prover throws(ArgumentFailure) in
      var attempt = transcript
      var source = HedgedBlinding(
        transcript: transcript.transcript, witness: witness, blindings: blindings)
      let parts = try prover.prove(blindings: blindings, transcript: &attempt, using: &source)
      transcript = attempt
      return parts
    }
  }

  /// Proves with the deterministic blinders of the known answers.
  package static func prove(
    _ statement: Statement, witness: borrowing Witness, blindings: borrowing SecretBlock<Scalar>,
    commitments: [EncodedPoint], context: [UInt8], generators: Generators,
    knownAnswer source: inout KnownAnswerBlinding
  ) throws(ProvingError) -> CircuitProof {
    let proof = try attempts(
      statement, witness: witness, blindings: blindings, commitments: commitments, context: context,
      generators: generators
    ) { prover throws(ArgumentFailure) in
      var transcript = ArgumentTranscript(
        Transcript.argumentStart, statement: statement, commitments: commitments, context: context,
        suite: generators.suite)
      return try prover.prove(blindings: blindings, transcript: &transcript, using: &source)
    }
    return try proof.verified(
      statement, commitments: commitments, context: context, generators: generators)
  }

  /// Runs the argument until no challenge is degenerate (protocol 7.1).
  private static func attempts(
    _ statement: Statement, witness: borrowing Witness, blindings: borrowing SecretBlock<Scalar>,
    commitments: [EncodedPoint], context: [UInt8], generators: Generators,
    attempt: (borrowing Prover) throws(ArgumentFailure) -> ProofParts
  ) throws(ProvingError) -> CircuitProof {
    let expected = statement.commitmentCount
    guard blindings.count == expected else {
      throw .wrongBlindingCount(expected: expected, actual: blindings.count)
    }
    let prover = try Prover(statement, witness: witness, generators: generators)
    for i in 0..<expected {
      guard i < commitments.count, commitments.count == expected,
        prover.commitment(i, blinding: blindings[i]) == commitments[i]
      else { throw .commitmentMismatch(index: i) }
    }
    while true {
      let parts: ProofParts
      do throws(ArgumentFailure) {
        parts = try attempt(prover)
      } catch {
        switch error {
        case .degenerateChallenge: continue
        case .inconsistent: throw .inconsistent
        }
      }
      return CircuitProof(parts)
    }
  }

  /// This proof, if it verifies (A51).
  private func verified(
    _ statement: Statement, commitments: [EncodedPoint], context: [UInt8], generators: Generators
  ) throws(ProvingError) -> CircuitProof {
    do throws(VerificationError) {
      try verify(statement, commitments: commitments, context: context, generators: generators)
    } catch {
      throw .selfVerification(error)
    }
    return self
  }

  /// The commitments of a witness: `V_i = Σ_m link_i[m](x, z)·H_{m+1} + s_i·R₁`.
  ///
  /// - Throws: ``ProvingError`` if the witness does not fulfil the statement or a blinding is missing.
  public static func commitments(
    to witness: borrowing Witness, of statement: Statement,
    blindings: borrowing SecretBlock<Scalar>, generators: Generators
  ) throws(ProvingError) -> [EncodedPoint] {
    guard blindings.count == statement.commitmentCount else {
      throw .wrongBlindingCount(expected: statement.commitmentCount, actual: blindings.count)
    }
    let prover = try Prover(statement, witness: witness, generators: generators)
    return (0..<statement.commitmentCount).map { prover.commitment($0, blinding: blindings[$0]) }
  }
}
