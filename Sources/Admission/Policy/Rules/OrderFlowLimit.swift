/// No more lots are admitted in an epoch, over all accounts, on one side of an instrument (M26): what keeps
/// open interest from growing beyond what the market can take between two snapshots.
///
/// Positions are hidden, so the ledger counts what it admits, not what is open; orders that reduce are not
/// counted against it. Not part of ``Policy/production``, as the numbers are a venue's own.
public struct OrderFlowLimit: AdmissionRule {
  /// The most lots by instrument; others are not limited.
  public let lots: [String: UInt64]

  /// The limit in lots, by instrument.
  public init(lots: [String: UInt64]) {
    self.lots = lots
  }

  /// ``RefusalReason/orderFlowLimit``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard let order = review.request.order, order.intent == .open,
      let limit = lots[order.instrument]
    else { return nil }
    let (sum, overflow) = review.admittedLots.addingReportingOverflow(order.lots)
    return !overflow && sum <= limit ? nil : .orderFlowLimit
  }

  /// The name and the values.
  public var declaration: String {
    (["order-flow-limit"] + lots.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(
      separator: " ")
  }
}
