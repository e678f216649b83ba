internal import CanonicalBytes
internal import CircuitProofs
internal import MarginRules
public import ProofCore
internal import Ristretto
public import Solvency
public import SolvencyVerifier

extension RollDocuments {
  /// Checks the proof of the totals against the sum of all commitments.
  ///
  /// - Parameters:
  ///   - envelope: the venue's proof.
  ///   - sum: Σ V over all accounts of the roll.
  /// - Throws: ``TotalsError``.
  public func checkTotals(_ envelope: ProofEnvelope, of sum: VectorCommitment) throws(TotalsError) {
    let expected: VectorCommitment
    do throws(RollError) {
      expected = try remainder(after: sum)
    } catch {
      throw .documents(error)
    }
    let (context, account) = (envelope.context, try? BlindedName(header.digest).account)
    guard context.circuit == header.documents.totals else { throw .rejected(.unknownCircuit) }
    guard context.account == account else { throw .rejected(.unknownAccount) }
    guard context.sequence == header.epoch else { throw .rejected(.staleSequence(current: header.epoch)) }
    guard context.reduction == nil else { throw .rejected(.unusableRule) }
    guard envelope.commitments == [expected.encoded] else { throw .rejected(.commitmentMismatch) }
    let verdict = verifier.verify(
      envelope,
      expecting: Expectations(
        now: header.moment, audience: header.ledger, nonce: header.totalsNonce, kind: .maintenance))
    if case .rejected(let reason) = verdict { throw .rejected(reason) }
  }
}

/// Why totals are not shown to be covered.
public enum TotalsError: Error, Hashable, Sendable {
  /// What is public of the totals cannot be counted.
  case documents(RollError)
  /// The proof was rejected.
  case rejected(RejectionReason)
}
