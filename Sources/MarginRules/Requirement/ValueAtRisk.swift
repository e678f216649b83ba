public import ExactIntegers

/// The value at risk of a linear factor model: equity covers the length of the loss vector.
///
///     y_f = Σ_i loading_if · x_i,    E ≥ 0,    Σ_f y_f² ≤ E²
///
/// Loadings already contain volatility and confidence, and factors are uncorrelated, so √Σ y² is the
/// quantile of the loss. Only instruments with loadings may be held.
public struct ValueAtRisk: MarginReport {
  /// E, in quanta.
  public let equity: Int128
  /// y: the loss of the account as each factor moves by its quantile, in quanta.
  public let exposures: [Int128]
  /// Σ y², in squared quanta.
  public let squaredRisk: Integer
  /// Whether the account is covered. Instruments that are not admitted come first, then the limits of
  /// positions and debts, then equity below zero.
  public let verdict: MarginVerdict

  /// Applies the rule to a portfolio in the order of the snapshot.
  ///
  /// - Throws: ``MarginError/wrongCount(quantity:expected:actual:)``,
  ///   ``MarginError/amountOutOfBounds(_:)``.
  public init(
    of portfolio: Portfolio, under snapshot: RiskSnapshot, kind: MarginKind
  ) throws(MarginError) {
    try portfolio.checkBounds(under: snapshot)
    equity = try portfolio.equity(under: snapshot, kind: kind)
    let instruments = snapshot.draft.instruments
    var exposures = [ExactSum](repeating: ExactSum(), count: snapshot.draft.factors.count)
    for (instrument, position) in zip(instruments, portfolio.positions) {
      for (f, loading) in (instrument.factors ?? []).enumerated() {
        try exposures[f].add(loading, times: position)
      }
    }
    self.exposures = exposures.map(\.total)
    squaredRisk = self.exposures.reduce(0) { $0 + Integer($1) * Integer($1) }

    let stranger = zip(instruments, portfolio.positions).first { $0.factors == nil && $1 != 0 }
    let isExceeded = squaredRisk > Integer(equity) * Integer(equity)
    let refusal =
      stranger.map { .notAdmitted(coordinate: "position/\($0.0.id)") }
      ?? portfolio.brokenLimit(under: snapshot)
      ?? (equity < 0 ? .negativeEquity : nil)
      ?? (isExceeded ? .valueAtRisk : nil)
    verdict = refusal.map(MarginVerdict.refused) ?? .covered
  }
}
