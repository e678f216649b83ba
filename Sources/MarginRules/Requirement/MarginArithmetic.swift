/// A sum of products in 128 bits that says so when it does not fit.
struct ExactSum {
  private(set) var total: Int128 = 0

  /// Adds coefficient · amount. The product of two words always fits.
  mutating func add(_ coefficient: Int64, times amount: Int64) throws(MarginError) {
    try add(Int128(coefficient) * Int128(amount))
  }

  mutating func subtract(_ coefficient: Int64, times amount: Int64) throws(MarginError) {
    let (sum, overflow) = total.subtractingReportingOverflow(Int128(coefficient) * Int128(amount))
    guard !overflow else { throw .overflow }
    total = sum
  }

  mutating func add(_ value: Int128) throws(MarginError) {
    let (sum, overflow) = total.addingReportingOverflow(value)
    guard !overflow else { throw .overflow }
    total = sum
  }
}

/// The unit of rates and multipliers: 1.0 in ppm.
let million: Int64 = 1_000_000

/// 10⁶·value - multiplier·requirement, for a multiplier in ppm.
func slack(
  of value: Int128, over requirement: Int128, multiplier: Int64
) throws(MarginError) -> Int128 {
  let (left, leftOverflow) = value.multipliedReportingOverflow(by: Int128(million))
  let (right, rightOverflow) = requirement.multipliedReportingOverflow(by: Int128(multiplier))
  let (difference, overflow) = left.subtractingReportingOverflow(right)
  guard !leftOverflow, !rightOverflow, !overflow else { throw .overflow }
  return difference
}

/// How many of `lots` lots fall into each of the parts with these caps, first parts first. Lots beyond
/// all caps fall nowhere.
package func fill(_ lots: Int64, caps: some Sequence<Int64?>) -> [Int64] {
  var rest = lots
  return caps.map { cap in
    let part = min(rest, cap ?? rest)
    rest -= part
    return part
  }
}

extension Portfolio {
  /// Lots held of an instrument: max(x, 0).
  func longLots(_ instrument: Int) -> Int64 { max(positions[instrument], 0) }

  /// Lots sold of an instrument: max(-x, 0).
  func shortLots(_ instrument: Int) -> Int64 { max(-positions[instrument], 0) }

  /// The first position, then the first debt, beyond the limit that the snapshot sets for it.
  func brokenLimit(under snapshot: RiskSnapshot) -> MarginRefusal? {
    let most = SnapshotLimits.amounts.upperBound
    for (i, instrument) in snapshot.draft.instruments.enumerated() {
      guard longLots(i) <= instrument.maxLongLots ?? most,
        shortLots(i) <= instrument.maxShortLots ?? most
      else { return .positionLimit(instrument: instrument.id) }
    }
    for (a, asset) in snapshot.draft.collateral.enumerated() {
      guard debts[a] <= asset.maxBorrow ?? most else { return .borrowLimit(asset: asset.id) }
    }
    return nil
  }

  /// E = cash + Σ holdings by tranche - Σ debts + Σ marks (margin B.4).
  package func equity(under snapshot: RiskSnapshot, kind: MarginKind) throws(MarginError) -> Int128 {
    var equity = ExactSum()
    try equity.add(1, times: cash)
    for (a, asset) in snapshot.draft.collateral.enumerated() {
      let parts = fill(holdings[a], caps: asset.tranches.lazy.map(\.capLots))
      for (tranche, lots) in zip(asset.tranches, parts) {
        try equity.add(tranche.value(kind), times: lots)
      }
      try equity.subtract(asset.debt(kind), times: debts[a])
    }
    for (i, instrument) in snapshot.draft.instruments.enumerated() {
      try equity.add(instrument.markFloor, times: longLots(i))
      try equity.subtract(instrument.markCeil, times: shortLots(i))
    }
    return equity.total
  }

  /// Σ margin of brackets, cheaper brackets filled first.
  func bracketRequirement(
    under snapshot: RiskSnapshot, kind: MarginKind
  ) throws(MarginError) -> Int128 {
    var requirement = ExactSum()
    for (i, instrument) in snapshot.draft.instruments.enumerated() {
      for (brackets, lots) in [(instrument.long, longLots(i)), (instrument.short, shortLots(i))] {
        let parts = fill(lots, caps: brackets.lazy.map(\.capLots))
        for (bracket, part) in zip(brackets, parts) {
          try requirement.add(bracket.margin(kind), times: part)
        }
      }
    }
    return requirement.total
  }
}
