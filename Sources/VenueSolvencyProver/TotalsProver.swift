internal import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto
public import Solvency
public import SolvencyProver
public import VenueSolvency

/// Why the totals of a roll are not proved. For the venue alone.
public enum TotalsProvingError: Error, Hashable, Sendable {
  /// An opening does not fit.
  case opening(OpeningError)
  /// What is public of the totals cannot be counted.
  case documents(RollError)
  /// What is left of this coordinate after all accounts leaves 64 bits.
  case overflow(String)
  /// No proof was made: reserves do not cover an asset, positions do not cancel.
  case proving(ProverError)
}

/// Adds up the openings of a roll, and proves that reserves cover them.
public struct TotalsProver: ~Copyable, Sendable {
  /// The documents of the roll.
  public let documents: RollDocuments
  private var sum: OpeningSum

  /// A prover for a roll without accounts.
  public init(_ documents: RollDocuments) {
    self.documents = documents
    sum = OpeningSum(under: documents.registry)
  }

  /// Adds an account, whatever its class.
  ///
  /// - Throws: ``TotalsProvingError/opening(_:)``.
  public mutating func add(_ opening: borrowing AccountOpening) throws(TotalsProvingError) {
    do throws(OpeningError) {
      try sum.add(opening)
    } catch {
      throw .opening(error)
    }
  }

  /// Why the totals cannot be proved, in plain integers; nil if they can.
  ///
  /// - Throws: ``TotalsProvingError``, but not ``TotalsProvingError/proving(_:)``.
  public borrowing func refusal() throws(TotalsProvingError) -> ProverError? {
    try remainder().refusal(of: documents.totals)
  }

  /// Proves the totals.
  ///
  /// - Throws: ``TotalsProvingError``.
  public borrowing func prove() throws(TotalsProvingError) -> ProofEnvelope {
    let header = documents.header
    let remainder = try remainder()
    let request = ProofRequest(
      audience: header.ledger, nonce: header.totalsNonce, issued: header.moment,
      expires: header.moment.advanced(by: RollProver.window))
    do throws(ProverError) {
      return try remainder.prove(documents.totals, for: request, at: header.moment)
    } catch {
      throw .proving(error)
    }
  }

  /// What opens the commitment to what is left of the reserves.
  private borrowing func remainder() throws(TotalsProvingError) -> AccountOpening {
    let (header, amounts) = (documents.header, try publicCoordinates())
    guard let account = try? BlindedName(header.digest).account else { throw .opening(.mismatch(.account)) }
    do throws(OpeningError) {
      return try sum.difference(from: amounts, account: account, sequence: header.epoch)
    } catch {
      if case .fill(.amountOutOfRange(let name)) = error { throw .overflow(name) }
      throw .opening(error)
    }
  }

  /// What opens -Σ V, under the roll's own name.
  borrowing func negatedSum() throws(TotalsProvingError) -> AccountOpening {
    let header = documents.header
    guard let account = try? BlindedName(header.digest).account else { throw .opening(.mismatch(.account)) }
    do throws(OpeningError) {
      return try sum.difference(
        from: [Int64](repeating: 0, count: documents.registry.count), account: account,
        sequence: header.epoch)
    } catch {
      if case .fill(.amountOutOfRange(let name)) = error { throw .overflow(name) }
      throw .opening(error)
    }
  }

  private borrowing func publicCoordinates() throws(TotalsProvingError) -> [Int64] {
    do throws(RollError) {
      return try documents.publicCoordinates()
    } catch {
      throw .documents(error)
    }
  }
}
