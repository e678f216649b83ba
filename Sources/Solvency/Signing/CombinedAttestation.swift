public import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto

/// The attestations of all custodians of one account, put together.
///
/// Commitments add up: custodian c attests `V_c = Σ x_{c,m}·H_m + s_c·R₁`, and the account's book is the sum
/// of the parts, `V = Σ V_c`, opened by the sum of books and of blindings. The state of the account is the
/// sum of the sequence numbers, so that it moves whenever any part does.
///
/// | a ledger sees | a ledger does not see |
/// |---|---|
/// | one custodian's attestation of the same part for two accounts: equal commitments | the same coins with two custodians |
/// | an attestation of an older state than one it has | a dishonest custodian's pledge to another venue |
/// | an attestation pledged to another venue or ledger | a debt with a custodian that no other names |
/// | that a custodian of the set is missing | |
public struct CombinedAttestation: Hashable, Sendable {
  /// The account as all parts together make it.
  public let account: AccountCommitment
  /// The venue that may count the book.
  public let pledgedTo: Audience
  /// The complete set of custodians, as each of them names it; nil if none names any.
  public let custodians: CustodianSet?
  /// The first moment at which all of them hold.
  public let issued: Timestamp
  /// The first moment at which one of them no longer holds.
  public let expires: Timestamp
  /// Who attests which part, ordered by key.
  public let parts: [Part]

  /// What one custodian attests.
  public struct Part: Hashable, Sendable {
    /// The custodian.
    public let custodian: VerificationKey
    /// The part of the book that is with it.
    public let account: AccountCommitment
    /// Its number among the custodians, from 1; nil if it does not state one.
    public let number: UInt32?
    /// How far it looked behind the commitment.
    public let sight: Attestation.Sight
  }

  /// Checks the signatures and adds the parts up.
  ///
  /// - Parameters:
  ///   - attestations: one from each custodian of the account, in any order.
  ///   - custodians: the custodians that are trusted.
  /// - Throws: ``AttestationError``: an empty list, an unknown or repeated custodian, different accounts,
  ///   registries or venues, or a signature that does not hold.
  public init(
    of attestations: [Signed<Attestation>], trusting custodians: Set<VerificationKey>
  ) throws(AttestationError) {
    var contents: [(custodian: VerificationKey, content: Attestation)] = []
    for attestation in attestations {
      let custodian = attestation.signer
      guard custodians.contains(custodian) else { throw .unknownCustodian(custodian) }
      guard !contents.contains(where: { $0.custodian == custodian }) else {
        throw .repeatedCustodian(custodian)
      }
      do throws(SigningError) {
        contents.append((custodian, try attestation.content(verifiedBy: custodian)))
      } catch {
        throw .signature(error)
      }
    }
    guard let first = contents.first?.content else { throw .none }
    var (sum, sequence) = (first.account.commitment, first.account.sequence)
    var (issued, expires) = (first.issued, first.expires)
    for (_, content) in contents.dropFirst() {
      guard content.account.account == first.account.account else { throw .differentAccounts }
      guard content.account.registry == first.account.registry else { throw .differentRegistries }
      guard content.pledgedTo == first.pledgedTo else { throw .differentVenues }
      guard content.custodians == first.custodians else {
        throw .incompleteSet(expected: first.custodians?.count ?? 1, actual: UInt32(clamping: contents.count))
      }
      sum = sum + content.account.commitment
      let (next, overflow) = sequence.addingReportingOverflow(content.account.sequence)
      sequence = overflow ? .max : next
      issued = max(issued, content.issued)
      expires = min(expires, content.expires)
    }
    guard issued < expires else { throw .emptyWindow }
    self.custodians = first.custodians
    account = AccountCommitment(
      account: first.account.account, registry: first.account.registry, commitment: sum,
      sequence: sequence)
    pledgedTo = first.pledgedTo
    self.issued = issued
    self.expires = expires
    parts = contents.map {
      Part(
        custodian: $0.custodian, account: $0.content.account, number: $0.content.number,
        sight: $0.content.sight)
    }
    .sorted { $0.custodian.bytes.lexicographicallyPrecedes($1.custodian.bytes) }
  }

  /// Refuses a part of the whole: the signers must be the set that each of them names, and have the numbers
  /// in it that they state.
  ///
  /// - Throws: ``AttestationError/noCustodianSet``, ``AttestationError/incompleteSet(expected:actual:)`` or
  ///   ``AttestationError/otherNumber(_:)``.
  public func checkComplete() throws(AttestationError) {
    guard let custodians else { throw .noCustodianSet }
    guard custodians == CustodianSet(Set(parts.map(\.custodian))) else {
      throw .incompleteSet(expected: custodians.count, actual: UInt32(clamping: parts.count))
    }
    // The parts are in the order of the keys, which is that of the numbers.
    for (part, number) in zip(parts, UInt32(1)...) where part.number.map({ $0 != number }) ?? false {
      throw .otherNumber(part.custodian)
    }
  }

  /// Whether all of them hold at a moment.
  public func holds(at now: Timestamp) -> Bool { issued <= now && now < expires }
}
