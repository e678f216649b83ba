/// A whole account in plain numbers: one amount for every instrument and asset of a snapshot, in its
/// order, zeros included. It is the trader's secret.
public struct Portfolio: Hashable, Sendable {
  /// Signed lots of each instrument, |x| < 2⁴⁰.
  public var positions: [Int64]
  /// Lots of each asset held, 0 ≤ x < 2⁴⁰.
  public var holdings: [Int64]
  /// Lots of each asset owed, 0 ≤ x < 2⁴⁰.
  public var debts: [Int64]
  /// Cash in quanta, |x| < 2⁶²; negative when it is owed.
  public var cash: Int64

  /// These amounts, in the order of the snapshot.
  public init(positions: [Int64], holdings: [Int64], debts: [Int64], cash: Int64) {
    self.positions = positions
    self.holdings = holdings
    self.debts = debts
    self.cash = cash
  }

  /// Amounts by name; what is not named is zero.
  ///
  /// - Throws: ``MarginError/unknownCoordinate(_:)`` for a name that the snapshot does not list.
  public init(
    positions: [String: Int64], holdings: [String: Int64], debts: [String: Int64], cash: Int64,
    under snapshot: RiskSnapshot
  ) throws(MarginError) {
    let instruments = snapshot.draft.instruments.map(\.id)
    let assets = snapshot.draft.collateral.map(\.id)
    self.positions = try Self.ordered(positions, as: "position", by: instruments)
    self.holdings = try Self.ordered(holdings, as: "holding", by: assets)
    self.debts = try Self.ordered(debts, as: "debt", by: assets)
    self.cash = cash
  }

  private static func ordered(
    _ amounts: [String: Int64], as quantity: String, by identifiers: [String]
  ) throws(MarginError) -> [Int64] {
    let unknown = Set(amounts.keys).subtracting(identifiers).min()
    if let unknown { throw .unknownCoordinate("\(quantity)/\(unknown)") }
    return identifiers.map { amounts[$0] ?? 0 }
  }

  /// Whether there is one amount for everything the snapshot lists, each within the bounds of
  /// ``SnapshotLimits``: |position|, holding and debt below 2⁴⁰ lots, |cash| below 2⁶² quanta.
  ///
  /// - Throws: ``MarginError`` for the first violation, in the order cash, positions, holdings, debts.
  public func checkBounds(under snapshot: RiskSnapshot) throws(MarginError) {
    guard SnapshotLimits.cash.contains(cash) else { throw .amountOutOfBounds("cash") }
    let lots = SnapshotLimits.amounts
    let instruments = snapshot.draft.instruments.map(\.id)
    let assets = snapshot.draft.collateral.map(\.id)
    try Self.check(positions, "position", instruments, in: -lots.upperBound...lots.upperBound)
    try Self.check(holdings, "holding", assets, in: lots)
    try Self.check(debts, "debt", assets, in: lots)
  }

  private static func check(
    _ amounts: [Int64], _ quantity: String, _ identifiers: [String], in range: ClosedRange<Int64>
  ) throws(MarginError) {
    guard amounts.count == identifiers.count else {
      throw .wrongCount(quantity: quantity, expected: identifiers.count, actual: amounts.count)
    }
    for (amount, identifier) in zip(amounts, identifiers) where !range.contains(amount) {
      throw .amountOutOfBounds("\(quantity)/\(identifier)")
    }
  }
}

/// Why a margin check has no result.
public enum MarginError: Error, Hashable, Sendable {
  /// The portfolio has another number of amounts than the snapshot has names.
  case wrongCount(quantity: String, expected: Int, actual: Int)
  /// The snapshot lists no such thing: "position/BTC-PERP".
  case unknownCoordinate(String)
  /// The amount is negative or too large: "holding/USDC".
  case amountOutOfBounds(String)
  /// A sum does not fit in 128 bits. With amounts and snapshot in bounds this cannot be.
  case overflow
}

extension MarginError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .wrongCount(let quantity, let expected, let actual):
      "there are \(actual) amounts of \(quantity), and the snapshot has \(expected)"
    case .unknownCoordinate(let name): "the snapshot lists no \(name)"
    case .amountOutOfBounds(let name): "the amount of \(name) is negative or too large"
    case .overflow: "a sum does not fit in 128 bits"
    }
  }
}
