internal import Merlin
public import ProofCore
public import Ristretto

extension CircuitProof {
  /// Verifies the proof: one multi-scalar multiplication over all generators and the proof's points.
  ///
  /// - Parameters:
  ///   - statement: what is to be proved; never taken from the proof's sender.
  ///   - commitments: the `V_i` the statement speaks about, as received.
  ///   - context: the bytes the proof must be bound to.
  ///   - generators: those of the suite.
  /// - Throws: ``VerificationError`` unless the proof holds. Variable time: everything here is public.
  public func verify(
    _ statement: Statement, commitments: [EncodedPoint], context: [UInt8], generators: Generators
  ) throws(VerificationError) {
    let received = try ReceivedProof(
      self, statement: statement, commitments: commitments, context: context)
    let prepared = try PreparedProof(
      received, suite: generators.suite, transcript: Transcript.argumentStart)
    try BatchVerifier<VerificationSum>.verify(prepared, domain: ProofBatch.weightDomain) {
      sum throws(VerificationError) in
      try sum.value(generators: generators)
    }
  }
}
