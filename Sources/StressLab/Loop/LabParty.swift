/// Who takes part in a liquidation of the laboratory. Cases know names alone; the laboratory counts.
enum LabParty {
  /// An account of the population.
  case account(Int)
  /// A liquidator who bids for positions.
  case liquidator(Int)
  /// Who takes positions that nobody bid for.
  case backstop
  /// The rest of the market, which takes what no liquidator deals in.
  case market

  /// The name in a case.
  var name: String {
    switch self {
    case .account(let index): "a\(index)"
    case .liquidator(let index): "l\(index)"
    case .backstop: "backstop"
    case .market: "market"
    }
  }

  /// The party of a name that ``name`` wrote. A case invents none: another one is a fault of the laboratory,
  /// which would move somebody else's money if it went on.
  init(named name: String) {
    let index = Int(name.dropFirst())
    switch (name, index) {
    case (Self.backstop.name, _): self = .backstop
    case (Self.market.name, _): self = .market
    case (_, let index?) where name.hasPrefix("a"): self = .account(index)
    case (_, let index?) where name.hasPrefix("l"): self = .liquidator(index)
    default: preconditionFailure("a case names the parties it was given")
    }
  }

  /// The account of a name that ``name`` wrote for one.
  static func account(named name: String) -> Int {
    guard case .account(let index) = LabParty(named: name) else {
      preconditionFailure("purses of accounts bear the names of accounts")
    }
    return index
  }
}
