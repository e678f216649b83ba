/// Why an account's cash moves without a trade.
///
/// A charge is reported by the matching engine as a fill of cash alone, so that what a venue takes moves the
/// commitment and is not only published.
public enum Charge: String, CaseIterable, Hashable, Sendable {
  /// For trading, where it is not part of the fill itself.
  case trading
  /// Funding of perpetual positions.
  case funding
  /// Interest on debts.
  case interest
  /// For a liquidation.
  case penalty
}
