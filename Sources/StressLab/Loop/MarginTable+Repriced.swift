internal import Liquidation
internal import MarginRules

extension MarginTable {
  /// The margins of this snapshot at the marks and the collateral of another: what each lot is required and
  /// may gain or lose, in proportion to its mark, rounded against the account. Nil if they list other
  /// instruments.
  ///
  /// Who misses its requirement under the other and not here was brought down by the rise of margins, not by
  /// the market.
  func repriced(as other: MarginTable) -> MarginTable? {
    var draft = snapshot.draft
    let now = other.snapshot.draft
    guard draft.instruments.map(\.id) == now.instruments.map(\.id),
      draft.collateral.map(\.id) == now.collateral.map(\.id)
    else { return nil }
    draft.collateral = now.collateral
    for i in draft.instruments.indices {
      let (old, mark) = (draft.instruments[i].markCeil, now.instruments[i].markCeil)
      guard old > 0, mark > 0 else { return nil }
      func up(_ value: Int64) -> Int64 {
        let product = Int128(value) * Int128(mark)
        return Int64(clamping: (product + Int128(old) - 1) / Int128(old))
      }
      func down(_ value: Int64) -> Int64 {
        let product = Int128(value) * Int128(mark)
        let quotient = product / Int128(old)
        return Int64(clamping: product < 0 && quotient * Int128(old) != product ? quotient - 1 : quotient)
      }
      func scaled(_ brackets: [Bracket]) -> [Bracket] {
        brackets.map {
          Bracket(capLots: $0.capLots, imPerLot: up($0.imPerLot), mmPerLot: up($0.mmPerLot))
        }
      }
      draft.instruments[i].markFloor = now.instruments[i].markFloor
      draft.instruments[i].markCeil = mark
      draft.instruments[i].long = scaled(draft.instruments[i].long)
      draft.instruments[i].short = scaled(draft.instruments[i].short)
      draft.instruments[i].contLong = up(draft.instruments[i].contLong)
      draft.instruments[i].contShort = up(draft.instruments[i].contShort)
      draft.instruments[i].pnlLong = draft.instruments[i].pnlLong.map(down)
      draft.instruments[i].pnlShort = draft.instruments[i].pnlShort.map(down)
    }
    return (try? RiskSnapshot(draft)).map { MarginTable($0) }
  }
}
