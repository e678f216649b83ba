/// What a lone position in an instrument is asked for under all rules of a snapshot, as a rate: the larger of
/// the portfolio requirement and that of the first bracket.
///
///     rate = ⌈10⁶·max(β·(worst scenario loss + contingency), θ·first bracket) / (10⁶·mark)⌉
///
/// Leverage is one over this rate. What the first bracket alone asks for is not: where options are listed,
/// scenarios may ask for more.
public enum LinearRate {
  /// Which side of an instrument.
  public enum Side: String, CaseIterable, Hashable, Sendable {
    /// Held.
    case long
    /// Sold.
    case short
  }

  /// The rate in ppm of the value of a lot, rounded up; nil for an instrument without brackets or worth
  /// nothing.
  public static func ppm(
    of instrument: Instrument, _ side: Side, _ kind: MarginKind, under snapshot: RiskSnapshot
  ) -> Int64? {
    let isLong = side == .long
    guard let bracket = (isLong ? instrument.long : instrument.short).first, instrument.markCeil > 0 else {
      return nil
    }
    let gains = isLong ? instrument.pnlLong : instrument.pnlShort
    let loss =
      Int128(max(0, -(gains.min() ?? 0))) + Int128(isLong ? instrument.contLong : instrument.contShort)
    let portfolio = loss * Int128(snapshot.draft.buffer(kind))
    let brackets = Int128(bracket.margin(kind)) * Int128(snapshot.draft.tiers.multiplier(kind))
    let requirement = max(portfolio, brackets)
    let value = Int128(instrument.markCeil)
    return Int64(clamping: (requirement + value - 1) / value)
  }

  /// The price, as a share of the price at which a position was entered, at which its equity falls to
  /// maintenance margin, other things being equal and the rates as they are:
  ///
  ///     long:   (1 - e) / (1 - m),   short:  (1 + e) / (1 + m)
  ///
  /// with e the equity at entry and m the rate, both as shares of notional; nil where no price does.
  public static func liquidation(_ side: Side, equity: Double, maintenance: Double) -> Double? {
    switch side {
    case .long:
      guard maintenance < 1, equity < 1 else { return nil }
      return (1 - equity) / (1 - maintenance)
    case .short: return (1 + equity) / (1 + maintenance)
    }
  }
}
