/// Whose money it is.
public enum Purse: Hashable, Sendable {
  /// The cash of an account, which may be negative while its case is open.
  case account(String)
  /// What a liquidator has earned and paid, which may be negative: its own account is elsewhere.
  case liquidator(String)
  /// Penalties that were taken and not yet shared out.
  case penaltyPot
  /// A layer of the insurance, by its place.
  case insurance(Int)
  /// Those who have promised to bear losses after the insurance.
  case backstop
  /// The venue's own.
  case venue

  /// Whether it may be below zero.
  var mayOwe: Bool {
    switch self {
    case .account, .liquidator: true
    case .penaltyPot, .insurance, .backstop, .venue: false
    }
  }
}

/// Money that goes from one purse to another.
public struct Transfer: Hashable, Sendable {
  /// Who pays.
  public let from: Purse
  /// Who is paid.
  public let to: Purse
  /// How much, in quanta; not negative.
  public let amount: Int64

  /// A payment.
  public init(_ amount: Int64, from: Purse, to: Purse) {
    self.from = from
    self.to = to
    self.amount = amount
  }
}

/// The money of everybody in a liquidation, by double entry: what one purse gains another loses, so that the
/// sum of all never changes.
public struct Purses: Hashable, Sendable {
  /// What each has, in quanta; those that are not here have nothing.
  public private(set) var balances: [Purse: Int64]
  /// The sum of all balances, in quanta.
  public let total: Int128

  /// Purses with these contents.
  ///
  /// - Throws: ``LiquidationError/overdrawn(_:missing:)`` for one that may not owe and does,
  ///   ``LiquidationError/overflow`` beyond 2⁶².
  public init(_ balances: [Purse: Int64]) throws(LiquidationError) {
    var total: Int128 = 0
    for (purse, balance) in balances {
      guard Int128(balance).magnitude < UInt128(ExactMoney.limit) else { throw .overflow }
      guard balance >= 0 || purse.mayOwe else { throw .overdrawn(purse, missing: -balance) }
      total += Int128(balance)
    }
    self.balances = balances
    self.total = total
  }

  /// What a purse has.
  public subscript(_ purse: Purse) -> Int64 { balances[purse] ?? 0 }

  /// Makes payments in their order, all of them or none.
  ///
  /// - Throws: ``LiquidationError/overdrawn(_:missing:)`` for the first that cannot be made,
  ///   ``LiquidationError/malformed`` for a negative amount, ``LiquidationError/notConserved(difference:)``
  ///   never.
  public mutating func post(_ transfers: [Transfer]) throws(LiquidationError) {
    var balances = balances
    for transfer in transfers where transfer.amount != 0 {
      guard transfer.amount > 0 else { throw .malformed }
      let from = Int128(balances[transfer.from] ?? 0) - Int128(transfer.amount)
      guard from >= 0 || transfer.from.mayOwe else {
        throw .overdrawn(transfer.from, missing: try ExactMoney.amount(-from))
      }
      balances[transfer.from] = try ExactMoney.amount(from)
      balances[transfer.to] = try ExactMoney.amount(
        Int128(balances[transfer.to] ?? 0) + Int128(transfer.amount))
    }
    let sum = balances.values.reduce(0 as Int128) { $0 + Int128($1) }
    guard sum == total else { throw .notConserved(difference: try ExactMoney.amount(sum - total)) }
    self.balances = balances
  }
}
