public import MarginRules

/// What of a book is traded.
public enum CaseLeg: Hashable, Sendable {
  /// A position in an instrument, by its place in the snapshot.
  case position(Int)
  /// A holding of an asset, by its place in the snapshot.
  case holding(Int)
  /// A debt of an asset, by its place in the snapshot.
  case debt(Int)

  /// The name of what is traded: "position/BTC-PERP".
  public func name(in snapshot: RiskSnapshot) -> String {
    switch self {
    case .position(let i): "position/\(snapshot.draft.instruments[i].id)"
    case .holding(let a): "holding/\(snapshot.draft.collateral[a].id)"
    case .debt(let a): "debt/\(snapshot.draft.collateral[a].id)"
    }
  }

  /// Whether the snapshot lists it.
  func isListed(in snapshot: RiskSnapshot) -> Bool {
    switch self {
    case .position(let i): snapshot.draft.instruments.indices.contains(i)
    case .holding(let a), .debt(let a): snapshot.draft.collateral.indices.contains(a)
    }
  }

  /// How many lots a book has of it, positive where selling them closes it.
  public func lots(in portfolio: Portfolio) -> Int64 {
    switch self {
    case .position(let i): portfolio.positions[i]
    case .holding(let a): portfolio.holdings[a]
    case .debt(let a): -portfolio.debts[a]
    }
  }

  /// What an auction of it begins from: the mark in favour of the account's creditors, in quanta per lot. Of
  /// an asset a snapshot states what a debt of it costs, which is its price and a margin for borrowers.
  func mark(in snapshot: RiskSnapshot) -> Int64 {
    switch self {
    case .position(let i): max(1, snapshot.draft.instruments[i].markCeil)
    case .holding(let a), .debt(let a): max(1, snapshot.draft.collateral[a].debtMM)
    }
  }

  /// Takes lots from a book: positive ones are sold.
  func close(_ lots: Int64, in portfolio: inout Portfolio) {
    switch self {
    case .position(let i): portfolio.positions[i] -= lots
    case .holding(let a): portfolio.holdings[a] -= lots
    case .debt(let a): portfolio.debts[a] += lots
    }
  }
}
