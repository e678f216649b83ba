internal import CanonicalBytes
internal import CircuitProofs
internal import Solvency
internal import SolvencyProver
public import VenueSolvency

extension TotalsProver {
  /// Proves what the venue makes public of the totals.
  ///
  /// - Parameter totals: the bounds by coordinate, both included.
  /// - Throws: ``ExposureProvingError``.
  public borrowing func prove(
    exposing totals: [String: ClosedRange<Int64>]
  ) throws(ExposureProvingError) -> ProvedExposure {
    let exposure: Exposure
    do throws(ExposureError) {
      exposure = try Exposure(of: documents.header.digest, totals: totals, registry: documents.registry)
    } catch {
      throw .exposure(error)
    }
    let registry = documents.registry
    guard let statement = try? exposure.statement(under: registry) else { throw .exposure(.tooLong) }
    let opening: AccountOpening
    do throws(TotalsProvingError) {
      opening = try negatedSum()
    } catch {
      throw .totals(error)
    }
    do throws(ProverError) {
      let proof = try opening.prove(
        statement, ranges: exposure.negatedRanges(under: registry), context: exposure.context())
      return ProvedExposure(exposure, proof: proof)
    } catch {
      if case .insolvent(let index) = error, let index = Int(index) { throw .notSo(registry.names[index]) }
      throw .totals(.proving(error))
    }
  }
}

/// Why an exposure is not proved. For the venue alone.
public enum ExposureProvingError: Error, Hashable, Sendable {
  /// The exposure is not one.
  case exposure(ExposureError)
  /// The total of this coordinate is another one, or out of the bounds.
  case notSo(String)
  /// The sum cannot be opened.
  case totals(TotalsProvingError)
}
