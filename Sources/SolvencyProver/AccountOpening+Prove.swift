public import CanonicalBytes
internal import CircuitLanguage
public import CircuitProofs
public import ProofCore
internal import Ristretto
public import Solvency
public import SolvencyVerifier

/// Who a proof is for and how long it may be used.
public struct ProofRequest: Hashable, Sendable {
  /// Who the proof is for.
  public let audience: Audience
  /// What the audience asked with.
  public let nonce: Nonce
  /// From when the proof may be used.
  public let issued: Timestamp
  /// From when on it may no longer be used.
  public let expires: Timestamp

  /// A request with these parts.
  public init(audience: Audience, nonce: Nonce, issued: Timestamp, expires: Timestamp) {
    self.audience = audience
    self.nonce = nonce
    self.issued = issued
    self.expires = expires
  }
}

/// Why no proof is made. For the trader alone: these reasons tell about the book.
public enum ProverError: Error, Hashable, Sendable {
  /// The opening is of another registry than the rule.
  case wrongRegistry
  /// The window of the request is empty.
  case emptyWindow
  /// The window of the request is over.
  case expiredWindow
  /// The book does not meet the rule; of the rows it fails, this one by the largest amount.
  case insolvent(row: String)
  /// The book may meet the rule, and is beyond what the circuit has room for at this place.
  case beyondCircuit(at: String)
  /// The commitment cannot be computed.
  case opening(OpeningError)
  /// The argument was refused.
  case proving(ProvingError)
  /// The circuit and its statement disagree: a defect of this library.
  case inconsistent
  /// The finished envelope was rejected: a defect of this library. It has not left the prover.
  case selfVerification(RejectionReason)
}

extension AccountOpening {
  /// Proves that the book meets a rule.
  ///
  /// The rule is checked in plain integers first, so that a book which does not meet it is refused here
  /// with the name of the row. The finished envelope is encoded, read and verified as its audience will
  /// do before it is returned.
  ///
  /// - Parameters:
  ///   - rule: the rule, compiled from documents the trader trusts.
  ///   - request: audience, nonce and window.
  ///   - now: the present moment.
  ///   - generators: those of ``Solvency/ProofEnvelope/suite``.
  /// - Throws: ``ProverError``.
  public borrowing func prove(
    _ rule: MarginRule, for request: ProofRequest, at now: Timestamp,
    generators: Generators = .standard
  ) throws(ProverError) -> ProofEnvelope {
    guard registry == rule.registry.digest else { throw .wrongRegistry }
    guard now < request.expires else { throw .expiredWindow }
    let context: ProofContext
    do throws(ProofContextError) {
      context = try ProofContext(
        circuit: rule.key.circuit, snapshot: rule.key.snapshot, registry: registry,
        kind: rule.key.kind, account: account, sequence: sequence, audience: request.audience,
        nonce: request.nonce, issued: request.issued, expires: request.expires, reduction: rule.key.reduction)
    } catch {
      throw .emptyWindow
    }
    let envelope = try envelope(rule, context: context, generators: generators)
    do throws(RejectionReason) {
      _ = try ProofVerifier.claim(
        encoded: envelope.encoded(), under: rule, generators: generators)
    } catch {
      throw .selfVerification(error)
    }
    return envelope
  }

  private borrowing func envelope(
    _ rule: MarginRule, context: ProofContext, generators: Generators
  ) throws(ProverError) -> ProofEnvelope {
    let witness = try witness(for: rule)
    if let reduction = rule.key.reduction {
      // In plain integers first, as every other row is checked.
      let sides = values.withSpan { span in
        rule.registry.index(of: Registry.position(reduction.instrument)).map { span[$0] } ?? 0
      }
      guard reduction.side == .long ? sides >= 0 : sides <= 0 else {
        throw .insolvent(row: "reduction of \(reduction.instrument)")
      }
    }
    let commitments: [EncodedPoint]
    do throws(OpeningError) {
      commitments = [try commitment(generators: generators).commitment.encoded]
    } catch {
      throw .opening(error)
    }
    do throws(ProvingError) {
      // Verified as a part of the envelope, which is what leaves.
      let proof = try CircuitProof.unverified(
        rule.statement, witness: witness, blindings: blinding, commitments: commitments,
        context: context.encoded(), generators: generators)
      return ProofEnvelope(
        circuitName: rule.circuitName, context: context, commitments: commitments, proof: proof)
    } catch {
      // The rows were met as they are written, so that statement and circuit disagree.
      if case .violation = error { throw .inconsistent }
      throw .proving(error)
    }
  }

  borrowing func witness(for rule: MarginRule) throws(ProverError) -> Witness {
    do throws(WitnessError) {
      return try values.withSpan { span throws(WitnessError) in
        try rule.compiled.witness(for: span)
      }
    } catch {
      switch error {
      case .requirementFails(let row): throw .insolvent(row: row)
      case .notAdmitted(let place), .beyondBound(let place): throw .beyondCircuit(at: place)
      case .wrongCoordinateCount: throw .wrongRegistry
      case .inconsistent: throw .inconsistent
      }
    }
  }
}
