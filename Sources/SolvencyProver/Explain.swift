public import CircuitLanguage
internal import Ristretto
public import Solvency

extension AccountOpening {
  /// Evaluates every row of a rule over the book in plain integers. Secret: it stays with the trader.
  ///
  /// - Throws: ``ProverError/wrongRegistry`` or ``ProverError/inconsistent``.
  public borrowing func explain(_ rule: MarginRule) throws(ProverError) -> Evaluation {
    guard registry == rule.registry.digest else { throw .wrongRegistry }
    return try values.evaluation(under: rule)
  }
}

extension Book {
  /// Evaluates every row of a rule over the book in plain integers. Secret: it stays with the trader.
  ///
  /// - Throws: ``ProverError/wrongRegistry`` or ``ProverError/inconsistent``.
  public borrowing func explain(_ rule: MarginRule) throws(ProverError) -> Evaluation {
    guard registry == rule.registry else { throw .wrongRegistry }
    return try values.evaluation(under: rule)
  }
}

extension SecretBlock<Int64> {
  fileprivate borrowing func evaluation(under rule: MarginRule) throws(ProverError) -> Evaluation {
    do throws(WitnessError) {
      return try withSpan { span throws(WitnessError) in try rule.compiled.evaluate(span) }
    } catch {
      // The registry was compared by digest: an opening with another number of values contradicts itself.
      if case .wrongCoordinateCount = error { throw .wrongRegistry }
      throw .inconsistent
    }
  }
}
