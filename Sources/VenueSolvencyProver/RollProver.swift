public import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto
internal import Solvency
public import SolvencyProver
internal import SolvencyVerifier
public import VenueSolvency

/// An account as it stands on a roll, and the evidence that goes with it.
public struct RollListing: Hashable, Sendable {
  /// The entry.
  public let account: RollAccount
  /// The evidence: an envelope of a proof, or an opened book.
  public let evidence: [UInt8]
}

/// Why an account cannot be listed. For the venue alone: the reasons tell about the book.
public enum RollListingError: Error, Hashable, Sendable {
  /// The book meets no rule, whatever public cash is added: it is beyond what the circuit has room for at
  /// this place. The account has to be opened.
  case beyondCircuit(at: String)
  /// The shortfall is 2⁶² quanta or more.
  case shortfallTooLarge
  /// No proof was made.
  case proving(ProverError)
  /// The opening does not fit.
  case opening(OpeningError)
  /// The opened book has amounts that no account may have, or an equity of 2⁶² or more.
  case unusableBook
}

/// Makes the evidence of a roll.
public struct RollProver: Sendable {
  /// For how many seconds evidence is stated to hold. It is measured at the roll's instant only.
  static let window: UInt64 = 3600

  /// What evidence is measured against.
  public let documents: RollDocuments

  /// A prover for a roll.
  public init(_ documents: RollDocuments) { self.documents = documents }

  /// Lists an account: as solvent, in the last band whose rule its book meets, if it meets the maintenance
  /// rule; else as bounded, with the least shortfall on the header's grid that can be proved.
  ///
  /// - Parameters:
  ///   - opening: the account's opening under the roll's registry.
  ///   - salt: 32 random bytes, which the account's trader is given.
  /// - Throws: ``RollListingError``.
  public func listing(
    of opening: borrowing AccountOpening, salt: Bytes32
  ) throws(RollListingError) -> RollListing {
    let refusal = opening.refusal(of: documents.rule)
    guard let refusal else {
      let band = band(of: opening) ?? 0
      return try proved(opening, salt, .solvent, amount: Int64(band), under: documents.bands[band])
    }
    // What the maintenance rule has no room for, the rule of bounded shortfalls may have.
    switch refusal {
    case .insolvent, .beyondCircuit: break
    default: throw .proving(refusal)
    }
    let shortfall = try leastShortfall(of: opening)
    return try proved(opening, salt, .bounded, amount: shortfall, under: documents.bounded)
  }

  /// Lists an account whose book is opened to the auditor.
  ///
  /// - Throws: ``RollListingError``.
  public func openedListing(
    of opening: borrowing AccountOpening, salt: Bytes32
  ) throws(RollListingError) -> RollListing {
    let name = BlindedName(of: opening.account, salt: salt)
    let (values, blinding) = opening.revealed()
    let book = OpenedBook(name: name, values: values, blinding: blinding)
    guard opening.registry == documents.registry.digest, let equity = book.equity(under: documents) else {
      throw .unusableBook
    }
    return try listing(opening, name, .opened, amount: equity, evidence: book.encoded())
  }

  /// What evidence about accounts of this roll answers.
  func request() -> ProofRequest {
    let header = documents.header
    return ProofRequest(
      audience: header.ledger, nonce: header.evidenceNonce, issued: header.moment,
      expires: header.moment.advanced(by: Self.window))
  }

  private func proved(
    _ opening: borrowing AccountOpening, _ salt: Bytes32, _ accountClass: AccountClass, amount: Int64,
    under rule: MarginRule
  ) throws(RollListingError) -> RollListing {
    let name = BlindedName(of: opening.account, salt: salt)
    guard let alias = try? name.account else { throw .opening(.mismatch(.account)) }
    let listed: AccountOpening
    do throws(OpeningError) {
      listed = try opening.listed(
        as: alias, addingCash: accountClass == .bounded ? amount : 0, at: documents.cash)
    } catch {
      throw .opening(error)
    }
    let envelope: ProofEnvelope
    do throws(ProverError) {
      envelope = try listed.prove(rule, for: request(), at: documents.header.moment)
    } catch {
      throw .proving(error)
    }
    return try listing(opening, name, accountClass, amount: amount, evidence: envelope.encoded())
  }

  private func listing(
    _ opening: borrowing AccountOpening, _ name: BlindedName, _ accountClass: AccountClass, amount: Int64,
    evidence: [UInt8]
  ) throws(RollListingError) -> RollListing {
    do throws(OpeningError) {
      let commitment = try opening.commitment().commitment.encoded
      return RollListing(
        account: RollAccount(
          name: name, commitment: commitment, sequence: opening.sequence, accountClass: accountClass,
          amount: amount, evidence: .sha256(of: evidence)), evidence: evidence)
    } catch {
      throw .opening(error)
    }
  }

  /// The least multiple of the step that the rule of bounded shortfalls can be proved with.
  private func leastShortfall(of opening: borrowing AccountOpening) throws(RollListingError) -> Int64 {
    let step = documents.header.step
    let most = SnapshotLimits.totals.upperBound / step
    func isEnough(_ steps: Int64) throws(RollListingError) -> Bool {
      let raised: AccountOpening
      do throws(OpeningError) {
        raised = try opening.listed(as: opening.account, addingCash: steps * step, at: documents.cash)
      } catch {
        throw .shortfallTooLarge
      }
      switch raised.refusal(of: documents.bounded) {
      case nil: return true
      case .insolvent: return false
      case .beyondCircuit(let place): throw .beyondCircuit(at: place)
      case .some(let error): throw .proving(error)
      }
    }
    if try isEnough(0) { return 0 }
    // Equity grows with cash: doubling finds a shortfall that is enough, halving the least.
    var (tooLow, enough): (Int64, Int64) = (0, 1)
    while try !isEnough(enough) {
      guard enough < most else { throw .shortfallTooLarge }
      (tooLow, enough) = (enough, enough > most / 2 ? most : 2 * enough)
    }
    while enough - tooLow > 1 {
      let middle = tooLow + (enough - tooLow) / 2
      if try isEnough(middle) { enough = middle } else { tooLow = middle }
    }
    return enough * step
  }
}
