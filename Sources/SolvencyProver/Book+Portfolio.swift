package import MarginRules

extension Book {
  /// The amounts in plain numbers, in the order of a snapshot: for the holder's own reckoning. What the
  /// snapshot does not list is left out.
  package borrowing func portfolio(under snapshot: RiskSnapshot) -> Portfolio {
    var amounts: [String: Int64] = [:]
    values.withSpan { span in
      for index in 0..<span.count where span[index] != 0 { amounts[registry.names[index]] = span[index] }
    }
    return Portfolio(
      positions: snapshot.draft.instruments.map { amounts["position/\($0.id)"] ?? 0 },
      holdings: snapshot.draft.collateral.map { amounts["holding/\($0.id)"] ?? 0 },
      debts: snapshot.draft.collateral.map { amounts["debt/\($0.id)"] ?? 0 }, cash: amounts["cash"] ?? 0)
  }
}
