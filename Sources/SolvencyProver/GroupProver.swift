public import CanonicalBytes
internal import CircuitLanguage
public import CircuitProofs
internal import MarginRules
public import ProofCore
internal import Ristretto
public import Solvency
internal import SolvencyVerifier

/// Proves that several accounts meet a rule with one proof, for a holder of all their openings: a custodian,
/// a venue. The openings are read one at a time; what is kept of each is its witness, in guarded memory.
public struct GroupProver: ~Copyable {
  private let rule: MarginRule
  private let request: ProofRequest
  private let size: GroupSize
  private let generators: Generators
  private var witnesses: RepeatedWitness
  private var members: [GroupMember] = []
  private var commitments: [EncodedPoint] = []

  /// A prover for a group of this size.
  ///
  /// - Parameters:
  ///   - rule: the rule, compiled from documents the holder trusts.
  ///   - size: the number of accounts.
  ///   - request: audience, nonce and window.
  ///   - now: the present moment.
  ///   - generators: those of ``Solvency/ProofEnvelope/suite``.
  /// - Throws: ``ProverError/expiredWindow``.
  public init(
    _ rule: MarginRule, size: GroupSize, for request: ProofRequest, at now: Timestamp,
    generators: Generators = .standard
  ) throws(ProverError) {
    guard now < request.expires else { throw .expiredWindow }
    self.rule = rule
    self.request = request
    self.size = size
    self.generators = generators
    witnesses = RepeatedWitness(of: rule.statement, count: size.rawValue)
  }

  /// Whether all accounts were added.
  public var isFull: Bool { members.count == size.rawValue }

  /// Adds an account. There must be room for it (precondition).
  ///
  /// The rule is checked in plain integers: a book that does not meet it is refused here, with the name of
  /// the row, and the group is as it was.
  ///
  /// - Returns: the account's commitment.
  /// - Throws: ``ProverError``.
  @discardableResult
  public mutating func add(_ opening: borrowing AccountOpening) throws(ProverError) -> EncodedPoint {
    precondition(!isFull, "no room for another account")
    guard opening.registry == rule.registry.digest else { throw .wrongRegistry }
    guard rule.key.reduction == nil else { throw .inconsistent }
    let witness = try opening.witness(for: rule)
    let commitment: EncodedPoint
    do throws(OpeningError) {
      commitment = try opening.commitment(generators: generators).commitment.encoded
    } catch {
      throw .opening(error)
    }
    do throws(StatementViolation) {
      try witnesses.append(witness, blindings: opening.blinding)
    } catch {
      throw .inconsistent
    }
    members.append(GroupMember(account: opening.account, sequence: opening.sequence))
    commitments.append(commitment)
    return commitment
  }

  /// Makes the proof. All accounts must have been added (precondition). The finished envelope is encoded,
  /// read and verified as its audience will do before it is returned.
  ///
  /// - Throws: ``ProverError``.
  public consuming func prove() throws(ProverError) -> GroupEnvelope {
    let (rule, request, generators) = (rule, request, generators)
    let (members, commitments) = (members, commitments)
    let context: GroupContext
    do throws(GroupContextError) {
      context = try GroupContext(
        circuit: rule.key.circuit, snapshot: rule.key.snapshot, registry: rule.key.registry,
        kind: rule.key.kind, members: members, audience: request.audience, nonce: request.nonce,
        issued: request.issued, expires: request.expires)
    } catch {
      switch error {
      case .emptyWindow: throw .emptyWindow
      case .noGroup, .repeatedAccount: throw .inconsistent
      }
    }
    guard let statement = try? rule.statement(repeated: size) else { throw .inconsistent }
    let secrets = witnesses.finished()
    let envelope: GroupEnvelope
    do throws(ProvingError) {
      let proof = try CircuitProof.unverified(
        statement, witness: secrets.witness, blindings: secrets.blindings, commitments: commitments,
        context: context.encoded(), generators: generators)
      envelope = GroupEnvelope(
        circuitName: rule.circuitName, context: context, commitments: commitments, proof: proof)
    } catch {
      if case .violation = error { throw .inconsistent }
      throw .proving(error)
    }
    do throws(RejectionReason) {
      _ = try ProofVerifier.claims(encoded: envelope.encoded(), under: rule, generators: generators)
    } catch {
      throw .selfVerification(error)
    }
    return envelope
  }
}
