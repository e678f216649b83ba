internal import MarginRules

extension RiskSnapshot {
  /// What breaks no rule and is rarely meant, a sentence each.
  var notes: [String] {
    func named(_ what: String, _ isMeant: (Instrument) -> Bool) -> [String] {
      let ids = self.instruments.filter(isMeant).map(\.id)
      guard !ids.isEmpty else { return [] }
      let more = ids.count > 8 ? " and \(ids.count - 8) more" : ""
      return ["\(what): \(ids.prefix(8).joined(separator: ", "))\(more)"]
    }
    return
      (self.instruments.isEmpty
      ? ["no instruments: a rule under this snapshot admits no position, and nothing but cash and collateral"]
      : [])
      + (self.instruments.isEmpty && self.collateral.isEmpty
        ? ["no collateral either: an account can hold cash alone"] : [])
      + named("a mark below 0, so that a lot held is a debt") { $0.markFloor < 0 }
      + named("an upper mark below 0, so that lots sold are money and a notional helps") { $0.markCeil < 0 }
      + named("a mark of 0, so that lots sold are owed for nothing") { $0.markCeil == 0 }
      + named("a lower mark of 0, so that a lot held counts nothing") {
        $0.markFloor == 0 && $0.markCeil != 0
      }
  }
}
