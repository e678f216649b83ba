internal import ExactIntegers
internal import MarginRules
internal import Solvency

/// What a snapshot says of how values follow the price of a scenario group, and the rule under moved prices.
///
/// The marks of the group's instruments move by their gains at the snapshot's scenarios without a move of
/// volatility, on straight lines between them and beyond the last. Holdings and debts of the group's assets
/// move in proportion: assets that name the group, and of those that name none the ones with the unit of one
/// of its lots. Everything else of the snapshot stays.
struct GroupPrices {
  /// The farthest moves, in ppm of the price: all but nothing lost, and eleven times the price.
  private static let farthest: ClosedRange<Int64> = -999_999...10_000_000

  /// The most moves on one side that are looked at since a mark reaches its least there: each makes a rule,
  /// which takes a tenth of a second for hundreds of instruments. Up to sixteen options are looked at
  /// exactly.
  private static let mostBends = 32

  private typealias Point = (index: Int, ppm: Int64, weight: Int64)
  /// The gain of a lot, in quanta, after a move.
  private typealias Gain = (ppm: Int64, quanta: Int128)

  private let snapshot: RiskSnapshot
  private let group: Int
  /// Scenarios that move the price alone, from the largest fall to the largest rise, one for each move.
  private let points: [Point]
  private let assets: [Int]
  /// Instruments of the group that the book has a position of.
  private let heldInstruments: [Int]
  /// The price that the moves are of.
  let price: MarginHeadroom.UnitPrice?

  /// - Parameter held: the names of the coordinates that are not 0 in the book.
  init(_ snapshot: RiskSnapshot, group: Int, held: Set<String>) {
    (self.snapshot, self.group) = (snapshot, group)
    points = Self.points(snapshot.groups[group].scenarios)
    let indices = snapshot.instrumentIndices[group]
    let units = Set(indices.compactMap { Self.unit(snapshot.instruments[$0].lot) })
    let assets = snapshot.collateral.indices.filter { index in
      let asset = snapshot.collateral[index]
      if let named = asset.group { return named == snapshot.groups[group].id }
      return Self.unit(asset.lot).map(units.contains) ?? false
    }
    self.assets = assets
    heldInstruments = indices.filter { held.contains(Registry.position(snapshot.instruments[$0].id)) }
    let heldUnits = Set(
      heldInstruments.compactMap { Self.unit(snapshot.instruments[$0].lot) }
        + assets.filter { index in Self.names(snapshot.collateral[index]).contains(where: held.contains) }
        .compactMap { Self.unit(snapshot.collateral[$0].lot) })
    // One that is held; else one of the same thing, such as the perpetual of a held option; else any.
    let sameThing = indices.filter { index in
      Self.unit(snapshot.instruments[index].lot).map(heldUnits.contains) ?? false
    }
    price =
      (heldInstruments + sameThing + indices).lazy
      .compactMap { MarginHeadroom.UnitPrice(of: snapshot.instruments[$0]) }.first
  }

  private static func points(_ scenarios: [Scenario]) -> [Point] {
    var points: [Point] = scenarios.enumerated()
      .filter { $0.element.vol == 0 && $0.element.weight > 0 && $0.element.price != 0 }
      .map { ($0.offset, $0.element.price, $0.element.weight) }
    // Of two scenarios with one move the one of more weight says more exactly what a lot gains.
    points.sort { ($0.ppm, $1.weight, $0.index) < ($1.ppm, $0.weight, $1.index) }
    let first = points.indices.filter { $0 == 0 || points[$0].ppm != points[$0 - 1].ppm }
    return first.map { points[$0] }
  }

  private static func unit(_ lot: String) -> Substring? { lot.split(separator: " ").last }

  private static func names(_ asset: CollateralAsset) -> [String] {
    [Registry.holding(asset.id), Registry.debt(asset.id)]
  }

  /// The coordinates whose values follow the price.
  var coordinateNames: [String] {
    snapshot.instrumentIndices[group].map { Registry.position(snapshot.instruments[$0].id) }
      + assets.flatMap { Self.names(snapshot.collateral[$0]) }
  }

  /// The moves of the scenarios, in ppm.
  var scenarios: ClosedRange<Int64> {
    min(points.first?.ppm ?? 0, 0)...max(points.last?.ppm ?? 0, 0)
  }

  /// Whether nothing says how the marks of held positions follow a move on one side.
  func lacksScenarios(isRise: Bool) -> Bool {
    !heldInstruments.isEmpty && !points.contains { isRise ? $0.ppm > 0 : $0.ppm < 0 }
  }

  /// Moves on one side, in ppm, from the nearest outwards: those of the scenarios, from the last of them on
  /// each twice the one before, and those at which a mark stops falling. Between two of them all values are
  /// on straight lines.
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
    return Set(moves + bends(isRise: isRise)).sorted { $0.magnitude < $1.magnitude }
  }

  /// The moves at which a mark of a held instrument has just come to the quantum that it keeps, where it
  /// leaves its straight line: equity may be less there than at the moves around it. Spread evenly if there
  /// are too many.
  private func bends(isRise: Bool) -> [Int64] {
    var bends: Set<Int64> = []
    for instrument in heldInstruments.map({ snapshot.instruments[$0] }) where Self.keepsQuantum(instrument) {
      for (list, target) in [
        (instrument.pnlLong, 1 - Int128(instrument.markFloor)),
        (instrument.pnlShort, Int128(instrument.markCeil) - 1),
      ] {
        let gains = gains(list, isRise: isRise)
        for k in gains.indices.dropFirst() where gains[k].quanta != gains[k - 1].quanta {
          let (inner, outer) = (gains[k - 1], gains[k])
          let run = Int128(outer.ppm - inner.ppm)
          let way = (target - inner.quanta) * run / (outer.quanta - inner.quanta)
          // Behind this stretch, or beyond it; the last one has no end.
          guard way == 0 || way.signum() == run.signum(),
            k == gains.count - 1 || way.magnitude <= run.magnitude
          else { continue }
          bends.insert(Int64(clamping: Int128(inner.ppm) + way + run.signum()))
        }
      }
    }
    let inRange = bends.filter { $0 != 0 && Self.farthest.contains($0) }.sorted()
    guard inRange.count > Self.mostBends else { return inRange }
    return (0..<Self.mostBends).map { inRange[$0 * inRange.count / Self.mostBends] }
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
      // Gains are rounded against the account, each for itself.
      let least = Self.keepsQuantum(instrument) ? max(floor, 1) : floor
      draft.instruments[index].markFloor = least
      draft.instruments[index].markCeil = max(least, ceil)
    }
    for index in assets {
      for k in draft.collateral[index].tranches.indices {
        draft.collateral[index].tranches[k].valIM = moved(draft.collateral[index].tranches[k].valIM, ppm)
        draft.collateral[index].tranches[k].valMM = moved(draft.collateral[index].tranches[k].valMM, ppm)
      }
      draft.collateral[index].debtIM = moved(draft.collateral[index].debtIM, ppm, isOwed: true)
      draft.collateral[index].debtMM = moved(draft.collateral[index].debtMM, ppm, isOwed: true)
    }
    guard let snapshot = try? RiskSnapshot(draft) else { return nil }
    return try? MarginRule(
      circuit: rule.compiled.circuit, snapshot: snapshot, kind: rule.key.kind, registry: rule.registry)
  }

  /// Whether a mark stays at a quantum: on a straight line an option would soon be worth less than nothing,
  /// and a rule whose rows no longer count an instrument may not compile.
  private static func keepsQuantum(_ instrument: Instrument) -> Bool {
    instrument.kind != nil && instrument.markFloor > 0
  }

  /// A value after a move, rounded as the engine rounds: what is held down, what is owed up. Neither is less
  /// than 0.
  private func moved(_ value: Int64, _ ppm: Int64, isOwed: Bool = false) -> Int64 {
    Int64(clamping: (Int128(value) * Int128(1_000_000 + ppm) + (isOwed ? 999_999 : 0)) / 1_000_000)
  }

  /// The gain of one lot without a move and at each scenario on one side, from the nearest outwards; of its
  /// gains in all scenarios, which are already times their weights.
  private func gains(_ gains: [Int64], isRise: Bool) -> [Gain] {
    var side = points.filter { isRise ? $0.ppm > 0 : $0.ppm < 0 }
    if !isRise { side.reverse() }
    return [(0, 0)]
      + side.map { ($0.ppm, Self.floor(Int128(gains[$0.index]) * 1_000_000, Int128($0.weight))) }
  }

  /// The gain of one lot in quanta after a move, from its gains in all scenarios.
  private func gain(_ list: [Int64], at ppm: Int64) -> Int64 {
    let gains = gains(list, isRise: ppm > 0)
    guard gains.count > 1 else { return 0 }
    let next = gains.indices.dropFirst().first { ppm.magnitude <= gains[$0].ppm.magnitude } ?? gains.count - 1
    let (inner, outer) = (gains[next - 1], gains[next])
    let (run, way) = (Int128(outer.ppm - inner.ppm), Int128(ppm - inner.ppm))
    let rise = (outer.quanta - inner.quanta) * way
    return Int64(clamping: inner.quanta + (run < 0 ? Self.floor(-rise, -run) : Self.floor(rise, run)))
  }

  /// Gains are rounded down, as the engine rounds them: against the account.
  private static func floor(_ value: Int128, _ divisor: Int128) -> Int128 {
    value / divisor - (value % divisor < 0 ? 1 : 0)
  }
}
