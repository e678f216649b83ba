public import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto
public import Solvency
public import SolvencyProver
public import VenueSolvency

extension RollProver {
  /// The band that an account is listed in: the last whose rule the book meets; nil if it does not meet the
  /// maintenance rule. Only accounts with a band go into groups.
  public func band(of opening: borrowing AccountOpening) -> Int? {
    guard opening.refusal(of: documents.rule) == nil else { return nil }
    for (number, rule) in documents.bands.enumerated().dropFirst().reversed()
    where opening.refusal(of: rule) == nil { return number }
    return 0
  }

  /// An empty group of accounts of one band that are proved together.
  ///
  /// - Parameters:
  ///   - size: how many accounts.
  ///   - band: their band, one of the roll's (precondition).
  /// - Throws: ``RollListingError/proving(_:)``.
  public func group(of size: GroupSize, inBand band: Int = 0) throws(RollListingError) -> RollGroup {
    try RollGroup(documents, size: size, band: band, for: request())
  }
}

/// Accounts of a roll that are proved solvent with one proof. They stand on the roll in the order of their
/// commitments as others do, each with the whole group as its evidence.
public struct RollGroup: ~Copyable {
  private var prover: GroupProver
  private let band: Int
  private var members: [(name: BlindedName, commitment: EncodedPoint, sequence: UInt64)] = []

  init(
    _ documents: RollDocuments, size: GroupSize, band: Int, for request: ProofRequest
  ) throws(RollListingError) {
    self.band = band
    do throws(ProverError) {
      prover = try GroupProver(
        documents.bands[band], size: size, for: request, at: documents.header.moment)
    } catch {
      throw .proving(error)
    }
  }

  /// Whether all accounts were added.
  public var isFull: Bool { prover.isFull }

  /// Adds an account that is solvent. There must be room for it (precondition).
  ///
  /// - Parameters:
  ///   - opening: the account's opening under the roll's registry.
  ///   - salt: 32 random bytes, which the account's trader is given.
  /// - Throws: ``RollListingError``, and the group is as it was.
  public mutating func add(
    _ opening: borrowing AccountOpening, salt: Bytes32
  ) throws(RollListingError) {
    let name = BlindedName(of: opening.account, salt: salt)
    guard let alias = try? name.account else { throw .opening(.mismatch(.account)) }
    let listed: AccountOpening
    do throws(OpeningError) {
      listed = try opening.listed(as: alias, addingCash: 0, at: 0)
    } catch {
      throw .opening(error)
    }
    do throws(ProverError) {
      members.append((name, try prover.add(listed), opening.sequence))
    } catch {
      throw .proving(error)
    }
  }

  /// Proves the group. All accounts must have been added (precondition).
  ///
  /// - Returns: the accounts' entries in the order in which they were added, and the evidence that all of
  ///   them state.
  /// - Throws: ``RollListingError/proving(_:)``.
  public consuming func prove() throws(RollListingError) -> (accounts: [RollAccount], evidence: [UInt8]) {
    let (members, band) = (members, Int64(band))
    let evidence: [UInt8]
    do throws(ProverError) {
      evidence = try prover.prove().encoded()
    } catch {
      throw .proving(error)
    }
    let digest = Digest.sha256(of: evidence)
    return (
      members.map { member in
        RollAccount(
          name: member.name, commitment: member.commitment, sequence: member.sequence, accountClass: .solvent,
          amount: band, evidence: digest)
      }, evidence
    )
  }
}
