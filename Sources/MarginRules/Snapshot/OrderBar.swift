/// Why halt level and flags of a snapshot do not let an order through.
package enum OrderBar: Hashable, Sendable {
  /// All trading is halted.
  case halted
  /// Positions may only be reduced, in all instruments or in this one.
  case closeOnly
  /// The price is too old to open a position at.
  case stalePrice
  /// Positions on this side may not be opened or grown.
  case sideClosed
}

extension RiskSnapshot {
  /// What bars an order at one of the instruments, or nil: whether the margin allows it is another question.
  ///
  /// | halt level | opening | reducing |
  /// |---|---|---|
  /// | 0 | by the instrument's flags | yes |
  /// | 1, 2 | no | yes |
  /// | 3 | no | no |
  ///
  /// - Parameter isOpening: whether the order may open or grow a position, rather than reduce one alone.
  package func bar(on instrument: Instrument, isPurchase: Bool, isOpening: Bool) -> OrderBar? {
    guard draft.haltLevel < 3 else { return .halted }
    guard isOpening else { return nil }
    guard draft.haltLevel == 0, !instrument.flags.closeOnly else { return .closeOnly }
    guard !instrument.flags.stale else { return .stalePrice }
    return (isPurchase ? instrument.flags.openLong : instrument.flags.openShort) ? nil : .sideClosed
  }
}
