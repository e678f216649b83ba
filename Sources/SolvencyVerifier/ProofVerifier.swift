internal import CircuitLanguage
internal import CircuitProofs
package import ProofCore
internal import Ristretto
public import Solvency

/// Verifies proofs of margin rules.
///
/// Everything a proof is measured against comes from the catalog and from the caller's expectations.
/// Cheap checks come first, in this order: form, suite, documents, times, address, account, lengths; then the
/// proof itself. No result is kept, so that no proof is ever accepted because another one was.
public struct ProofVerifier: Sendable {
  /// The documents that are trusted.
  public let catalog: RuleCatalog
  /// The generators of ``Solvency/ProofEnvelope/suite``.
  let generators: Generators

  /// A verifier that trusts the documents of a catalog.
  public init(catalog: RuleCatalog) {
    self.catalog = catalog
    generators = .standard
  }

  /// Verifies one envelope. Rejecting is not an error: the verdict says why.
  public func verify(
    _ envelope: ProofEnvelope, expecting expectations: Expectations
  ) -> ProofVerdict {
    verify(ReceivedProof(envelope), expecting: expectations)
  }

  /// Verifies one proof of which it is known when it was received. Rejecting is not an error: the verdict
  /// says why.
  public func verify(
    _ proof: ReceivedProof, expecting expectations: Expectations
  ) -> ProofVerdict {
    do throws(RejectionReason) {
      let key = try admissibleKey(of: proof, expecting: expectations)
      let rule = try catalog.rule(key)
      return .accepted(try Self.claim(of: proof.envelope, under: rule, generators: generators))
    } catch {
      return .rejected(error)
    }
  }

  /// Verifies one envelope as it stands in a file or on a line; in an audit, with the moment of its receipt
  /// beside it.
  public func verify(
    encoded bytes: [UInt8], expecting expectations: Expectations
  ) -> ProofVerdict {
    do throws(RejectionReason) {
      return verify(
        try Self.proof(decoding: bytes, judgedAt: expectations.moment), expecting: expectations)
    } catch {
      return .rejected(error)
    }
  }

  /// Verifies a proof under a rule in hand: the part that does not depend on a catalog or on the time.
  ///
  /// - Throws: the reason to reject.
  package static func claim(
    of envelope: ProofEnvelope, under rule: MarginRule, generators: Generators
  ) throws(RejectionReason) -> ProofClaim {
    try checkBinding(of: envelope, to: rule)
    do throws(VerificationError) {
      try envelope.proof.verify(
        rule.statement, commitments: envelope.commitments, context: envelope.context.encoded(),
        generators: generators)
    } catch {
      throw RejectionReason(error)
    }
    return ProofClaim(envelope)
  }

  /// Reads an envelope and verifies its proof under a rule in hand: what its audience will do, for a
  /// prover that checks its own work.
  ///
  /// - Throws: the reason to reject.
  package static func claim(
    encoded bytes: [UInt8], under rule: MarginRule, generators: Generators
  ) throws(RejectionReason) -> ProofClaim {
    try claim(of: envelope(decoding: bytes), under: rule, generators: generators)
  }

  static func envelope(decoding bytes: [UInt8]) throws(RejectionReason) -> ProofEnvelope {
    do throws(FileError) {
      return try ProofEnvelope(decoding: bytes)
    } catch {
      if case .unsupportedVersion(let version) = error { throw .unsupportedVersion(version) }
      throw .malformed(error)
    }
  }

  /// Reads a line. Only an audit knows of receipts: elsewhere the member is unknown.
  static func proof(
    decoding bytes: [UInt8], judgedAt moment: JudgedMoment
  ) throws(RejectionReason) -> ReceivedProof {
    guard moment != .now else { return ReceivedProof(try envelope(decoding: bytes)) }
    do throws(FileError) {
      return try ReceivedProof(decoding: bytes)
    } catch {
      if case .unsupportedVersion(let version) = error { throw .unsupportedVersion(version) }
      throw .malformed(error)
    }
  }

  /// The key of the proof's rule, after every check that needs no compiled rule.
  func admissibleKey(
    of proof: ReceivedProof, expecting expectations: Expectations?
  ) throws(RejectionReason) -> MarginRule.Key {
    var documents = NamedDocuments(catalog)
    return try Self.admissibleKey(of: proof, expecting: expectations, among: &documents)
  }

  /// The same for proofs one after the other.
  static func admissibleKey(
    of proof: ReceivedProof, expecting expectations: Expectations?, among documents: inout NamedDocuments
  ) throws(RejectionReason) -> MarginRule.Key {
    let envelope = proof.envelope
    let context = envelope.context
    guard envelope.suite == ProofEnvelope.suite else { throw .unknownSuite }
    try documents.find(context, circuitName: envelope.circuitName)
    if let snapshot = documents.snapshot,
      let objection = expectations?.objection(to: proof, snapshot: snapshot)
    {
      throw objection
    }
    return MarginRule.Key(
      circuit: context.circuit, snapshot: context.snapshot, registry: context.registry,
      kind: context.kind, reduction: context.reduction)
  }

  /// Checks that the envelope names exactly the rule, and has as many commitments as its statement.
  static func checkBinding(
    of envelope: ProofEnvelope, to rule: MarginRule
  ) throws(RejectionReason) {
    guard envelope.suite == ProofEnvelope.suite else { throw .unknownSuite }
    guard envelope.context.circuit == rule.key.circuit, envelope.circuitName == rule.circuitName
    else { throw .unknownCircuit }
    guard envelope.context.snapshot == rule.key.snapshot else { throw .unknownSnapshot }
    guard envelope.context.registry == rule.key.registry else { throw .unknownRegistry }
    guard envelope.context.kind == rule.key.kind else { throw .wrongKind }
    guard envelope.context.reduction == rule.key.reduction else { throw .unusableRule }
    let expected = rule.statement.commitmentCount
    guard envelope.commitments.count == expected else {
      throw .wrongCommitmentCount(expected: expected, actual: envelope.commitments.count)
    }
  }
}

extension ProofClaim {
  /// What an envelope claims, for a caller that has verified it.
  package init(_ envelope: ProofEnvelope) {
    circuitName = envelope.circuitName
    context = envelope.context
    commitments = envelope.commitments
  }
}

extension RejectionReason {
  /// The reason as it may be told: which equation or challenge failed is not part of it.
  init(_ error: VerificationError) {
    switch error {
    case .wrongProofLength(let expected, let actual):
      self = .wrongProofLength(expected: expected, actual: actual)
    case .wrongCommitmentCount(let expected, let actual):
      self = .wrongCommitmentCount(expected: expected, actual: actual)
    case .undecodable, .undecodableCommitment:
      self = .undecodable
    case .generators:
      self = .unusableRule
    case .degenerateChallenge, .equationFails:
      self = .proofInvalid
    }
  }
}
