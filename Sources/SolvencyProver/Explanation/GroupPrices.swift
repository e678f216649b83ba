internal import ExactIntegers
internal import MarginRules
internal import Solvency

/// What a snapshot says of how values follow the price of a scenario group, and the rule under moved prices.
///
/// The marks of the group's instruments move by their gains at the snapshot's scenarios without a move of volatility, on
/// straight lines between them and beyond the last. Holdings and debts of the group's assets move in proportion.
/// Everything else of the snapshot stays.
struct GroupPrices {
  /// The farthest moves, in ppm of the price: all but nothing lost, and eleven times the price.
  private static let farthest: ClosedRange<Int64> = -999_999...10_000_000

  private let snapshot: RiskSnapshot
  private let group: Int
  /// Scenarios that move the price alone, from the largest fall to the largest rise.
  private let points: [(index: Int, ppm: Int64, weight: Int64)]
  private let assets: Set<Int>
  /// The price of one unit of the group's asset in quanta, from the first instrument that follows it.
  let price: Int64?

  init(_ snapshot: RiskSnapshot, group: Int) {
    (self.snapshot, self.group) = (snapshot, group)
    let scenarios = snapshot.groups[group].scenarios
    points = scenarios.enumerated().filter {
      $0.element.vol == 0 && $0.element.weight > 0 && $0.element.price != 0
    }
    .map { ($0.offset, $0.element.price, $0.element.weight) }.sorted { $0.ppm < $1.ppm }
    let indices = snapshot.instrumentIndices[group]
    let names = Set(indices.compactMap { snapshot.instruments[$0].lot.split(separator: " ").last })
    assets = Set(
      snapshot.collateral.indices.filter { index in
        snapshot.collateral[index].lot.split(separator: " ").last.map(names.contains) ?? false
      })
    price = indices.lazy.compactMap { Self.price(snapshot.instruments[$0]) }.first
  }

  /// The coordinates whose values follow the price.
  var coordinateNames: [String] {
    snapshot.instrumentIndices[group].map { Registry.position(snapshot.instruments[$0].id) }
      + assets.flatMap {
        [Registry.holding(snapshot.collateral[$0].id), Registry.debt(snapshot.collateral[$0].id)]
      }
  }

  /// The moves of the scenarios, in ppm.
  var scenarios: ClosedRange<Int64> {
    min(points.first?.ppm ?? 0, 0)...max(points.last?.ppm ?? 0, 0)
  }

  /// Moves on one side, in ppm, from the nearest outwards.
  func lookedAt(isRise: Bool) -> [Int64] {
    var moves = points.map(\.ppm).filter { isRise ? $0 > 0 : $0 < 0 }
    if !isRise { moves.reverse() }
    let end = isRise ? Self.farthest.upperBound : Self.farthest.lowerBound
    moves.removeAll { !Self.farthest.contains($0) }
    var next = moves.last ?? (isRise ? 10_000 : -10_000)
    while isRise ? next < end : next > end {
      next = isRise ? min(next * 2, end) : max(next * 2, end)
      moves.append(next)
    }
    return moves
  }

  /// The rule under the snapshot with moved prices; nil where they make no sound snapshot.
  ///
  /// - Parameter ppm: the move of the price.
  func rule(_ rule: MarginRule, movedBy ppm: Int64) -> MarginRule? {
    var draft = snapshot.draft
    for index in snapshot.instrumentIndices[group] {
      let instrument = snapshot.instruments[index]
      let (floor, isFloorBeyond) = instrument.markFloor.addingReportingOverflow(
        gain(instrument.pnlLong, at: ppm))
      let (ceil, isCeilBeyond) = instrument.markCeil.subtractingReportingOverflow(
        gain(instrument.pnlShort, at: ppm))
      guard !isFloorBeyond, !isCeilBeyond else { return nil }
      // On a straight line an option would soon be worth less than nothing: it keeps a quantum, as a rule whose rows no
      // longer count an instrument may not compile. Gains are rounded against the account, each for itself.
      let least = instrument.kind != nil && instrument.markFloor > 0 ? max(floor, 1) : floor
      draft.instruments[index].markFloor = least
      draft.instruments[index].markCeil = max(least, ceil)
    }
    for index in assets {
      for k in draft.collateral[index].tranches.indices {
        draft.collateral[index].tranches[k].valIM = moved(draft.collateral[index].tranches[k].valIM, ppm)
        draft.collateral[index].tranches[k].valMM = moved(draft.collateral[index].tranches[k].valMM, ppm)
      }
      draft.collateral[index].debtIM = moved(draft.collateral[index].debtIM, ppm)
      draft.collateral[index].debtMM = moved(draft.collateral[index].debtMM, ppm)
    }
    guard let snapshot = try? RiskSnapshot(draft) else { return nil }
    return try? MarginRule(
      circuit: rule.compiled.circuit, snapshot: snapshot, kind: rule.key.kind, registry: rule.registry)
  }

  private func moved(_ value: Int64, _ ppm: Int64) -> Int64 {
    Int64(clamping: Int128(value) * Int128(1_000_000 + ppm) / 1_000_000)
  }

  /// The gain of one lot in quanta, from its gains in all scenarios, which are already times their weights.
  private func gain(_ gains: [Int64], at ppm: Int64) -> Int64 {
    var (inner, outer): ((ppm: Int64, gain: Int128), (ppm: Int64, gain: Int128)) = ((0, 0), (0, 0))
    for point in ppm < 0 ? points.filter({ $0.ppm < 0 }).reversed() : points.filter({ $0.ppm > 0 }) {
      inner = outer
      outer = (point.ppm, Int128(gains[point.index]) * 1_000_000 / Int128(point.weight))
      if ppm.magnitude <= point.ppm.magnitude { break }
    }
    guard outer.ppm != inner.ppm else { return 0 }
    let slope = (outer.gain - inner.gain) * Int128(ppm - inner.ppm)
    return Int64(clamping: inner.gain + slope / Int128(outer.ppm - inner.ppm))
  }

  private static func price(_ instrument: Instrument) -> Int64? {
    guard instrument.kind == .perpetual || instrument.kind == .spot || instrument.kind == .future,
      let amount = instrument.lot.split(separator: " ").first,
      let lot = try? ExactDecimal(parsing: String(amount)).integer(inUnitsOfTenTo: -12).int64, lot > 0
    else { return nil }
    return Int64(clamping: Int128(instrument.markFloor) * 1_000_000_000_000 / Int128(lot))
  }
}
